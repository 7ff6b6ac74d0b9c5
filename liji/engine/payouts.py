"""When what is earned is paid: whole, or in instalments by months or milestones that sum up to the cent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from decimal import ROUND_HALF_UP
from decimal import Decimal

from liji.engine.data import Answer
from liji.engine.data import Result
from liji.plan.model import Due
from liji.plan.model import Instalment
from liji.plan.model import Plan
from liji.plan.numbers import EXACT
from liji.plan.periods import add_months
from liji.plan.periods import period_of


@dataclass(frozen=True)
class Payout:
    """An amount of a component in the plan's currency, payable on `due`, or once `milestone` is met."""

    component: str
    amount: Decimal
    due: date | None
    milestone: str | None


def instalments(plan: Plan, component: str, amount: Answer) -> list[Decimal]:
    """The parts of a component's amount, each rounded half-up to the minor unit but never more than is left; the last
    one takes the rest.
    """
    if not isinstance(amount, Decimal):
        return []
    unit = Decimal(1).scaleb(-plan.minor_unit)
    shares = [one.share for one in plan.components[component].instalments]
    found: list[Decimal] = []
    left = amount
    for share in shares[:-1]:
        part = EXACT.multiply(amount, share).quantize(unit, ROUND_HALF_UP, EXACT)
        found.append(min(part, left) if amount > 0 else max(part, left))
        left = EXACT.subtract(left, found[-1])
    return [*found, left] if shares else []


def payouts(plan: Plan, result: Result) -> Iterator[Payout]:
    """What is payable of a result, component by component; parts of nothing are left out."""
    after = period_of(result.period, plan.period)[1]
    for name, amount in result.amounts.items():
        component = plan.components[name]
        parts = instalments(plan, name, amount)
        whole = Instalment(Decimal(1), 0, None)
        for part, own in zip(parts or [amount], component.instalments or (whole,), strict=True):
            if part:
                due = None if own.milestone else _day(component.due, own.months_after, after)
                yield Payout(name, part, due, own.milestone)


def _day(due: Due | None, months: int, after: date) -> date:
    """The day of payment; without a rule the last day of the month."""
    last_month = (after - timedelta(days=1)).replace(day=1)
    month = add_months(last_month, months + (due.months_after if due else 0))
    last = add_months(month, 1) - timedelta(days=1)
    return month.replace(day=min(due.day, last.day)) if due else last
