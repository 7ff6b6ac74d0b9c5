"""The widgets of a team: whom do I turn to today, who stands where? They look at the dated subtree alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from decimal import Decimal
from typing import Any

from liji.coaching import queries as coaching
from liji.dashboards.look import Look
from liji.earnings import queries as earnings
from liji.earnings.pace import workdays
from liji.facts import queries as facts
from liji.people import queries as people
from liji.performance import queries as performance
from liji.performance.indicators import INDICATORS
from liji.performance.indicators import ORDERS
from liji.performance.indicators import TAKEN_BACK
from liji.performance.indicators import Indicator
from liji.plan.periods import add_months

Context = dict[str, Any]
IDLE_DAYS = 7
NEAR = Decimal("0.8")  # of the target
BELOW = Decimal("0.8")  # of the pace
SETTLED = 5  # workdays before which nobody is called behind
MOST_CALLS = 10
KINDS = ("task", "deal", "near", "below", "idle")  # the order in which people are called


@dataclass(frozen=True)
class Reason:
    """Why somebody needs attention. task: one of mine about them is due; deal: an order today; near: little is missing;
    below: behind the pace, `over` of the workdays being past; idle: no follow-up for so many days."""

    kind: str
    amount: Decimal | None = None
    share: Decimal | None = None
    over: Decimal | None = None
    days: int | None = None
    title: str = ""


@dataclass(frozen=True)
class Call:
    """Somebody to turn to, with every reason, the most pressing first."""

    employee: int
    name: str
    reasons: tuple[Reason, ...]


def total(look: Look) -> Context:
    """The team as a whole."""
    return {"team": look.team}


def members(look: Look) -> Context:
    """Everybody, best attainment first, by pages."""
    return {"team": look.team, "page": look.members, "query": f"&manager={look.employee}"}


def calls(look: Look) -> Context:
    """Who needs me today, each with the reasons."""
    due = _due(look)
    over = share_over(look.day)
    found = [
        Call(one.employee, one.name, reasons)
        for one in look.team.members
        if (reasons := tuple(_reasons(one, look.day, over, due.get(one.employee, []))))
    ]
    found.sort(key=lambda call: KINDS.index(call.reasons[0].kind))
    return {"calls": found[:MOST_CALLS], "more": len(found) - MOST_CALLS, "currency": look.team.currency}


def _due(look: Look) -> dict[int, list[Reason]]:
    """What I have to do about somebody by today; of somebody else's tasks nothing."""
    if not look.own:
        return {}
    lists, due = coaching.tasks(look.employee, look.day, done=0), {}
    for task in [*lists.late, *lists.open]:
        if task.about_id and task.due <= look.day:
            due.setdefault(task.about_id, []).append(Reason("task", title=task.title))
    return due


def share_over(day: date) -> Decimal | None:
    """The share of the month's workdays that are over, the present one among them; None while there are few."""
    past, whole = _workdays(day.replace(day=1), day + timedelta(days=1)), _workdays_of_month(day)
    return Decimal(past) / whole if past >= SETTLED else None


def _reasons(member: earnings.Member, day: date, over: Decimal | None, due: Sequence[Reason]) -> list[Reason]:
    found = list(due)
    earning = member.earning
    newest = earning.deals[0] if earning and earning.deals else None
    if newest and newest.type == "order_closed" and people.local_day(newest.at) == day:
        found.append(Reason("deal", amount=newest.amount))
    progress = earning.progress if earning else None
    share = progress.attainment if progress else None
    if progress and share is not None and NEAR <= share < 1:
        found.append(Reason("near", amount=progress.to_go, share=share))
    elif share is not None and over is not None and share < over * BELOW:
        found.append(Reason("below", share=share, over=over))
    if earning and not member.follow_ups and (share is None or share < NEAR):
        found.append(Reason("idle", days=IDLE_DAYS))
    return found


@dataclass(frozen=True)
class Cell:
    """`share` of a target; `level` says how that stands against the pace: far, low, near, reached; none without one."""

    share: Decimal | None
    level: str


@dataclass(frozen=True)
class Row:
    """A person in the heat map."""

    employee: int
    name: str
    cells: tuple[Cell, ...]


def heat(look: Look) -> Context | None:
    """People × the weeks of the month and the indicators that have targets, by pages."""
    people_ = [(one.employee, one.name) for one in look.members]
    if not people_:
        return None
    numbers = [number for number, _ in people_]
    values = performance.month_values(numbers, look.day)
    named = [
        each for name, each in INDICATORS.items() if any(values[number][f"{name}_target"] for number in numbers)
    ]
    weeks = _weeks(look.day)
    sold = _sold(numbers, weeks)
    over = Decimal(_workdays(look.day.replace(day=1), look.day + timedelta(days=1))) / _workdays_of_month(look.day)
    rows = [
        Row(
            number,
            name,
            (
                *(_week(sold.get((number, at), Decimal(0)), values[number]["sales_target"], week, look.day)
                  for at, week in enumerate(weeks)),
                *(_indicator(values[number][f"{each.name}_attainment"], each, over) for each in named),
            ),
        )
        for number, name in people_
    ]
    shown = [(start, end - timedelta(days=1)) for start, end in weeks]
    pages = {"page": look.members, "query": f"&manager={look.employee}"}
    return {"weeks": shown, "indicators": named, "rows": rows, **pages}


def _weeks(day: date) -> list[tuple[date, date]]:
    """The weeks of the month up to the present one, from Monday to before Monday, cut off at the month's edges."""
    start, end = day.replace(day=1), add_months(day.replace(day=1), 1)
    weeks = []
    while start <= day:
        after = min(start + timedelta(days=7 - start.weekday()), end)
        weeks.append((start, after))
        start = after
    return [week for week in weeks if _workdays(*week)]


def _sold(employees: Sequence[int], weeks: Sequence[tuple[date, date]]) -> dict[tuple[int, int], Decimal]:
    """(employee, week) → sales, less what was taken back."""
    found: dict[tuple[int, int], Decimal] = {}
    if not weeks:
        return found
    for employee, day, _, amount in facts.credited_between(employees, weeks[0][0], weeks[-1][1], ORDERS + TAKEN_BACK):
        at = next((at for at, (start, end) in enumerate(weeks) if start <= day < end), None)
        if at is not None:
            found[employee, at] = found.get((employee, at), Decimal(0)) + amount
    return found


def _week(sold: Decimal, target: Decimal | None, week: tuple[date, date], day: date) -> Cell:
    """Against the part of the month's target that falls on the week's workdays; of the present week on those over."""
    expected = _workdays(week[0], min(week[1], day + timedelta(days=1)))
    if not target or not expected:
        return Cell(None, "none")
    share = sold / (target * expected / _workdays_of_month(day))
    return Cell(share, _level(share))


def _indicator(share: Decimal | None, indicator: Indicator, over: Decimal) -> Cell:
    """What adds up in a month is held against the workdays that are over; a rate or an average is not."""
    if share is None:
        return Cell(None, "none")
    adds_up = indicator.type in ("money", "count")
    return Cell(share, _level(share / over if adds_up and over else share))


def _level(share: Decimal) -> str:
    if share >= 1:
        return "reached"
    return "near" if share >= NEAR else "low" if share >= Decimal("0.5") else "far"


def _workdays(start: date, end: date) -> int:
    return sum(1 for _ in workdays([(start, end)]))


def _workdays_of_month(day: date) -> int:
    first = day.replace(day=1)
    return _workdays(first, add_months(first, 1))
