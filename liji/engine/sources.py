"""What is taken of whole tables of payees and facts, whoever holds them: their columns, and what is refused."""

from collections.abc import Iterator
from collections.abc import Mapping
from datetime import date
from datetime import timedelta

from sqlglot import exp
from sqlglot import parse_one

from liji.engine import sql
from liji.engine.compiler import Compiled
from liji.engine.contributions import FIELD_SCALES
from liji.engine.errors import EngineError
from liji.engine.rows import term_kinds
from liji.engine.sql import Sql
from liji.engine.windows import first_day
from liji.plan.crediting import credit_dates
from liji.plan.facts import BUILT_IN
from liji.plan.periods import period_of
from liji.plan.types import Kind

KEYS = ("payee", "period")

# Column name → its type as the database says it, in capitals.
Known = Mapping[str, str]

_WHOLE = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "INT", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
)
_TYPES = {Kind.DATE: "date", Kind.BOOL: "boolean"}
_ORDER = "ROW_NUMBER() OVER (PARTITION BY payee, period ORDER BY credit_date, seq)"
_ORDER_DATED = "ROW_NUMBER() OVER (PARTITION BY payee, period ORDER BY credit_date, seq, dated_by)"


def payee_columns(compiled: Compiled, known: Known) -> list[Sql]:
    """The keys, and targets, balances and attributes; those that the table does not have are missing values."""
    terms = [sql.named(_value(name, kind, known), name) for name, kind in term_kinds(compiled).items()]
    return [*map(sql.column, KEYS), *terms]


def fact_columns(compiled: Compiled, known: Known, *, ordered: bool) -> list[Sql]:
    """The keys, what the plan reads, and the place of each fact where their order matters.

    Of the built-in fields, those that the table does not have are missing values.
    """
    columns = [sql.column(name) for name in (*KEYS, "type")]
    columns.append(sql.named(_value("fact_id", Kind.COUNT, known), "fact_id"))
    if ordered:
        columns.append(sql.named(parse_one(_ORDER_DATED if compiled.needs.dated else _ORDER), "place"))
    if compiled.needs.levels or compiled.needs.days:
        columns.append(sql.named(_day(compiled, known), "day"))
    if compiled.needs.dated:
        columns.append(sql.named(sql.column("dated_by"), "dated_by"))
    for name, own in compiled.needs.fields.items():
        told = known if name in BUILT_IN or name.startswith("earned(") else {**known, name: known.get(name, "")}
        columns.append(sql.named(_value(name, own.kind, told), f"field:{name}"))
    return columns


def _day(compiled: Compiled, known: Known) -> Sql:
    """The day on which a fact counts. Where the table does not have it, any of the period does, as long as the plan is
    valid for whole periods. Raises EngineError `missing_column` where it is not.
    """
    plan = compiled.plan
    if "credit_date" in known or compiled.needs.levels:
        return sql.column("credit_date")
    starts = plan.year_starts or 1
    first = plan.valid_from and period_of(plan.valid_from, plan.period, year_starts=starts)[0] == plan.valid_from
    after = plan.valid_to and plan.valid_to + timedelta(days=1)
    last = after and period_of(after, plan.period, year_starts=starts)[0] == after
    if first is False or last is False:
        raise EngineError("missing_column", 0, date.min, "credit_date")
    return sql.column("period")


def counted(compiled: Compiled, known: Known) -> Sql:
    """Which of the facts count by their currency: those in the plan's own, where it states no rates."""
    if compiled.plan.exchange or "currency" not in known:
        return sql.truth(True)
    own = sql.filled(sql.column("currency"), sql.text(""))
    return sql.one_of(own, [sql.text(""), sql.text(compiled.plan.currency)])


def entered(compiled: Compiled, table: str, known: Known) -> exp.Query:
    """The facts of a table, each on every day on which it counts, with the field `dated_by` that says so (empty: its
    credit date). Those of a table that has this column already stand in it so.
    """
    if not compiled.needs.dated:
        return exp.select("*").from_(table)
    if "dated_by" in known:
        names = [sql.column(name) for name in known if name != "dated_by"]
        told = sql.filled(sql.column("dated_by"), sql.text(""))
        return exp.select(*names, sql.named(told, "dated_by")).from_(table)
    found: exp.Query = exp.select("*", sql.named(sql.text(""), "dated_by")).from_(table)
    by_field: dict[str, list[Sql]] = {}
    for kind, field in credit_dates(compiled.plan):
        by_field.setdefault(field, []).append(sql.text(kind))
    for field, kinds in by_field.items():
        day = sql.column(field)
        others = {"period": first_day(compiled.plan, day), "credit_date": day}
        names = [sql.named(others[name], name) if name in others else sql.column(name) for name in known]
        dated = exp.select(*names, sql.named(sql.text(field), "dated_by")).from_(table)
        there = sql.both([sql.negated(sql.is_null(day)), sql.one_of(sql.column("type"), kinds)])
        found = exp.union(found, dated.where(there), distinct=False, copy=False)
    return found


def _value(name: str, kind: Kind, known: Known) -> Sql:
    if name not in known:
        scale = FIELD_SCALES.get(kind)
        written = _TYPES.get(kind, "text") if scale is None else f"decimal(38, {scale})"
        return exp.Cast(this=exp.Null(), to=exp.DataType.build(written))
    column = sql.column(name)
    return sql.huge(column) if known[name] in _WHOLE and kind in FIELD_SCALES else column


def payee_kinds(compiled: Compiled) -> Mapping[str, Kind]:
    """The types of a payee's terms."""
    return term_kinds(compiled)


def fact_kinds(compiled: Compiled) -> Mapping[str, Kind]:
    """The types of the fields that the plan reads."""
    return {name: own.kind for name, own in compiled.needs.fields.items()}


def too_fine(table: str, kinds: Mapping[str, Kind], known: Known) -> Iterator[tuple[str, exp.Select]]:
    """For each column that may hold more decimals than are kept, the query that finds one: payee, period and value.

    Raises EngineError `wrong_type` for numbers that are not decimals: binary fractions are never exact.
    """
    for name, kind in kinds.items():
        held = known.get(name)
        if held is None or kind not in FIELD_SCALES or held in _WHOLE:
            continue
        if not held.startswith("DECIMAL("):
            raise EngineError("wrong_type", 0, date.min, name, held)
        if int(held.rstrip(")").split(",")[1]) > FIELD_SCALES[kind]:
            own = sql.column(name)
            kept = exp.Round(this=own.copy(), decimals=sql.factor(FIELD_SCALES[kind]))
            query = exp.select(*map(sql.column, KEYS), own).from_(table)
            yield name, query.where(sql.binary("<>", own, kept)).limit(1)
