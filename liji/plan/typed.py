"""The shape of a formula once its names and types are known: what the engine compiles and explains."""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from liji.plan.numbers import percent
from liji.plan.numbers import trimmed
from liji.plan.types import Kind


class Role(StrEnum):
    """What a name stands for."""

    FIELD = "field"
    ATTRIBUTE = "attribute"
    MEASURE = "measure"
    TARGET = "target"
    ATTAINMENT = "attainment"
    VALUE = "value"
    COMPONENT = "component"
    OPENING = "opening"
    RUNNING = "running"
    POOL = "pool"
    EACH = "each"
    TAKEN = "taken"
    ORIGINAL = "original"


@dataclass(frozen=True)
class Constant:
    """A literal."""

    value: Decimal | str | bool | date
    kind: Kind


@dataclass(frozen=True)
class Reference:
    """A named value; for TARGET and ATTAINMENT `name` is the measure, for OPENING the balance.

    RUNNING is what the measure `name` had reached in the period before the fact that is being judged, EACH what the
    facts of one value of its field come to. TAKEN is what a later fact takes back in the component `name`, ORIGINAL
    what that is worked out from: see `liji.plan.clawback`.
    """

    role: Role
    name: str
    kind: Kind


@dataclass(frozen=True)
class Lookup:
    """The value of the band of `table` that `argument` has reached; with columns, in that of `second`."""

    table: str
    argument: "Typed"
    kind: Kind
    second: "Typed | None" = None


@dataclass(frozen=True)
class Marginal:
    """The sum over the bands of `table`: each slice of `argument` times its own band's value."""

    table: str
    argument: "Typed"
    kind: Kind


@dataclass(frozen=True)
class Apply:
    """An operator or function on its operands: + - * / = <> < <= > >= neg if min max round abs and or not
    divide in.
    """

    operator: str
    operands: tuple["Typed", ...]
    kind: Kind


@dataclass(frozen=True)
class Group:
    """What a formula comes to over all who take part and have the same text in the attribute `over` (None: all).

    total, count, highest, lowest and rank (1: the greatest; equals share a rank) have one operand, pool has two: the
    amount and each one's weight. Who has no value is left out, comes last in a rank, and gets nothing of a pool; where
    nobody has one, `total` is 0, and `count`, `highest` and `lowest` are none.
    """

    function: str
    operands: tuple["Typed", ...]
    over: str | None
    kind: Kind
    name: str = ""  # of a pool


Typed = Constant | Reference | Lookup | Marginal | Apply | Group

_POWER = {"=": 1, "<>": 1, "<": 1, "<=": 1, ">": 1, ">=": 1, "+": 2, "-": 2, "*": 3, "/": 3, "neg": 4}


def written(formula: Typed) -> str:
    """The formula in one fixed spelling, with ids: equal trees are spelt the same."""
    if isinstance(formula, Constant):
        return _constant(formula)
    if isinstance(formula, Reference):
        special = formula.role in (Role.TARGET, Role.ATTAINMENT, Role.OPENING, Role.RUNNING)
        return f"{formula.role}({formula.name})" if special else formula.name
    if isinstance(formula, Lookup):
        second = f", {written(formula.second)}" if formula.second is not None else ""
        return f"rate({formula.table}, {written(formula.argument)}{second})"
    if isinstance(formula, Marginal):
        return f"marginal({formula.table}, {written(formula.argument)})"
    if isinstance(formula, Group) and formula.name:
        return f"pool({formula.name})"
    if isinstance(formula, Group):
        return f"{formula.function}({', '.join(map(written, formula.operands))}, {formula.over or 'all'})"
    if formula.operator == "neg":
        return f"-{_inside(formula.operands[0], 4)}"
    if formula.operator in _POWER:
        power = _POWER[formula.operator]
        left, right = formula.operands
        return f"{_inside(left, power)} {formula.operator} {_inside(right, power + 1)}"
    return f"{formula.operator.upper()}({', '.join(written(operand) for operand in formula.operands)})"


def _inside(formula: Typed, power: int) -> str:
    text = written(formula)
    weaker = isinstance(formula, Apply) and _POWER.get(formula.operator, 9) < power
    return f"({text})" if weaker else text


def _constant(constant: Constant) -> str:
    value = constant.value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        return percent(value) if constant.kind is Kind.RATE else f"{trimmed(value):f}"
    if isinstance(value, date):
        return f"DATE({value.year}, {value.month}, {value.day})"
    return f'"{value}"'


def parts(formula: Typed) -> Iterator[Typed]:
    """The formula and everything in it, outermost first."""
    yield formula
    if isinstance(formula, Lookup | Marginal):
        yield from parts(formula.argument)
        if isinstance(formula, Lookup) and formula.second is not None:
            yield from parts(formula.second)
    elif isinstance(formula, Apply | Group):
        for operand in formula.operands:
            yield from parts(operand)


def outside_groups(formula: Typed | None) -> Iterator[Typed]:
    """The formula and everything in it, but not what is asked of the members of groups: that need not be one's own."""
    if formula is None:
        return
    yield formula
    if isinstance(formula, Lookup | Marginal):
        yield from outside_groups(formula.argument)
        if isinstance(formula, Lookup):
            yield from outside_groups(formula.second)
    elif isinstance(formula, Apply):
        for operand in formula.operands:
            yield from outside_groups(operand)


def replaced(formula: Typed, what: Typed, by: Typed) -> Typed:
    """The formula with every part that equals `what` replaced."""
    if formula == what:
        return by
    if isinstance(formula, Apply | Group):
        return replace(formula, operands=tuple(replaced(operand, what, by) for operand in formula.operands))
    if isinstance(formula, Lookup):
        second = replaced(formula.second, what, by) if formula.second is not None else None
        return replace(formula, argument=replaced(formula.argument, what, by), second=second)
    if isinstance(formula, Marginal):
        return replace(formula, argument=replaced(formula.argument, what, by))
    return formula


def references(formula: Typed | None) -> Iterator[Reference]:
    """Every name in a formula, in order; none for no formula."""
    if formula is not None:
        yield from (part for part in parts(formula) if isinstance(part, Reference))
