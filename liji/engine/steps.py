"""What comes next: how far the next band, the target, the next condition are, and what they bring."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING
from decimal import ROUND_FLOOR
from decimal import Decimal

from liji.engine.compiler import Compiled
from liji.engine.data import Result
from liji.engine.data import Step
from liji.engine.errors import EngineError
from liji.engine.phrases import Phrases
from liji.engine.running import as_given
from liji.engine.running import told
from liji.plan.numbers import EXACT
from liji.plan.results import lookups
from liji.plan.typed import Apply
from liji.plan.typed import Constant
from liji.plan.typed import Lookup
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.typed import Typed
from liji.plan.typed import written
from liji.plan.types import Kind

_FLIPPED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}


@dataclass(frozen=True)
class _Edge:
    """An edge of a measure or its attainment; `beyond`: it has to be passed, not only reached."""

    kind: str
    name: str
    on: Reference
    edge: Decimal
    beyond: bool
    rate: Decimal | None


def next_steps(compiled: Compiled, result: Result, lang: str) -> list[Step]:
    """The nearest first. `gain` is what the plan itself pays with that measure raised, less the pay now."""
    if not result.eligible:
        return []
    edges = [(edge, at) for edge in _edges(compiled, result) if (at := _level(compiled, result, edge)) is not None]
    gains = _gains(compiled, result, [(edge.on.name, at[1]) for edge, at in edges])
    say = Phrases(compiled.plan, result.values, lang)
    steps = [_step(say, edge, at[0], gain, compiled, result) for (edge, at), gain in zip(edges, gains, strict=True)]
    return sorted((step for step in steps if step.distance >= 0), key=lambda step: (step.distance, step.kind))


def _edges(compiled: Compiled, result: Result) -> Iterator[_Edge]:
    plan = compiled.plan
    seen: set[tuple[Role, str, Decimal]] = set()
    for reading in lookups(plan).values():
        argument, table = reading.argument, plan.tables[reading.table]
        band = result.values.get(f"band({reading.table}, {written(argument)})")
        if not _rises(argument) or not isinstance(band, Decimal) or int(band) >= len(table.bands):
            continue
        own, after = table.bands[int(band) - 1], table.bands[int(band)]
        assert isinstance(argument, Reference)  # noqa: S101
        if own.edge is not None and (argument.role, argument.name, own.edge) not in seen:
            seen.add((argument.role, argument.name, own.edge))
            name = table.names("zh"), table.names("en")
            told = (isinstance(reading, Lookup) or table.gives is Kind.RATE) and not table.columns
            rate = after.value if told else None
            yield _Edge("band", "|".join(name), argument, own.edge, own.through, rate)
    for measure in plan.targets:
        yield _Edge("target", "目标|target", Reference(Role.ATTAINMENT, measure, Kind.RATE), Decimal(1), False, None)
    for component in plan.components.values():
        for on, edge, beyond in conditions(component.when):
            name = component.names("zh"), component.names("en")
            yield _Edge("gate", "|".join(name), on, edge, beyond, None)


def _rises(formula: Typed) -> bool:
    return isinstance(formula, Reference) and formula.role in (Role.MEASURE, Role.ATTAINMENT)


def conditions(when: Typed | None) -> Iterator[tuple[Reference, Decimal, bool]]:
    """The parts of a condition that ask for a measure or an attainment above a constant."""
    if not isinstance(when, Apply):
        return
    if when.operator == "and":
        for operand in when.operands:
            yield from conditions(operand)
    elif when.operator in _FLIPPED:
        left, right = when.operands
        operator = when.operator
        if isinstance(left, Constant):
            left, right, operator = right, left, _FLIPPED[operator]
        edge = right.value if isinstance(right, Constant) and operator in (">", ">=") else None
        if isinstance(left, Reference) and _rises(left) and isinstance(edge, Decimal):
            yield left, edge, operator == ">"


def _level(compiled: Compiled, result: Result, edge: _Edge) -> tuple[Decimal, Decimal] | None:
    """How far the measure is from the edge, and the least value of the measure with which it is taken."""
    measure = compiled.plan.measures[edge.on.name]
    now = result.values[measure.id]
    if not isinstance(now, Decimal):
        return None
    at = edge.edge
    if edge.on.role is Role.ATTAINMENT:
        target = result.values[f"target({measure.id})"]
        if not isinstance(target, Decimal) or target <= 0:
            return None
        at = EXACT.multiply(edge.edge, target)
    places = {Kind.MONEY: compiled.plan.minor_unit, Kind.COUNT: 0}.get(measure.kind, 6)
    unit = Decimal(1).scaleb(-places)
    least = at.quantize(unit, ROUND_CEILING, EXACT)
    taken = at.quantize(unit, ROUND_FLOOR, EXACT) + unit if edge.beyond else least
    return (least - now, taken) if taken > now else None


def _gains(compiled: Compiled, result: Result, raised: list[tuple[str, Decimal]]) -> list[Decimal | None]:
    plan = compiled.plan
    now = {name: value for name in plan.measures if isinstance(value := result.values[name], Decimal)}
    payee = as_given(compiled, result)
    if not raised:
        return []
    try:
        results = told(compiled, payee, [now | {name: value} for name, value in raised])
    except EngineError:
        return [None] * len(raised)
    return [EXACT.subtract(other.total, result.total) for other in results]


def _step(
    say: Phrases, edge: _Edge, distance: Decimal, gain: Decimal | None, compiled: Compiled, result: Result
) -> Step:
    zh, en = edge.name.split("|", 1)
    label = say.pick(zh, en)
    measure = compiled.plan.measures[edge.on.name]
    away = say.number(max(distance, Decimal(0)), measure.kind)
    at = say.number(edge.edge, edge.on.kind)
    what = measure.names(say.lang)
    if edge.kind == "target":
        target = say.number(result.values[f"target({measure.id})"], measure.kind)
        sentence = say.pick(
            f"{what}再有 {away} 即达成目标 {target}", f"{away} more {what} reaches the target of {target}"
        )
    else:
        over = say.pick("超过" if edge.beyond else "达到", "passes" if edge.beyond else "reaches")
        on = say.label(edge.on)
        sentence = say.pick(
            f"{what}再有 {away}, {on}即{over} {at} ({label})",
            f"{away} more {what} {over} {on} {at} ({label})",
        )
    if edge.rate is not None:
        rate = say.number(edge.rate, Kind.RATE if abs(edge.rate) < 1 else Kind.MONEY)
        sentence += say.pick(f", 费率 {rate}", f", rate {rate}")
    if gain:
        sentence += say.pick(f", 收入 {_signed(say, gain)}", f", pay {_signed(say, gain)}")
    return Step(edge.kind, label, sentence, measure.id, distance, gain, edge.edge, edge.rate)


def _signed(say: Phrases, amount: Decimal) -> str:
    return ("+" if amount > 0 else "") + say.number(amount, Kind.MONEY)
