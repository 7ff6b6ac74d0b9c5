"""Translates a typed formula into SQL over the columns of a relation."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import lcm

from liji.engine import sql
from liji.engine.exact import Arithmetic
from liji.engine.exact import Exact
from liji.engine.layers import Layers
from liji.engine.layers import Plain
from liji.engine.sql import Sql
from liji.plan.model import Band
from liji.plan.model import Reading
from liji.plan.model import Table
from liji.plan.numbers import EXACT
from liji.plan.numbers import places
from liji.plan.numbers import trimmed
from liji.plan.typed import Apply
from liji.plan.typed import Constant
from liji.plan.typed import Lookup
from liji.plan.typed import Marginal
from liji.plan.typed import Reference
from liji.plan.typed import Typed
from liji.plan.types import Kind

Piece = Exact | Plain
Resolve = Callable[[Reference], Piece]
ReadTable = Callable[[Lookup | Marginal, "Formulas"], Exact]


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

    def __init__(self, layers: Layers, resolve: Resolve, read_table: ReadTable, *, unfinished: bool = True) -> None:
        self._layers = layers
        self._unfinished = unfinished
        self._resolve = resolve
        self._read_table = read_table
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
        if isinstance(formula, Lookup | Marginal):
            return self._read_table(formula, self)
        return self._apply(formula)

    def _apply(self, formula: Apply) -> Piece:
        operator, operands = formula.operator, formula.operands
        if operator == "if":
            return self._if(operands)
        if operator in ("and", "or", "not"):
            return self._logic(operator, operands)
        if operator == "in":
            return self._in(operands)
        pieces = [self.piece(operand) for operand in operands]
        numbers = [piece for piece in pieces if isinstance(piece, Exact)]
        if len(numbers) == len(pieces):
            return self._calculated(operator, numbers)
        left, right = (piece.sql if isinstance(piece, Plain) else piece.top for piece in pieces)
        return Plain(sql.binary(operator, left, right), max(piece.layer for piece in pieces))

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


def reached_band(formulas: Formulas, table: Table, reading: Lookup | Marginal) -> tuple[Plain, Exact]:
    """The band that a reading's argument lies in, in a column of its own, and what is read."""
    if isinstance(reading, Lookup) and reading.second is not None:
        return _crossing(formulas, table, reading.argument, reading.second)
    if table.input is Kind.TEXT:
        row = _row(formulas, table, table.bands, formulas.plain(reading.argument))
        return row, formulas.column(_of_band([entry.value for entry in table.bands], row), None)
    reached = _single(formulas, reading.argument)
    number = band_number(formulas, table.bands, reached)
    band = formulas.bound(number.sql, number.layer)
    if isinstance(reading, Marginal):
        value = slices(formulas, table, reached)
    elif table.reads is Reading.INTERPOLATED:
        value = on_the_line(formulas, table, reached, band)
    else:
        value = _of_band([entry.value for entry in table.bands], band)
    return band, formulas.column(value, None)


def _crossing(formulas: Formulas, table: Table, first: Typed, second: Typed) -> tuple[Plain, Exact]:
    """The value where a band and a column meet."""
    band = _place(formulas, table, table.bands, table.input, first)
    column = _place(formulas, table, table.columns, table.across, second)
    before = sql.binary("*", sql.binary("-", band.sql, sql.factor(1)), sql.factor(len(table.columns)))
    cell = formulas.bound(sql.binary("+", before, column.sql), max(band.layer, column.layer))
    return band, formulas.column(_of_band([value for entry in table.bands for value in entry.values], cell), None)


def _place(formulas: Formulas, table: Table, bands: Sequence[Band], kind: Kind, asked: Typed) -> Plain:
    """Which of the bands, rows or columns a value lies in, in a column of its own."""
    if kind is Kind.TEXT:
        return _row(formulas, table, bands, formulas.plain(asked))
    number = band_number(formulas, bands, _single(formulas, asked))
    return formulas.bound(number.sql, number.layer)


def _single(formulas: Formulas, asked: Typed) -> Exact:
    """A number that is free to be written several times."""
    number = formulas.number(asked)
    simple = sql.is_simple(number.top) and (number.under is None or sql.is_simple(number.under))
    return number if simple else formulas.column(number, None)


