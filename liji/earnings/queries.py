"""Reading earnings: the rep's day, the manager's team, the months so far, and why a figure is what it is.

Everything here is ready to be shown: amounts are Decimal in the named currency, shares are 0…1. No page calculates.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import timedelta
from decimal import Decimal

from django.db.models import Count
from django.db.models import Sum
from django.utils.translation import get_language
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from liji.earnings import inputs
from liji.earnings.bands import Band
from liji.earnings.bands import bands
from liji.earnings.models import LateTruth
from liji.earnings.models import PayeePeriod
from liji.engine import Line
from liji.engine import Node
from liji.engine import Result
from liji.engine import Step
from liji.engine import compile_plan
from liji.engine import explain
from liji.engine import next_steps
from liji.engine import uncounted
from liji.facts import queries as facts
from liji.people import queries as people
from liji.people.models import Employee
from liji.plan import Plan
from liji.plan.types import Kind
from liji.plans import queries as plans

DEALS_SHOWN = 20


@dataclass(frozen=True)
class Progress:
    """How far a payee is with the measure that the plan sets a target for. `attainment` is a share, 1 = 100 %."""

    measure: str
    name: str
    value: Decimal
    target: Decimal | None
    attainment: Decimal | None

    @property
    def to_go(self) -> Decimal | None:
        """What is missing to the target; 0 when it is reached, None without a target."""
        return None if self.target is None else max(self.target - self.value, Decimal(0))


@dataclass(frozen=True)
class Deal:
    """A fact that moved the pay: what it brought, `own` at the rate then reached, `rerated` on earlier ones."""

    fact_id: int
    type: str
    title: str
    external_id: str
    at: datetime
    amount: Decimal
    brought: Decimal
    own: Decimal
    rerated: Decimal
    rate: Decimal | None


@dataclass(frozen=True)
class Earning:
    """One payee under one plan in one period."""

    payee_period: int
    payee: int
    plan_name: str
    start: date
    end: date  # exclusive
    currency: str
    total: Decimal
    components: tuple[tuple[str, str, Decimal], ...]  # (id, name, amount)
    balances: tuple[tuple[str, str, Decimal], ...]  # (id, name, what is carried on), money only
    progress: Progress | None
    bands: tuple[Band, ...]
    steps: tuple[Step, ...]
    deals: tuple[Deal, ...]
    deal_count: int
    computed_at: datetime | None
    pending: bool  # something has come in that is not in these figures yet
    problem: str  # why the last calculation failed; the figures are those of the last good one
    pay_on: date
    grouped: bool  # the pay depends on how one stands among others, as in a contest: no deal brings any by itself


@dataclass(frozen=True)
class Today:
    """The rep's page."""

    employee: int
    name: str
    day: date
    start: date
    days_left: int
    currency: str
    total: Decimal
    earnings: tuple[Earning, ...] = ()


@dataclass(frozen=True)
class Member:
    """One line of the manager's page."""

    employee: int
    name: str
    number: str
    earning: Earning | None
    last_deal: datetime | None
    follow_ups: int  # in the last 7 days


@dataclass(frozen=True)
class Team:
    """The manager's page: the dated subtree, and the sums over it."""

    day: date
    start: date
    currency: str
    members: tuple[Member, ...]
    total: Decimal
    value: Decimal
    target: Decimal
    attainment: Decimal | None

    @property
    def to_go(self) -> Decimal:
        """What is missing to the sum of the targets; 0 when it is reached."""
        return max(self.target - self.value, Decimal(0))

    @property
    def reached(self) -> int:
        """How many have reached their target."""
        return sum(_standing(member) >= 1 for member in self.members)


def _language() -> str:
    return "en" if (get_language() or "zh").startswith("en") else "zh"


def today(employee: int, day: date) -> Today:
    """What the rep's page shows on `day`: every plan's earnings in the period that holds it."""
    person = Employee.objects.get(pk=employee)
    rows = _rows([employee], day)
    shown = tuple(_earning(row, deals=DEALS_SHOWN, steps=True) for row in rows)
    start, end = plans.month(day)
    currency = shown[0].currency if shown else people.company().currency
    return Today(
        employee=employee,
        name=person.name,
        day=day,
        start=start,
        days_left=(end - day).days - 1,
        currency=currency,
        total=sum((e.total for e in shown if e.currency == currency), Decimal(0)),
        earnings=shown,
    )


def team(manager: int, day: date, *, within: Collection[int] | None = None) -> Team:
    """The subtree of a manager on `day` (or the employees in `within`, for HR), best attainment first."""
    members = people.subtree(manager, day) if within is None else set(within)
    earnings: dict[int, Earning] = {}
    rows = _rows(members, day)
    known = facts.facts([row.lines[-1]["fact_id"] for row in rows if row.lines])
    for row in rows:  # the oldest plan with a target speaks for its payee
        earning, held = _earning(row, deals=1, known=known), earnings.get(row.payee_id)
        if held is None or (held.progress is None and earning.progress is not None):
            earnings[row.payee_id] = earning
    sold = facts.last_days(members, "order_closed")
    followed = facts.counts(members, "follow_up", since=day - timedelta(days=7))
    lines = [
        Member(
            person.pk,
            person.name,
            person.number,
            earnings.get(person.pk),
            sold.get(person.pk),
            followed.get(person.pk, 0),
        )
        for person in Employee.objects.filter(pk__in=members)
    ]
    lines.sort(key=_standing, reverse=True)
    return _summed(day, tuple(lines))


