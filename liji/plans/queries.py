"""Which plan, which version, which quota holds for whom on which days."""

from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from decimal import Decimal
from statistics import median_low

from django.db import connection
from django.db.models import Count

from liji.engine import Compiled
from liji.engine import compile_plan
from liji.people import queries as people
from liji.people.kept import memory
from liji.plan import Plan
from liji.plan import Table
from liji.plan import load
from liji.plan.crediting import credit_dates
from liji.plan.periods import period_of
from liji.plan.quotas import adds_up
from liji.plans.calendar import Calendar
from liji.plans.calendar import Published
from liji.plans.models import ClosedPeriod
from liji.plans.models import IncentivePlan
from liji.plans.models import PlanAssignment
from liji.plans.models import PlanVersion
from liji.plans.models import Publication
from liji.plans.models import Quota
from liji.plans.participation import Days
from liji.plans.participation import Participation


def month(day: date) -> Days:
    """The calendar month of a day."""
    return period_of(day, "month")


_parsed: dict[str, Plan] = {}


def parsed(version: PlanVersion) -> Plan:
    """The plan of a stored version; read once per process, since a version never changes."""
    if version.digest not in _parsed:
        loaded = load(version.text, filename=f"{version.plan.code} v{version.number}")
        if loaded.plan is None:
            raise ValueError(f"stored plan version {version.pk} cannot be read: {loaded.problems}")
        _parsed[version.digest] = loaded.plan
    return _parsed[version.digest]


_versions: dict[int, PlanVersion] = memory()


def version(number: int) -> PlanVersion:
    """A stored version with its plan; read once per process, since a version never changes."""
    if number not in _versions:
        _versions[number] = PlanVersion.objects.select_related("plan").get(pk=number)
    return _versions[number]


_PUBLISHED = """
SELECT plan_id, version_id, lower(days), upper(days),
    coalesce((SELECT fiscal_year_starts FROM people_company ORDER BY id LIMIT 1), 1)
FROM plans_publication ORDER BY plan_id, days
"""


def calendar() -> Calendar:
    """The publications of every plan with the periods that they bring, read anew."""
    found: dict[int, list[Published]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PUBLISHED)
        rows = cursor.fetchall()
    for plan, number, start, end, fiscal in rows:
        document = parsed(version(number))
        days = (start or date.min, end or date.max)
        held = Published(number, document.period, document.year_starts or fiscal, days)
        found.setdefault(plan, []).append(held)
    return Calendar({plan: tuple(held) for plan, held in found.items()}, rows[0][4] if rows else 1)


def compiled(number: int) -> Compiled:
    """A stored version, compiled."""
    return compile_plan(parsed(version(number)))


def version_in_force(plan: int, period: Days) -> PlanVersion | None:
    """The version that is in force on the first day of the period on which any is."""
    publication = Publication.objects.during(*period).filter(plan=plan).order_by("days").first()
    return publication and version(publication.version_id)


@dataclass(frozen=True)
class Reach:
    """What the published plans look at beyond a payee's own credits of a period.

    `levels`: the most levels that any rolls up; the others are the plans that do so, by id.
    """

    levels: int = 0
    rolling: frozenset[int] = frozenset()
    windowed: frozenset[int] = frozenset()
    dated: frozenset[int] = frozenset()
    grouped: frozenset[int] = frozenset()
    carrying: frozenset[int] = frozenset()
    taking: frozenset[int] = frozenset()

    @property
    def onward(self) -> frozenset[int]:
        """The plans of which one payee-period moves later ones of the same payee."""
        return self.carrying | self.taking


def reach(published: Calendar | None = None) -> Reach:
    """How far the plans of all published versions reach."""
    levels, rolling, windowed, dated, grouped, carrying, taking = 0, set(), set(), set(), set(), set(), set()
    for plan, number in (published or calendar()).versions():
        own = compiled(number)
        levels = max(levels, own.needs.levels)
        for found, reaches in (
            (rolling, own.needs.levels),
            (windowed, own.needs.windows),
            (dated, credit_dates(own.plan)),
            (grouped, own.groups),
            (carrying, own.plan.balances),
            (taking, own.needs.takes_back),
        ):
            if reaches:
                found.add(plan)
    return Reach(levels, *map(frozenset, (rolling, windowed, dated, grouped, carrying, taking)))


def published_versions() -> list[PlanVersion]:
    """Every version that is, was or will be in force, the oldest first."""
    numbers = Publication.objects.values_list("version_id", flat=True).order_by("version_id").distinct()
    return [version(number) for number in numbers]


def participation(employee: int, plan: int, period: Days) -> list[Days]:
    """The days of a period on which an employee takes part in a plan, as spans without overlap, in order."""
    return Participation.load([employee], *period).spans(employee, plan, period)


def participants(plan: int, period: Days) -> set[int]:
    """The employees who take part in a plan on any day of a period."""
    known = Participation.load(None, *period)
    return {employee for employee in known.employees() if known.spans(employee, plan, period)}


