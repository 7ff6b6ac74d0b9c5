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
    part.only("names", "input", "reads", "bands")
    reading = Reading(part.choice("reads", [reading.value for reading in Reading], default=Reading.WHOLE))
    before = len(list(root.findings))
    read = _Bands()
    for path, item in part.items("bands", "[{beyond, rate: 2%}]"):
        band = section(item, path, root.findings, "{beyond, rate: 2%}")
        if band is not None:
            read.read(band)
    if len(list(root.findings)) == before:
        _whole(part, read, part.mark("bands"))
    if not read.bands or len(list(root.findings)) > before:
        return None
    return Table(name, part.names(name), _input(part, read), _GIVES[read.gives.pop()], reading, tuple(read.bands))


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
