"""The payout curve of a plan: what it pays as its first measure grows, worked out by the plan itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING
from decimal import Decimal

from liji.engine import Compiled
from liji.engine import EngineError
from liji.engine import PayeePeriod
from liji.engine import compile_plan
from liji.engine import told
from liji.engine.steps import conditions
from liji.plan import Plan
from liji.plan.results import lookups
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.types import Kind

STEPS = 30
# The target where the reader, the plan and the payees' own targets name none.
SUPPOSED = {Kind.MONEY: Decimal(100000), Kind.RATE: Decimal("0.8")}
SUPPOSED_COUNT = Decimal(20)
_BEYOND = Decimal("1.5")


@dataclass(frozen=True)
class Point:
    """What is paid at a value of the measure; `share` of the target, `jump` what one more unit brings at a cliff."""

    at: Decimal
    pay: Decimal
    share: Decimal | None
    jump: Decimal | None


@dataclass(frozen=True)
class Curve:
    """The points in order. All other measures are 0, balances those of nobody in particular."""

    measure: str
    target: Decimal | None
    points: tuple[Point, ...]

    @property
    def cliffs(self) -> tuple[Point, ...]:
        """Where one more unit moves the pay by more than a hundred units."""
        return tuple(point for point in self.points if point.jump)


def drawn_over(plan: Plan) -> str | None:
    """The measure over which a plan's curve is drawn: its first with a target, else one that a table is asked with."""
    return next(iter(plan.targets), None) or _read_by_a_table(plan)


def supposed_target(plan: Plan) -> Decimal | None:
    """The plan's own default, else a round number of the measure's kind; None where the curve has no target."""
    measure = drawn_over(plan)
    if measure not in plan.targets:
        return None
    return plan.targets[measure].default or SUPPOSED.get(plan.measures[measure].kind, SUPPOSED_COUNT)


def curve(
    plan: Plan, *, target: Decimal | None = None, attributes: Mapping[str, str] | None = None
) -> Curve | None:
    """The curve of somebody with this target (None: as supposed) and these attributes; None for a plan that pays by no
    sum, or not without knowing more of who is paid.
    """
    compiled = compile_plan(plan)
    measure = drawn_over(plan)
    if measure is None:
        return None
    target = (target or supposed_target(plan)) if measure in plan.targets else None
    edges = _edges(plan, measure, target)
    end = max([(target or Decimal(0)) * _BEYOND, *(edge * Decimal("1.25") for edge in edges), Decimal(1)])
    unit = Decimal(1).scaleb(-plan.minor_unit)
    grid = {(end * step / STEPS).quantize(Decimal(1), ROUND_CEILING) for step in range(STEPS + 1)}
    grid |= {edge + shift for edge in edges for shift in (-unit, Decimal(0), unit) if edge + shift >= 0}
    ordered = sorted(grid)
    try:
        pay = _pay(compiled, measure, target, attributes or {}, ordered)
    except EngineError:
        return None
    return Curve(measure, target, tuple(_points(ordered, pay, target, unit)))


def _read_by_a_table(plan: Plan) -> str | None:
    for reading in lookups(plan).values():
        if isinstance(reading.argument, Reference) and reading.argument.role is Role.MEASURE:
            return reading.argument.name
    return None


def _edges(plan: Plan, measure: str, target: Decimal | None) -> list[Decimal]:
    """The values of the measure at which a table changes its band or a component begins to pay."""
    found = [target] if target else []
    for reading in lookups(plan).values():
        asked = reading.argument
        if not isinstance(asked, Reference) or asked.name != measure:
            continue
        edges = [band.edge for band in plan.tables[reading.table].bands if band.edge is not None]
        if asked.role is Role.ATTAINMENT and target:
            found += [edge * target for edge in edges]
        elif asked.role is Role.MEASURE:
            found += edges
    for component in plan.components.values():
        for asked, edge, _beyond in conditions(component.when):
            if asked.name == measure and (target or asked.role is Role.MEASURE):
                found.append(edge * target if asked.role is Role.ATTAINMENT and target else edge)
    return found


def _pay(
    compiled: Compiled, measure: str, target: Decimal | None, attributes: Mapping[str, str], values: list[Decimal]
) -> list[Decimal]:
    plan = compiled.plan
    nothing = dict.fromkeys(plan.measures, Decimal(0))
    targets = {measure: target} if target else {}
    payee = PayeePeriod(0, plan.valid_from or date(2026, 1, 1), targets, dict(attributes))
    return [result.total for result in told(compiled, payee, [nothing | {measure: value} for value in values])]


def _points(values: list[Decimal], pay: list[Decimal], target: Decimal | None, unit: Decimal):
    after = [*zip(values[1:], pay[1:], strict=True), (None, None)]
    for value, paid, (following, more) in zip(values, pay, after, strict=True):
        jump = more - paid if following is not None and following - value == unit else None
        large = jump if jump is not None and abs(jump) > 100 * unit else None
        yield Point(value, paid, value / target if target else None, large)
