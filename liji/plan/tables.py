"""Reads rate tables: bands with an edge that says to which side it belongs, ascending and without gaps."""

from decimal import Decimal

from liji.plan.model import Band
from liji.plan.model import Reading
from liji.plan.model import Table
from liji.plan.numbers import grouped
from liji.plan.numbers import read_number
from liji.plan.reading import Part
from liji.plan.reading import gathered
from liji.plan.reading import section
from liji.plan.source import Leaf
from liji.plan.source import Tree
from liji.plan.types import Kind

_TABLE = "ladder: {bands: [{through: 100000, rate: 1%}, {beyond, rate: 2%}]}"
_POINTS = "[{at: 80%, rate: 2%}, {at: 100%, rate: 2.5%}]"
_EXAMPLES = {
    "bands": "[{beyond, rate: 2%}]",
    "rows": "[{is: A, money: 500}, {otherwise, money: 0}]",
    "columns": "[{below: 20%}, {beyond}]",
}
# The ways to write a table, and the keys that go with each.
_WAYS = {
    "rows": ("rows", "columns"),
    "points": ("points", "before", "input"),
    "bands": ("bands", "columns", "input", "reads"),
}
_EDGES = ("below", "through", "beyond")
_GIVES = {"rate": Kind.RATE, "money": Kind.MONEY, "factor": Kind.NUMBER}
_INPUTS = (Kind.MONEY, Kind.RATE, Kind.NUMBER, Kind.COUNT)


def read_tables(root: Part) -> dict[str, Table]:
    """The tables of the document."""
    return gathered(root.named("tables", _TABLE), lambda name, tree: _table(name, tree, root))


class _Bands:
    """Reads the bands, rows or columns of one table and keeps what they have in common.

    `width`: how many values each of them gives; 0 for columns, which give none themselves.
    """

    def __init__(self, width: int = 1) -> None:
        self.width = width
        self.bands: list[Band] = []
        self.gives: set[str] = set()
        self.texts: set[str] = set()
        self.percent_edges: set[bool] = set()
        self.closed = False
        self.last: Decimal | None = None  # the value of the point read last

    def read(self, part: Part) -> None:
        """A band up to an edge; the last one is beyond all."""
        part.only(*_EDGES, *(_GIVES if self.width else ()))
        edges = [key for key in _EDGES if part.has(key)]
        if len(edges) != 1:
            part.findings.add("band_edge", part.path, part.section.mark)
            return
        values = self._values(part, "rate: 1.5%")
        edge = None if edges[0] == "beyond" else self._edge(part, edges[0])
        if values is None or (edge is None and edges[0] != "beyond"):
            return
        self.closed = edges[0] == "beyond"
        self.bands.append(Band(edge, edges[0] == "through", values[0], (), values))

    def read_row(self, part: Part) -> None:
        """A row for some texts, or the last one, for all others."""
        part.only("is", "otherwise", *(_GIVES if self.width else ()))
        texts = part.texts("is", "A")
        if part.has("is") == part.has("otherwise") or (part.has("is") and not texts):
            part.findings.add("row_texts", part.path, part.section.mark)
            return
        twice = self.texts & {*texts}
        if twice:
            part.findings.add("row_twice", part.path, part.section.mark, found=sorted(twice)[0])
        values = self._values(part, "money: 500")
        self.texts |= {*texts}
        if values is not None:
            self.closed = part.has("otherwise")
            self.bands.append(Band(None, False, values[0], texts, values))

    def _values(self, part: Part, example: str) -> tuple[Decimal, ...] | None:
        """What a band gives: one value, or one for each column; columns give nothing."""
        if self.closed:
            part.findings.add("band_after_beyond", part.path, part.section.mark)
            return None
        if not self.width:
            return (Decimal(0),)
        gives = [key for key in _GIVES if part.has(key)]
        if len(gives) != 1:
            part.missing("rate", example)
            return None
        self.gives.add(gives[0])
        items = part.items(gives[0], example)
        values = [part.decimal(item, path) for path, item in items if isinstance(item, Leaf)]
        if len(items) != self.width or len(values) != len(items):
            words = {"wanted": self.width, "found": len(items)}
            part.findings.add("values_many", part.at(gives[0]), part.mark(gives[0]), **words)
            return None
        told = tuple(value for value in values if value is not None)
        return told if len(told) == len(items) else None

    def read_point(self, part: Part, before: Decimal | None) -> None:
        """A point closes the band before it, which is level before the first point."""
        part.only("at", *_GIVES)
        gives = [key for key in _GIVES if part.has(key)]
        if len(gives) != 1:
            part.missing("rate", "rate: 2%")
            return
        edge, value = self._edge(part, "at"), part.number(gives[0])
        if edge is None or value is None:
            return
        self.gives.add(gives[0])
        level = value if before is None else before
        self.bands.append(Band(edge, False, self.last if self.last is not None else level))
        self.last = value

    def close(self) -> None:
        """Beyond the last point its value holds."""
        if self.last is not None:
            self.bands.append(Band(None, False, self.last))
            self.closed = True

    def _edge(self, part: Part, key: str) -> Decimal | None:
        leaf = part.leaf(key, "100000")
        if leaf is None:
            part.missing(key, f"{key}: 100000")
            return None
        found = read_number(leaf.text)
        if found is None:
            part.findings.add("not_decimal", part.at(key), leaf.mark, found=leaf.text)
            return None
        edge, is_percent = found
        before = self.bands[-1].edge if self.bands else None
        if before is not None and edge <= before:
            words = {"edge": grouped(edge), "before": grouped(before)}
            part.findings.add("band_order", part.at(key), leaf.mark, **words)
            return None
        self.percent_edges.add(is_percent)
        return edge


