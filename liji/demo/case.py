"""The guide's case (S19), played by a team of its own: two months as before, three with the new scheme, and today.

1.5 million a month become 2.25 million; every figure is a fact, a target or a plan, so that the pages work them out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from decimal import Decimal
from importlib.resources import files
from typing import Any

from django.db import transaction

from liji.base import clock
from liji.demo import signins
from liji.demo.roster import DIRECTOR
from liji.demo.roster import MANAGER
from liji.demo.roster import REP
from liji.facts import services as facts
from liji.people import queries as people
from liji.people import services as people_services
from liji.people.models import Assignment
from liji.people.models import Employee
from liji.people.models import Unit
from liji.performance import queries as performance
from liji.performance import services as performance_services
from liji.plan import templates
from liji.plan.periods import add_months
from liji.plans import queries as plans
from liji.plans import services as plan_services

CODE, NAME, PLAN = "CASE", "案例队", "weighted"
LEADER = ("E4000", "顾明哲")
REPS = {
    "E4001": "苏晚晴", "E4002": "江一舟", "E4003": "白若楠", "E4004": "钟亦凡", "E4005": "沈听雨",
    "E4006": "纪长风", "E4007": "温书瑶", "E4008": "陆知行", "E4009": "夏初晨", "E4010": "霍思齐",
}  # fmt: skip
# What the guide's company offers: money, courses, the criteria for supervisors.
PREFERENCES = dict(zip(REPS, ["cash"] * 4 + ["training"] * 3 + ["promotion"] * 3, strict=True))
BEFORE, MONTHS = 2, 5  # months without the new scheme; all full months
DECIDED = 10  # opportunities decided a month


@dataclass(frozen=True)
class Month:
    """What a rep does in a month; `kept` of the previous month's customers buy again. `target` is that of sales."""

    sales: int
    kept: int
    new: int
    won: int
    target: int


_MONTHS = (
    Month(141_000, kept=7, new=3, won=2, target=150_000),
    Month(150_000, kept=7, new=3, won=2, target=150_000),
    Month(175_000, kept=7, new=3, won=2, target=175_000),
    Month(200_000, kept=7, new=3, won=2, target=200_000),
    Month(225_000, kept=8, new=5, won=3, target=225_000),
)
# In the last month some do more, others as much less: the team's sums stay.
_LAST: dict[str, dict[str, int]] = {
    "E4001": {"sales": 240_000}, "E4002": {"sales": 210_000}, "E4003": {"won": 4}, "E4004": {"won": 2},
    "E4005": {"new": 6}, "E4006": {"new": 4},
}  # fmt: skip


def fill(day: date) -> None:
    """The team with its history, once; then what has happened since, and the targets of the present month."""
    unit = Unit.objects.filter(code=CODE).first()
    new = unit is None
    if unit is None:
        _found(add_months(day.replace(day=1), -MONTHS))
    first = Assignment.objects.get(employee__number=next(iter(REPS)), unit__code=CODE).since
    assert first is not None  # noqa: S101 it was written with a day
    last = _place(first, day)
    _targets(first, range(last + 1) if new else range(last, last + 1))
    _record(first, range(last + 1) if new else range(max(0, last - 1), last + 1))


@transaction.atomic
def _found(first: date) -> None:
    """People, the plan as it was and as it becomes, and what “kept” means: from one month to the next."""
    unit = people_services.unit(CODE, NAME, parent=Unit.objects.get(code="SALES"))
    director = Employee.objects.get(number=DIRECTOR)
    leader = people_services.enter(*LEADER, on=first, email=_email(LEADER[0]))
    manager, rep = people_services.position(MANAGER, "销售经理"), people_services.position(REP, "销售代表")
    people_services.transfer(leader, on=first, unit=Unit.objects.get(code="SALES"), position=manager, manager=director)
    for number, name in REPS.items():
        entered = people_services.enter(number, name, on=first, email=_email(number))
        people_services.transfer(entered, on=first, unit=unit, position=rep, manager=leader)
    before = files("liji.demo").joinpath("plans/weighted-before.yaml").read_text("utf-8")
    for text, since in ((before, first), (dict(templates())[PLAN], add_months(first, BEFORE))):
        version = plan_services.save_version(text, by=None)
        plan_services.publish(version, since=since, by=None)
    plan_services.assign(version.plan, since=first, unit=unit)
    if not performance.definition_history():
        performance_services.set_definitions(by=None, retention_months=1)
    signins.make_all()


