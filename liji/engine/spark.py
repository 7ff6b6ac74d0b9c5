"""The same plans on a Spark cluster (extra `liji[spark]`): one compiled tree, written for Spark, equal to the cent.

Numbers are DECIMAL(38, 0) there. Spark would round what does not fit; so ANSI mode is on while a query is planned, and
what cannot be held is an error, as it is elsewhere.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from sqlglot import exp

from liji.engine import sql
from liji.engine.compiler import NUMBERS
from liji.engine.compiler import Compiled
from liji.engine.errors import EngineError
from liji.engine.failures import code_of
from liji.engine.failures import located
from liji.engine.failures import stopped
from liji.engine.sources import KEYS
from liji.engine.sources import Known
from liji.engine.sources import counted
from liji.engine.sources import entered
from liji.engine.sources import fact_columns
from liji.engine.sources import fact_kinds
from liji.engine.sources import payee_columns
from liji.engine.sources import payee_kinds
from liji.engine.sources import too_fine
from liji.engine.sql import Sql

_WIDE = exp.DataType.build("decimal(38, 0)")
_SETTINGS = {"spark.sql.ansi.enabled": "true", "spark.sql.decimalOperations.allowPrecisionLoss": "true"}
# A whole number times a unit of its scale must keep the scale.
_EXACT = {**_SETTINGS, "spark.sql.decimalOperations.allowPrecisionLoss": "false"}
_NOBODY = (
    "SELECT 0L AS payee, 0L AS above, 0L AS level, CAST(NULL AS DATE) AS since, CAST(NULL AS DATE) AS until WHERE FALSE"
)


class SparkRun:
    """A plan over Spark DataFrames: what goes in and what comes out is as in `batch`."""

    def __init__(self, session: Any, compiled: Compiled, payees: Any, facts: Any, links: Any = None) -> None:
        self._session = session
        self._compiled = compiled
        self._payees, self._facts, self._links = payees, facts, links
        self._checked(payees, payee_kinds(compiled))
        self._checked(facts, fact_kinds(compiled))

    def results(self) -> Any:
        """The results as a DataFrame, one row per payee-period. Nothing is worked out before it is read: read it inside
        `told`, for errors that name the payee and the expression.
        """
        whole = self._whole(self._payees)
        with _set(self._session, _EXACT):
            return whole.selectExpr(*KEYS, *(_named(number, out) for number, out in enumerate(self._compiled.outputs)))

    @contextmanager
    def told(self) -> Iterator[None]:
        """Raises EngineError where Spark says that a value cannot be worked out exactly."""
        from py4j.protocol import Py4JJavaError
        from pyspark.errors import PySparkException

        try:
            yield
        except (PySparkException, Py4JJavaError) as error:
            raise stopped(str(error)) or self._located(str(error)) from error

    def _checked(self, table: Any, kinds: Mapping[str, Any]) -> None:
        with self._views(checked=table) as names:
            for name, query in too_fine(names["checked"], kinds, _known(table)):
                for row in self._session.sql(query.sql(dialect="spark")).collect():
                    raise EngineError("too_precise", row[0], row[1], name, row[2])

    def _whole(self, payees: Any) -> Any:
        """The query of the plan, with all outputs as whole numbers of their scale."""
        given = {"payees": payees, "facts": self._facts}
        with self._views(**given, **({} if self._links is None else {"links": self._links})) as names:
            terms = exp.select(*payee_columns(self._compiled, _known(payees))).from_(names["payees"])
            ordered = self._compiled.needs.ordered
            known = _known(self._facts)
            entries = entered(self._compiled, names["facts"], known)
            taken = exp.select(*fact_columns(self._compiled, known, ordered=ordered)).from_(entries.subquery("entries"))
            taken = taken.where(counted(self._compiled, known))
            above = _NOBODY if self._links is None else f"SELECT * FROM {names['links']}"  # noqa: S608
            text = (
                f"WITH payee_rows AS ({_written(terms)}), fact_rows AS ({_written(taken)}), above_rows AS ({above}) "  # noqa: S608
                f"SELECT * FROM ({_written(self._compiled.grouped)})"
            )
            with _set(self._session, _SETTINGS):
                return self._session.sql(text)

    @contextmanager
    def _views(self, **tables: Any) -> Iterator[dict[str, str]]:
        """The tables under names that nobody else has; Spark reads names when it plans, so they may go again."""
        names = {name: f"liji_{name}_{uuid4().hex}" for name in tables}
        try:
            for name, table in tables.items():
                table.createOrReplaceTempView(names[name])
            yield names
        finally:
            for name in names.values():
                self._session.catalog.dropTempView(name)

    def _located(self, message: str) -> EngineError:
        from py4j.protocol import Py4JJavaError
        from pyspark.errors import PySparkException

        keys = sorted(map(tuple, self._payees.select(*KEYS).collect()))

        def fails(first: int, after: int, output: int | None) -> bool:
            wanted = self._session.createDataFrame(keys[first:after], "payee bigint, period date")
            found = self._whole(self._payees.join(wanted, list(KEYS)))
            try:
                (found if output is None else found.select(f"{output}")).write.format("noop").mode("overwrite").save()
            except (PySparkException, Py4JJavaError):
                return True
            return False

        at, output = located(len(keys), fails, len(self._compiled.outputs))
        if output is None:
            return EngineError(code_of(message), 0, date.min, self._compiled.plan.id, message.splitlines()[0])
        payee, period = keys[at]
        return EngineError(code_of(message), payee, period, self._compiled.outputs[output].name)


def _known(table: Any) -> Known:
    return {name: kind.upper() for name, kind in table.dtypes}


@contextmanager
def _set(session: Any, settings: Mapping[str, str]) -> Iterator[None]:
    before = {name: session.conf.get(name) for name in settings}
    try:
        for name, value in settings.items():
            session.conf.set(name, value)
        yield
    finally:
        for name, value in before.items():
            session.conf.set(name, value)


def _named(number: int, output: Any) -> str:
    if output.kind not in NUMBERS:
        return f"`{number}` AS `{output.name}`"
    unit = f"CAST('{Decimal(1).scaleb(-output.scale):f}' AS DECIMAL({output.scale + 1}, {output.scale}))"
    return f"CAST(`{number}` AS DECIMAL(38, 0)) * {unit} AS `{output.name}`"


def _written(query: exp.Select) -> str:
    """The query in Spark's SQL."""
    kinds = (exp.CTE, exp.DataType, exp.Anonymous, exp.Sign, exp.IntDiv)
    return sql.rewritten(query, kinds, _for_spark).sql(dialect="spark")


