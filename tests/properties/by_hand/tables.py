"""Reads a rate table by hand."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from tests.properties.by_hand.numbers import Num
from tests.properties.drawn.tree import Band
from tests.properties.drawn.tree import Table


def place(bands: Sequence[Band], asked: Any) -> int | None:
    """In which band, row or column a number or text lies, counted from 0; None: in none."""
    for at, band in enumerate(bands):
        if not isinstance(asked, Num):
            if asked in band.texts or not band.texts:
                return at
        elif band.edge is None or asked.value < band.edge or (band.through and asked.value == band.edge):
            return at
    return None


def read(table: Table, asked: Any, across: Any) -> tuple[Num, int] | None:
    """What a table gives, and the number of the band, counted from 1."""
    if table.way == "points":
        return _on_the_line(table, asked)
    band = place(table.bands, asked)
    column = place(table.columns, across) if table.columns else 0
    if band is None or column is None:
        return None
    return Num(Fraction(table.bands[band].values[column])), band + 1


def _on_the_line(table: Table, asked: Num) -> tuple[Num, int]:
    """The straight line between the two points around x, as a quotient of its slope; level outside."""
    points = [(Fraction(band.edge), Fraction(band.values[0])) for band in table.bands if band.edge is not None]
    if asked.value < points[0][0]:
        return Num(points[0][1] if table.before is None else Fraction(table.before), ("line", table, asked)), 1
    for number, ((low, start), (high, end)) in enumerate(pairwise(points), start=2):
        if asked.value < high:
            return Num(start + (asked.value - low) / (high - low) * (end - start), ("line", table, asked)), number
    return Num(points[-1][1], ("line", table, asked)), len(points) + 1


def sliced(table: Table, asked: Num) -> Num:
    """Each slice at its own band's value; below 0 the first value holds."""
    values = [Fraction(band.values[0]) for band in table.bands]
    if asked.value <= 0:
        return Num(asked.value * values[0], asked.divisor)
    total, low = Fraction(0), Fraction(0)
    for band, value in zip(table.bands, values, strict=True):
        high = asked.value if band.edge is None else min(asked.value, Fraction(band.edge))
        if high > low:
            total += (high - low) * value
            low = high
    return Num(total, asked.divisor)
