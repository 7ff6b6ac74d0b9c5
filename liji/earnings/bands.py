"""The band bar: the bands of the rate table that decides the pay, and how far the payee has come in it."""

from dataclasses import dataclass
from decimal import Decimal

from liji.engine import Result
from liji.people.numbers import money
from liji.people.numbers import percent
from liji.plan import Plan
from liji.plan.results import lookups
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.typed import written
from liji.plan.types import Kind

_ZERO, _ONE = Decimal(0), Decimal(1)


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
    """The bands of the first rate table that reads a measure or its attainment; none when there is no such table."""
    for lookup in lookups(plan).values():
        argument = lookup.argument
        if isinstance(argument, Reference) and argument.role in (Role.MEASURE, Role.ATTAINMENT):
            table = plan.tables[lookup.table]
            if table.columns:  # its rates are not one for each band
                continue
            value = result.values.get(written(argument))
            edges = [band.edge for band in table.bands]
            rates = [_spoken(band.value, table.gives, plan.currency) for band in table.bands]
            here = result.values.get(f"band({lookup.table}, {written(argument)})")
            return _drawn(rates, edges, value, int(here) if here is not None else 0, argument.role)
    return ()


def _drawn(
    rates: list[str], edges: list[Decimal | None], value: Decimal | None, here: int, role: Role
) -> tuple[Band, ...]:
    reached = max(value or _ZERO, _ZERO)
    lows: list[Decimal | None] = [None, *edges[:-1]]
    end = _end(edges, reached)
    spans = [
        (max(low or _ZERO, _ZERO), high if high is not None else end)
        for low, high in zip(lows, edges, strict=True)
    ]
    whole = sum((high - low for low, high in spans), _ZERO) or _ONE
    return tuple(
        Band(
            rate=rate,
            low=low,
            high=high,
            is_share=role is Role.ATTAINMENT,
            here=number == here,
            width=(span[1] - span[0]) / whole,
            filled=min(max((reached - span[0]) / (span[1] - span[0]), _ZERO), _ONE)
            if span[1] > span[0]
            else _ONE,
        )
        for number, (rate, low, high, span) in enumerate(zip(rates, lows, edges, spans, strict=True), 1)
    )


def _end(edges: list[Decimal | None], reached: Decimal) -> Decimal:
    """Where the open last band is drawn to: a quarter beyond the last edge, or beyond what is reached."""
    last = max((edge for edge in edges if edge is not None), default=_ZERO)
    return max(last * Decimal("1.25"), reached * Decimal("1.05"), _ONE)


def _spoken(value: Decimal, kind: Kind, currency: str) -> str:
    if kind is Kind.RATE:
        return percent(value, 2)
    return money(value, currency) if kind is Kind.MONEY else f"{value.normalize():f}"
