"""Writing targets beyond the single quota: of units, changes in a running period, copies of an earlier one."""

from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP
from decimal import Decimal

from django.db import IntegrityError
from django.db import transaction

from liji.access import queries as access
from liji.access.models import User
from liji.access.services import audit
from liji.base import clock
from liji.base.terms import writes_terms
from liji.events.happenings import Happening
from liji.events.happenings import Kind
from liji.events.happenings import Named
from liji.events.happenings import tell
from liji.people import queries as people
from liji.people.models import Employee
from liji.people.models import Unit
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.plan.periods import add_months
from liji.plans import queries
from liji.plans.models import Quota
from liji.plans.models import TargetChange
from liji.plans.models import TargetCopy
from liji.plans.models import UnitTarget
from liji.plans.services import set_quotas

CHANGED = Kind(
    "target_changed",
    "目标变更",
    "Target changed",
    (
        Named("measure", "text", "指标", "Measure"),
        Named("before", "number", "原目标", "Target before"),
        Named("after", "number", "新目标", "New target"),
        Named("result", "number", "本期目标", "Target of the period"),
        Named("since", "date", "生效日", "Holds from"),
        Named("weighted", "true/false", "按天折算", "Weighted by days"),
        Named("reason", "text", "原因", "Reason"),
    ),
)
_CENT = Decimal("0.01")


@transaction.atomic
def set_unit_targets(rows: Sequence[tuple[Unit | None, str, date, Decimal]], *, by: User | None = None) -> None:
    """Sets targets of units (None: the company): (unit, measure, first day of the period, amount ≥ 0).

    They decide nobody's pay; they say what people's targets should add up to. Raises Refused("negative").
    """
    for unit, measure, start, amount in rows:
        if amount < 0:
            raise Refused(Problem("amount", "negative", {"value": str(amount)}))
        UnitTarget.objects.update_or_create(unit=unit, measure=measure, start=start, defaults={"amount": amount})
    audit(by, "unit_targets_set", detail={"rows": len(rows)})


def unit_targets(starts: Collection[date]) -> dict[tuple[int | None, str, date], Decimal]:
    """(unit or None for the company, measure, first day) → the target, of the periods that begin on these days."""
    rows = UnitTarget.objects.filter(start__in=starts)
    return {(row.unit_id, row.measure, row.start): row.amount for row in rows}


def waits(employee: int, measure: str, start: date, after: Decimal) -> bool:
    """Whether a change to exactly this target is proposed and not decided yet."""
    found = TargetChange.objects.filter(employee=employee, measure=measure, start=start, after=after)
    return found.filter(state=TargetChange.PROPOSED).exists()


def weighted(before: Decimal, after: Decimal, start: date, since: date, end: date) -> Decimal:
    """The target of a period of which the days before `since` have the old one: by days, to the cent, half up."""
    days, old = (end - start).days, (since - start).days
    return ((before * old + after * (days - old)) / days).quantize(_CENT, rounding=ROUND_HALF_UP)


