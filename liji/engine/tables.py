"""Reads rate tables in SQL: which band a value lies in, and what it gives there."""

from collections.abc import Iterator
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm

from liji.engine import sql
from liji.engine.exact import Exact
from liji.engine.formulas import Formulas
from liji.engine.formulas import scaled
from liji.engine.layers import Plain
from liji.engine.sql import Sql
from liji.plan.model import Band
from liji.plan.model import Reading
from liji.plan.model import Table
from liji.plan.numbers import EXACT
from liji.plan.numbers import places
from liji.plan.numbers import trimmed
from liji.plan.typed import Lookup
from liji.plan.typed import Marginal
from liji.plan.typed import Typed
from liji.plan.types import Kind


def reached_band(formulas: Formulas, table: Table, reading: Lookup | Marginal) -> tuple[Plain, Exact]:
    """The band that a reading's argument lies in, in a column of its own, and what is read."""
    if isinstance(reading, Lookup) and reading.second is not None:
        return _crossing(formulas, table, reading.argument, reading.second)
    if table.input is Kind.TEXT:
        row = _row(formulas, table, table.bands, formulas.plain(reading.argument))
        return row, formulas.column(_of_row([entry.value for entry in table.bands], row), None)
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
    last = sql.stop("no_row", f"rate({table.id})", asked.sql) if rows[-1].texts else sql.factor(len(rows))
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


def _of_row(values: Sequence[Decimal], row: Plain) -> Exact:
    """The value of a row. Which row it is must be asked even when there is only one: the text may be in none."""
    value = _of_band(values, row)
    if len(values) > 1:
        return value
    return Exact(sql.case(sql.binary("=", row.sql, sql.factor(1)), value.top), value.scale, None, row.layer)


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
    for band, after in zip(table.bands, table.bands[1:], strict=False):
        if band.edge is None or band.value == after.value:
            continue
        beyond = exact.above(reached, scaled(band.edge))
        total = exact.added(total, exact.multiplied(beyond, scaled(after.value - band.value)), "+")
    return total
