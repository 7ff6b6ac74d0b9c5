"""Recognises components of the form base × rate of a table, whose facts can be told apart from re-rating."""

from dataclasses import dataclass
from decimal import Decimal

from liji.plan.model import Component
from liji.plan.model import Plan
from liji.plan.typed import Apply
from liji.plan.typed import Constant
from liji.plan.typed import Lookup
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.typed import Typed
from liji.plan.typed import written
from liji.plan.types import Kind
from liji.plan.types import multiplied


@dataclass(frozen=True)
class Shape:
    """base × rate; `rate` is the name of the lookup among the result's values."""

    base: Typed
    rate: str


def shape_of(plan: Plan, component: Component) -> Shape | None:
    """The shape of a component that is a product with exactly one lookup in it; None for all others."""
    factors = _factors(component.formula)
    found = [lookup for factor in factors if (lookup := _lookup(plan, factor)) is not None]
    if len(found) != 1:
        return None
    base: Typed = Constant(Decimal(1), Kind.PLAIN)
    others = [factor for factor in factors if _lookup(plan, factor) is None]
    for index, factor in enumerate(others):
        kind = multiplied(base.kind, factor.kind) or factor.kind
        base = factor if index == 0 else Apply("*", (base, factor), kind)
    return Shape(base, written(found[0]))


def _factors(formula: Typed) -> list[Typed]:
    if isinstance(formula, Apply) and formula.operator == "*":
        return [factor for operand in formula.operands for factor in _factors(operand)]
    return [formula]


def _lookup(plan: Plan, factor: Typed) -> Lookup | None:
    """The lookup itself, or the one that a named value is nothing but."""
    if isinstance(factor, Reference) and factor.role is Role.VALUE:
        return _lookup(plan, plan.values[factor.name].formula)
    return factor if isinstance(factor, Lookup) else None