@transaction.atomic
def propose_change(
    employee: int, measure: str, start: date, end: date, *, since: date, after: Decimal, weighted_by_days: bool,
    reason: str, by: User | None,
) -> TargetChange:  # fmt: skip
    """Proposes another target for the period [start, end) from `since` on. It holds when somebody else approves it.

    Raises Refused: no_target, negative, outside_period, no_reason, change_open, closed.
    """
    before = queries.quotas(employee, start).get(measure)
    closed = queries.closed_until(start, queries.closed_spans())
    problems = []
    if before is None:
        problems.append(Problem("target", "no_target"))
    if after < 0:
        problems.append(Problem("amount", "negative", {"value": str(after)}))
    if not start <= since < end:
        last = date.fromordinal(end.toordinal() - 1)
        days = {"value": str(since), "start": str(start), "end": str(last)}
        problems.append(Problem("since", "outside_period", days))
    if not reason.strip():
        problems.append(Problem("reason", "no_reason"))
    if closed:
        problems.append(Problem("since", "closed", {"value": str(start), "open": str(closed)}))
    if problems:
        raise Refused(*problems)
    result = weighted(before, after, start, since, end) if weighted_by_days else after
    try:
        with transaction.atomic():
            made = TargetChange.objects.create(
                employee_id=employee, measure=measure, start=start, end=end, since=since, before=before, after=after,
                result=result, weighted=weighted_by_days, reason=reason.strip()[:500], proposed_by=by,
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused(Problem("target", "change_open")) from error
    audit(by, "target_change_proposed", about=employee, detail={"change": made.pk, "after": str(after)})
    return made


def may_decide(user: User, change: TargetChange) -> bool:
    """HR, finance, or a manager above the person today; never the one who proposed it, nor the person."""
    if user.pk == change.proposed_by_id or user.employee_id == change.employee_id:
        return False
    return access.may_see_pay(user, change.employee_id, people.today())


@writes_terms
def decide_change(number: int, *, by: User, approve: bool) -> TargetChange:
    """Approves a change, which sets the target and has the pay worked out anew, or refuses it. The payee is told.

    Raises TargetChange.DoesNotExist; Refused: change_decided, own_proposal, moved_since, closed.
    """
    change = TargetChange.objects.select_for_update().get(pk=number)
    if change.state != TargetChange.PROPOSED:
        raise Refused(Problem("change", "change_decided"))
    if not may_decide(by, change):
        raise Refused(Problem("change", "own_proposal"))
    now = queries.quotas(change.employee_id, change.start).get(change.measure)
    if approve and now != change.before:
        raise Refused(Problem("change", "moved_since", {"value": f"{now or 0:,.2f}"}))
    change.state = TargetChange.APPROVED if approve else TargetChange.REFUSED
    change.decided_by, change.decided_at = by, clock.now()
    change.save(update_fields=["state", "decided_by", "decided_at"])
    audit(by, f"target_change_{change.state}", about=change.employee_id, detail={"change": change.pk})
    if approve:
        set_quotas([(change.employee, change.measure, change.start, change.result)], by=by)
        tell([_happening(change)])
    return change


def _happening(change: TargetChange) -> Happening:
    names = ("measure", "before", "after", "result", "since", "weighted", "reason")
    values = {name: getattr(change, name) for name in names}
    return Happening(
        "target_changed", f"target-change-{change.pk}", change.employee_id, change.decided_at, values, "/targets/mine/"
    )


@dataclass(frozen=True)
class Copied:
    """One target of a copy: the earlier one, what stands there now (None: nothing), what it becomes."""

    employee: int
    name: str
    start: date
    source: Decimal
    now: Decimal | None
    new: Decimal


def copy_preview(
    measure: str, employees: Sequence[Employee], source: date, start: date, months: int, *, growth: Decimal,
    step: Decimal,
) -> list[Copied]:  # fmt: skip
    """What copying `months` months of targets from those that begin with `source` to those from `start` would give.

    `growth` is a share (0.1: a tenth more); the result is rounded half up to a multiple of `step`. Months that have
    begun or are closed are left out: there a target changes by a proposal.
    """
    found, today, closed = [], people.today(), queries.closed_spans()
    numbers = [employee.pk for employee in employees]
    for place in range(months):
        target = add_months(start, place)
        if target <= today or queries.closed_until(target, closed):
            continue
        before = queries.quotas_of(numbers, add_months(source, place))
        now = queries.quotas_of(numbers, target)
        for employee in employees:
            amount = before.get(employee.pk, {}).get(measure)
            if amount is not None:
                new = (amount * (1 + growth) / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step
                there = now.get(employee.pk, {}).get(measure)
                found.append(Copied(employee.pk, employee.name, target, amount, there, new))
    return found


@writes_terms
def copy(measure: str, rows: Sequence[Copied], *, by: User | None) -> TargetCopy:
    """Sets what the preview shows, and keeps what stood there."""
    employees = Employee.objects.in_bulk([row.employee for row in rows])
    set_quotas([(employees[row.employee], measure, row.start, row.new) for row in rows], by=by)
    kept = [[row.employee, str(row.start), row.now if row.now is None else str(row.now), str(row.new)] for row in rows]
    made = TargetCopy.objects.create(measure=measure, rows=kept, made_by=by)
    audit(by, "targets_copied", detail={"copy": made.pk, "rows": len(rows)})
    return made


@writes_terms
def undo_copy(number: int, *, by: User | None) -> int:
    """Puts back what stood there, where the copied target still stands. Returns how many. Raises Refused."""
    made = TargetCopy.objects.select_for_update().get(pk=number)
    if made.undone:
        raise Refused(Problem("copy", "copy_undone"))
    made.undone = True
    made.save(update_fields=["undone"])
    back, gone = [], []
    for employee, start, before, after in made.rows:
        held = Quota.objects.filter(
            employee=employee, measure=made.measure, start=start, amount=Decimal(after)
        ).select_related("employee")
        for quota in held:
            if before is None:
                gone.append(quota)
            else:
                back.append((quota.employee, made.measure, quota.start, Decimal(before)))
    # What goes is set to nought first: so whoever works with targets hears of it.
    set_quotas(back + [(quota.employee, made.measure, quota.start, Decimal(0)) for quota in gone], by=by)
    Quota.objects.filter(pk__in=[quota.pk for quota in gone]).delete()
    audit(by, "target_copy_undone", detail={"copy": made.pk, "rows": len(back) + len(gone)})
    return len(back) + len(gone)
