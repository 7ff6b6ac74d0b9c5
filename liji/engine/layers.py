"""A relation that grows column by column: each layer of columns may use those of the layers before it.

A value that is needed twice is bound to a column once, so that no formula, however it nests, makes the SQL explode.
"""

from dataclasses import dataclass

from sqlglot import exp

from liji.engine import sql
from liji.engine.sql import Sql


@dataclass(frozen=True)
class Plain:
    """A text, date or truth in SQL, and the layer from which on it can be worked out."""

    sql: Sql
    layer: int


class Layers:
    """The columns over a base relation; layer 0 is the base itself."""

    def __init__(self) -> None:
        self._layers: list[list[tuple[str, Sql]]] = []
        self._hidden = 0

    def bind(self, value: Sql, layer: int, name: str | None = None) -> Plain:
        """Gives a value that uses columns up to `layer` a column of its own in the next layer."""
        while len(self._layers) <= layer:
            self._layers.append([])
        if name is None:
            self._hidden += 1
            name = f"#{self._hidden}"
        self._layers[layer].append((name, value))
        return Plain(sql.column(name), layer + 1)

    def over(self, base: list[tuple[str, exp.Query]], selected: list[tuple[str, Plain]]) -> exp.Select:
        """The query: base relations by name (the last is layer 0), the layers, and the selected columns."""
        ctes = [*base]
        before = base[-1][0]
        for number, columns in enumerate(self._layers, start=1):
            query = exp.select("*", *(_named(value, name) for name, value in columns)).from_(_table(before))
            before = f"{base[-1][0]}_{number}"
            ctes.append((before, query))
        query = exp.select(*(_named(value.sql, name) for name, value in selected)).from_(_table(before))
        for name, cte in ctes:
            query = query.with_(name, as_=cte, copy=False)
        return query


def _table(name: str) -> exp.Table:
    return exp.Table(this=exp.Identifier(this=name, quoted=False))


def _named(value: Sql, name: str) -> Sql:
    return exp.Alias(this=value.copy(), alias=exp.Identifier(this=name, quoted=True))