def _standing(member: Member) -> Decimal:
    reached = member.earning and member.earning.progress and member.earning.progress.attainment
    return reached if reached is not None else Decimal(-1)


def _summed(day: date, members: tuple[Member, ...]) -> Team:
    earned = [member.earning for member in members if member.earning]
    moving = [earning.progress for earning in earned if earning.progress]
    target = sum((p.target for p in moving if p.target), Decimal(0))
    value = sum((p.value for p in moving), Decimal(0))
    return Team(
        day=day,
        start=plans.month(day)[0],
        currency=earned[0].currency if earned else people.company().currency,
        members=members,
        total=sum((earning.total for earning in earned), Decimal(0)),
        value=value,
        target=target,
        attainment=value / target if target else None,
    )


@dataclass(frozen=True)
class Reached:
    """How far one payee-period has come: `total` in `currency`, `progress` as the rep sees it."""

    payee: int
    plan: int
    currency: str
    total: Decimal
    progress: Progress | None
    failed: bool  # the last calculation did; the figures are those of the last good one
    pending: bool

    @property
    def attainment(self) -> Decimal | None:
        """A share, 1 = 100 %; None without a target or a result."""
        return self.progress and self.progress.attainment


def reached(payees: Collection[int] | None, day: date) -> list[Reached]:
    """How far these payees, or all, have come in the periods that hold `day`; in one query, without their deals."""
    rows = PayeePeriod.objects.filter(start__lte=day, end__gt=day).defer("lines").order_by("payee_id", "plan_id")
    if payees is not None:
        rows = rows.filter(payee__in=payees)
    return [_reached(row) for row in rows]


def _reached(row: PayeePeriod) -> Reached:
    if row.version_id:
        row.version = plans.version(row.version_id)  # read once, and not with every row
    result = Result.from_json(row.result) if row.result else None
    return Reached(
        payee=row.payee_id,
        plan=row.plan_id,
        currency=row.currency or people.company().currency,
        total=row.total,
        progress=progress(row, result),
        failed=bool(row.problem),
        pending=row.dirty_since is not None,
    )


def months(employee: int, *, limit: int = 24) -> list[Earning]:
    """The employee's payee-periods, newest first, without their deals."""
    rows = PayeePeriod.objects.filter(payee=employee).select_related("plan", "version__plan")
    return [_earning(row, deals=0) for row in rows.order_by("-start", "plan_id")[:limit]]


def earning(payee_period: int) -> Earning:
    """One payee-period with all of its deals. Raises PayeePeriod.DoesNotExist."""
    row = PayeePeriod.objects.select_related("plan", "version__plan").get(pk=payee_period)
    return _earning(row, deals=len(row.lines))


def totals(start: date, end: date) -> dict[date, tuple[Decimal, int, str]]:
    """First day of a period → what was earned in it, by how many payees, in which currency (the first of them)."""
    rows = PayeePeriod.objects.filter(start__gte=start, start__lt=end, result__isnull=False)
    told = rows.values("start", "currency").annotate(sum=Sum("total"), count=Count("payee", distinct=True))
    found: dict[date, tuple[Decimal, int, str]] = {}
    for row in told.order_by("start", "-count"):
        found.setdefault(row["start"], (row["sum"], row["count"], row["currency"]))
    return found


def pending(start: date, end: date) -> int:
    """How many payee-periods that begin in these days are still to be worked out."""
    return PayeePeriod.objects.filter(start__gte=start, start__lt=end, dirty_since__isnull=False).count()


@dataclass(frozen=True)
class Late:
    """A change to a closed payee-period. `cause`: what changed, in the reader's language; `noted_at`: aware."""

    payee: str
    number: str
    plan: str
    start: date
    end: date  # exclusive
    cause: str
    noted_at: datetime


_CAUSES = {
    "facts": _("records"),
    "begun": _("taking part"),
    "people_assignment": _("transfer or manager"),
    "people_attribute": _("attribute"),
    "people_company": _("beginning of the fiscal year"),
    "people_employment": _("entry or exit"),
    "people_unitparent": _("unit moved"),
    "plans_planassignment": _("taking part"),
    "plans_publication": _("plan published"),
    "plans_quota": _("target"),
}


def late(limit: int = 200) -> list[Late]:
    """The newest changes that reached closed periods; the results there stay as they were closed."""
    rows = LateTruth.objects.select_related("payee", "plan").order_by("-noted_at", "-id")[:limit]
    english = _language() == "en"
    return [
        Late(
            row.payee.name, row.payee.number, row.plan.en if english else row.plan.zh, row.start, row.end,
            gettext(_CAUSES[row.cause]), row.noted_at,
        )
        for row in rows
    ]  # fmt: skip


