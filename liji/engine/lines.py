"""From the values at every prefix of a payee's facts to what each fact brought."""

from dataclasses import replace
from decimal import ROUND_HALF_UP
from decimal import Decimal
from itertools import pairwise

from liji.engine.compiler import Compiled
from liji.engine.data import Line
from liji.engine.data import Result
from liji.engine.shapes import Shape
from liji.plan.numbers import EXACT
from liji.plan.results import lookups
from liji.plan.typed import Lookup


def lines_of(compiled: Compiled, span: list[tuple[int | None, Result]]) -> list[Line]:
    """The lines of one payee-period; the first entry of the span is the plan on no facts."""
    rates = [name for name, found in lookups(compiled.plan).items() if isinstance(found, Lookup)]
    unit = Decimal(1).scaleb(-compiled.plan.minor_unit)
    shapes = [(name, compiled.shapes.get(name)) for name in compiled.plan.paid]
    lines = []
    for (_, before), (fact, after) in pairwise(span):
        brought: dict[str, Decimal] = {}
        own: dict[str, Decimal] = {}
        for name, shape in shapes:
            brought[name] = EXACT.subtract(after.amounts[name], before.amounts[name])
            own[name] = _own(name, shape, before, after, unit) if shape else brought[name]
        rerated = {name: EXACT.subtract(brought[name], own[name]) for name in brought}
        reached = {name: _number(after, name) for name in rates}
        lines.append(Line(fact or 0, brought, own, rerated, reached, after.values))
    return _each_once(lines) if compiled.needs.dated else lines


def _each_once(lines: list[Line]) -> list[Line]:
    """One line for each fact: one that counts on two days stands where it counts last, with what it brought on both."""
    found: dict[int, Line] = {}
    for line in lines:
        before = found.pop(line.fact_id, None)
        if before is not None:
            line = replace(
                line,
                brought=_summed(before.brought, line.brought),
                own=_summed(before.own, line.own),
                rerated=_summed(before.rerated, line.rerated),
            )
        found[line.fact_id] = line
    return list(found.values())


def _summed(one: dict[str, Decimal], other: dict[str, Decimal]) -> dict[str, Decimal]:
    return {name: EXACT.add(amount, other[name]) for name, amount in one.items()}


def _number(result: Result, name: str) -> Decimal | None:
    value = result.values[name]
    return value if isinstance(value, Decimal) else None


def _own(name: str, shape: Shape, before: Result, after: Result, unit: Decimal) -> Decimal:
    """The fact's part of the base at the rate then reached.

    All that it brought is its own where cap or floor decide the amount.
    """
    rate, base = _number(after, shape.rate), _number(after, f"{name}.base")
    if not after.values[f"{name}.when"] or rate is None or base is None:
        return Decimal(0)
    if EXACT.multiply(base, rate).quantize(unit, ROUND_HALF_UP, EXACT) != after.amounts[name]:
        return EXACT.subtract(after.amounts[name], before.amounts[name])
    part = EXACT.subtract(base, _number(before, f"{name}.base") or Decimal(0))
    return EXACT.multiply(part, rate).quantize(unit, ROUND_HALF_UP, EXACT)
