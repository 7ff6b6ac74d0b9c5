"""Which payee-periods are to be there: read from the terms, not by the code that marks them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Count
from django.db.models import QuerySet

from liji.base import clock
from liji.earnings.models import PayeePeriod
from liji.people import queries as people
from liji.people.dated import span
from liji.plan.periods import period_of
from liji.plans import queries as plans
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

    `due`: whoever takes part is to have a result, for the period has begun and is not before the first credit. `cells`
    is how many payee-periods are stored.
    """

    start: date
    plan: int
    end: date
    version: int | None
    due: bool
    cells: int = 0


class Published(NamedTuple):
    """The days on which a version is in force."""

    lower: date
    upper: date
    version: int


def stretches(scope: Scope) -> list[Stretch]:
    """Every plan and period in scope, earlier ones first: those that are stored and those that have begun."""
    publications, stored, first = _publications(scope.plan), _stored(scope.plan), _first_day()
    found: set[Stretch] = set()
    for plan in publications.keys() | stored.keys():
        held = publications.get(plan, [])
        due = set(_begun(held, first))
        counts = stored.get(plan, {})
        for start, end in counts.keys() | due:
            if scope.days is None or (start < scope.days[1] and end > scope.days[0]):
                period = (start, end)
                found.add(Stretch(start, plan, end, _valid(held, period), period in due, counts.get(period, 0)))
    return sorted(found, key=lambda each: (each.start, each.plan, each.end))


def _begun(held: list[Published], first: date) -> Iterator[Days]:
    """The periods of a plan that are to have results: from the one that holds the first day to the present one."""
    today = clock.today()
    for lower, upper, version in held:
        day, last = max(lower, first), min(upper - timedelta(days=1), today)
        while day <= last:
            period = _period(day, version)
            if _valid(held, period) is not None:
                yield period
            day = period[1]


def _valid(held: list[Published], period: Days) -> int | None:
    """The version in force in a period, if the period is one of that version's; None otherwise."""
    there = [each for each in held if each.lower < period[1] and each.upper > period[0]]
    version = min(there).version if there else None
    return version if version is not None and _period(period[0], version) == period else None


def _period(day: date, version: int) -> Days:
    plan = plans.parsed(plans.version(version))
    return period_of(day, plan.period, year_starts=plan.year_starts or people.company().fiscal_year_starts)


def _publications(plan: str | None) -> dict[int, list[Published]]:
    found: dict[int, list[Published]] = {}
    for number, days, version in _of(plan, Publication).values_list("plan_id", "days", "version_id"):
        published = Published(days.lower or date.min, days.upper or date.max, version)
        found.setdefault(number, []).append(published)
    return found


def _stored(plan: str | None) -> dict[int, dict[Days, int]]:
    found: dict[int, dict[Days, int]] = {}
    rows = _of(plan, PayeePeriod).values_list("plan_id", "start", "end").annotate(cells=Count("pk"))
    for number, start, end, cells in rows:
        found.setdefault(number, {})[start, end] = cells
    return found


def _of(plan: str | None, model: type[Publication] | type[PayeePeriod]) -> QuerySet:
    return model.objects.all() if plan is None else model.objects.filter(plan__code=plan)


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