def periods_between(plan: int, start: date, end: date | None) -> list[Days]:
    """The plan's periods from the one that holds `start` to the present one (or to `end`, exclusive).

    Of days that lie ahead, the present period when it reaches there.
    """
    tomorrow = people.today() + timedelta(days=1)
    if start >= tomorrow:
        return [period for period in periods_between(plan, tomorrow - timedelta(days=1), None) if period[1] > start]
    return list(calendar().periods(plan, start, min(end, tomorrow) if end else tomorrow))


def quotas(employee: int, start: date) -> dict[str, Decimal]:
    """Measure → target of an employee in the period that starts on `start`."""
    return dict(Quota.objects.filter(employee=employee, start=start).values_list("measure", "amount"))


def quotas_of(employees: Collection[int], start: date) -> dict[int, dict[str, Decimal]]:
    """Employee → measure → target, for many at once."""
    found: dict[int, dict[str, Decimal]] = {}
    for employee, measure, amount in Quota.objects.filter(employee__in=employees, start=start).values_list(
        "employee_id", "measure", "amount"
    ):
        found.setdefault(employee, {})[measure] = amount
    return found


def quotas_between(employees: Collection[int], start: date, end: date) -> dict[date, dict[int, dict[str, Decimal]]]:
    """First day → employee → measure → target, of the periods that begin from `start` up to, not including, `end`."""
    rows = Quota.objects.filter(employee__in=employees, start__gte=start, start__lt=end)
    found: dict[date, dict[int, dict[str, Decimal]]] = {}
    for first, employee, measure, amount in rows.values_list("start", "employee_id", "measure", "amount"):
        found.setdefault(first, {}).setdefault(employee, {})[measure] = amount
    return found


def quotas_in(employees: Collection[int], period: Days, plan: Plan) -> dict[int, dict[str, Decimal]]:
    """Employee → measure → target in a period of a plan.

    Targets are kept by their first day. Where a plan's period has several months and targets are set by month, they sum
    up; a target on the first day alone is that of the whole period. What is no sum or number of things, the least or
    the last of a measure or a rate, does not add up: its target is that of the first day.
    """
    found = quotas_of(employees, period[0])
    summed = [name for name in plan.targets if name in plan.measures and adds_up(plan.measures[name])]
    later = Quota.objects.filter(employee__in=employees, start__gt=period[0], start__lt=period[1], measure__in=summed)
    for employee, measure, amount in later.values_list("employee_id", "measure", "amount"):
        own = found.setdefault(employee, {})
        own[measure] = own.get(measure, Decimal(0)) + amount
    return found


def usual_target(plan: int, document: Plan, measure: str, day: date) -> Decimal | None:
    """The middle one of the targets that those who take part have in the period of a day; None when nobody has one."""
    if measure not in document.targets:
        return None
    for period in periods_between(plan, day, None)[-1:]:
        own = quotas_in(participants(plan, period), period, document)
        if given := [each[measure] for each in own.values() if each.get(measure)]:
            return median_low(given)
    return None


def all_plans() -> list[IncentivePlan]:
    """Every plan, by code."""
    return list(IncentivePlan.objects.order_by("code"))


def plan_by_code(code: str) -> IncentivePlan | None:
    """The plan with this code."""
    return IncentivePlan.objects.filter(code=code).first()


@dataclass(frozen=True)
class Standing:
    """How a plan stands on a day: what is in force, what comes next, and how many take part."""

    plan: IncentivePlan
    versions: int
    now: Publication | None
    coming: Publication | None
    participants: int


def standings(day: date) -> list[Standing]:
    """Every plan as it stands on a day, by code."""
    known = Participation.load(None, day, day + timedelta(days=1))
    counts: dict[int, int] = {}
    for employee in known.employees():
        for plan in known.plans_on(employee, day):
            counts[plan] = counts.get(plan, 0) + 1
    published = Publication.objects.select_related("version")
    now = {each.plan_id: each for each in published.on(day)}
    coming: dict[int, Publication] = {}
    for each in published.filter(days__startswith__gt=day).order_by("days"):
        coming.setdefault(each.plan_id, each)
    return [
        Standing(plan, plan.count, now.get(plan.pk), coming.get(plan.pk), counts.get(plan.pk, 0))
        for plan in IncentivePlan.objects.annotate(count=Count("versions")).order_by("code")
    ]


@dataclass(frozen=True)
class Row:
    """A band of a rate table: from where to where, whether each edge belongs to it, and what it gives."""

    low: Decimal | None
    low_belongs: bool
    high: Decimal | None
    high_belongs: bool
    value: Decimal


def rate_rows(table: Table) -> list[Row]:
    """The bands of a rate table, each with both of its edges."""
    rows: list[Row] = []
    for band in table.bands:
        before = rows[-1] if rows else None
        low, belongs = (before.high, not before.high_belongs) if before else (None, False)
        rows.append(Row(low, belongs, band.edge, band.through, band.value))
    return rows


def versions_of(plan: int) -> list[PlanVersion]:
    """The versions of a plan, newest first, each with its author and `publications`."""
    found = PlanVersion.objects.filter(plan=plan).select_related("made_by")
    return list(found.prefetch_related("publications").order_by("-number"))


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


def any_quota() -> bool:
    """Whether any target has been set."""
    return Quota.objects.exists()


def anybody_takes_part() -> bool:
    """Whether any plan has been assigned to anybody."""
    return PlanAssignment.objects.exists()
