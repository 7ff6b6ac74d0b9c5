"""Many payees at once: Arrow tables and Parquet files in and out, the same figures, and clear refusals."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from liji.engine import EngineError
from liji.engine import Fact
from liji.engine import Link
from liji.engine import PayeePeriod
from liji.engine import Room
from liji.engine import lines_arrow
from liji.engine import lines_parquet
from liji.engine import run
from liji.engine import run_arrow
from liji.engine import run_parquet
from liji.engine import walk
from liji.engine.quotients import quickly_divided
from liji.engine.rows import links_rows
from tests.unit.engine.miniature import MAY
from tests.unit.engine.miniature import plan
from tests.unit.engine.miniature import small

LADDER = """
plan: m
currency: CNY
attributes: {grade: {type: number, missing: 1}}
crediting:
  below: {of: order_closed, roll_up: [3%, 1%]}
measures:
  sales: {of: order_closed, sum: credit}
  override: {of: below, sum: credit}
  lines: {of: order_closed, count: }
targets: {sales: {missing: none}}
tables:
  slices: {bands: [{below: 300, rate: 1%}, {beyond, rate: 2%}]}
components:
  commission: {formula: "marginal(slices, sales) * grade"}
  bonus: {when: attainment(sales) >= 100%, formula: 100 / 3}
  managing: {formula: override}
"""
EACH = """
plan: each
currency: CNY
measures:
  sales: {of: order_closed, sum: amount}
targets: {sales: {missing: none}}
tables:
  tiers: {bands: [{through: 250, rate: 5%}, {beyond, rate: 8%}]}
components:
  commission: {per: order_closed, formula: "marginal(tiers, amount)"}
  bonus: {formula: 100 * attainment(sales)}
