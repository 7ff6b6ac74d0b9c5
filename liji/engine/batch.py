"""Runs a compiled plan over many payees at once, on all processors: Arrow tables or Parquet files in, the same out.

What goes in:

- `payees`: payee, period, `target:<measure>`, `balance:<id>`, `attribute:<id>`; who is not there is not paid.
- `facts`: payee, period, type and a column for each field that the plan reads (share, role and currency may be left
  out: whole, the owner's, the plan's), credit_date where the plan rolls up or is valid for a part of a period; where
  the order of facts matters they count by credit_date and `seq`. Each fact stands there once, in the period of its
  credit date: that it counts on another day too is seen from the field that a crediting rule names. (With a column
  `dated_by`, each stands there once for each of its days.)
- `links`: payee, above, level, since, until: who stands over whom.

Each is an Arrow table, reader or dataset, or the path of a Parquet file (`*` stands for several). Money and rates are
decimals: binary fractions are refused, and so are more decimals than the engine keeps. What comes out has payee, period
and a column for each named value of the plan, numbers as decimals.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from sqlglot import exp

from liji.engine.compiler import NUMBERS
from liji.engine.compiler import Compiled
from liji.engine.compiler import Output
from liji.engine.errors import EngineError
from liji.engine.failures import code_of
from liji.engine.failures import located
from liji.engine.failures import stopped
from liji.engine.rows import links_rows
from liji.engine.sources import KEYS
from liji.engine.sources import counted
from liji.engine.sources import entered
from liji.engine.sources import fact_columns
from liji.engine.sources import fact_kinds
from liji.engine.sources import payee_columns
from liji.engine.sources import payee_kinds
from liji.engine.sources import too_fine
from liji.engine.sql import Sql
from liji.plan.types import Kind

_KEYS = ", ".join(KEYS)
_BATCH = 122_880  # rows: DuckDB's own row group


@dataclass(frozen=True)
class Room:
    """What a calculation may use: memory (`4GB`), processors, and a directory for what does not fit."""

    memory: str | None = None
    threads: int | None = None
    spill: Path | None = None


ALL = Room()


def run_arrow(compiled: Compiled, payees: Any, facts: Any, links: Any = None, room: Room = ALL) -> Any:
    """The results as an Arrow table, one row per payee-period.

    Raises EngineError, which names the payee and the expression, where a value cannot be worked out exactly.
    """
    with _opened(compiled, payees, facts, links, room) as con:
        text = compiled.text("grouped", many=True)
        return _named(con.sql(text).to_arrow_reader(_BATCH).read_all(), compiled)


def run_parquet(compiled: Compiled, payees: Any, facts: Any, to: Path, links: Any = None, room: Room = ALL) -> int:
    """The results as a Parquet file; returns how many. Nothing is left at `to` when the calculation fails."""
    with _opened(compiled, payees, facts, links, room) as con:
        return _written(con, _results(compiled), to)


def lines_arrow(compiled: Compiled, payees: Any, facts: Any, room: Room = ALL) -> Any:
    """One row per fact, which brings its `fact_id`: what it brought (`brought:<component>`), and all named values as
    they are with it and those before it.

    Raises ValueError for a plan that looks at other payees or other periods: walk those payee by payee.
    """
    with _opened(compiled, payees, facts, None, room, lines=True) as con:
        return con.sql(_lines(compiled)).to_arrow_table()


def lines_parquet(compiled: Compiled, payees: Any, facts: Any, to: Path, room: Room = ALL) -> int:
    """The same as a Parquet file; returns how many."""
    with _opened(compiled, payees, facts, None, room, lines=True) as con:
        return _written(con, _lines(compiled), to)


def _written(con: duckdb.DuckDBPyConnection, query: str, to: Path) -> int:
    part = to.with_name(f"{to.name}.part")
    try:
        found = con.execute(f"COPY ({query}) TO {_literal(part)} (FORMAT parquet)").fetchone()
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)
    return int(found[0]) if found else 0


# What goes in.


@contextmanager
def _opened(
    compiled: Compiled, payees: Any, facts: Any, links: Any, room: Room, *, lines: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    settings: dict[str, Any] = {"preserve_insertion_order": False}
    settings |= {"memory_limit": room.memory} if room.memory else {}
    settings |= {"threads": room.threads} if room.threads else {}
    settings |= {"temp_directory": str(room.spill)} if room.spill else {}
    with duckdb.connect(":memory:", config=settings) as con:
        _view(con, "payee_table", payees)
        _view(con, "fact_table", facts)
        _view(con, "above_rows", links if links is not None else links_rows(()))
        _checked(con, "payee_table", payee_kinds(compiled))
        _checked(con, "fact_table", fact_kinds(compiled))
        terms = payee_columns(compiled, _columns(con, "payee_table"))
        con.execute(f"CREATE VIEW payee_rows AS {_chosen(terms, 'payee_table')}")
        known = _columns(con, "fact_table")
        entries = entered(compiled, "fact_table", known).sql(dialect="duckdb")
        con.execute(f"CREATE VIEW entry_table AS {entries}")
        taken = fact_columns(compiled, known, ordered=lines or compiled.needs.ordered)
        counts = counted(compiled, known).sql(dialect="duckdb")
        con.execute(f"CREATE VIEW fact_rows AS {_chosen(taken, 'entry_table')} WHERE {counts}")
        if lines:
            _frames(con, compiled)
        with _told(con, compiled, "running" if lines else "grouped"):
            yield con


def _view(con: duckdb.DuckDBPyConnection, name: str, source: Any) -> None:
    if isinstance(source, str | Path):
        con.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({_literal(source)})")  # noqa: S608
    else:
        con.register(name, source)


def _columns(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    return {row[0]: row[1] for row in con.execute(f"DESCRIBE {table}").fetchall()}


def _checked(con: duckdb.DuckDBPyConnection, table: str, kinds: Mapping[str, Kind]) -> None:
    """Refuses numbers that are not exact or have more decimals than are kept."""
    for name, query in too_fine(table, kinds, _columns(con, table)):
        found = con.execute(query.sql(dialect="duckdb")).fetchone()
        if found:
            raise EngineError("too_precise", found[0], found[1], name, found[2])


def _chosen(columns: Iterable[Sql], table: str) -> str:
    return exp.select(*columns).from_(table).sql(dialect="duckdb")


def _frames(con: duckdb.DuckDBPyConnection, compiled: Compiled) -> None:
    """The relation `prefix_rows`: for each payee-period one row before the first fact, then its facts in order."""
    if compiled.needs.levels or compiled.needs.windows or compiled.needs.takes_back or compiled.groups:
        raise ValueError(f"plan {compiled.plan.id} looks at other payees or periods")
    fields = [_quoted(f"field:{name}") for name in compiled.needs.fields]
    fields += ['"day"'] if compiled.needs.days else []
    fields += ['"dated_by"'] if compiled.needs.dated else []
    types = ", ".join(_literal(name) for name in sorted(compiled.needs.types)) or "NULL"
    nothing = ", ".join(
        [f"SELECT {_KEYS}", "NULL AS fact_id", "NULL AS type", "0 AS place", *(f"NULL AS {own}" for own in fields)]
    )
    facts = ", ".join([f"SELECT {_KEYS}", "fact_id", "type", "place", *fields])
    con.execute(
        f"CREATE VIEW prefix_rows AS SELECT *, FALSE AS last FROM ({nothing} FROM payee_rows UNION ALL "  # noqa: S608
        f"{facts} FROM fact_rows WHERE type IN ({types})) AS held JOIN payee_rows USING ({_KEYS})"
    )


# What comes out.


def _results(compiled: Compiled) -> str:
    columns = ", ".join(_as_decimal(number, output) for number, output in enumerate(compiled.outputs))
    return f"SELECT {_KEYS}, {columns} FROM ({compiled.text('grouped', many=True)})"  # noqa: S608


def _lines(compiled: Compiled) -> str:
    columns = [_as_decimal(number, output) for number, output in enumerate(compiled.outputs)]
    paid = [(number, output) for number, output in enumerate(compiled.outputs) if output.name in compiled.plan.paid]
    for number, output in paid:
        more = f'"{number}" - LAG("{number}") OVER frame'
        columns.append(_scaled(more, output.scale, f"brought:{output.name}"))
    inner = compiled.text("running", many=True)
    return (
        f"SELECT {_KEYS}, fact_id, {', '.join(columns)} FROM ({inner}) "  # noqa: S608
        f"WINDOW frame AS (PARTITION BY {_KEYS} ORDER BY place) QUALIFY fact_id IS NOT NULL"
    )


def _named(table: Any, compiled: Compiled) -> Any:
    """The table with the outputs' names; whole numbers become decimals of their scale without being touched."""
    kept = dict(zip(table.column_names[:2], table.columns[:2], strict=True))
    for number, output in enumerate(compiled.outputs):
        column = table[str(number)]
        if output.kind in NUMBERS:
            wide = column if pa.types.is_decimal(column.type) else column.cast(pa.decimal128(38, 0))
            scaled = pa.decimal128(38, output.scale)
            column = pa.chunked_array(
                [pa.Array.from_buffers(scaled, len(part), part.buffers(), offset=part.offset) for part in wide.chunks],
                scaled,
            )
        kept[output.name] = column
    return pa.table(kept)