def _table(name: str, tree: Tree, root: Part) -> Table | None:
    part = section(tree, f"tables.{name}", root.findings, _TABLE)
    if part is None:
        return None
    way = next((way for way in _WAYS if part.has(way)), "bands")
    others = () if part.has(way) else dict.fromkeys(key for keys in _WAYS.values() for key in keys)
    part.only("names", *_WAYS[way], also=[key for key in others if key not in _WAYS[way]])
    before = len(list(root.findings))
    columns, asked = _columns(part, root) if part.has("columns") else ((), Kind.PLAIN)
    read = _points(part, root) if way == "points" else _listed(part, way, _Bands(len(columns) or 1))
    if len(list(root.findings)) == before:
        _whole(part, read, way)
    if not read.bands or len(list(root.findings)) > before:
        return None
    reads = Reading(part.choice("reads", [Reading.WHOLE, Reading.MARGINAL], default=Reading.WHOLE))
    return Table(
        name,
        part.names(name),
        input=Kind.TEXT if way == "rows" else _input(part, read),
        gives=_GIVES[read.gives.pop()],
        reads=Reading.INTERPOLATED if way == "points" else reads,
        bands=tuple(read.bands),
        columns=columns,
        across=asked,
    )


def _listed(part: Part, key: str, read: _Bands) -> _Bands:
    """Bands by their edges, rows by their texts; columns by the one or the other."""
    for path, item in part.items(key, _EXAMPLES[key]):
        own = section(item, path, part.findings, _EXAMPLES[key])
        if own is None:
            continue
        of_texts = key == "rows" or (key == "columns" and (own.has("is") or own.has("otherwise")))
        (read.read_row if of_texts else read.read)(own)
    return read


def _columns(part: Part, root: Part) -> tuple[tuple[Band, ...], Kind]:
    """The columns of a table that is asked with two values, and the kind of the second."""
    read = _listed(part, "columns", _Bands(0))
    texts = [band for band in read.bands if band.texts]
    if len(read.bands) < 2:
        part.findings.add("columns_few", part.at("columns"), part.mark("columns"))
    elif not texts and not read.closed:
        edge = grouped(read.bands[-1].edge or Decimal(0))
        part.findings.add("band_gap", part.at("columns"), part.mark("columns"), edge=edge)
    elif texts and any(band.edge is not None for band in read.bands):
        part.findings.add("band_unit", part.at("columns"), part.mark("columns"), what=("列", "columns"))
    if texts:
        return tuple(read.bands), Kind.TEXT
    return tuple(read.bands), Kind.RATE if read.percent_edges == {True} else Kind.PLAIN


def _points(part: Part, root: Part) -> _Bands:
    read, level = _Bands(), part.number("before")
    for path, item in part.items("points", _POINTS):
        point = section(item, path, root.findings, "{at: 80%, rate: 2%}")
        if point is not None:
            read.read_point(point, level)
    read.close()
    return read


def _whole(part: Part, read: _Bands, way: str) -> None:
    """Checks what only all bands together can tell."""
    mark, path = part.mark(way), part.at(way)
    if not read.bands:
        part.findings.add("bands_missing", part.path, mark)
    elif not read.closed and way == "bands":
        part.findings.add("band_gap", path, mark, edge=grouped(read.bands[-1].edge or Decimal(0)))
    if len(read.gives) > 1:
        part.findings.add("band_unit", path, mark, what=("取值", "values"))
    if len(read.percent_edges) > 1:
        part.findings.add("band_unit", path, mark, what=("边界", "edges"))


def _input(part: Part, read: _Bands) -> Kind:
    known = [kind.value for kind in _INPUTS]
    if part.get("input") is not None:
        return Kind(part.choice("input", known, default=Kind.MONEY))
    return Kind.RATE if read.percent_edges == {True} else Kind.PLAIN
