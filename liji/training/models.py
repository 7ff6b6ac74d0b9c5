"""Courses and exams, what they prove, to whom they are offered, and who has finished what with which skill."""

from django.db import models

from liji.access.models import User
from liji.base.fields import Moment
from liji.facts.models import Fact
from liji.people.models import Employee
from liji.people.models import Position
from liji.people.models import Unit


class Skill(models.Model):
    """Something that a person is able to do: 客户谈判 …"""

    code = models.CharField(max_length=64, unique=True)
    zh = models.CharField(max_length=100)
    en = models.CharField(max_length=100)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Course(models.Model):
    """An entry of the catalogue: a course, or an exam with its pass mark.

    It is meant for those who hold one of its positions in one of its units (or below); none named means all.
    """

    class Kind(models.TextChoices):
        COURSE = "course"
        EXAM = "exam"

    code = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.COURSE)
    zh = models.CharField(max_length=100)
    en = models.CharField(max_length=100)
    about = models.TextField(blank=True)
    link = models.URLField(max_length=500, blank=True)
    hours = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    pass_mark = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    mandatory = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    positions = models.ManyToManyField(Position, related_name="+")
    units = models.ManyToManyField(Unit, related_name="+")
    requires = models.ManyToManyField("self", symmetrical=False, related_name="opens")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Proof(models.Model):
    """That passing an exam proves a skill, for so many months; None: for good."""

    exam = models.ForeignKey(Course, models.CASCADE, related_name="proofs")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="proofs")
    months = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exam", "skill"], name="a_skill_is_proved_once")]


class Completion(models.Model):
    """What a current fact says: this person has finished the course, or passed the exam, on a day.

    Written from the facts alone: a corrected fact changes it, a withdrawn one takes it away.
    """

    course = models.ForeignKey(Course, models.CASCADE, related_name="completions")
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="completions")
    fact = models.OneToOneField(Fact, models.PROTECT, related_name="+")
    record = models.CharField(max_length=265, unique=True)  # source/external id: the same over all versions
    on = models.DateField()
    at = models.DateTimeField()
    score = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    hours = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    passed = models.BooleanField()  # not below the exam's pass mark

    class Meta:
        indexes = [models.Index(fields=["employee", "course"])]


class SkillHeld(models.Model):
    """A skill that a completion proves, from its day on; `until` is the first day on which it no longer holds."""

    completion = models.ForeignKey(Completion, models.CASCADE, related_name="skills")
    employee = models.ForeignKey(Employee, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="held")
    since = models.DateField()
    until = models.DateField(null=True)
    warned = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["completion", "skill"], name="proved_once_by_a_completion")]


class Offer(models.Model):
    """A course that somebody is offered: by whom or what, and what became of it.

    `because` keeps why (rule, happening, values). Open until finished or withdrawn.
    """

    class Origin(models.TextChoices):
        RULE = "rule"
        MANAGER = "manager"
        HR = "hr"
        SELF = "self"
        NEXT = "next"  # a finished course opened it
        RENEWAL = "renewal"  # a skill is about to expire

    course = models.ForeignKey(Course, models.CASCADE, related_name="offers")
    employee = models.ForeignKey(Employee, models.CASCADE, related_name="offers")
    origin = models.CharField(max_length=10, choices=Origin.choices)
    occasion = models.CharField(max_length=200)
    because = models.JSONField(default=dict)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = Moment(auto_now_add=True)
    due = models.DateField(null=True)
    started_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    finished = models.ForeignKey(Completion, models.SET_NULL, null=True, related_name="offers")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["employee", "course", "occasion"], name="offered_once_an_occasion"),
            models.UniqueConstraint(
                fields=["employee", "course"],
                condition=models.Q(finished=None, withdrawn_at=None),
                name="one_open_offer",
            ),
        ]


class Path(models.Model):
    """A certification path 认证通道: courses and exams that together make a certificate."""

    code = models.CharField(max_length=64, unique=True)
    zh = models.CharField(max_length=100)
    en = models.CharField(max_length=100)
    about = models.TextField(blank=True)

    class Meta:
        ordering = ["code"]


class PathStep(models.Model):
    """A course of a path, at its place."""

    path = models.ForeignKey(Path, models.CASCADE, related_name="steps")
    course = models.ForeignKey(Course, models.CASCADE, related_name="+")
    place = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["path", "course"], name="once_in_a_path")]
