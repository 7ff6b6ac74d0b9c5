"""From the values at every prefix of a payee's facts to what each fact brought."""

from decimal import ROUND_HALF_UP
from decimal import Decimal
from itertools import pairwise

from liji.engine.compiler import Compiled
from liji.engine.data import Line
from liji.engine.data import Result
from liji.plan.numbers import EXACT
from liji.plan.results import lookups
from liji.plan.typed import Lookup


def lines_of(compiled: Compiled, span: list[tuple[int | None, Result]]) -> list[Line]:
    """The lines of one payee-period; the first entry of the span is the plan on no facts."""
    rates = [name for name, found in lookups(compiled.plan).items() if isinstance(found, Lookup)]
    lines = []
    for (_, before), (fact, after) in pairwise(span):
        brought = {name: after.amounts[name] - before.amounts[name] for name in after.amounts}
        own = {name: _own(compiled, name, before, after, brought[name]) for name in brought}
        lines.append(
            Line(
                fact_id=fact or 0,
                brought=brought,
                own=own,
                rerated={name: brought[name] - own[name] for name in brought},
                rates={name: _rate(after, name) for name in rates},
                values=after.values,
            )
        )
    return lines


def _rate(result: Result, name: str) -> Decimal | None:
    value = result.values.get(name)
    return value if isinstance(value, Decimal) else None


def _own(compiled: Compiled, name: str, before: Result, after: Result, brought: Decimal) -> Decimal:
    """The fact's part of the base at the rate then reached.

    All that it brought is its own where the component has no such form, and where cap or floor decide the
    amount.
    """
    shape = compiled.shapes.get(name)
    if shape is None:
        return brought
    if not after.values[f"{name}.when"]:
        return Decimal(0)
    rate, base = _rate(after, shape.rate), _rate(after, f"{name}.base")
    earlier = _rate(before, f"{name}.base") or Decimal(0)
    unit = Decimal(1).scaleb(-compiled.plan.minor_unit)
    if rate is None or base is None:
        return brought
    if EXACT.multiply(base, rate).quantize(unit, ROUND_HALF_UP, EXACT) != after.amounts[name]:
        return brought
    part = EXACT.multiply(EXACT.subtract(base, earlier), rate)
    return part.quantize(unit, ROUND_HALF_UP, EXACT)
