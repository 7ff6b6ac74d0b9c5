"""The widgets of the company: does the plan work, what has it cost so far, for whom does it not work?"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from liji.access.models import Role
from liji.access.models import RoleGrant
from liji.dashboards.look import Look
from liji.dashboards.look import measuring
from liji.dashboards.team import BELOW
from liji.dashboards.team import IDLE_DAYS
from liji.dashboards.team import share_over
from liji.earnings.queries import Reached
from liji.facts import queries as facts
from liji.people import queries as people
from liji.people.models import Assignment
from liji.performance import queries as performance

Context = dict[str, Any]
ZERO = Decimal(0)
# The edges of the distribution, as shares of the target: below the first, from one to the next, from the last on.
EDGES = tuple(map(Decimal, ("0.5", "0.8", "1", "1.2")))
LAYERS = ("top", "middle", "bottom")


@dataclass(frozen=True)
class Sum:
    """What some people have come to together; `paid` in the company's currency alone, shares are 0…1."""

    count: int
    paid: Decimal
    value: Decimal
    target: Decimal
    measured: int  # how many have a target
    reached: int  # how many of them have reached it

    @property
    def attainment(self) -> Decimal | None:
        """Of all targets together."""
        return self.value / self.target if self.target else None

    @property
    def average(self) -> Decimal:
        """Paid for one of them."""
        return (self.paid / self.count).quantize(Decimal("0.01")) if self.count else ZERO


def _sum(rows: Iterable[Reached]) -> Sum:
    """Every plan pays; but a target that two plans of a payee name, as a contest by attainment does, counts once."""
    rows = list(rows)
    own = [row for row in rows if row.currency == people.company().currency]
    moving = [row.progress for row in measuring(own).values() if row.progress and row.progress.target]
    reached = [row.attainment for row in measuring(rows).values() if row.attainment is not None]
    return Sum(
        len({row.payee for row in rows}),
        sum((row.total for row in own), ZERO),
        sum((each.value for each in moving), ZERO),
        sum((each.target for each in moving), ZERO),
        len(reached),
        sum(1 for each in reached if each >= 1),
    )


def total(look: Look) -> Context:
    """Everybody together; other currencies than the company's beside it."""
    others = Counter[str]()
    currency = people.company().currency
    for row in look.reached:
        if row.currency != currency:
            others[row.currency] += row.total
    return {"sum": _sum(look.reached), "others": dict(others), "currency": currency}


@dataclass(frozen=True)
class Bucket:
    """A part of the distribution: who is from `low` up to, not including, `high`; `share` of the largest one."""

    low: Decimal | None
    high: Decimal | None
    sum: Sum
    share: Decimal


def distribution(look: Look) -> Context:
    """How many stand where, and what is paid to them."""
    rows = [row for row in look.standing.values() if row.attainment is not None]
    spans = list(zip((None, *EDGES), (*EDGES, None), strict=True))
    inside = [
        [row for row in rows if (low is None or row.attainment >= low) and (high is None or row.attainment < high)]
        for low, high in spans
    ]
    most = max(map(len, inside)) or 1
    buckets = [
        Bucket(low, high, _sum(part), Decimal(len(part)) / most)
        for (low, high), part in zip(spans, inside, strict=True)
    ]
    return {"buckets": buckets[::-1], "count": len(rows), "currency": people.company().currency}


def layers(look: Look) -> Context:
    """The layers that hold today, and what is paid in each."""
    held = performance.layers(look.day)
    found = [(name, _sum(row for row in look.reached if held.get(row.payee) == name)) for name in LAYERS]
    return {"layers": [(name, each) for name, each in found if each.count], "currency": people.company().currency}


@dataclass(frozen=True)
class UnitLine:
    """A unit and those who work in it."""

    unit: int
    name: str
    manager: int | None  # whose team page shows them
    sum: Sum


def units(look: Look) -> Context:
    """Each unit in which anybody is paid by a plan, by name."""
    where: dict[int, tuple[int, str, int | None]] = {}
    held = Assignment.objects.on(look.day).filter(main=True)
    for employee, *place in held.values_list("employee_id", "unit_id", "unit__name", "manager_id"):
        where[employee] = tuple(place)
    parts: dict[int, list[Reached]] = {}
    for row in look.reached:
        if row.payee in where:
            parts.setdefault(where[row.payee][0], []).append(row)
    lines = []
    for unit, rows in parts.items():
        managers = Counter(where[row.payee][2] for row in rows)
        lines.append(UnitLine(unit, where[rows[0].payee][1], managers.most_common(1)[0][0], _sum(rows)))
    return {"units": sorted(lines, key=lambda line: line.name), "currency": people.company().currency}


@dataclass(frozen=True)
class Risk:
    """Something that stands in the way of pay that is right and moves people; `count` people."""

    kind: str
    count: int
    of: int


def risks(look: Look) -> Context:
    """What to look after first: what is wrong with figures, then who is left out, then who is behind."""
    rows, standing = look.reached, look.standing
    paid = {row.payee for row in rows}
    reps = set(
        RoleGrant.objects.filter(role=Role.REP, user__is_active=True, user__employee__isnull=False).values_list(
            "user__employee", flat=True
        )
    )
    led = set(
        Assignment.objects.on(look.day)
        .filter(main=True, manager__isnull=False, employee__in=paid)
        .values_list("employee_id", flat=True)
    )
    idle = paid - set(facts.counts(paid, "follow_up", since=look.day - timedelta(days=IDLE_DAYS)))
    over = share_over(look.day)
    behind = {
        row.payee
        for row in standing.values()
        if over is not None and row.attainment is not None and row.attainment < over * BELOW
    }
    aimless = {row.payee for row in rows if row.progress and row.progress.target is None}
    found = [
        ("failed", {row.payee for row in rows if row.failed}, paid),
        ("no_plan", reps - paid, reps),
        ("no_target", aimless - {row.payee for row in standing.values() if row.attainment is not None}, paid),
        ("no_manager", paid - led, paid),
        ("behind", behind, paid),
        ("idle", idle, paid),
    ]
    return {"risks": [Risk(kind, len(who), len(of)) for kind, who, of in found if who]}
