"""Runs a compiled plan in DuckDB: results of payee-periods, and what each fact brought."""

import threading
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow.compute as pc

from liji.engine.compiler import NUMBERS
from liji.engine.compiler import Compiled
from liji.engine.compiler import Output
from liji.engine.data import Answer
from liji.engine.data import Fact
from liji.engine.data import Line
from liji.engine.data import Link
from liji.engine.data import PayeePeriod
from liji.engine.data import Result
from liji.engine.errors import EngineError
from liji.engine.failures import code_of
from liji.engine.failures import stopped
from liji.engine.lines import lines_of
from liji.engine.payouts import instalments
from liji.engine.rows import counts
from liji.engine.rows import fact_rows
from liji.engine.rows import given_rows
from liji.engine.rows import links_rows
from liji.engine.rows import payee_rows
from liji.engine.rows import prefix_rows
from liji.plan.numbers import EXACT
from liji.plan.results import part_name

_here = threading.local()

_PARSED = 200  # parsed queries that a thread keeps

Rows = list[tuple[Any, ...]]


def run(
    compiled: Compiled, payees: Sequence[PayeePeriod], facts: Iterable[Fact], links: Sequence[Link] = ()
) -> list[Result]:
    """One result per payee-period, in the order given. The order of facts is irrelevant.

    `facts` stand with their owners, also those of other periods and of people below; `links` say who stands over whom.
    Groups are made of the payees that are given.

    Raises EngineError when a formula has no exact value for a payee.
    """
    wanted = [fact for fact in facts if counts(compiled, fact)]
    tables = {"payee_rows": payee_rows(compiled, payees), "fact_rows": fact_rows(compiled, wanted)}
    if compiled.needs.levels:
        tables["above_rows"] = links_rows(links)
    rows = _fetch(compiled, "grouped", tables)
    found = {(result.payee, result.period): result for result in _results(compiled, rows, 2)}
    return [found[payee.payee, payee.period] for payee in payees]


def walk(
    compiled: Compiled, payees: Sequence[PayeePeriod], facts: Iterable[Fact]
) -> dict[tuple[int, date], list[Line]]:
    """For each payee-period its facts one after another, by credit date and seq, with what each brought."""
    return {key: lines for key, (_, lines) in walk_to_results(compiled, payees, facts).items()}


def walk_to_result(compiled: Compiled, payee: PayeePeriod, facts: Iterable[Fact]) -> tuple[Result, list[Line]]:
    """The result and the walk of one payee-period in one go: the live path."""
    return walk_to_results(compiled, [payee], facts)[payee.payee, payee.period]


def measured(compiled: Compiled, payee: PayeePeriod, facts: Iterable[Fact]) -> dict[str, Decimal]:
    """The measures of one payee-period over its frame."""
    result, _ = walk_to_result(compiled, payee, facts)
    return {name: value for name in compiled.plan.measures if isinstance(value := result.values[name], Decimal)}


def together(compiled: Compiled, members: Sequence[tuple[PayeePeriod, Mapping[str, Decimal]]]) -> list[Result]:
    """The results of all who take part, with their measures as they are told: what groups come to."""
    table = given_rows(compiled, [(payee, _wholes(compiled, own)) for payee, own in members])
    rows = _fetch(compiled, "together", {"given_rows": table})
    rows.sort(key=lambda row: int(row[2]))
    return _results(compiled, rows, 3)


def as_given(compiled: Compiled, result: Result) -> PayeePeriod:
    """The terms on which a result was worked out, groups too."""

    def numbers(names: Mapping[str, str]) -> dict[str, Decimal]:
        found = {name: result.values.get(key) for name, key in names.items()}
        return {name: value for name, value in found.items() if isinstance(value, Decimal)}

    plan = compiled.plan
    quotas = {name: f"{'target' if own.factor is None else 'quota'}({name})" for name, own in plan.targets.items()}
    return PayeePeriod(
        result.payee,
        result.period,
        numbers(quotas),
        {name: result.values.get(name) for name in plan.attributes},
        numbers({name: f"opening({name})" for name in plan.balances}),
        group_values(compiled, result),
    )


