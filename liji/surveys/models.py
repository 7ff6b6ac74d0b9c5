"""Surveys: what is asked of whom and when; who has been asked; what was answered.

Who has answered an anonymous survey (`Invitation`) and what was answered (`Sheet`) have nothing in common but the wave.
"""

import uuid

from django.db import models

from liji.access.models import User
from liji.people.models import Employee
from liji.people.models import Unit


class Survey(models.Model):
    """What is asked, of whom, how often. What has been asked already does not change with it: see `Wave`.

    The first wave opens on `starts`, the next ones every month, quarter or year; each is open for `days` days. The
    form on entry is asked of whoever enters from `starts` on, and is due `days` days later.
    """

    class Kind(models.TextChoices):
        ENTRY = "entry"
        PREFERENCE = "preference"
        SATISFACTION = "satisfaction"
        OWN = "own"

    class State(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"
        ENDED = "ended"

    class Every(models.TextChoices):
        ONCE = ""
        MONTH = "month"
        QUARTER = "quarter"
        YEAR = "year"

    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.OWN)
    zh = models.CharField(max_length=100)
    en = models.CharField(max_length=100)
    zh_about = models.CharField(max_length=300, blank=True)
    en_about = models.CharField(max_length=300, blank=True)
    anonymous = models.BooleanField(default=False)
    questions = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    starts = models.DateField(null=True)
    days = models.PositiveSmallIntegerField(default=14)
    every = models.CharField(max_length=10, choices=Every.choices, blank=True)
    remind = models.PositiveSmallIntegerField(default=3)  # days before the last one; 0: never
    units = models.ManyToManyField(Unit, blank=True, related_name="+")  # and those below; none: the company
    entered_since = models.DateField(null=True)
    entered_until = models.DateField(null=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]


class Wave(models.Model):
    """One time that a survey is asked, with the questions and the promise of that time.

    `closes` is the last day; the form on entry stays open, each one is due on a day of its own.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="waves")
    anonymous = models.BooleanField()
    questions = models.JSONField()
    opens = models.DateField()
    closes = models.DateField(null=True)
    closed = models.BooleanField(default=False)

    class Meta:
        ordering = ["-opens", "-pk"]


class Invitation(models.Model):
    """That somebody is asked, and whether there is an answer. Of an anonymous wave it keeps no draft and no day."""

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="invitations")
    employee = models.ForeignKey(Employee, models.CASCADE, related_name="surveys")
    unit = models.ForeignKey(Unit, models.SET_NULL, null=True, related_name="+")  # when asked
    due = models.DateField()
    told = models.BooleanField(default=False)
    reminded = models.BooleanField(default=False)
    answered = models.BooleanField(default=False)
    draft = models.JSONField(default=dict)

    class Meta:
        ordering = ["due", "pk"]
        constraints = [models.UniqueConstraint(fields=["wave", "employee"], name="asked_once_a_wave")]


class Sheet(models.Model):
    """One answer: question's code → what was answered. `employee` and `day` are empty when the wave is anonymous.

    `unit` is one of which so many were asked that it tells of nobody, or none.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="sheets")
    employee = models.ForeignKey(Employee, models.CASCADE, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.SET_NULL, null=True, related_name="+")
    day = models.DateField(null=True)
    answers = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "employee"], name="answered_once_a_wave")]
