"""Exact arithmetic in SQL: every number is a whole number of a known scale, or a fraction of two such
numbers.

A quotient stays a fraction while it is compared, scaled or added to a plain number, so that comparing an
attainment with 120 % and rounding a quotient of money are exact. Where two fractions meet, a quotient is kept
to 12 decimals; a
product keeps 34.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from liji.engine import sql
from liji.engine.sql import Sql
from liji.plan.numbers import places

QUOTIENT = 12
PRODUCT = 34
_STEP = 30

# Gives a value that is used more than once a column of its own.
Once = Callable[[Sql, int], tuple[Sql, int]]


@dataclass(frozen=True)
class Exact:
    """top ÷ (under × 10^scale). `under` is always positive; None is 1. `layer`: see Layers."""

    top: Sql
    scale: int
    under: Sql | None
    layer: int


def whole(value: int, scale: int = 0) -> Exact:
    """A literal."""
    return Exact(sql.integer(value), scale, None, 0)


def _times(value: Sql, exponent: int) -> Sql:
    if exponent <= 0:
        return value
    if exponent > _STEP:  # no literal can say so large a factor: the product overflows, as it must
        return _times(sql.binary("*", value, sql.factor(10**_STEP)), exponent - _STEP)
    told = sql.integer_of(value)
    if told is not None and abs(told) * 10**exponent < 10**38:
        return sql.integer(told * 10**exponent)
    return sql.binary("*", value, sql.factor(10**exponent))


def _layer(*values: Exact) -> int:
    return max(value.layer for value in values)


class Arithmetic:
    """The operations; `once` binds what has to be written twice."""

    def __init__(self, once: Once) -> None:
        self._once = once

    def _single(self, value: Exact) -> Exact:
        """The same value, each part of it free to be written twice."""
        top, layer = self._once(value.top, value.layer)
        if value.under is None:
            return Exact(top, value.scale, None, layer)
        under, other = self._once(value.under, value.layer)
        return Exact(top, value.scale, under, max(layer, other))

    def quotient(self, value: Exact) -> Exact:
        """A fraction as a decimal of 12 places, rounded half away from zero; others as they are."""
        return value if value.under is None else self._divided(value, QUOTIENT)

    def rounded(self, value: Exact, digits: int) -> Exact:
        """Half away from zero to so many places."""
        if value.under is None and value.scale <= digits:
            return value
        return self._divided(value, digits)

    def stepped(self, value: Exact, step: Decimal, *, up: bool) -> Exact:
        """Down, or up, to a multiple of the step, exactly: also of a fraction."""
        scale = places(step)
        size = int(step.scaleb(scale))
        under = value.under if value.under is not None else sql.integer(1)
        steps = _times(sql.binary("*", under, sql.factor(size)), value.scale - scale)
        fine = self._single(Exact(_times(value.top, scale - value.scale), 0, steps, value.layer))
        assert fine.under is not None  # noqa: S101
        # What is cut off counts a whole step on the side of 0 where the way leads away from it.
        away = sql.binary(">" if up else "<", fine.top, sql.factor(0))
        almost = sql.case(away, sql.binary("-", fine.under, sql.factor(1)), sql.factor(0))
        whole_steps = sql.binary("//", sql.binary("+", sql.absolute(fine.top), almost), fine.under)
        signed = sql.binary("*", whole_steps, sql.sign(fine.top))
        return Exact(sql.binary("*", signed, sql.factor(size)), scale, None, fine.layer)

    def _divided(self, value: Exact, digits: int) -> Exact:
        """top ÷ under to so many places: ⌊(2·|top| + under) ÷ (2·under)⌋ with the sign of top."""
        under = value.under if value.under is not None else sql.integer(1)
        fine = self._single(
            Exact(_times(value.top, digits - value.scale), 0, _times(under, value.scale - digits), value.layer)
        )
        assert fine.under is not None  # noqa: S101
        double = sql.binary("*", sql.absolute(fine.top), sql.factor(2))
        told = sql.integer_of(fine.under)
        both = sql.integer(2 * told) if told is not None else sql.binary("*", fine.under, sql.factor(2))
        size = sql.binary("//", sql.binary("+", double, fine.under), both)
        return Exact(sql.binary("*", size, sql.sign(fine.top)), digits, None, fine.layer)

    @staticmethod
    def aligned(left: Exact, right: Exact) -> tuple[Exact, Exact]:
        """The same two values with one scale."""
        scale = max(left.scale, right.scale)
        return tuple(  # type: ignore[return-value]
            Exact(_times(value.top, scale - value.scale), scale, value.under, value.layer) for value in (left, right)
        )

    def added(self, left: Exact, right: Exact, operator: str) -> Exact:
        """left ± right."""
        if left.under is not None and right.under is not None and left.under != right.under:
            left, right = self.quotient(left), self.quotient(right)
        under = left.under if left.under is not None else right.under
        if under is not None and (left.under is None or right.under is None):
            under, layer = self._once(under, _layer(left, right))
            left, right = (
                value
                if value.under is not None
                else Exact(sql.binary("*", value.top, under), value.scale, under, layer)
                for value in (left, right)
            )
        left, right = self.aligned(left, right)
        return Exact(sql.binary(operator, left.top, right.top), left.scale, under, _layer(left, right))

    def multiplied(self, left: Exact, right: Exact) -> Exact:
        """left × right."""
        if left.under is not None and right.under is not None:
            right = self.quotient(right)
        if left.scale + right.scale > PRODUCT:
            left, right = self._shortened(left, right)
        under = left.under if left.under is not None else right.under
        return Exact(sql.binary("*", left.top, right.top), left.scale + right.scale, under, _layer(left, right))

    def _shortened(self, left: Exact, right: Exact) -> tuple[Exact, Exact]:
        """The same two with no more decimals than a product keeps: the longer one gives way."""
        if left.scale >= right.scale:
            return self.rounded(left, PRODUCT - right.scale), right
        return left, self.rounded(right, PRODUCT - left.scale)

    def divided(self, left: Exact, right: Exact, at_zero: Sql | None) -> Exact:
        """left ÷ right as a fraction; `at_zero` stands in for a divisor of 0, None: it never is."""
        left, right = self.quotient(left), self._single(self.quotient(right))
        size = sql.absolute(right.top)
        if at_zero is not None:
            size = sql.case(sql.binary("=", right.top, sql.factor(0)), at_zero, size)
        # The sign of a zero divisor is 0: where the query goes on in spite of it, the quotient is 0.
        top = sql.binary("*", left.top, sql.sign(right.top))
        return Exact(top, left.scale - right.scale, sql.huge(size), _layer(left, right))

    def compared(self, left: Exact, right: Exact, operator: str) -> tuple[Sql, int]:
        """left operator right, by multiplying crosswise: exact for fractions too."""
        tops = (_crossed(left, right), _crossed(right, left))
        a, b = self.aligned(*tops)
        return sql.binary(operator, a.top, b.top), _layer(left, right)

    def chosen(self, condition: Sql, layer: int, yes: Exact, no: Exact) -> Exact:
        """IF(condition, yes, no); the condition is free to be written twice."""
        yes, no = self.aligned(yes, no)
        under = None
        if yes.under is not None or no.under is not None:
            one = sql.integer(1)
            under = sql.case(
                condition,
                yes.under if yes.under is not None else one,
                no.under if no.under is not None else one,
            )
        return Exact(sql.case(condition, yes.top, no.top), yes.scale, under, max(layer, _layer(yes, no)))

    def extreme(self, name: str, values: list[Exact]) -> Exact:
        """MIN or MAX."""
        if all(value.under is None for value in values):
            scale = max(value.scale for value in values)
            tops = [_times(value.top, scale - value.scale) for value in values]
            top = sql.extreme(name, tops) if len(tops) > 1 else tops[0]
            return Exact(top, scale, None, _layer(*values))
        best = values[0]
        for value in values[1:]:
            best, value = self._single(best), self._single(value)
            test, layer = self._once(*self.compared(best, value, "<=" if name == "min" else ">="))
            best = self.chosen(test, layer, best, value)
        return best

    def above(self, value: Exact, edge: Exact) -> Exact:
        """By how much a value is above an edge, 0 below; a fraction keeps its divisor: slices add up exactly."""
        more = self.added(value, edge, "-")
        if more.under is None:
            return self.extreme("max", [whole(0), more])
        return Exact(sql.extreme("max", [sql.integer(0), sql.huge(more.top)]), more.scale, more.under, more.layer)

    def size(self, value: Exact) -> Exact:
        """|x|."""
        return Exact(sql.absolute(value.top), value.scale, value.under, value.layer)


def _crossed(value: Exact, other: Exact) -> Exact:
    top = value.top if other.under is None else sql.binary("*", value.top, other.under)
    return Exact(top, value.scale, None, value.layer)
