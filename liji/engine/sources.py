"""What is taken of whole tables of payees and facts, whoever holds them: their columns, and what is refused."""

from collections.abc import Iterator
from collections.abc import Mapping
from datetime import date

from sqlglot import exp
from sqlglot import parse_one

from liji.engine import sql
from liji.engine.compiler import Compiled
from liji.engine.contributions import FIELD_SCALES
from liji.engine.errors import EngineError
from liji.engine.rows import term_kinds
from liji.engine.sql import Sql
from liji.plan.facts import BUILT_IN
from liji.plan.types import Kind

KEYS = ("payee", "period")

# Column name → its type as the database says it, in capitals.
Known = Mapping[str, str]

_WHOLE = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "INT", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
)
_TYPES = {Kind.DATE: "date", Kind.BOOL: "boolean"}
_ORDER = "ROW_NUMBER() OVER (PARTITION BY payee, period ORDER BY credit_date, seq)"


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
        columns.append(sql.named(parse_one(_ORDER), "place"))
    if compiled.needs.levels:
        columns.append(sql.named(sql.column("credit_date"), "day"))
    for name, own in compiled.needs.fields.items():
        told = known if name in BUILT_IN or name.startswith("earned(") else {**known, name: known.get(name, "")}
        columns.append(sql.named(_value(name, own.kind, told), f"field:{name}"))
    return columns


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
