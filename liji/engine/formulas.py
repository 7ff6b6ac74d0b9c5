"""Translates a typed formula into SQL over the columns of a relation."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

from liji.engine import sql
from liji.engine.exact import Arithmetic
from liji.engine.exact import Exact
from liji.engine.layers import Layers
from liji.engine.layers import Plain
from liji.engine.sql import Sql
from liji.engine.windows import last_day
from liji.plan.numbers import places
from liji.plan.typed import Apply
from liji.plan.typed import Constant
from liji.plan.typed import Group
from liji.plan.typed import Lookup
from liji.plan.typed import Marginal
from liji.plan.typed import Reference
from liji.plan.typed import Typed

Piece = Exact | Plain
Resolve = Callable[[Reference], Piece]
Read = Callable[[Lookup | Marginal | Group, "Formulas"], Exact]


_OF_DAYS = frozenset({"year", "month", "day", "days", "months", "edate", "period_start", "period_end"})


def scaled(value: Decimal) -> Exact:
    """A decimal literal, exactly."""
    scale = places(value)
    return Exact(sql.integer(int(value.scaleb(scale))), scale, None, 0)


class Formulas:
    """Translates the formulas of one named value after another; `naming` is the one an error would name.

    What must be bound to a column inside an IF is bound under the IF's condition, so that the branch that is
    not taken is never evaluated. `unfinished`: the rows may be prefixes of a payee's facts, marked by the
    column `last`.
    """

    def __init__(
        self,
        layers: Layers,
        resolve: Resolve,
        read: Read,
        period: str,
        *,
        unfinished: bool = True,
        period_column: str = "period",
    ) -> None:
        self._layers = layers
        self._unfinished = unfinished
        self._resolve = resolve
        self._period = period
        self._period_column = period_column
        self._read = read
        self._guards: list[Plain] = []
        self.naming = ""
        self.exact = Arithmetic(self._once)

    @contextmanager
    def under(self, *guards: Plain) -> Iterator[None]:
        """All that is translated inside is evaluated only where the guards hold."""
        self._guards += guards
        try:
            yield
        finally:
            del self._guards[len(self._guards) - len(guards) :]

    @contextmanager
    def unguarded(self) -> Iterator[None]:
        """What is translated inside is evaluated for everybody."""
        guards, self._guards = self._guards, []
        try:
            yield
        finally:
            self._guards = guards

    @property
    def guarded(self) -> tuple[str, ...]:
        """The guards in force, as text: the same translation under the same guards is the same column."""
        return tuple(guard.sql.sql() for guard in self._guards)

    def bound(self, value: Sql, layer: int, name: str | None = None) -> Plain:
        """A column of its own for a value, empty where the guards do not hold."""
        if self._guards:
            value = sql.case(sql.both([guard.sql for guard in self._guards]), value)
            layer = max(layer, *(guard.layer for guard in self._guards))
        return self._layers.bind(value, layer, name)

    def _once(self, value: Sql, layer: int) -> tuple[Sql, int]:
        if sql.is_simple(value):
            return value, layer
        bound = self.bound(value, layer)
        return bound.sql, bound.layer

    def column(self, value: Exact, name: str | None) -> Exact:
        """A number in columns of its own: one, and a second for the divisor of a fraction."""
        top = self.bound(sql.huge(value.top), value.layer, name)
        if value.under is None:
            return Exact(top.sql, value.scale, None, top.layer)
        under = self.bound(value.under, value.layer)
        return Exact(top.sql, value.scale, under.sql, max(top.layer, under.layer))

    def number(self, formula: Typed) -> Exact:
        """A formula that gives a number."""
        piece = self.piece(formula)
        assert isinstance(piece, Exact), formula  # noqa: S101
        return piece

    def plain(self, formula: Typed) -> Plain:
        """A formula that gives a text, a date or a truth."""
        piece = self.piece(formula)
        assert isinstance(piece, Plain), formula  # noqa: S101
        return piece

    def piece(self, formula: Typed) -> Piece:
        """Any formula."""
        if isinstance(formula, Constant):
            return constant(formula)
        if isinstance(formula, Reference):
            return self._resolve(formula)
        if isinstance(formula, Lookup | Marginal | Group):
            return self._read(formula, self)
        return self._apply(formula)

    def _apply(self, formula: Apply) -> Piece:
        operator, operands = formula.operator, formula.operands
        if operator == "if":
            return self._if(operands)
        if operator in ("and", "or", "not"):
            return self._logic(operator, operands)
        if operator == "in":
            return self._in(operands)
        if operator in _OF_DAYS:
            return self._of_days(operator, operands)
        if operator in ("floor", "ceiling"):
            step = operands[1].value if isinstance(operands[1], Constant) else None
            assert isinstance(step, Decimal)  # noqa: S101
            return self.exact.stepped(self.number(operands[0]), step, up=operator == "ceiling")
        if operator == "no_rate":
            return self._no_rate(operands)
        pieces = [self.piece(operand) for operand in operands]
        if operator in ("min", "max") and isinstance(pieces[0], Plain):
            told = [piece.sql for piece in pieces if isinstance(piece, Plain)]
            return Plain(sql.extreme(operator, told), max(piece.layer for piece in pieces))
        numbers = [piece for piece in pieces if isinstance(piece, Exact)]
        if len(numbers) == len(pieces):
            return self._calculated(operator, numbers)
        left, right = (piece.sql if isinstance(piece, Plain) else piece.top for piece in pieces)
        return Plain(sql.binary(operator, left, right), max(piece.layer for piece in pieces))

    def _no_rate(self, operands: tuple[Typed, ...]) -> Exact:
        """Stops, and says for which currency on which day."""
        currency, day = (self.plain(operand) for operand in operands)
        told = sql.joined([currency.sql, sql.text(" "), sql.written(day.sql)])
        return Exact(sql.huge(sql.stop("no_rate", self.naming, told)), 0, None, max(currency.layer, day.layer))

    def _of_days(self, operator: str, operands: tuple[Typed, ...]) -> Piece:
        """Parts of dates, the time between two of them, the first and last day of the period."""
        if operator in ("period_start", "period_end"):
            start = sql.column(self._period_column)
            return Plain(start if operator == "period_start" else last_day(self._period, start), 0)
        days = [self._once(*self._whole_units(self.piece(operand))) for operand in operands]
        told, layer = [day for day, _ in days], max(layer for _, layer in days)
        if operator == "edate":
            return Plain(sql.months_later(told[0], told[1]), layer)
        if operator in ("days", "months"):
            between = sql.days_between if operator == "days" else sql.months_between
            return Exact(between(told[0], told[1]), 0, None, layer)
        return Exact(sql.part_of_day(operator, told[0]), 0, None, layer)

    def _whole_units(self, piece: Piece) -> tuple[Sql, int]:
        """A date as it is, a number rounded to a whole one."""
        if isinstance(piece, Plain):
            return piece.sql, piece.layer
        whole = self.exact.rounded(self.exact.quotient(piece), 0)
        return whole.top, whole.layer

    def _calculated(self, operator: str, given: list[Exact]) -> Piece:
        if operator in ("+", "-"):
            return self.exact.added(given[0], given[1], operator)
        if operator == "*":
            return self.exact.multiplied(given[0], given[1])
        if operator == "/":
            return self._quotient(given[0], given[1])
        if operator == "divide":
            return self._quotient_or(given[0], given[1], given[2])
        if operator == "neg":
            return Exact(sql.negative(given[0].top), given[0].scale, given[0].under, given[0].layer)
        if operator == "abs":
            return self.exact.size(given[0])
        if operator == "round":
            return self.exact.rounded(given[0], self._digits(given[1]))
        if operator in ("min", "max"):
            return self.exact.extreme(operator, given)
        return Plain(*self.exact.compared(given[0], given[1], operator))

    @staticmethod
    def _digits(places_: Exact) -> int:
        return int(places_.top.this.name)

    def _quotient(self, left: Exact, right: Exact) -> Exact:
        """A zero divisor stops the calculation; on the way to the last fact it counts as a quotient of 0."""
        stop = sql.stop("division_by_zero", self.naming)
        at_zero = sql.case(sql.column("last"), stop, sql.integer(1)) if self._unfinished else stop
        return self.exact.divided(left, right, at_zero)

    def _quotient_or(self, left: Exact, right: Exact, otherwise: Exact) -> Exact:
        right = self.exact.quotient(right)
        top, layer = self._once(right.top, right.layer)
        zero = sql.binary("=", top, sql.factor(0))
        quotient = self.exact.divided(left, Exact(top, right.scale, None, layer), sql.integer(1))
        return self.exact.chosen(zero, layer, otherwise, quotient)

    def _if(self, operands: tuple[Typed, ...]) -> Piece:
        condition = self.plain(operands[0])
        test = condition if sql.is_simple(condition.sql) else self.bound(condition.sql, condition.layer)
        with self.under(test):
            yes = self.piece(operands[1])
        with self.under(Plain(sql.negated(test.sql), test.layer)):
            no = self.piece(operands[2])
        if isinstance(yes, Exact) and isinstance(no, Exact):
            return self.exact.chosen(test.sql, test.layer, yes, no)
        assert isinstance(yes, Plain)  # noqa: S101
        assert isinstance(no, Plain)  # noqa: S101
        return Plain(sql.case(test.sql, yes.sql, no.sql), max(test.layer, yes.layer, no.layer))

    def _logic(self, operator: str, operands: tuple[Typed, ...]) -> Plain:
        given = [self.plain(operand) for operand in operands]
        layer = max(piece.layer for piece in given)
        if operator == "not":
            return Plain(sql.negated(given[0].sql), layer)
        join = sql.both if operator == "and" else sql.either
        return Plain(join([piece.sql for piece in given]), layer)

    def _in(self, operands: tuple[Typed, ...]) -> Plain:
        first, *rest = (self.piece(operand) for operand in operands)
        layer = max(piece.layer for piece in (first, *rest))
        if isinstance(first, Plain):
            return Plain(sql.one_of(first.sql, [piece.sql for piece in rest if isinstance(piece, Plain)]), layer)
        tests = [self.exact.compared(first, piece, "=")[0] for piece in rest if isinstance(piece, Exact)]
        return Plain(sql.either(tests), layer)


def constant(literal: Constant) -> Piece:
    """A literal of any type."""
    value = literal.value
    if isinstance(value, bool):
        return Plain(sql.truth(value), 0)
    if isinstance(value, Decimal):
        return scaled(value)
    if isinstance(value, date):
        return Plain(sql.day(value.isoformat()), 0)
    return Plain(sql.text(value), 0)
