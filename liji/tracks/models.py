"""Promotion tracks: what is asked of those on them, how far each is, and the promotions that follow."""

from django.db import models

from liji.access.models import User
from liji.base.fields import Moment
from liji.people.models import Employee
from liji.people.models import Position


class Track(models.Model):
    """A way to a position 晋升通道: 销售代表 → 销售主管. Whoever holds `start` (None: anybody) may be on it."""

    code = models.CharField(max_length=64, unique=True)
    zh = models.CharField(max_length=100)
    en = models.CharField(max_length=100)
    about = models.TextField(blank=True)
    start = models.ForeignKey(Position, models.PROTECT, null=True, related_name="+")
    goal = models.ForeignKey(Position, models.PROTECT, related_name="+")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Criterion(models.Model):
    """Something that is asked for: the value of a formula of the plan language over the performance file's names.

    A figure must reach `needed`; a condition (true/false) must hold. With `months` it must do so in each of so many
    months in a row, the present one among them as soon as it does; with 0, as of the day.
    """

    track = models.ForeignKey(Track, models.CASCADE, related_name="criteria")
    place = models.PositiveSmallIntegerField()
    zh = models.CharField(max_length=100)
    en = models.CharField(max_length=100)
    formula = models.CharField(max_length=500)
    kind = models.CharField(max_length=10)  # of the formula: money, rate, number, count, true/false
    needed = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    months = models.PositiveSmallIntegerField(default=0)
    weight = models.DecimalField(max_digits=9, decimal_places=2, default=1)

    class Meta:
        ordering = ["place"]


class Membership(models.Model):
    """That somebody is on a track, and how far as of `measured_at`: `share` of the whole, `measured` by criterion."""

    class Origin(models.TextChoices):
        PREFERENCE = "preference"
        RULE = "rule"
        MANAGER = "manager"
        HR = "hr"

    class Ended(models.TextChoices):
        PROMOTED = "promoted"
        LEFT_TRACK = "left_track"
        LEFT_COMPANY = "left"

    track = models.ForeignKey(Track, models.CASCADE, related_name="members")
    employee = models.ForeignKey(Employee, models.CASCADE, related_name="tracks")
    since = models.DateField()
    origin = models.CharField(max_length=12, choices=Origin.choices)
    occasion = models.CharField(max_length=200)
    because = models.JSONField(default=dict)
    ended_on = models.DateField(null=True)
    ended = models.CharField(max_length=12, choices=Ended.choices, blank=True)
    share = models.DecimalField(max_digits=7, decimal_places=6, default=0)
    measured = models.JSONField(default=list)
    measured_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    dirty = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["employee", "track", "occasion"], name="entered_once_an_occasion"),
            models.UniqueConstraint(
                fields=["employee", "track"], condition=models.Q(ended_on=None), name="once_on_a_track"
            ),
        ]


class Promotion(models.Model):
    """A promotion that is proposed: the manager speaks first, HR decides. Agreed, it is a dated transfer."""

    class State(models.TextChoices):
        MANAGER = "manager"  # waits for the manager
        HR = "hr"
        AGREED = "agreed"
        DECLINED = "declined"
        LAPSED = "lapsed"  # the person has left, or left the track

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="promotions")
    state = models.CharField(max_length=10, choices=State.choices)
    at = Moment(auto_now_add=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")  # None: the completed track
    reason = models.TextField(blank=True)
    manager_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    manager_at = models.DateTimeField(null=True)
    manager_reason = models.TextField(blank=True)
    hr_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    hr_at = models.DateTimeField(null=True)
    hr_reason = models.TextField(blank=True)
    effective = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["membership"], condition=models.Q(state__in=("manager", "hr")), name="one_open_promotion"
            )
        ]