def group_values(compiled: Compiled, result: Result) -> dict[str, Decimal]:
    """What a result says of the groups that its payee is in."""
    names = [output.name for output in compiled.groups]
    return {name: value for name in names if isinstance(value := result.values.get(name), Decimal)}


def _wholes(compiled: Compiled, measures: Mapping[str, Decimal]) -> dict[str, int]:
    scales = {output.name: output.scale for output in compiled.outputs}
    return {name: _whole(measures[name], scales[name]) for name in compiled.plan.measures}


def told(compiled: Compiled, payee: PayeePeriod, measures: Sequence[Mapping[str, Decimal]]) -> list[Result]:
    """The results that a payee would have with these measures: the same plan, asked "what if"."""
    table = given_rows(compiled, [(payee, _wholes(compiled, own)) for own in measures])
    rows = _fetch(compiled, "given", {"given_rows": table})
    rows.sort(key=lambda row: int(row[2]))
    return _results(compiled, rows, 3)


def contributions(compiled: Compiled, payee: PayeePeriod, facts: Sequence[Fact]) -> dict[int, dict[str, Decimal]]:
    """Fact of the payee's frame → measure → what it adds, over all its credits; what it adds nothing to is left out."""
    rows = _fetch(compiled, "contributions", {"prefix_rows": prefix_rows(compiled, [payee], facts)})
    scales = {output.name: output.scale for output in compiled.outputs}
    found: dict[int, dict[str, Decimal]] = {}
    for row in rows:
        own = found.setdefault(row[2], {})
        for name, value in zip(compiled.plan.measures, row[3:], strict=True):
            if isinstance(value, int) and not isinstance(value, bool):
                own[name] = EXACT.add(own.get(name, Decimal(0)), decimal(value, scales[name]))
    return found


def walk_to_results(
    compiled: Compiled, payees: Sequence[PayeePeriod], facts: Iterable[Fact]
) -> dict[tuple[int, date], tuple[Result, list[Line]]]:
    """The same for several payee-periods at once, each with a frame of its own, by payee and period."""
    rows = _fetch(compiled, "running", {"prefix_rows": prefix_rows(compiled, payees, facts)})
    spans: dict[tuple[int, date], list[tuple[int | None, Result]]] = {}
    for row, result in zip(rows, _results(compiled, rows, 4), strict=True):
        spans.setdefault((row[0], row[1]), []).append((row[2], result))
    return {key: (span[-1][1], lines_of(compiled, span)) for key, span in spans.items()}


def _results(compiled: Compiled, rows: Rows, first: int) -> list[Result]:
    answers = _answers(compiled, rows, first)
    return [_result(compiled, row, values) for row, values in zip(rows, answers, strict=True)]


def _result(compiled: Compiled, row: tuple[Any, ...], values: dict[str, Answer]) -> Result:
    amounts: dict[str, Decimal] = {}
    for name, component in compiled.plan.components.items():
        amount = values[name]
        if component.reward == "money":
            amounts[name] = amount if isinstance(amount, Decimal) else Decimal(0)
        values[f"{name}.reason"] = _reason(compiled, name, values, row[1])
        if component.instalments:
            for number, part in enumerate(instalments(compiled.plan, name, values[name]), start=1):
                values[part_name(name, number)] = part
    total = values["total"]
    return Result(
        payee=row[0],
        period=row[1],
        values=values,
        amounts=amounts,
        total=total if isinstance(total, Decimal) else Decimal(0),
        eligible=values["eligible"] is True,
    )


