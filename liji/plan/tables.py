"""Reads rate tables: bands with an edge that says to which side it belongs, ascending and without gaps."""

from decimal import Decimal

from liji.plan.model import Band
from liji.plan.model import Reading
from liji.plan.model import Table
from liji.plan.numbers import grouped
from liji.plan.numbers import read_number
from liji.plan.problems import Mark
from liji.plan.reading import Part
from liji.plan.reading import gathered
from liji.plan.reading import section
from liji.plan.source import Tree
from liji.plan.types import Kind

_TABLE = "ladder: {bands: [{through: 100000, rate: 1%}, {beyond, rate: 2%}]}"
_POINTS = "[{at: 80%, rate: 2%}, {at: 100%, rate: 2.5%}]"
_ROWS = "[{is: A, money: 500}, {otherwise, money: 0}]"
_EDGES = ("below", "through", "beyond")
_GIVES = {"rate": Kind.RATE, "money": Kind.MONEY, "factor": Kind.NUMBER}
_INPUTS = (Kind.MONEY, Kind.RATE, Kind.NUMBER, Kind.COUNT)


def read_tables(root: Part) -> dict[str, Table]:
    """The tables of the document."""
    return gathered(root.named("tables", _TABLE), lambda name, tree: _table(name, tree, root))


class _Bands:
    """Reads the bands of one table and keeps what they have in common."""

    def __init__(self) -> None:
        self.bands: list[Band] = []
        self.gives: set[str] = set()
        self.percent_edges: set[bool] = set()
        self.closed = False
        self.last: Decimal | None = None  # the value of the point read last

    def read(self, part: Part) -> None:
        part.only(*_EDGES, *_GIVES)
        edges = [key for key in _EDGES if part.has(key)]
        gives = [key for key in _GIVES if part.has(key)]
        if len(edges) != 1:
            part.findings.add("band_edge", part.path, part.section.mark)
            return
        if len(gives) != 1:
            part.missing("rate", "rate: 1.5%")
            return
        if self.closed:
            part.findings.add("band_after_beyond", part.path, part.section.mark)
            return
        value = part.number(gives[0])
        edge = None if edges[0] == "beyond" else self._edge(part, edges[0])
        if value is None or (edge is None and edges[0] != "beyond"):
            return
        self.closed = edges[0] == "beyond"
        self.gives.add(gives[0])
        self.bands.append(Band(edge, edges[0] == "through", value))

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

    def read_row(self, part: Part) -> None:
        """A row for some texts, or the last one, for all others."""
        part.only("is", "otherwise", *_GIVES)
        gives = [key for key in _GIVES if part.has(key)]
        texts = part.texts("is", "A")
        if part.has("is") == part.has("otherwise") or (part.has("is") and not texts):
            part.findings.add("row_texts", part.path, part.section.mark)
            return
        if len(gives) != 1:
            part.missing("money", "money: 500")
            return
        if self.closed:
            part.findings.add("band_after_beyond", part.path, part.section.mark)
            return
        twice = {text for row in self.bands for text in row.texts} & {*texts}
        if twice:
            part.findings.add("row_twice", part.path, part.section.mark, found=sorted(twice)[0])
        value = part.number(gives[0])
        if value is not None:
            self.closed = part.has("otherwise")
            self.gives.add(gives[0])
            self.bands.append(Band(None, False, value, texts))

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
    if part.has("rows"):
        return _of_texts(name, part, root)
    straight = part.has("points")
    part.only("names", "input", *(("points", "before") if straight else ("reads", "bands")))
    reads = part.choice("reads", [Reading.WHOLE, Reading.MARGINAL], default=Reading.WHOLE)
    reading = Reading.INTERPOLATED if straight else Reading(reads)
    before = len(list(root.findings))
    read = _points(part, root) if straight else _bands(part, root)
    if len(list(root.findings)) == before:
        _whole(part, read, part.mark("points" if straight else "bands"))
    if not read.bands or len(list(root.findings)) > before:
        return None
    return Table(name, part.names(name), _input(part, read), _GIVES[read.gives.pop()], reading, tuple(read.bands))


def _of_texts(name: str, part: Part, root: Part) -> Table | None:
    """A table that is asked with a text: a product, a region, a level."""
    part.only("names", "rows")
    before = len(list(root.findings))
    read = _Bands()
    for path, item in part.items("rows", _ROWS):
        row = section(item, path, root.findings, "{is: A, money: 500}")
        if row is not None:
            read.read_row(row)
    if not read.bands and len(list(root.findings)) == before:
        part.findings.add("bands_missing", part.path, part.mark("rows"))
    if len(read.gives) > 1:
        part.findings.add("band_unit", part.at("rows"), part.mark("rows"), what=("取值", "values"))
    if len(list(root.findings)) > before:
        return None
    return Table(name, part.names(name), Kind.TEXT, _GIVES[read.gives.pop()], Reading.WHOLE, tuple(read.bands))


def _bands(part: Part, root: Part) -> _Bands:
    read = _Bands()
    for path, item in part.items("bands", "[{beyond, rate: 2%}]"):
        band = section(item, path, root.findings, "{beyond, rate: 2%}")
        if band is not None:
            read.read(band)
    return read


def _points(part: Part, root: Part) -> _Bands:
    read, level = _Bands(), part.number("before")
    for path, item in part.items("points", _POINTS):
        point = section(item, path, root.findings, "{at: 80%, rate: 2%}")
        if point is not None:
            read.read_point(point, level)
    read.close()
    return read


def _whole(part: Part, read: _Bands, mark: Mark) -> None:
    """Checks what only all bands together can tell."""
    if not read.bands:
        part.findings.add("bands_missing", part.path, mark)
    elif not read.closed:
        part.findings.add("band_gap", part.at("bands"), mark, edge=grouped(read.bands[-1].edge or Decimal(0)))
    if len(read.gives) > 1:
        part.findings.add("band_unit", part.at("bands"), mark, what=("取值", "values"))
    if len(read.percent_edges) > 1:
        part.findings.add("band_unit", part.at("bands"), mark, what=("边界", "edges"))


def _input(part: Part, read: _Bands) -> Kind:
    known = [kind.value for kind in _INPUTS]
    if part.get("input") is not None:
        return Kind(part.choice("input", known, default=Kind.MONEY))
    return Kind.RATE if read.percent_edges == {True} else Kind.PLAIN
