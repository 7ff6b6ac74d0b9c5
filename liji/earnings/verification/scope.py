"""Which payee-periods are to be there: read from the terms, not by the code that marks them."""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import timedelta

from django.db import connection

from liji.base import clock
from liji.earnings.models import PayeePeriod
from liji.people import queries as people
from liji.people.dated import span
from liji.plan import Plan
from liji.plan.periods import period_of
from liji.plans import queries as plans
from liji.plans.models import IncentivePlan
from liji.plans.models import Publication

Days = tuple[date, date]


@dataclass(frozen=True)
class Scope:
    """What is to be verified: the plans and payees by code and number (None: all) and the days that periods meet."""

    plan: str | None = None
    payee: str | None = None
    days: Days | None = None
    cells: frozenset[int] | None = None  # ids of stored payee-periods that alone are compared


@dataclass(frozen=True)
class Stretch:
    """One plan and period. `version` is the id of the one in force; None when these days are no period of the plan.

    `due`: whoever takes part is to have a result, for the period has begun and is not before the first credit.
    """

    start: date
    plan: int
    end: date
    version: int | None
    due: bool


def stretches(scope: Scope) -> list[Stretch]:
    """Every plan and period in scope, earlier ones first: those that are stored and those that have begun."""
    wanted = IncentivePlan.objects.all()
    if scope.plan is not None:
        wanted = wanted.filter(code=scope.plan)
    found: set[Stretch] = set()
    for plan in wanted.values_list("pk", flat=True):
        due = {(start, end): version for start, end, version in begun(plan)}
        stored = set(PayeePeriod.objects.filter(plan=plan).values_list("start", "end").distinct())
        for start, end in stored | set(due):
            if scope.days is None or (start < scope.days[1] and end > scope.days[0]):
                version = due.get((start, end)) or valid_version(plan, (start, end))
                found.add(Stretch(start, plan, end, version, (start, end) in due))
    return sorted(found, key=lambda each: (each.start, each.plan, each.end))


def begun(plan: int) -> Iterator[tuple[date, date, int]]:
    """The periods of a plan that are to have results: (first day, day after the last, version in force).

    They begin with the month of the first credit and end with the present one.
    """
    first, today = _first_day(), clock.today()
    seen: set[Days] = set()
    for lower, upper, version in _publications(plan):
        day = max(lower or first, first)
        last = min(upper - timedelta(days=1), today) if upper else today
        while day <= last:
            period = _period(day, plans.parsed(plans.version(version)))
            if period not in seen and valid_version(plan, period) is not None:
                seen.add(period)
                yield (*period, _in_force(plan, period))
            day = period[1]


def valid_version(plan: int, period: Days) -> int | None:
    """The version in force in a period, if the period is one of that version's; None otherwise."""
    version = _in_force(plan, period)
    if version is None or _period(period[0], plans.parsed(plans.version(version))) != period:
        return None
    return version


def _in_force(plan: int, period: Days) -> int | None:
    found = Publication.objects.filter(plan=plan, days__overlap=span(*period)).order_by("days")
    return found.values_list("version_id", flat=True).first()


def _period(day: date, plan: Plan) -> Days:
    return period_of(day, plan.period, year_starts=plan.year_starts or people.company().fiscal_year_starts)


def _publications(plan: int) -> Sequence[tuple[date | None, date | None, int]]:
    rows = Publication.objects.filter(plan=plan).order_by("days").values_list("days", "version_id")
    return [(days.lower, days.upper, version) for days, version in rows]


def _first_day() -> date:
    """The first day of the month of the first credit; of the present month when there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(credit_date) FROM facts_credit WHERE current")
        return (cursor.fetchone()[0] or clock.today()).replace(day=1)


# Down from the units that are assigned, each with the days on which it stands there, to those who work in them.
_TAKING_PART = """
WITH RECURSIVE covered(unit, days, depth) AS (
    SELECT unit_id, days * %(period)s::daterange, 0 FROM plans_planassignment
    WHERE plan_id = %(plan)s AND unit_id IS NOT NULL AND days && %(period)s::daterange
    UNION
    SELECT p.unit_id, p.days * covered.days, covered.depth + 1
    FROM people_unitparent p JOIN covered ON p.parent_id = covered.unit AND p.days && covered.days
    WHERE covered.depth < 50
), taking_part(employee, days) AS (
    SELECT employee_id, days * %(period)s::daterange FROM plans_planassignment
    WHERE plan_id = %(plan)s AND employee_id IS NOT NULL AND days && %(period)s::daterange
    UNION ALL
    SELECT a.employee_id, a.days * covered.days
    FROM people_assignment a JOIN covered ON a.unit_id = covered.unit AND a.main AND a.days && covered.days
)
SELECT t.employee, lower(range_agg(t.days * e.days)), upper(range_agg(t.days * e.days))
FROM taking_part t JOIN people_employment e ON e.employee_id = t.employee AND e.days && t.days
WHERE %(payee)s::bigint IS NULL OR t.employee = %(payee)s::bigint
GROUP BY t.employee
"""


def taking_part(plan: int, period: Days, payee: int | None = None) -> dict[int, Days]:
    """Payee → first day and day after the last on which they take part and are employed, of those who do."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKING_PART, {"plan": plan, "period": span(*period), "payee": payee})
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}
