"""Tasks with a due date, and coaching plans: steps, check-ins, an outcome."""

from django.db import models

from liji.access.models import User
from liji.base.fields import Moment
from liji.people.models import Employee


class Template(models.Model):
    """A coaching plan to be used again and again: how many days it takes, with which steps."""

    code = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=200)
    goal = models.TextField(blank=True)
    days = models.PositiveSmallIntegerField(default=60)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class TemplateStep(models.Model):
    """A step: what is to be done so many days after the opening, by the coach or by the coachee."""

    template = models.ForeignKey(Template, models.CASCADE, related_name="steps")
    place = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    after_days = models.PositiveSmallIntegerField()
    by_coach = models.BooleanField(default=True)

    class Meta:
        ordering = ["place"]


class Plan(models.Model):
    """A coaching plan 辅导计划 of one coachee; open until an outcome is recorded or its last day is over.

    What is said in it is for coach, coachee and HR.
    """

    class Outcome(models.TextChoices):
        REACHED = "reached"
        IMPROVED = "improved"
        NOT_REACHED = "not_reached"
        LEFT = "left"  # the coachee has left
        NONE = "none"  # its last day is over and nobody has recorded any

    coachee = models.ForeignKey(Employee, models.CASCADE, related_name="coaching")
    coach = models.ForeignKey(Employee, models.CASCADE, related_name="coaches")
    template = models.ForeignKey(Template, models.SET_NULL, null=True)
    title = models.CharField(max_length=200)
    goal = models.TextField(blank=True)
    occasion = models.CharField(max_length=200)
    because = models.JSONField(default=dict)
    opened_on = models.DateField()
    closes_on = models.DateField()
    closed_on = models.DateField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    outcome_note = models.TextField(blank=True)
    outcome_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["coachee", "template", "occasion"], name="opened_once_an_occasion"),
            models.UniqueConstraint(
                fields=["coachee", "template"], condition=models.Q(closed_on=None), name="one_open_plan_of_a_template"
            ),
        ]


class CheckIn(models.Model):
    """A talk between coach and coachee, dated, with what was said."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="check_ins")
    on = models.DateField()
    note = models.TextField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = Moment(auto_now_add=True)

    class Meta:
        ordering = ["-on", "-pk"]


class Task(models.Model):
    """Something that an employee is to do by a day, about somebody else or nobody. `because` keeps why."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="tasks")
    about = models.ForeignKey(Employee, models.CASCADE, null=True, related_name="tasks_about")
    title = models.CharField(max_length=200)
    due = models.DateField()
    link = models.CharField(max_length=200, blank=True)
    occasion = models.CharField(max_length=200)
    because = models.JSONField(default=dict)
    plan = models.ForeignKey(Plan, models.CASCADE, null=True, related_name="tasks")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = Moment(auto_now_add=True)
    done_at = models.DateTimeField(null=True)
    told_due = models.BooleanField(default=False)

    class Meta:
        ordering = ["due", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["employee", "title", "occasion"], name="given_once_an_occasion")
        ]
        indexes = [models.Index(fields=["due"], condition=models.Q(done_at=None), name="open_tasks_by_due")]
