"""Functions that stand for longer formulas: what they say is written out here, so that the engine knows fewer."""

from collections.abc import Mapping
from decimal import Decimal

from liji.plan.scope import Dated
from liji.plan.typed import Apply
from liji.plan.typed import Constant
from liji.plan.typed import Group
from liji.plan.typed import Lookup
from liji.plan.typed import Marginal
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.typed import Typed
from liji.plan.typed import parts
from liji.plan.types import Kind
from liji.plan.types import divided

_ZERO = Constant(Decimal(0), Kind.PLAIN)
_ONE = Constant(Decimal(1), Kind.PLAIN)
_START = Apply("period_start", (), Kind.DATE)
_END = Apply("period_end", (), Kind.DATE)


def employed(hired: Typed, left: Typed) -> Typed:
    """The days of the period on which somebody is employed ÷ its days; both days count."""
    first, last = Apply("max", (hired, _START), Kind.DATE), Apply("min", (left, _END), Kind.DATE)
    days = Apply("max", (_ZERO, _days(first, last)), Kind.COUNT)
    return Apply("/", (days, _days(_START, _END)), Kind.RATE)


def _days(first: Typed, last: Typed) -> Typed:
    return Apply("+", (Apply("days", (first, last), Kind.COUNT), _ONE), Kind.COUNT)


def converted(amount: Typed, currency: Typed, day: Typed, exchange: Mapping[str, Dated]) -> Typed:
    """An amount of some currency in the plan's, at the rate in force on a day; without a rate the calculation stops."""
    no_rate: Typed = Apply("no_rate", (currency, day), Kind.PLAIN)
    rate = no_rate
    for code, steps in exchange.items():
        own = no_rate
        for since, value in steps:
            begun = Apply(">=", (day, Constant(since, Kind.DATE)), Kind.BOOL)
            own = Apply("if", (begun, Constant(value, Kind.PLAIN), own), Kind.PLAIN)
        told = Apply("=", (currency, Constant(code, Kind.TEXT)), Kind.BOOL)
        rate = Apply("if", (told, own, rate), Kind.PLAIN)
    return Apply("*", (amount, rate), Kind.MONEY)


def unconverted(formula: Typed, amount: Reference) -> bool:
    """Whether a formula names the amount of a fact as it came, outside of a conversion."""
    if formula == amount:
        return True
    if isinstance(formula, Apply) and formula.operator == "*" and any(map(_no_rate, parts(formula.operands[1]))):
        return False
    if isinstance(formula, Apply | Group):
        return any(unconverted(operand, amount) for operand in formula.operands)
    if isinstance(formula, Lookup):
        asked = [formula.argument, *([formula.second] if formula.second is not None else [])]
        return any(unconverted(one, amount) for one in asked)
    return isinstance(formula, Marginal) and unconverted(formula.argument, amount)


def _no_rate(part: Typed) -> bool:
    return isinstance(part, Apply) and part.operator == "no_rate"


def score(weights: Mapping[str, Decimal], most: Typed | None) -> Typed:
    """Σ weight × attainment, each attainment at most `most`."""
    terms = [_weighted(measure, weight, most) for measure, weight in weights.items()]
    total = terms[0]
    for term in terms[1:]:
        total = Apply("+", (total, term), Kind.RATE)
    return total


def _weighted(measure: str, weight: Decimal, most: Typed | None) -> Typed:
    reached: Typed = Reference(Role.ATTAINMENT, measure, Kind.RATE)
    if most is not None:
        reached = Apply("min", (reached, most), Kind.RATE)
    return Apply("*", (reached, Constant(weight, Kind.RATE)), Kind.RATE)


def headcount(over: str | None) -> Typed:
    """How many take part."""
    return Group("total", (Constant(Decimal(1), Kind.COUNT),), over, Kind.COUNT)


def average(formula: Typed, over: str | None) -> Typed:
    """The group's total ÷ the number of those who have one; none where nobody has."""
    kind = divided(formula.kind, Kind.COUNT) or formula.kind
    count = Group("count", (formula,), over, Kind.COUNT)
    return Apply("divide", (Group("total", (formula,), over, formula.kind), count, _ZERO), kind)


def share(formula: Typed, over: str | None) -> Typed:
    """One's own part of the group's total; 0 where that is 0."""
    total = Group("total", (formula,), over, formula.kind)
    return Apply("divide", (formula, total, _ZERO), Kind.RATE)