def _for_spark(node: Sql) -> Sql:
    if isinstance(node, exp.CTE):
        node.set("materialized", None)
    if isinstance(node, exp.DataType) and node == sql.HUGE:
        return _WIDE.copy()
    if isinstance(node, exp.Anonymous) and node.name == "error":
        return exp.Anonymous(this="raise_error", expressions=node.expressions)
    if isinstance(node, exp.Sign):  # Spark's own gives a binary fraction
        zero, one = sql.factor(0), sql.factor(1)
        below = sql.case(sql.binary("<", node.this, zero), sql.factor(-1), zero)
        return sql.case(sql.binary(">", node.this, zero), one, below)
    if isinstance(node, exp.IntDiv) and not isinstance(node.expression, exp.Literal):
        return _quotient(node.this, node.expression)
    return node


def _quotient(top: Sql, under: Sql) -> Sql:
    """⌊top ÷ under⌋ of numbers ≥ 0: Spark's quotient has six decimals and is rounded up at times."""
    guess = exp.Cast(this=exp.Floor(this=exp.Div(this=sql.side(top), expression=sql.side(under))), to=_WIDE.copy())
    over = sql.binary(">", sql.binary("*", guess, under), top)
    return sql.case(over, sql.binary("-", guess, sql.factor(1)), guess)
