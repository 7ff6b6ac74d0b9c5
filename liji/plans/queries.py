"""Which plan, which version, which quota holds for whom on which days."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from decimal import Decimal
from typing import Any

from liji.people import queries as people
from liji.people.models import Assignment
from liji.people.models import UnitParent
from liji.plans.models import ClosedPeriod
from liji.plans.models import IncentivePlan
from liji.plans.models import PlanAssignment
from liji.plans.models import PlanVersion
from liji.plans.models import Publication
from liji.plans.models import Quota
from liji.plan import Plan
from liji.plan import load

Days = tuple[date, date]  # from, up to (exclusive)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def month(day: date) -> Days:
    """The calendar month of a day."""
    return period_of(day, "month")


def period_of(day: date, kind: str, *, year_starts: int = 1) -> Days:
    """The period of `kind` (month, half-month, quarter, year) in which a day falls: first day, day after the last.

    Quarters and years follow the fiscal year that starts in the month `year_starts`.
    """
    if kind == "half-month":
        first, second = day.replace(day=1), day.replace(day=16)
        return (first, second) if day < second else (second, add_months(first, 1))
    length = _MONTHS[kind]
    since_start = (day.month - year_starts) % 12
    start = add_months(day.replace(day=1), -(since_start % length))
    return start, add_months(start, length)


def add_months(first: date, count: int) -> date:
    """The first of a month, `count` months later."""
    index = first.year * 12 + first.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


_parsed: dict[str, Plan] = {}


def parsed(version: PlanVersion) -> Plan:
    """The plan of a stored version; read once per process, since a version never changes."""
    if version.digest not in _parsed:
        loaded = load(version.text, filename=f"{version.plan.code} v{version.number}")
        if loaded.plan is None:
            raise ValueError(f"stored plan version {version.pk} cannot be read: {loaded.problems}")
        _parsed[version.digest] = loaded.plan
    return _parsed[version.digest]


def version_in_force(plan: int, period: Days) -> PlanVersion | None:
    """The version that is in force on the first day of the period on which any is."""
    publication = (
        Publication.objects.during(*period)
        .filter(plan=plan)
        .select_related("version__plan")
        .order_by("days")
        .first()
    )
    return publication and publication.version


def shares_on(touched: Iterable[tuple[int, date]]) -> set[tuple[int, int, date, date]]:
    """(employee, day) → the (employee, plan, start, end) of every plan in force in which they take part that day.

    The same as asking `plans_of` for each day, with a handful of queries for all days together.
    """
    touched = set(touched)
    if not touched:
        return set()
    days = {day for _, day in touched}
    terms = _Terms.during(min(days), max(days) + timedelta(days=1), {employee for employee, _ in touched})
    if not terms.assigned:
        return set()
    found, kinds = set(), _Kinds()
    for employee, day in touched:
        for plan in terms.plans_of(employee, day):
            if kind := kinds.on(plan, day):
                found.add((employee, plan, *period_of(day, kind, year_starts=kinds.year_starts)))
    return found


@dataclass
class _Terms:
    """Who takes part in what over a stretch of days, read once."""

    assigned: dict[tuple[str, int], list[tuple[int, Any]]]  # ("employee" | "unit", id) → (plan, days)
    held: dict[int, list[tuple[int, Any]]]  # employee → (unit, days)
    parents: dict[int, list[tuple[int, Any]]]  # unit → (unit above, days)

    @classmethod
    def during(cls, start: date, end: date, employees: Collection[int]) -> "_Terms":
        terms = cls({}, {}, {})
        rows = PlanAssignment.objects.during(start, end)
        for plan, employee, unit, days in rows.values_list("plan_id", "employee_id", "unit_id", "days"):
            key = ("employee", employee) if unit is None else ("unit", unit)
            terms.assigned.setdefault(key, []).append((plan, days))
        if any(kind == "unit" for kind, _ in terms.assigned):
            held = Assignment.objects.during(start, end).filter(employee__in=employees, main=True)
            for employee, unit, days in held.values_list("employee_id", "unit_id", "days"):
                terms.held.setdefault(employee, []).append((unit, days))
            above = UnitParent.objects.during(start, end)
            for unit, parent, days in above.values_list("unit_id", "parent_id", "days"):
                terms.parents.setdefault(unit, []).append((parent, days))
        return terms

    def plans_of(self, employee: int, day: date) -> set[int]:
        plans = _on(self.assigned.get(("employee", employee)), day)
        unit, seen = next(iter(_on(self.held.get(employee), day)), None), set()
        while unit is not None and unit not in seen:
            seen.add(unit)
            plans |= _on(self.assigned.get(("unit", unit)), day)
            unit = next(iter(_on(self.parents.get(unit), day)), None)
        return plans


def _on(rows: list[tuple[int, Any]] | None, day: date) -> set[int]:
    return {
        value
        for value, days in rows or ()
        if (days.lower is None or days.lower <= day) and (days.upper is None or day < days.upper)
    }


class _Kinds:
    """The period kind of each plan on a day, asked once per plan and month."""

    def __init__(self) -> None:
        self.year_starts = people.company().fiscal_year_starts
        self._known: dict[tuple[int, date], str | None] = {}

    def on(self, plan: int, day: date) -> str | None:
        key = (plan, day.replace(day=1))
        if key not in self._known:
            version = version_in_force(plan, month(day))
            self._known[key] = parsed(version).period if version else None
        return self._known[key]


def plans_of(employees: Collection[int], day: date) -> dict[int, set[int]]:
    """Employee → the plans in which they take part on a day, directly or through a unit above them."""
    assigned = list(PlanAssignment.objects.on(day).values_list("plan_id", "employee_id", "unit_id"))
    by_unit: dict[int, set[int]] = {}
    found: dict[int, set[int]] = {}
    for plan, employee, unit in assigned:
        if unit is not None:
            for below in people.units_below([unit], day, day + timedelta(days=1)):
                by_unit.setdefault(below, set()).add(plan)
        elif employee in employees:
            found.setdefault(employee, set()).add(plan)
    if by_unit:
        held = Assignment.objects.on(day).filter(employee__in=employees, main=True)
        for employee, unit in held.values_list("employee_id", "unit_id"):
            if unit in by_unit:
                found.setdefault(employee, set()).update(by_unit[unit])
    return found


def participation(employee: int, plan: int, period: Days) -> list[Days]:
    """The days of a period on which an employee takes part in a plan, as spans without overlap, in order.

    Someone who changes teams in the middle of a month is credited by each plan for its own days.
    """
    spans: list[Days] = []
    direct = PlanAssignment.objects.during(*period).filter(plan=plan, employee=employee)
    spans += [_within(row.days, period) for row in direct]
    units = list(PlanAssignment.objects.during(*period).filter(plan=plan, unit__isnull=False))
    held = list(Assignment.objects.during(*period).filter(employee=employee, main=True)) if units else []
    for row in units:
        start, end = _within(row.days, period)
        below = people.units_below([row.unit_id], start, end)
        for job in held:
            if job.unit_id in below:
                first, last = _within(job.days, (start, end))
                if first < last:
                    spans.append((first, last))
    return _merged(spans)


def _within(days, period: Days) -> Days:
    return max(days.lower or date.min, period[0]), min(days.upper or date.max, period[1])


def _merged(spans: list[Days]) -> list[Days]:
    merged: list[Days] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def periods_between(plan: int, start: date, end: date | None) -> list[Days]:
    """The plan's periods from the one that holds `start` to the present one (or to `end`, exclusive)."""
    present = people.today()
    last = min(end - timedelta(days=1), present) if end else present
    kinds, found, day = _Kinds(), [], start
    while day <= last:
        kind = kinds.on(plan, day)
        period = period_of(day, kind, year_starts=kinds.year_starts) if kind else month(day)
        if kind:
            found.append(period)
        day = period[1]
    return found