def _reason(compiled: Compiled, component: str, values: Mapping[str, Answer], period: date) -> str | None:
    """Why a component pays nothing; None when its formula was worked out."""
    if not compiled.plan.valid_in(period):
        return "not_valid"
    if values["eligible"] is not True:
        return "not_eligible"
    if any(values[f"target({measure})"] is None for measure in compiled.depends[component]):
        return "no_target"
    if any(values[group] is None for group in compiled.lacks[component]):
        return "no_target"  # nobody in the group has one
    return None if values[f"{component}.when"] else "condition"


def _answers(compiled: Compiled, rows: Rows, first: int) -> list[dict[str, Answer]]:
    """The named values of rows whose outputs begin at column `first`; column by column: many are alike."""
    columns = [
        _column(output, [row[number] for row in rows]) for number, output in enumerate(compiled.outputs, start=first)
    ]
    names = [output.name for output in compiled.outputs]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _column(output: Output, values: list[Any]) -> list[Answer]:
    if output.kind not in NUMBERS:
        return values
    known: dict[Any, Answer] = {value: decimal(value, output.scale) for value in {*values} - {None}}
    return [known.get(value) for value in values]


def decimal(value: int, scale: int) -> Decimal:
    """A whole number of a scale as a decimal, without zeros behind it beyond two."""
    if scale <= 2:
        return Decimal(value).scaleb(-scale, EXACT)
    cents, rest = divmod(value, 10 ** (scale - 2))
    if rest == 0:
        return Decimal(cents).scaleb(-2, EXACT)
    return Decimal(value).scaleb(-scale, EXACT).normalize(EXACT)


def _whole(value: Decimal, scale: int) -> int:
    return int(value.scaleb(scale, EXACT))


def connection() -> duckdb.DuckDBPyConnection:
    """This thread's DuckDB: in memory, kept open, one thread of its own, for payee-periods are small."""
    found: duckdb.DuckDBPyConnection | None = getattr(_here, "connection", None)
    if found is None:
        found = duckdb.connect(":memory:", config={"threads": 1})
        _here.connection = found
    return found


def _parsed(con: duckdb.DuckDBPyConnection, compiled: Compiled, query: str) -> duckdb.Statement:
    """A query as DuckDB has parsed it: for small calculations parsing is a quarter of the time."""
    known: dict[tuple[str, str], duckdb.Statement] = _here.__dict__.setdefault("parsed", {})
    key = (compiled.plan.digest, query)
    if key not in known:
        if len(known) >= _PARSED:
            known.clear()
        known[key] = con.extract_statements(compiled.text(query))[0]
    return known[key]


def _fetch(compiled: Compiled, query: str, tables: Mapping[str, Any]) -> Rows:
    """Runs one of a plan's queries over Arrow tables."""
    con = connection()
    for name, table in tables.items():
        con.register(name, table)
    try:
        return con.execute(_parsed(con, compiled, query)).fetchall()
    except duckdb.Error as error:
        raise _diagnosed(compiled, query, str(error), tables) from error


def _diagnosed(compiled: Compiled, query: str, message: str, tables: Mapping[str, Any]) -> EngineError:
    """Whose calculation failed and at which named value."""
    return stopped(message) or located(compiled, query, message, tables)


def located(compiled: Compiled, query: str, message: str, tables: Mapping[str, Any]) -> EngineError:
    """Asks for one payee and one named value after another until the failing one is found."""
    con = connection()
    code = code_of(message)
    main = next(iter(tables))
    payees = sorted({(row["payee"], row["period"]) for row in tables[main].select(["payee", "period"]).to_pylist()})
    text = compiled.text(query)
    for payee, period in payees:
        for name, table in tables.items():
            if "period" in table.column_names:
                con.register(name, table.filter((pc.field("payee") == payee) & (pc.field("period") == period)))
        for number, output in enumerate(compiled.outputs):
            try:
                con.execute(f'SELECT "{number}" FROM ({text})').fetchall()  # noqa: S608
            except duckdb.Error:
                return EngineError(code, payee, period, output.name)
    return EngineError(code, 0, date.min, compiled.plan.id, message.splitlines()[0])
