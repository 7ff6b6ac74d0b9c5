"""Whole quotients of wide numbers, fast and exact.

DuckDB divides numbers of 38 digits bit by bit, fifty times slower than it multiplies them. A binary fraction gives the
quotient to within less than one as long as it is below 2^48; one exact multiplication then says whether it is one too
large. Larger quotients are divided as they are.
"""

from sqlglot import exp

from liji.engine import sql
from liji.engine.sql import Sql

_QUOTIENT = 10**14  # below 2^48, so that the rounding errors of three operations stay far below one half
_TOP = 10**37  # so that the quotient times the divisor still has 38 digits

_DOUBLE = exp.DataType.build("double")
_BIGINT = exp.DataType.build("bigint")


def quickly_divided(query: exp.Query) -> Sql:
    """The same query with each quotient of wide numbers, top ≥ 0 and under > 0, written so."""

    def write(node: Sql) -> Sql:
        return node if isinstance(node.expression, exp.Literal) else _quotient(node.this, node.expression)

    return sql.rewritten(query, (exp.IntDiv,), write)


def _quotient(top: Sql, under: Sql) -> Sql:
    near, by = exp.Cast(this=top.copy(), to=_DOUBLE), exp.Cast(this=under.copy(), to=_DOUBLE)
    most = sql.extreme("min", [sql.binary("*", by, sql.factor(_QUOTIENT)), exp.Cast(this=sql.factor(_TOP), to=_DOUBLE)])
    guess = sql.huge(exp.Cast(this=exp.Div(this=near, expression=by, typed=False, safe=False), to=_BIGINT))
    one_less = sql.case(
        sql.binary("<", top, sql.binary("*", guess, under)), sql.binary("-", guess, sql.factor(1)), guess
    )
    return sql.case(sql.binary("<", near, most), one_less, exp.IntDiv(this=top.copy(), expression=under.copy()))