"""


def money(*amounts: str) -> Any:
    return pa.array([Decimal(amount) for amount in amounts], pa.decimal128(18, 2))


def facts_table(**columns: Any) -> Any:
    count = len(columns["payee"])
    given = {
        "period": [MAY] * count,
        "type": ["order_closed"] * count,
        "credit_date": [MAY] * count,
        "seq": range(count),
        "fact_id": range(count),
    }
    return pa.table({**given, **columns})


PAYEES = pa.table({"payee": [1, 2, 3], "period": [MAY] * 3, "target:sales": money("400", "100", "0")})
FACTS = facts_table(
    payee=[1, 1, 2, 3], amount=money("250.01", "149.99", "33.33", "7"), share=money("1", "1", "0.5", "1")
)
CHAIN = [Link(1, 2, 1), Link(2, 3, 1, until=MAY), Link(1, 3, 2)]


def as_rows() -> tuple[list[PayeePeriod], list[Fact]]:
    payees = [PayeePeriod(row["payee"], MAY, {"sales": row["target:sales"]}) for row in PAYEES.to_pylist()]
    facts = [
        Fact(row["payee"], MAY, row["fact_id"], row["seq"], row["type"], MAY, row["amount"], {"share": row["share"]})
        for row in FACTS.to_pylist()
    ]
    return payees, facts


def test_every_named_value_is_that_of_the_single_calculation(tmp_path: Path) -> None:
    compiled = plan(LADDER)
    payees, facts = as_rows()
    wanted = run(compiled, payees, facts, CHAIN)
    pq.write_table(PAYEES, tmp_path / "payees.parquet")
    pq.write_table(FACTS.slice(0, 2), tmp_path / "facts-1.parquet")
    pq.write_table(FACTS.slice(2), tmp_path / "facts-2.parquet")
    inside = run_arrow(compiled, PAYEES, FACTS, links_rows(CHAIN))
    told = run_parquet(
        compiled, tmp_path / "payees.parquet", tmp_path / "facts-*.parquet", tmp_path / "out.parquet", links_rows(CHAIN)
    )
    assert told == 3
    for table in (inside, pq.read_table(tmp_path / "out.parquet")):
        rows = sorted(table.to_pylist(), key=lambda row: row["payee"])
        for row, result in zip(rows, wanted, strict=True):
            for name in table.column_names[2:]:
                assert row[name] == result.values[name], name


def test_each_fact_has_a_line_with_what_it_brought_and_its_trace(tmp_path: Path) -> None:
    compiled = plan(EACH)
    payees, facts = as_rows()
    wanted = walk(compiled, payees, facts)
    assert lines_parquet(compiled, PAYEES, FACTS, tmp_path / "lines.parquet") == 4
    for table in (lines_arrow(compiled, PAYEES, FACTS), pq.read_table(tmp_path / "lines.parquet")):
        rows = sorted(table.to_pylist(), key=lambda row: row["fact_id"])
        lines = [line for payee in (1, 2, 3) for line in wanted[payee, MAY]]
        for row, line in zip(rows, lines, strict=True):
            assert row["fact_id"] == line.fact_id
            assert {name: row[f"brought:{name}"] for name in ("commission", "bonus")} == line.brought
            assert row["sales"] == line.values["sales"]
            assert row["attainment(sales)"] == line.values["attainment(sales)"]
        assert rows[0]["brought:commission"] == Decimal("12.50")


def test_lines_of_a_plan_that_looks_at_others_are_refused() -> None:
    with pytest.raises(ValueError, match="other payees"):
        lines_arrow(plan(LADDER), PAYEES, FACTS)


def test_binary_fractions_are_refused() -> None:
    facts = facts_table(payee=[1], amount=[0.1])
    with pytest.raises(EngineError) as caught:
        run_arrow(plan(EACH), PAYEES, facts)
    assert (caught.value.code, caught.value.expression) == ("wrong_type", "amount")


def test_more_decimals_than_are_kept_are_refused_and_zeros_behind_are_not() -> None:
    fine = facts_table(payee=[2, 3], amount=pa.array([Decimal("1.5"), Decimal(2)], pa.decimal128(20, 8)))
    rows = run_arrow(plan(EACH), PAYEES, fine).to_pylist()
    assert [row["sales"] for row in sorted(rows, key=lambda row: row["payee"])] == [0, Decimal("1.5"), 2]
    finer = facts_table(payee=[2, 3], amount=pa.array([Decimal("1.5"), Decimal("0.00000001")], pa.decimal128(20, 8)))
    with pytest.raises(EngineError) as caught:
        run_arrow(plan(EACH), PAYEES, finer)
    error = caught.value
    assert (error.code, error.payee, error.period, error.expression) == ("too_precise", 3, MAY, "amount")


def test_whole_numbers_may_be_integers() -> None:
    rows = run_arrow(plan(EACH), PAYEES, facts_table(payee=[2], amount=[2**40])).to_pylist()
    assert {row["payee"]: row["sales"] for row in rows} == {1: 0, 2: 2**40, 3: 0}


def test_what_cannot_be_held_names_the_payee_and_the_expression(tmp_path: Path) -> None:
    compiled = plan(small("values:\n  big: ABS(sales / 1000 * 1000)\ncomponents:\n  pay: {formula: big * 10000000}"))
    payees = pa.table({"payee": range(1, 100), "period": [MAY] * 99})
    amounts = [Decimal(10**24) if payee == 77 else Decimal(1) for payee in range(1, 100)]
    facts = facts_table(payee=range(1, 100), amount=pa.array(amounts, pa.decimal128(38, 2)))
    out = tmp_path / "out.parquet"
    with pytest.raises(EngineError) as caught:
        run_parquet(compiled, payees, facts, out)
    assert (caught.value.code, caught.value.payee, caught.value.expression) == ("overflow", 77, "big")
    assert list(tmp_path.iterdir()) == []


def test_what_the_plan_stops_at_names_the_payee_and_the_expression() -> None:
    compiled = plan(small("values:\n  ratio: 100 / sales\ncomponents:\n  pay: {formula: 1 * ratio}"))
    with pytest.raises(EngineError) as caught:
        run_arrow(compiled, PAYEES, facts_table(payee=[1, 3], amount=money("1", "1")))
    assert (caught.value.code, caught.value.payee, caught.value.expression) == ("division_by_zero", 2, "ratio")


def test_little_memory_is_enough_for_many_facts(tmp_path: Path) -> None:
    source = tmp_path / "facts.parquet"
    duckdb.execute(
        "COPY (SELECT i % 1000 AS payee, DATE '2026-05-01' AS period, 'order_closed' AS type, 1.01::DECIMAL(18, 2) "
        f"AS amount FROM range(3000000) AS facts (i)) TO '{source}'"
    )
    payees = pa.table({"payee": range(1000), "period": [MAY] * 1000})
    room = Room(memory="200MB", threads=2, spill=tmp_path / "spill")
    compiled = plan(small("components:\n  pay: {formula: sales * 1%}"))
    found = run_arrow(compiled, payees, source, room=room)
    assert sum(found["pay"].to_pylist()) == Decimal("30.30") * 1000


QUOTIENTS = [
    (top, under)
    for under in (1, 2, 3, 7, 10**6, 10**18 + 9, 10**30)
    for quotient in (0, 1, 2, 10**6, 10**14 - 1, 10**14, 10**14 + 1, 10**16)
    for top in (quotient * under - 1, quotient * under, quotient * under + 1, quotient * under + under // 2)
    if 0 <= top < 10**37
]


@pytest.mark.parametrize("under", sorted({under for _, under in QUOTIENTS}))
def test_a_quick_quotient_is_the_whole_quotient(under: int) -> None:
    from sqlglot import parse_one

    tops = [top for top, divisor in QUOTIENTS if divisor == under] + [10**37 * 9, 10**38 - 1]
    query = parse_one("SELECT n, n // d AS q FROM numbers", dialect="duckdb")
    with duckdb.connect() as con:
        con.execute("CREATE TABLE numbers (n INT128, d INT128)")
        con.executemany("INSERT INTO numbers VALUES (?, ?)", [(top, under) for top in tops])
        found = con.execute(quickly_divided(query).sql(dialect="duckdb")).fetchall()
    assert "//" in query.sql(dialect="duckdb")
    assert dict(found) == {top: top // under for top in tops}