def _as_decimal(number: int, output: Output) -> str:
    if output.kind not in NUMBERS:
        return f'"{number}" AS {_quoted(output.name)}'
    return _scaled(f'"{number}"', output.scale, output.name)


def _scaled(whole: str, scale: int, name: str) -> str:
    unit = f" * {Decimal(1).scaleb(-scale):f}::DECIMAL({scale + 1}, {scale})" if scale else ""
    return f"CAST({whole} AS DECIMAL(38, 0)){unit} AS {_quoted(name)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


# Who is to blame.


@contextmanager
def _told(con: duckdb.DuckDBPyConnection, compiled: Compiled, query: str) -> Iterator[None]:
    """A failure of the calculation, told with its payee and expression."""
    try:
        yield
    except (duckdb.OutOfRangeException, duckdb.ConversionException, duckdb.InvalidInputException) as error:
        raise stopped(str(error)) or _located(con, compiled, query, str(error)) from error


def _located(con: duckdb.DuckDBPyConnection, compiled: Compiled, query: str, message: str) -> EngineError:
    """Halves the payees until the failing one stands alone, then asks for one named value after another."""
    placed = "ROW_NUMBER() OVER (ORDER BY payee, period) AS place"
    con.execute(f"CREATE TABLE keys AS SELECT payee, period, {placed} FROM payee_table")  # noqa: S608
    con.execute("CREATE TABLE span AS SELECT 0 AS first, 0 AS after")
    terms = _chosen(payee_columns(compiled, _columns(con, "payee_table")), f"payee_table JOIN keys USING ({_KEYS})")
    con.execute(
        f"CREATE OR REPLACE VIEW payee_rows AS {terms}, span WHERE keys.place > span.first AND keys.place <= span.after"
    )
    text = compiled.text(query)

    def fails(first: int, after: int, output: int | None) -> bool:
        con.execute("UPDATE span SET first = ?, after = ?", [first, after])
        return _fails(con, text if output is None else f'SELECT "{output}" FROM ({text})')  # noqa: S608

    count = con.table("keys").shape[0]
    at, output = located(count, fails, len(compiled.outputs))
    found = con.execute("SELECT payee, period FROM keys WHERE place = ?", [at + 1]).fetchone()
    code = code_of(message)
    if output is None or found is None:
        return EngineError(code, 0, date.min, compiled.plan.id, message.splitlines()[0])
    return EngineError(code, found[0], found[1], compiled.outputs[output].name)


def _fails(con: duckdb.DuckDBPyConnection, text: str) -> bool:
    try:
        con.execute(f"CREATE OR REPLACE TEMP TABLE tried AS SELECT * FROM ({text})")  # noqa: S608
    except duckdb.Error:
        return True
    return False
