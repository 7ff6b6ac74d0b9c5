"""Targets that are set by month, in a plan whose period has several months."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from liji.plan.model import How
from liji.plan.model import Measure
from liji.plan.model import Plan
from liji.plan.types import Kind


def adds_up(measure: Measure) -> bool:
    """Whether the targets of months make up that of their quarter: not those of a least, a last one or a rate."""
    return measure.adds in (How.SUM, How.COUNT, How.COUNT_DISTINCT) and measure.kind is not Kind.RATE


def of_period(plan: Plan, given: Iterable[tuple[date, str, Decimal]]) -> dict[str, Decimal]:
    """Measure → target of one payee in one period, from (day in the period, measure, target) as they were set.

    They sum up; of what does not add up the earliest holds.
    """
    found: dict[str, Decimal] = {}
    for _, measure, amount in sorted(given):
        if measure not in found:
            found[measure] = amount
        elif adds_up(plan.measures[measure]):
            found[measure] += amount
    return found
