"""The star of the month 月度之星: proposed by the company's rule when a month has ended, then confirmed or declined."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from liji.access.models import User
from liji.access.services import audit
from liji.people import queries as people
from liji.people.models import Assignment
from liji.people.models import Unit
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.performance import queries as performance
from liji.plan.periods import add_months
from liji.recognition import queries
from liji.recognition import services
from liji.recognition.models import Star
from liji.recognition.models import WallSettings
from liji.recognition.told import look_again

BADGE = "star_of_month"
# what is ranked → (zh, en, type in the plan language's words)
MEASURES: dict[str, tuple[str, str, str]] = {
    "sales": ("销售额", "Sales", "money"),
    "contracts": ("签单数", "Contracts", "count"),
    "new_customers": ("新客户数", "New customers", "count"),
    "sales_attainment": ("达成率", "Attainment", "rate"),
}


@dataclass(frozen=True)
class Shown:
    """A star of a month as it is shown: whose, by which measure, and the value where the company shows amounts."""

    star: Star
    name: str
    zh: str
    en: str
    kind: str
    value: Decimal | None


@transaction.atomic
def set_rule(
    *, measure: str, least_orders: int, unit: Unit | None, active: bool, by_itself: bool, by: User | None
) -> WallSettings:
    """Sets the rule: the measure of MEASURES, the least orders of the month, a unit or None for everybody.

    `by_itself`: the badge is given without anybody confirming it. Raises KeyError for an unknown measure.
    """
    MEASURES[measure]
    held = queries.settings(locked=True)
    held.star_measure, held.star_least_orders, held.star_unit = measure, least_orders, unit
    held.star_active, held.star_by_itself = active, by_itself
    held.save()
    audit(by, "star_rule_set", detail={"measure": measure, "active": active, "by_itself": by_itself})
    return held


@transaction.atomic
def propose_due() -> list[Star]:
    """Proposes last month's stars when the rule is active; as facts still change, so do proposals nobody decided on."""
    held = queries.settings(locked=True)
    if not held.star_active:
        return []
    month = add_months(people.today().replace(day=1), -1)
    stars = Star.objects.filter(month=month)
    if stars.exclude(state=Star.State.PROPOSED).exists():
        return []
    leaders = leading(month, held)
    stars.exclude(employee__in=[employee for employee, _ in leaders]).delete()
    proposed = [_proposed(month, employee, value, held) for employee, value in leaders]
    if held.star_by_itself:
        for star in proposed:
            decide(star, confirm=True, by=None)
    return proposed


def _proposed(month: date, employee: int, value: Decimal, held: WallSettings) -> Star:
    unit = held.star_unit.code if held.star_unit else ""
    because = {
        "measure": held.star_measure, "value": str(value), "least_orders": held.star_least_orders, "unit": unit,
    }
    return Star.objects.update_or_create(month=month, employee_id=employee, defaults={"because": because})[0]


def leading(month: date, held: WallSettings) -> list[tuple[int, Decimal]]:
    """(employee, value) of who leads a month by a rule: all who are equal, nobody without a value above zero.

    Who no longer works here is passed over.
    """
    present = sorted(people.employed(_ranked(month, held), people.today()))
    found: list[tuple[int, Decimal]] = []
    for employee, values in performance.month_values(present, month).items():
        value, orders = values[held.star_measure], values["contracts"] or 0
        if value is not None and value > 0 and orders >= held.star_least_orders:
            found.append((employee, value))
    best = max((value for _, value in found), default=None)
    return sorted(each for each in found if each[1] == best)


def _ranked(month: date, held: WallSettings) -> Sequence[int]:
    """Who worked in the unit of the rule, or below it, on any day of the month."""
    days = (month, add_months(month, 1))
    works = Assignment.objects.during(*days).filter(main=True)
    if held.star_unit_id:
        works = works.filter(unit__in=people.units_below([held.star_unit_id], *days))
    return list(works.values_list("employee_id", flat=True).distinct())


@transaction.atomic
def decide(star: Star, *, confirm: bool, by: User | None) -> Star:
    """Confirms a proposed star, who is given the badge (unless HR has retired it) and told, or declines it.

    Raises Refused "star_decided", or "has_left" when the person no longer works here.
    """
    star = Star.objects.select_for_update(of=("self",)).select_related("employee").get(pk=star.pk)
    if star.state != Star.State.PROPOSED:
        raise Refused(Problem("star", "star_decided"))
    if confirm and not people.is_employed(star.employee_id, people.today()):
        raise Refused(Problem("star", "has_left", {"value": star.employee.name}))
    star.state = Star.State.CONFIRMED if confirm else Star.State.DECLINED
    star.decided_by = by
    star.save(update_fields=["state", "decided_by"])
    detail = {"month": f"{star.month:%Y-%m}"}
    audit(by, "star_confirmed" if confirm else "star_declined", about=star.employee_id, detail=detail)
    if confirm:
        if services.is_given(BADGE):
            occasion = f"star:{star.month:%Y-%m}"
            services.grant_badge(BADGE, star.employee_id, occasion=occasion, because=star.because | detail)
        look_again()
    return star


def current(day: date | None = None) -> list[Shown]:
    """The confirmed stars of the newest month that has any, up to two months before `day` (today)."""
    since = add_months((day or people.today()).replace(day=1), -2)
    stars = list(_stars().filter(state=Star.State.CONFIRMED, month__gte=since))
    amounts = queries.settings().shows_amounts
    return [_shown(star, amounts=amounts) for star in stars if star.month == stars[0].month]


def proposed() -> list[Shown]:
    """What waits for HR, with the values."""
    return [_shown(star, amounts=True) for star in _stars().filter(state=Star.State.PROPOSED)]


def past() -> list[Shown]:
    """The confirmed stars of the last twelve months, newest first."""
    since = add_months(people.today().replace(day=1), -12)
    return [_shown(star, amounts=True) for star in _stars().filter(state=Star.State.CONFIRMED, month__gte=since)]


def _stars() -> QuerySet[Star]:
    return Star.objects.select_related("employee").order_by("-month", "employee__number")


def _shown(star: Star, *, amounts: bool) -> Shown:
    zh, en, kind = MEASURES[star.because["measure"]]
    value = Decimal(star.because["value"]) if amounts else None
    return Shown(star, star.employee.name, zh, en, kind, value)
