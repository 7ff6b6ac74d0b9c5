"""The widgets of one's own: what have I earned, how far am I, what next? Each gives what its template shows."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from liji.coaching import queries as coaching
from liji.dashboards.look import Look
from liji.earnings import queries as earnings
from liji.earnings.pace import pace
from liji.people import queries as people
from liji.people.models import Assignment
from liji.recognition import honours
from liji.tracks import queries as tracks
from liji.training import queries as training

Context = dict[str, Any]
MONTHS = 6
LINES = 5  # of a list; the page behind it has them all


def commission(look: Look) -> Context:
    """What is earned so far, under each plan; also what to do when there is none."""
    return {"today": look.today}


def attainment(look: Look) -> Context | None:
    """How far to each plan's target, and in which band of the rates."""
    shown = [one for one in look.today.earnings if one.progress or one.bands]
    return {"earnings": shown} if shown else None


def next_steps(look: Look) -> Context | None:
    """How much more to the next band, target or reward, and what it brings. In a contest others decide on that."""
    shown = [one for one in look.today.earnings if one.computed_at and (one.steps or not one.grouped)]
    return {"earnings": shown} if shown else None


def deals(look: Look) -> Context | None:
    """The latest deals and what each brought; under a contest, to which they bring nothing, not once more."""
    every = look.today.earnings
    shown = [one for one in every if not one.grouped] or every
    return {"earnings": [(one, one.deals[:LINES]) for one in shown]} if shown else None


def forecast(look: Look) -> Context | None:
    """Where the period ends at the pace so far. A prize does not grow with the days: where one stands among others
    and has no target of one's own, nothing is foretold."""
    paces = [(one, pace(one.payee_period, look.day)) for one in look.today.earnings if one.progress or not one.grouped]
    return {"paces": paces} if paces else None


def new_customers(look: Look) -> Context:
    """New customers of the month against their target."""
    value = look.indicators["new_customers"] or Decimal(0)
    target = look.indicators["new_customers_target"]
    missing = max(target - value, Decimal(0)) if target else None
    return {"value": value, "target": target, "share": look.indicators["new_customers_attainment"], "missing": missing}


@dataclass(frozen=True)
class Place:
    """A place by attainment among the people of one manager; equals share it. `gap` to the place above, a share."""

    place: int
    of: int
    gap: Decimal | None


def rank(look: Look) -> Context | None:
    """The own place among those who report to the same manager; nobody else's name or figure."""
    held = people.assignment_on(look.employee, look.day)
    if held is None or held.manager_id is None:
        return None
    beside = Assignment.objects.on(look.day).filter(manager=held.manager_id, main=True)
    known: dict[int, Decimal] = {}
    for each in earnings.reached(list(beside.values_list("employee_id", flat=True)), look.day):
        if each.attainment is not None:
            known.setdefault(each.payee, each.attainment)
    own = known.get(look.employee)
    if own is None:
        return {"place": None}
    above = [each for each in known.values() if each > own]
    return {"place": Place(len(above) + 1, len(known), min(above) - own if above else None)}


def badges(look: Look) -> Context:
    """The badges held, the newest first."""
    return {"held": honours.held(employee=look.employee)}


def track(look: Look) -> Context:
    """How far on the way to promotion, and what is missing."""
    return {"standings": tracks.standings([look.employee])}


def courses(look: Look) -> Context:
    """What is under way and what is offered."""
    growth = training.growth(look.employee, look.day)
    open_ = [*growth.under_way, *growth.offered]
    return {"offers": open_[:LINES], "more": len(open_) - LINES, "finished": len(growth.finished)}


def tasks(look: Look) -> Context:
    """What is to be done, late ones first."""
    lists = coaching.tasks(look.employee, look.day, done=0)
    open_ = [*lists.late, *lists.open]
    return {"tasks": open_[:LINES], "more": len(open_) - LINES, "day": look.day}


@dataclass(frozen=True)
class Month:
    """What a month brought, in `currency`; `share` of the best month shown."""

    start: date
    total: Decimal
    currency: str
    share: Decimal


def trend(look: Look) -> Context:
    """The last months' commission, the newest first."""
    sums: dict[tuple[date, str], Decimal] = {}
    for each in earnings.months(look.employee):
        key = (each.start.replace(day=1), each.currency)
        sums[key] = sums.get(key, Decimal(0)) + each.total
    shown = list(sums.items())[:MONTHS]
    best = max((total for _, total in shown), default=Decimal(0)) or Decimal(1)
    return {"months": [Month(start, total, currency, total / best) for (start, currency), total in shown]}
