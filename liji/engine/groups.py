"""Values over a group of payees, as windows over all rows of a plan and period.

Only those who are eligible count. Everything here is evaluated without guards, for a payee whose own component is not
paid may still be somebody else's rank.
"""

from sqlglot import exp

from liji.engine import sql
from liji.engine.exact import Exact
from liji.engine.formulas import Formulas
from liji.engine.layers import Layers
from liji.engine.layers import Plain
from liji.engine.sql import Sql
from liji.plan.typed import Group
from liji.plan.typed import written

_AGGREGATES: dict[str, type[exp.AggFunc]] = {
    "total": exp.Sum,
    "count": exp.Count,
    "highest": exp.Max,
    "lowest": exp.Min,
}


def column_of(group: Group) -> str:
    """The column that holds a group's value."""
    return f"g:{written(group)}"


class Groups:
    """Translates group values into columns of their own."""

    def __init__(self, layers: Layers, formulas: Formulas, eligible: Plain, minor_unit: int) -> None:
        self._layers = layers
        self._formulas = formulas
        self._eligible = eligible
        self._minor_unit = minor_unit

    def value(self, group: Group, guards: list[Plain]) -> Exact:
        """The column of a group value that was not met before; who does not meet the guards has no value."""
        with self._formulas.unguarded():
            with self._formulas.under(*guards):
                operands = [self._operand(operand) for operand in group.operands]
            if group.function == "pool":
                share, scale = self._shares(group, operands[0], operands[1]), self._minor_unit
            elif group.function == "rank":
                share, scale = self._rank(group, operands[0]), 0
            else:
                value = self._over(group, _AGGREGATES[group.function](this=self._counted(operands[0])))
                share = self._layers.bind(sql.huge(value), operands[0].layer)
                if group.function == "total":
                    share = self._layers.bind(sql.filled(share.sql, sql.integer(0)), share.layer)
                elif group.function == "count":
                    some = sql.binary(">", share.sql, sql.factor(0))
                    share = self._layers.bind(sql.case(some, share.sql), share.layer)
                scale = 0 if group.function == "count" else operands[0].scale
            bound = self._layers.bind(share.sql, share.layer, column_of(group))
        return Exact(bound.sql, scale, None, bound.layer)

    def _operand(self, formula: object) -> Exact:
        number = self._formulas.exact.quotient(self._formulas.number(formula))  # type: ignore[arg-type]
        column = self._formulas.column(number, None)
        return Exact(column.top, column.scale, None, max(column.layer, self._eligible.layer))

    def _counted(self, value: Exact) -> Sql:
        """The value of those who are eligible."""
        return sql.case(self._eligible.sql, value.top)

    def _over(self, group: Group, function: Sql, order: list[Sql] | None = None) -> Sql:
        partition = [sql.column("period")]
        if group.over is not None:
            partition.append(sql.column(f"a:{group.over}"))
        window = exp.Window(this=function, partition_by=partition)
        if order:
            window.set("order", exp.Order(expressions=order))
        return window

    def _rank(self, group: Group, value: Exact) -> Plain:
        """1 for the greatest; equals share a rank, and those without a value come last."""
        order = exp.Ordered(this=self._counted(value), desc=True, nulls_first=False)
        ranked = self._over(group, exp.Anonymous(this="rank"), [order])
        return self._layers.bind(sql.huge(ranked), value.layer)

    def _shares(self, group: Group, amount: Exact, weight: Exact) -> Plain:
        """Whole cents by weight; the cents that are left go one each to the largest remainders (then by payee)."""
        rounded = self._formulas.exact.rounded(amount, self._minor_unit)
        rounded, _ = self._formulas.exact.aligned(rounded, Exact(sql.integer(0), self._minor_unit, None, 0))
        pool = self._whole(group, exp.Max(this=sql.huge(rounded.top)), rounded.layer)
        zero = sql.integer(0)
        own = self._layers.bind(
            sql.case(self._eligible.sql, sql.extreme("max", [sql.filled(weight.top, zero), zero]), zero), weight.layer
        )
        total = self._whole(group, exp.Sum(this=own.sql), own.layer)
        layer = max(pool.layer, own.layer, total.layer)
        some = sql.binary(">", total.sql, sql.factor(0))
        exact = sql.binary("*", sql.absolute(pool.sql), own.sql)
        cents = self._layers.bind(sql.case(some, sql.binary("//", exact, total.sql), zero), layer)
        rest = self._layers.bind(
            sql.case(some, sql.binary("-", exact, sql.binary("*", cents.sql, total.sql)), zero), cents.layer
        )
        given = self._whole(group, exp.Sum(this=cents.sql), cents.layer)
        left = self._layers.bind(sql.binary("-", sql.absolute(pool.sql), given.sql), given.layer)
        order: list[Sql] = [
            exp.Ordered(this=rest.sql.copy(), desc=True),
            exp.Ordered(this=sql.column("payee"), desc=False),
        ]
        place = self._layers.bind(self._over(group, exp.RowNumber(), order), rest.layer)
        more = sql.both([some, sql.binary(">", rest.sql, zero), sql.binary("<=", place.sql, left.sql)])
        share = sql.binary("+", cents.sql, sql.case(more, sql.integer(1), zero))
        signed = sql.binary("*", share, sql.sign(pool.sql))
        return self._layers.bind(signed, max(place.layer, left.layer))

    def _whole(self, group: Group, function: Sql, layer: int) -> Plain:
        """An aggregate over the group beside each of its members."""
        return self._layers.bind(sql.filled(sql.huge(self._over(group, function)), sql.integer(0)), layer)