def _email(number: str) -> str:
    return f"{number.lower()}@liji.example"


def _place(first: date, day: date) -> int:
    """The month's place among those of the case: the first is 0."""
    return (day.year - first.year) * 12 + day.month - first.month


def _month(number: str, place: int) -> Month:
    usual = _MONTHS[min(place, MONTHS - 1)]
    return replace(usual, **_LAST.get(number, {})) if place >= MONTHS - 1 else usual


def _targets(first: date, places: range) -> None:
    """Sales and, with the new scheme, the other three indicators; only where none is set yet."""
    reps = list(Employee.objects.filter(number__in=REPS))
    rows = []
    for place in places:
        month = add_months(first, place)
        if any(plans.quotas_of([rep.pk for rep in reps], month).values()):
            continue
        for rep in reps:
            rows.append((rep, "sales", month, Decimal(_month("", place).target)))
            if place >= BEFORE:
                more = {"conversion": "0.3", "new_customers": "5", "retention": "0.8"}
                rows += [(rep, measure, month, Decimal(amount)) for measure, amount in more.items()]
    if rows:
        plan_services.set_quotas(rows)


def _record(first: date, places: range) -> None:
    """Records what has happened by now in these months; what is known already changes nothing.

    What a day brings is there from its first minute, so that nobody's page is empty on the first of a month.
    """
    now = clock.local()
    today = now.date()
    sent = [
        record | {"occurred_at": min(at, now).isoformat()}
        for number in REPS for place in places for at, record in _records(number, first, place) if at.date() <= today
    ]  # fmt: skip
    for outcome in facts.record_many(sent):
        odd = [problem for problem in outcome.problems if problem.code != "version_taken"]
        if odd:
            raise ValueError(f"{outcome.external_id}: {odd}")


def _records(number: str, first: date, place: int) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """The orders and decided opportunities of one rep in one month, with their moments."""
    own, month = _month(number, place), add_months(first, place)
    customers = _customers(number, place)
    part = own.sales // len(customers) // 100 * 100
    for at, customer in enumerate(customers):
        amount = own.sales - part * (len(customers) - 1) if at == 0 else part
        yield _moment(month, at * 2), _base(number, "order_closed", f"CASE-{month:%Y%m}-{number}-SO{at:02d}") | {
            "amount": f"{amount}.00", "customer": customer, "product": "人事云 专业版", "new_customer": at >= own.kept,
        }  # fmt: skip
    for at in range(DECIDED):
        kind = "opportunity_won" if at < own.won else "opportunity_lost"
        yield _moment(month, at), _base(number, kind, f"CASE-{month:%Y%m}-{number}-OP{at:02d}") | {
            "amount": "20000.00", "customer": f"商机 {number} {month:%m} {at + 1}",
        }  # fmt: skip


def _customers(number: str, place: int) -> list[str]:
    """Whom the rep sells to in a month: those kept from the month before, then new ones."""
    own = _month(number, place)
    kept = [f"老客户 {number} {at + 1}" for at in range(own.kept)]
    if place > 0:
        kept = _customers(number, place - 1)[: own.kept]
    return kept + [f"客户 {number} {place + 1}-{at + 1}" for at in range(own.new)]


def _base(number: str, kind: str, external: str) -> dict[str, Any]:
    return {
        "source": "crm", "external_id": external, "version": 1, "type": kind, "employee": number, "currency": "CNY"
    }  # fmt: skip


def _moment(month: date, at: int) -> datetime:
    """Ten o'clock on a day of the month, the later the higher `at`; all fit into the shortest month."""
    return datetime.combine(month + timedelta(days=at % 27), time(10), people.zone())
