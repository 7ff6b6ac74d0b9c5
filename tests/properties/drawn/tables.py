"""Draws rate tables: bands, points, rows and two dimensions."""

from decimal import Decimal

from hypothesis import strategies as st

from tests.properties.drawn.formulas import LITERALS
from tests.properties.drawn.tree import Band
from tests.properties.drawn.tree import Table

_EDGES = {
    "money": st.sampled_from([Decimal(n) for n in (100, 1000, 50000, 100000)]) | st.decimals(1, 150000, places=2),
    "rate": st.sampled_from([Decimal(n) / 100 for n in (10, 20, 50, 80, 100, 120)]) | st.decimals(0, 3, places=3),
    "count": st.integers(1, 9).map(Decimal),
}
_GIVES = {
    "rate": st.decimals(0, Decimal("0.5"), places=4),
    "money": LITERALS["money"],
    "factor": st.decimals(0, 3, places=2),
}
_TEXTS = [("junior", "cloud", "north"), ("senior", "paper"), ()]


@st.composite
def tables(draw: st.DrawFn, name: str) -> Table:
    """A table of any shape."""
    way = draw(st.sampled_from(["bands", "bands", "points", "rows", "crossed"]))
    gives = draw(st.sampled_from(["rate", "rate", "money", "factor"]))
    asked = draw(st.sampled_from(["money", "rate", "count"]))
    if way == "points":
        edges = draw(st.sets(_EDGES[asked], min_size=1, max_size=4))
        points = tuple(Band(edge, False, (draw(_GIVES[gives]),)) for edge in sorted(edges))
        return Table(name, "points", asked, gives, points, before=draw(st.none() | _GIVES[gives]))
    columns, across = (), ""
    if way == "crossed":
        across = draw(st.sampled_from(["text", "rate"]))
        columns = draw(_bands(across, "", 1, least=2))
    asked = "text" if way == "rows" else asked
    bands = draw(_bands(asked, gives, len(columns) or 1))
    return Table(
        name, "rows" if way == "rows" else "bands", asked, gives, bands, draw(st.booleans()), None, columns, across
    )


@st.composite
def _bands(draw: st.DrawFn, asked: str, gives: str, width: int, least: int = 1) -> tuple[Band, ...]:
    """Bands, rows or columns; columns give nothing themselves."""

    def values() -> tuple[Decimal, ...]:
        return tuple(draw(_GIVES[gives]) for _ in range(width)) if gives else ()

    if asked == "text":
        rows = [Band(None, False, values(), texts) for texts in _TEXTS]
        return tuple(rows if draw(st.integers(0, 9)) else rows[: draw(st.integers(least, 2))])
    edges = draw(st.sets(_EDGES[asked], min_size=least - 1, max_size=3))
    bands = [Band(edge, draw(st.booleans()), values()) for edge in sorted(edges)]
    return (*bands, Band(None, False, values()))