def participants(plan: int, period: Days) -> set[int]:
    """The employees who take part in a plan on any day of a period."""
    found: set[int] = set()
    for row in PlanAssignment.objects.during(*period).filter(plan=plan):
        if row.employee_id:
            found.add(row.employee_id)
        else:
            start, end = _within(row.days, period)
            held = Assignment.objects.during(start, end).filter(
                main=True, unit__in=people.units_below([row.unit_id], start, end)
            )
            found |= set(held.values_list("employee_id", flat=True))
    return found


def quotas(employee: int, start: date) -> dict[str, Decimal]:
    """Measure → target of an employee in the period that starts on `start`."""
    return dict(Quota.objects.filter(employee=employee, start=start).values_list("measure", "amount"))


def quotas_of(employees: Collection[int], start: date) -> dict[int, dict[str, Decimal]]:
    """Employee → measure → target, for many at once."""
    found: dict[int, dict[str, Decimal]] = {}
    for employee, measure, amount in Quota.objects.filter(
        employee__in=employees, start=start
    ).values_list("employee_id", "measure", "amount"):
        found.setdefault(employee, {})[measure] = amount
    return found


def all_plans() -> list[IncentivePlan]:
    """Every plan, by code."""
    return list(IncentivePlan.objects.order_by("code"))


def plan_by_code(code: str) -> IncentivePlan | None:
    """The plan with this code."""
    return IncentivePlan.objects.filter(code=code).first()


def closed_spans() -> list[Days]:
    """The stretches of days that are closed, in order."""
    return sorted(ClosedPeriod.objects.values_list("start", "end"))


def closed_until(day: date, closed: Sequence[Days]) -> date | None:
    """The first open day after `day` when `day` is closed; None when it is open."""
    opens = day
    for start, end in closed:
        if start <= opens < end:
            opens = end
    return opens if opens != day else None


def assigned_to(plan: int) -> list[PlanAssignment]:
    """Who takes part in a plan and on which days, as recorded."""
    return list(PlanAssignment.objects.filter(plan=plan).select_related("employee", "unit").order_by("days"))