def _row(formulas: Formulas, table: Table, rows: Sequence[Band], asked: Plain) -> Plain:
    """Which row has the text; one for all others stands last, and without it an unknown text stops the calculation."""
    asked = asked if sql.is_simple(asked.sql) else formulas.bound(asked.sql, asked.layer)
    branches = [
        (sql.one_of(asked.sql, [sql.text(text) for text in row.texts]), sql.factor(number))
        for number, row in enumerate(rows, start=1)
        if row.texts
    ]
    last = sql.stop("no_row", f"rate({table.id})") if rows[-1].texts else sql.factor(len(rows))
    return formulas.bound(sql.cases(branches, last) if branches else last, asked.layer)


def band_number(formulas: Formulas, bands: Sequence[Band], reached: Exact) -> Plain:
    """Which band a value lies in, from 1: at an edge it lies in the band to which the edge belongs."""
    branches: list[tuple[Sql, Sql]] = []
    for number, band in enumerate(bands[:-1], start=1):
        assert band.edge is not None  # noqa: S101
        test, _ = formulas.exact.compared(reached, scaled(band.edge), "<=" if band.through else "<")
        branches.append((test, sql.factor(number)))
    last = sql.factor(len(bands))
    return Plain(sql.cases(branches, last) if branches else last, reached.layer)


def _of_band(values: Sequence[Decimal], band: Plain) -> Exact:
    """One of as many values as the table has bands."""
    scale = max(places(value) for value in values)
    told = [sql.integer(int(value.scaleb(scale))) for value in values]
    branches = [
        (sql.binary("=", band.sql, sql.factor(number)), value) for number, value in enumerate(told[:-1], start=1)
    ]
    return Exact(sql.cases(branches, told[-1]) if branches else told[-1], scale, None, band.layer)


def on_the_line(formulas: Formulas, table: Table, reached: Exact, band: Plain) -> Exact:
    """The value between two points: a + b·x with the a and b of the band, as a fraction where b has no end."""
    lines = list(_lines(table))
    common = lcm(*(_endless(number) for line in lines for number in line))
    starts, slopes = (_of_band([_decimal(line[part] * common) for line in lines], band) for part in (0, 1))
    value = formulas.exact.added(starts, formulas.exact.multiplied(slopes, reached), "+")
    if common == 1:
        return value
    under = sql.integer(common) if value.under is None else sql.binary("*", value.under, sql.factor(common))
    return Exact(value.top, value.scale, under, value.layer)


def _lines(table: Table) -> Iterator[tuple[Fraction, Fraction]]:
    """For each band where its line starts at 0, and how it slopes."""
    yield Fraction(table.bands[0].value), Fraction(0)
    for before, band, after in zip(table.bands, table.bands[1:], table.bands[2:], strict=False):
        assert before.edge is not None and band.edge is not None  # noqa: S101
        slope = (Fraction(after.value) - Fraction(band.value)) / (Fraction(band.edge) - Fraction(before.edge))
        yield Fraction(band.value) - slope * Fraction(before.edge), slope
    if len(table.bands) > 1:
        yield Fraction(table.bands[-1].value), Fraction(0)


def _endless(number: Fraction) -> int:
    """What a number must be multiplied by to have an end as a decimal."""
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest


def _decimal(number: Fraction) -> Decimal:
    return trimmed(EXACT.divide(Decimal(number.numerator), Decimal(number.denominator)))


def slices(formulas: Formulas, table: Table, reached: Exact) -> Exact:
    """Each slice at its own band's value: x·v₁ + Σ max(0, x − edge)·(vᵢ₊₁ − vᵢ), which has no jump at any
    edge.
    """
    exact = formulas.exact
    total = exact.multiplied(reached, scaled(table.bands[0].value))
    zero = scaled(Decimal(0))
    for band, after in zip(table.bands, table.bands[1:], strict=False):
        if band.edge is None or band.value == after.value:
            continue
        beyond = exact.extreme("max", [zero, exact.added(reached, scaled(band.edge), "-")])
        total = exact.added(total, exact.multiplied(beyond, scaled(after.value - band.value)), "+")
    return total
