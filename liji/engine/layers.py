"""A relation that grows column by column: each layer of columns may use those of the layers before it.

A value that is needed twice is bound to a column once, so that no formula, however it nests, makes the SQL
explode. When the query is written, columns that nobody reads fall away and those that are read once are put
in place, for most of the time that a small calculation takes is spent on planning its SQL.
"""

from collections import Counter
from collections.abc import Container
from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp

from liji.engine import sql
from liji.engine.sql import Sql

_SMALL = 60  # nodes of an expression that is still put in place; bounds the depth of the SQL


@dataclass(frozen=True)
class Plain:
    """A text, date or truth in SQL, and the layer from which on it can be worked out."""

    sql: Sql
    layer: int


class Layers:
    """The columns over a base relation; layer 0 is the base itself."""

    def __init__(self) -> None:
        self._bound: dict[str, Sql] = {}
        self._alike: dict[tuple[Sql, int], str] = {}

    def bind(self, value: Sql, layer: int, name: str | None = None) -> Plain:
        """Gives a value that uses columns up to `layer` a column in the next layer; equal values share one."""
        name = name or self._alike.get((value, layer)) or f"#{len(self._bound)}"
        self._bound[name] = value
        self._alike.setdefault((value, layer), name)
        return Plain(sql.column(name), layer + 1)

    def over(
        self,
        base: list[tuple[str, exp.Query]],
        selected: list[tuple[str, Plain]],
        told: Container[str] = (),
    ) -> exp.Select:
        """The query: base relations by name (the last is layer 0), the layers, and the selected columns.

        Columns that are `told` stand in the base already.
        """
        kept, outputs = self._simplified([(name, value.sql) for name, value in selected], told)
        ctes = [*base]
        before, root = base[-1][0], base[-1][0]
        layers = _by_layer(kept)
        needed = _needed(layers, outputs)
        for number, (columns, carried) in enumerate(zip(layers, needed, strict=True), start=1):
            query = exp.select(*map(sql.column, carried), *(sql.named(value, name) for name, value in columns))
            ctes.append((f"{root}_{number}", query.from_(_table(before))))
            before = f"{root}_{number}"
        query = exp.select(*(sql.named(value, name) for name, value in outputs)).from_(_table(before))
        for name, cte in ctes:
            # Read twice where it is: a relation of all facts does not fit into memory.
            query = query.with_(name, as_=cte, materialized=False if name == "credited" else None, copy=False)
        return query

    def _simplified(
        self, selected: list[tuple[str, Sql]], told: Container[str]
    ) -> tuple[dict[str, Sql], list[tuple[str, Sql]]]:
        """The columns that are read, those read once put in place of their names; what looks over rows never is."""
        uses: Counter[str] = Counter()
        for _, value in selected:
            uses.update(_read(value))
        for name, value in reversed(self._bound.items()):
            if name in uses and name not in told:
                uses.update(_read(value))
        inside: dict[str, Sql] = {}
        kept: dict[str, Sql] = {}
        for name, value in self._bound.items():
            if name in uses and name not in told:
                own = _placed(value, inside)
                small = uses[name] == 1 and own.find(exp.Window) is None and sum(1 for _ in own.walk()) <= _SMALL
                (inside if small or sql.is_simple(own) else kept)[name] = own
        return kept, [(name, _placed(value, inside)) for name, value in selected]


def _read(value: Sql) -> Iterable[str]:
    return (found.name for found in value.find_all(exp.Column))


def _placed(value: Sql, inside: dict[str, Sql]) -> Sql:
    """An expression with the columns in `inside` replaced by what they stand for."""

    def place(node: Sql) -> Sql:
        if isinstance(node, exp.Column) and node.name in inside:
            return sql.side(inside[node.name])
        return node

    placed: Sql = value.copy().transform(place, copy=False)
    return placed


def _by_layer(kept: dict[str, Sql]) -> list[list[tuple[str, Sql]]]:
    """The columns in layers: each in the first one in which all that it reads is there."""
    depth: dict[str, int] = {}
    layers: list[list[tuple[str, Sql]]] = []
    for name, value in kept.items():
        depth[name] = 1 + max((depth.get(used, 0) for used in _read(value)), default=0)
        while len(layers) < depth[name]:
            layers.append([])
        layers[depth[name] - 1].append((name, value))
    return layers


def _needed(layers: list[list[tuple[str, Sql]]], outputs: list[tuple[str, Sql]]) -> list[list[str]]:
    """For each layer the columns of the one before that are read further up."""
    wanted = {used for _, value in outputs for used in _read(value)}
    carried: list[list[str]] = []
    for columns in reversed(layers):
        wanted -= {name for name, _ in columns}
        carried.append(sorted(wanted))
        wanted |= {used for _, value in columns for used in _read(value)}
    return carried[::-1]


def _table(name: str) -> exp.Table:
    return exp.Table(this=exp.Identifier(this=name, quoted=False))