def payee_of(payee_period: int) -> int:
    """Whose payee-period it is: for asking who may see it. Raises PayeePeriod.DoesNotExist."""
    return PayeePeriod.objects.values_list("payee_id", flat=True).get(pk=payee_period)


def why(payee_period: int, *, language: str | None = None, own: bool = False) -> Node | None:
    """The explanation tree from the pay down to the source records; None before the first result.

    `own`: the payee reads it, who is told no attribute that is kept from those whom it is about.
    """
    row = PayeePeriod.objects.select_related("version__plan", "plan").get(pk=payee_period)
    if row.result is None:
        return None
    given = inputs.gather(row)
    compiled = compile_plan(plans.parsed(row.version))
    counted = {line["fact_id"] for line in row.lines}
    seen = given.facts if given else ()
    left_out = {fact.id for fact in uncounted(compiled, seen)}
    credits = [fact for fact in seen if fact.id in counted | left_out or fact.period < row.start]
    return explain(
        compiled, Result.from_json(row.result), credits, lang=language or _language(),
        untold=people.UNTOLD if own else (),
    )  # fmt: skip


def _rows(payees: Collection[int], day: date) -> list[PayeePeriod]:
    rows = PayeePeriod.objects.filter(payee__in=payees, start__lte=day, end__gt=day)
    return list(rows.select_related("plan", "version__plan").order_by("payee_id", "plan_id"))


def _earning(
    row: PayeePeriod, *, deals: int, steps: bool = False, known: dict[int, facts.FactView] | None = None
) -> Earning:
    """`known`: the facts of the deals shown, when many payees' were fetched at once."""
    language = _language()
    result = Result.from_json(row.result) if row.result else None
    plan = plans.parsed(row.version) if row.version else None
    lines = [Line.from_json(line) for line in reversed(row.lines[-deals:] if deals else [])]
    company = people.company()
    return Earning(
        payee_period=row.pk,
        payee=row.payee_id,
        plan_name=row.plan.en if language == "en" else row.plan.zh,
        start=row.start,
        end=row.end,
        currency=row.currency or company.currency,
        total=row.total,
        components=_components(plan, result, language),
        balances=_balances(plan, result, language),
        progress=progress(row, result),
        bands=bands(plan, result) if plan and result else (),
        steps=tuple(next_steps(compile_plan(plan), result, language)) if steps and plan and result else (),
        deals=_deals(lines, known),
        deal_count=len(row.lines),
        computed_at=row.computed_at,
        pending=row.dirty_since is not None,
        problem=(row.problem or {}).get(language, ""),
        pay_on=_pay_on(row.end, company.pay_day),
        grouped=bool(plan and compile_plan(plan).groups),
    )


def _pay_on(end: date, day: int) -> date:
    """The pay day of the month that follows the period (S16: by the 5th)."""
    return date(end.year, end.month, min(day, 28))


def _components(plan: Plan | None, result: Result | None, language: str) -> tuple[tuple[str, str, Decimal], ...]:
    if plan is None or result is None:
        return ()
    return tuple((name, plan.components[name].names(language), result.amounts[name]) for name in plan.paid)


def _balances(plan: Plan | None, result: Result | None, language: str) -> tuple[tuple[str, str, Decimal], ...]:
    if plan is None or result is None:
        return ()
    return tuple(
        (name, balance.names(language), closing)
        for name, balance in plan.balances.items()
        if balance.kind is Kind.MONEY and isinstance(closing := result.values.get(f"closing({name})"), Decimal)
    )


def progress(row: PayeePeriod, result: Result | None) -> Progress | None:
    """How far the first measure with a target has come; None when the plan knows no target or there is no result."""
    plan = plans.parsed(row.version) if row.version else None
    if plan is None or result is None or not plan.targets:
        return None
    measure = next(iter(plan.targets))
    value = result.values[measure]
    target = result.values.get(f"target({measure})")
    reached = value / target if target else None
    return Progress(measure, plan.measures[measure].names(_language()), value, target, reached)


def _deals(lines: list[Line], known: dict[int, facts.FactView] | None) -> tuple[Deal, ...]:
    known = facts.facts([line.fact_id for line in lines]) if known is None else known
    return tuple(_deal(line, known[line.fact_id]) for line in lines if line.fact_id in known)


def _deal(line: Line, fact: facts.FactView) -> Deal:
    rates = [rate for rate in line.rates.values() if rate is not None]
    return Deal(
        fact_id=fact.id,
        type=fact.type,
        title=fact.title,
        external_id=fact.external_id,
        at=fact.occurred_at,
        amount=fact.amount or Decimal(0),
        brought=line.total_brought,
        own=sum(line.own.values(), Decimal(0)),
        rerated=sum(line.rerated.values(), Decimal(0)),
        rate=rates[0] if rates else None,
    )
