"""What each payee has earned under a plan in a period, live, with its trace."""

from django.db import models
from django.db.models.functions import Now  # noqa: TID251 - a run is a heartbeat, by the machine's clock

from liji.people.models import Employee
from liji.plans.models import IncentivePlan
from liji.plans.models import PlanVersion


class PayeePeriod(models.Model):
    """One payee, one plan, one period: the last result and whether it must be worked out again.

    `start` is the first day of the period, `end` the day after its last. `result` and `lines` are the engine's
    result and its walk through the credits, decimals as text. `total` is in the plan's `currency`.
    """

    payee = models.ForeignKey(Employee, models.PROTECT, related_name="payee_periods")
    plan = models.ForeignKey(IncentivePlan, models.PROTECT)
    start = models.DateField()
    end = models.DateField()
    dirty_since = models.DateTimeField(null=True)
    version = models.ForeignKey(PlanVersion, models.PROTECT, null=True)
    computed_at = models.DateTimeField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    total = models.DecimalField(max_digits=24, decimal_places=6, default=0)
    result = models.JSONField(null=True)
    lines = models.JSONField(default=list)
    problem = models.JSONField(null=True)  # why the last calculation failed, in both languages

    class Meta:
        constraints = [models.UniqueConstraint(fields=["payee", "plan", "start", "end"], name="payee_period_once")]
        indexes = [
            models.Index(fields=["start", "plan"]),
            models.Index(fields=["dirty_since"], condition=models.Q(dirty_since__isnull=False), name="dirty_first"),
        ]


class VerificationRun(models.Model):
    """One nightly verification of stored results: how many were compared, and how many were found to differ.

    `at` is when it ended, by the machine's clock, as heartbeats are. `pending` waited to be worked out, `late` stand in
    closed days. `finished`: the time sufficed for the whole sample.
    """

    at = models.DateTimeField(db_default=Now())
    cells = models.PositiveIntegerField()
    differences = models.PositiveIntegerField()
    pending = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    seconds = models.FloatField()
    finished = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["-at"], name="newest_verification")]


class LateTruth(models.Model):
    """A change that reaches a payee-period which is closed: the result stays as it is, and the change is listed.

    `cause`: the table of terms that changed, or "facts".
    """

    payee = models.ForeignKey(Employee, models.PROTECT)
    plan = models.ForeignKey(IncentivePlan, models.PROTECT)
    start = models.DateField()
    end = models.DateField()
    cause = models.CharField(max_length=64)
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payee", "plan", "start", "end", "cause"], name="late_truth_once")
        ]


class Horizon(models.Model):
    """The first day of the first month with a credited fact: the earliest of all rows; none before the first fact.

    Everybody who takes part in a plan has a payee-period in each period that has begun, back to this day. Whoever moves
    it back adds a row, so that two who do so at once need not wait for each other.
    """

    first = models.DateField()
