"""Which plan holds for whom and when: plan versions, assignments, quotas, and the periods of the calendar."""

from django.db import models

from liji.access.models import User
from liji.base.fields import Moment
from liji.people.dated import Dated
from liji.people.dated import never_two_at_once
from liji.people.models import Employee
from liji.people.models import Unit


class IncentivePlan(models.Model):
    """A plan over its whole life; what it says is in its versions."""

    code = models.SlugField(max_length=64, unique=True)
    zh = models.CharField(max_length=200)
    en = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.zh


class PlanVersion(models.Model):
    """One text of a plan. Immutable once published; `digest` is the hash of its content."""

    plan = models.ForeignKey(IncentivePlan, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    digest = models.CharField(max_length=64)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = Moment(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="version_number_once")]


class Publication(Dated):
    """On which days a version is the one in force. A published version is never changed, only followed."""

    plan = models.ForeignKey(IncentivePlan, models.CASCADE, related_name="publications")
    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="publications")
    published_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    published_at = Moment(auto_now_add=True)

    class Meta:
        constraints = [never_two_at_once("one_version_in_force", "plan_id")]


class PlanAssignment(Dated):
    """Who takes part (参与人) in a plan on which days: one employee, or everybody of a unit and below it."""

    plan = models.ForeignKey(IncentivePlan, models.CASCADE, related_name="assignments")
    employee = models.ForeignKey(Employee, models.CASCADE, null=True, blank=True)
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="assigned_to_a_person_or_a_unit",
                condition=models.Q(employee__isnull=True) ^ models.Q(unit__isnull=True),
            ),
            never_two_at_once(
                "person_assigned_once_a_day",
                "plan_id",
                "employee_id",
                condition=models.Q(employee__isnull=False),
            ),
            never_two_at_once(
                "unit_assigned_once_a_day", "plan_id", "unit_id", condition=models.Q(unit__isnull=False)
            ),
        ]


class Quota(models.Model):
    """The target of one payee for one measure in the period that starts on `start`."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="quotas")
    measure = models.CharField(max_length=64)
    start = models.DateField()
    amount = models.DecimalField(max_digits=24, decimal_places=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["employee", "measure", "start"], name="one_quota_per_period"),
            models.CheckConstraint(name="quota_is_not_negative", condition=models.Q(amount__gte=0)),
        ]


class UnitTarget(models.Model):
    """The target of a unit, or of the whole company (no unit), for one measure in the period that starts on `start`."""

    unit = models.ForeignKey(Unit, models.CASCADE, null=True, related_name="targets")
    measure = models.CharField(max_length=64)
    start = models.DateField()
    amount = models.DecimalField(max_digits=24, decimal_places=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "measure", "start"], nulls_distinct=False, name="one_unit_target_per_period"
            ),
            models.CheckConstraint(name="unit_target_is_not_negative", condition=models.Q(amount__gte=0)),
        ]


class TargetChange(models.Model):
    """A target changed while its period runs: proposed with a reason, then approved by somebody else, or refused.

    `weighted`: the target of the period is the old and the new one by their days; else the new one holds for all of
    it. `result` is what that comes to. `since` is the day from which the new one holds.
    """

    PROPOSED, APPROVED, REFUSED = "proposed", "approved", "refused"
    employee = models.ForeignKey(Employee, models.CASCADE, related_name="target_changes")
    measure = models.CharField(max_length=64)
    start = models.DateField()
    end = models.DateField()  # exclusive
    since = models.DateField()
    before = models.DecimalField(max_digits=24, decimal_places=6)
    after = models.DecimalField(max_digits=24, decimal_places=6)
    result = models.DecimalField(max_digits=24, decimal_places=6)
    weighted = models.BooleanField()
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, default="proposed")
    proposed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    proposed_at = Moment(auto_now_add=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="changed_target_is_not_negative", condition=models.Q(after__gte=0)),
            models.UniqueConstraint(
                fields=["employee", "measure", "start"],
                condition=models.Q(state="proposed"),
                name="one_open_change_per_target",
            ),
        ]


class TargetCopy(models.Model):
    """Targets that were copied from an earlier period, with what stood there before, so that it can be undone.

    `rows`: [employee, first day, before (None: nothing), after], amounts as text.
    """

    measure = models.CharField(max_length=64)
    rows = models.JSONField()
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = Moment(auto_now_add=True)
    undone = models.BooleanField(default=False)


class ClosedPeriod(models.Model):
    """A stretch of days that is closed: nothing credited in it may change any more. `end` is exclusive."""

    start = models.DateField()
    end = models.DateField()
    closed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    closed_at = Moment(auto_now_add=True)
