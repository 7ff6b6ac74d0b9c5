"""The band bar: the bands of the rate table that decides the pay, and how far the payee has come in it."""

from dataclasses import dataclass
from decimal import Decimal

from liji.engine import Result
from liji.plan import Plan

SHARE = Decimal("0.0001")


@dataclass(frozen=True)
class Band:
    """One band: its rate as text, its edges in the table's input (None is open), and how it is drawn.

    `width` is its share of the bar, `filled` the share of itself that is reached; both 0…1.
    """

    rate: str
    low: Decimal | None
    high: Decimal | None
    is_share: bool  # the edges are shares of the target, not money
    here: bool
    width: Decimal
    filled: Decimal


def bands(plan: Plan, result: Result) -> tuple[Band, ...]:
    """The bands of the plan's first rate table that was looked up; none when the plan has no table."""
    return ()
