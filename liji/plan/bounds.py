"""How small and how large a formula can become, and whether a condition can hold: what is known before any fact."""

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import replace
from decimal import ROUND_CEILING
from decimal import ROUND_FLOOR
from decimal import Decimal

from liji.plan.model import Component
from liji.plan.model import Measure
from liji.plan.model import Plan
from liji.plan.numbers import EXACT
from liji.plan.typed import Apply
from liji.plan.typed import Constant
from liji.plan.typed import Group
from liji.plan.typed import Lookup
from liji.plan.typed import Marginal
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.typed import Typed
from liji.plan.typed import written
from liji.plan.types import Kind

_NO_END = Decimal("Infinity")
_ZERO = Decimal(0)
_FLIPPED = {">": "<", ">=": "<=", "<": ">", "<=": ">=", "=": "="}
_NOT = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}


@dataclass(frozen=True)
class Bounds:
    """From `least` to `most`; an end that is `open` does not belong to it."""

    least: Decimal = -_NO_END
    most: Decimal = _NO_END
    open_least: bool = False
    open_most: bool = False

    @property
    def empty(self) -> bool:
        """Whether no number lies between them."""
        return self.least > self.most or (self.least == self.most and (self.open_least or self.open_most))

    def within(self, operator: str, edge: Decimal) -> "Bounds":
        """What of it is below, above or at an edge."""
        found = self
        if operator in ("<", "<=", "=") and (edge, operator != "<") < (found.most, not found.open_most):
            found = replace(found, most=edge, open_most=operator == "<")
        above = edge > found.least or (edge == found.least and operator == ">")
        if operator in (">", ">=", "=") and above:
            found = replace(found, least=edge, open_least=operator == ">")
        return found


_ALL = Bounds()
_NOT_NEGATIVE = Bounds(_ZERO)


def _hull(given: Iterable[Bounds]) -> Bounds:
    found = list(given)
    return Bounds(min(one.least for one in found), max(one.most for one in found))


def _product(left: Bounds, right: Bounds) -> Bounds:
    ends = [
        EXACT.multiply(a, b) if a and b else _ZERO for a in (left.least, left.most) for b in (right.least, right.most)
    ]
    return Bounds(min(ends), max(ends))


def _negative(given: Bounds) -> Bounds:
    return Bounds(-given.most, -given.least)


def _sign(given: Bounds) -> Bounds:
    """What is left of bounds when only their side of 0 is sure."""
    return Bounds(_ZERO if given.least >= 0 else -_NO_END, _ZERO if given.most <= 0 else _NO_END)


class Reach:
    """Over the formulas of one plan. `usual`: amounts, quotas, attributes that come in are taken as not negative."""

    def __init__(self, plan: Plan, *, usual: bool) -> None:
        self._plan = plan
        self._given = _NOT_NEGATIVE if usual else _ALL
        self._known: dict[str, Bounds] = {}

    def of(self, formula: Typed | None) -> Bounds:
        """Between which numbers a formula lies."""
        if isinstance(formula, Constant):
            return Bounds(formula.value, formula.value) if isinstance(formula.value, Decimal) else _ALL
        if isinstance(formula, Reference):
            return self._named(formula)
        if isinstance(formula, Lookup):
            bands = self._plan.tables[formula.table].bands
            values = [value for band in bands for value in (band.values or (band.value,))]
            return Bounds(min(values), max(values))
        if isinstance(formula, Marginal):
            rates = [band.value for band in self._plan.tables[formula.table].bands]
            return self._slices(formula, min(rates))
        if isinstance(formula, Group):
            return self._group(formula)
        return self._applied(formula) if formula is not None else _ALL

    def _slices(self, formula: Marginal, lowest: Decimal) -> Bounds:
        return _NOT_NEGATIVE if lowest >= 0 and self.of(formula.argument).least >= 0 else _ALL

    def _group(self, group: Group) -> Bounds:
        if group.function == "rank":
            return Bounds(Decimal(1))
        own = self.of(group.operands[0])
        return own if group.function in ("highest", "lowest") else _sign(own)

    def _named(self, name: Reference) -> Bounds:
        if name.role is Role.MEASURE:
            return self._measure(self._plan.measures[name.name])
        if name.role not in (Role.VALUE, Role.COMPONENT) or name.name == "total":
            return self._given
        if name.name not in self._known:
            plan = self._plan
            value = plan.values.get(name.name)
            self._known[name.name] = self.of(value.formula) if value else self.paid(plan.components[name.name])
        return self._known[name.name]

    def _measure(self, measure: Measure) -> Bounds:
        if measure.then is not None and measure.kind is not Kind.COUNT:
            return _sign(self.of(measure.then))
        if measure.formula is None or measure.kind is Kind.COUNT:
            return _NOT_NEGATIVE
        return _sign(self.of(measure.formula))

    def paid(self, component: Component) -> Bounds:
        """What a component comes to, with nothing when its gate does not hold."""
        found = self.of(component.formula)
        if component.floor is not None:
            floor = self.of(component.floor)
            found = Bounds(max(found.least, floor.least), max(found.most, floor.most))
        if component.cap is not None:
            cap = self.of(component.cap)
            found = Bounds(min(found.least, cap.least), min(found.most, cap.most))
        return _hull((found, Bounds(_ZERO, _ZERO)))

    def _applied(self, formula: Apply) -> Bounds:
        operator = formula.operator
        given = [self.of(operand) for operand in formula.operands]
        if operator == "+":
            return Bounds(EXACT.add(given[0].least, given[1].least), EXACT.add(given[0].most, given[1].most))
        if operator == "-":
            return self._difference(formula, given[0], _negative(given[1]))
        if operator == "*":
            return _product(*given)
        if operator in ("/", "divide"):
            return self._quotient(given)
        if operator == "if":
            return _hull(given[1:])
        if operator in ("min", "max") and formula.kind is not Kind.DATE:
            pick = min if operator == "min" else max
            return Bounds(pick(one.least for one in given), pick(one.most for one in given))
        if operator in ("round", "floor", "ceiling"):
            return _sign(given[0])
        if operator == "neg":
            return _negative(given[0])
        if operator in ("abs", "year", "month", "day", "no_rate"):
            return _NOT_NEGATIVE
        return self._given if operator in ("days", "months") else _ALL

    def _difference(self, formula: Apply, left: Bounds, less: Bounds) -> Bounds:
        """A table that rises, read at x + more and at x: what the second brings on top."""
        upper, lower = formula.operands
        if isinstance(upper, Marginal) and isinstance(lower, Marginal) and upper.table == lower.table:
            more = self._more(upper.argument, lower.argument)
            rates = [band.value for band in self._plan.tables[upper.table].bands]
            if min(rates) >= 0 and more is not None and self.of(more).least >= 0:
                return _NOT_NEGATIVE
        return Bounds(EXACT.add(left.least, less.least), EXACT.add(left.most, less.most))

    @staticmethod
    def _more(upper: Typed, lower: Typed) -> Typed | None:
        if isinstance(upper, Apply) and upper.operator == "+" and upper.operands[0] == lower:
            return upper.operands[1]
        if isinstance(lower, Apply) and lower.operator == "-" and lower.operands[0] == upper:
            return lower.operands[1]
        return None

    def _quotient(self, given: list[Bounds]) -> Bounds:
        found = _sign(given[0]) if given[1].least >= 0 else _ALL
        return _hull((found, *given[2:]))


