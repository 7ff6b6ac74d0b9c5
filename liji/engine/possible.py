"""Whether a condition may hold for a row, told without running it: most of what happens meets no rule at all.

This decides nothing: what may hold is asked of the engine. Only a comparison of a named value with a constant, and what
AND, OR and NOT make of such, can say that a condition surely does not hold.
"""

import operator
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

from liji.engine.data import Answer
from liji.plan.typed import Apply
from liji.plan.typed import Constant
from liji.plan.typed import Reference
from liji.plan.typed import Typed

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def may_hold(condition: Typed, row: Mapping[str, Answer]) -> bool:
    """False when the condition surely does not hold for a row that has every value it names, each as exact as the
    engine has it.
    """
    return _may(condition, row, True)


def _may(formula: Typed, row: Mapping[str, Answer], wanted: bool) -> bool:
    """Whether a condition may come out as `wanted`."""
    if isinstance(formula, Constant):
        return formula.value is wanted
    if isinstance(formula, Reference):
        return row.get(formula.name) is wanted
    if not isinstance(formula, Apply):
        return True
    operands = formula.operands
    if formula.operator == "not":
        return _may(operands[0], row, not wanted)
    if formula.operator in ("and", "or"):
        every = all if (formula.operator == "and") is wanted else any
        return every(_may(operand, row, wanted) for operand in operands)
    if formula.operator == "in":
        found = [_compared("=", operands[0], other, row) for other in operands[1:]]
        return None in found or any(found) is wanted
    if formula.operator in _COMPARE:
        return _compared(formula.operator, operands[0], operands[1], row) in (wanted, None)
    return True


def _compared(how: str, left: Typed, right: Typed, row: Mapping[str, Answer]) -> bool | None:
    """What a comparison of names and constants comes to; None when only the engine can tell."""
    values: list[Any] = []
    for operand in (left, right):
        if isinstance(operand, Constant):
            values.append(operand.value)
        elif isinstance(operand, Reference):
            values.append(row.get(operand.name))
        else:
            return None
    return _COMPARE[how](*values)