class Conditions:
    """Whether conditions can hold at all, judged by what they ask of each single value."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._reach = Reach(plan, usual=False)

    def never(self, condition: Typed | None) -> bool:
        """Whether a condition contradicts itself."""
        return condition is not None and not self._possible([condition], {}, {})

    def _possible(self, asked: list[Typed], numbers: dict[str, Bounds], texts: dict[str, frozenset[str]]) -> bool:
        while asked:
            first, asked = self._unfolded(asked[0]), asked[1:]
            if isinstance(first, Constant) and first.value is False:
                return False
            if not isinstance(first, Apply):
                continue
            if first.operator == "and":
                asked = [*first.operands, *asked]
            elif first.operator == "or":
                # Only by itself, so that many of them do not multiply.
                if not any(self._possible([one], dict(numbers), dict(texts)) for one in first.operands):
                    return False
            elif not (self._narrowed(first, numbers) and self._named(first, texts)):
                return False
        return True

    def _unfolded(self, condition: Typed) -> Typed:
        """A condition as it is written, with values that are conditions and NOT taken apart."""
        if isinstance(condition, Reference) and condition.role is Role.VALUE:
            return self._unfolded(self._plan.values[condition.name].formula)
        if isinstance(condition, Apply) and condition.operator == "not":
            inner = self._unfolded(condition.operands[0])
            if isinstance(inner, Apply) and inner.operator in _NOT:
                return replace(inner, operator=_NOT[inner.operator])
        return condition

    def _narrowed(self, asked: Apply, numbers: dict[str, Bounds]) -> bool:
        """Notes what a comparison leaves of a value; whether anything is left."""
        if asked.operator not in _FLIPPED:
            return True
        for (one, other), operator in (
            (asked.operands, asked.operator),
            (asked.operands[::-1], _FLIPPED[asked.operator]),
        ):
            edge = self._reach.of(other)
            if edge.least == edge.most and edge.most != _NO_END:
                key, (operator, at) = written(one), _whole(one.kind, operator, edge.most)
                numbers[key] = numbers.get(key, self._reach.of(one)).within(operator, at)
                if numbers[key].empty:
                    return False
        return True

    @staticmethod
    def _named(asked: Apply, texts: dict[str, frozenset[str]]) -> bool:
        """Notes which texts a value may be; whether any is left."""
        if asked.operator not in ("=", "in") or asked.operands[0].kind is not Kind.TEXT:
            return True
        first, *others = asked.operands
        if isinstance(first, Constant) and len(others) == 1:
            first, others = others[0], [first]
        told = [one.value for one in others if isinstance(one, Constant) and isinstance(one.value, str)]
        if isinstance(first, Constant) or len(told) < len(others):
            return True
        key = written(first)
        texts[key] = texts.get(key, frozenset(told)) & frozenset(told)
        return bool(texts[key])


def _whole(kind: Kind, operator: str, edge: Decimal) -> tuple[str, Decimal]:
    """Above 2 means from 3 on, for what is counted."""
    if kind is not Kind.COUNT or operator not in ("<", ">"):
        return operator, edge
    if operator == ">":
        return ">=", EXACT.add(edge.to_integral_value(ROUND_FLOOR), Decimal(1))
    return "<=", EXACT.subtract(edge.to_integral_value(ROUND_CEILING), Decimal(1))
