"""One compiled tree: the live path, DuckDB over whole tables and Spark give every named value the same."""

import os
import re
import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from liji.engine import Compiled
from liji.engine import EngineError
from liji.engine import Fact
from liji.engine import Link
from liji.engine import PayeePeriod
from liji.engine import Result
from liji.engine import compile_plan
from liji.engine import run
from liji.engine import run_arrow
from liji.engine.examples import given_in
from liji.engine.spark import SparkRun
from liji.plan import Plan
from liji.plan import load
from tests.properties.oracle import Recipe
from tests.properties.test_plans import recipes
from tests.properties.test_random_plans import paid
from tests.unit.engine.miniature import plan
from tests.unit.engine.miniature import small
from tests.unit.engine.tables import tables_of

pytestmark = pytest.mark.slow
DEEP = os.environ.get("LIJI_DEEP") == "1"
MAY = date(2026, 5, 1)
DOCS = Path(__file__).parents[2] / "docs"
CASES = Path(__file__).parents[1] / "casebook"


def _documented() -> list[str]:
    pages = [(DOCS / page).read_text(encoding="utf-8") for page in ("plan-language.md", "recipes.md")]
    found = [text for page in pages for text in re.findall(r"```yaml\n(plan:.*?)```", page, re.DOTALL)]
    return found + [path.read_text(encoding="utf-8") for path in sorted(CASES.glob("*.yaml"))]


PLANS = _documented()
# What Spark writes in its own way: crediting and rolling up, order, windows, groups, pools, days, quotients, texts.
FEW = ["crediting", "measures", "windows", "scorecard", "points", "groups", "pools", "days", "numbers", "currencies"]


def name_of(text: str) -> str:
    return re.search(r"^plan: (\S+)", text, re.MULTILINE)[1]  # type: ignore[index]


def plan_of(text: str) -> Plan:
    loaded = load(text)
    assert loaded.plan is not None
    return loaded.plan


def same(table: list[dict[str, Any]], wanted: list[Result]) -> None:
    rows = {(row["payee"], row["period"]): row for row in table}
    assert len(rows) == len(wanted)
    for result in wanted:
        row = rows[result.payee, result.period]
        for name, value in row.items():
            if name not in ("payee", "period"):
                assert value == result.values[name], (name, result.payee)


@pytest.mark.parametrize("text", PLANS, ids=name_of)
def test_whole_tables_give_what_the_single_calculation_gives(text: str) -> None:
    own = plan_of(text)
    compiled = compile_plan(own)
    for example in own.examples:
        payees, facts, links = given_in(own, example)
        same(
            run_arrow(compiled, **tables_of(compiled, payees, facts, links)).to_pylist(),
            run(compiled, payees, facts, links),
        )


# Spark.


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    if shutil.which("java") is None:
        pytest.skip("no Java on this machine: Spark is not tried")
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").appName("liji")
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
    }.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


def frames(spark: Any, folder: Path, tables: dict[str, Any]) -> list[Any]:
    """The tables as DataFrames, by way of Parquet, which keeps their types."""
    made = []
    for name, table in tables.items():
        if table is not None:
            pq.write_table(table, folder / f"{name}.parquet")
        made.append(None if table is None else spark.read.parquet(str(folder / f"{name}.parquet")))
    return made


def by_spark(
    spark: Any, folder: Path, compiled: Compiled, payees: list[PayeePeriod], facts: list[Fact], links: list[Link]
) -> list[dict[str, Any]]:
    sparked = SparkRun(spark, compiled, *frames(spark, folder, tables_of(compiled, payees, facts, links)))
    with sparked.told():
        return [row.asDict() for row in sparked.results().collect()]


@pytest.mark.parametrize("text", [text for text in PLANS if DEEP or name_of(text) in FEW], ids=name_of)
def test_spark_gives_what_duckdb_gives(spark: Any, tmp_path: Path, text: str) -> None:
    own = plan_of(text)
    compiled = compile_plan(own)
    for example in own.examples if DEEP else own.examples[:1]:
        payees, facts, links = given_in(own, example)
        same(by_spark(spark, tmp_path, compiled, payees, facts, links), run(compiled, payees, facts, links))


many = st.lists(
    st.tuples(
        st.integers(1, 6),
        st.one_of(st.sampled_from([Decimal(n) for n in (100, 50000, -100)]), st.decimals(-10000, 300000, places=2)),
        st.decimals(0, 100000, places=2),
    ),
    max_size=30,
)


@given(recipes(), many, st.lists(st.none() | st.decimals(1, 300000, places=2), min_size=6, max_size=6))
@settings(
    max_examples=300 if DEEP else 4,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_on_random_plans_spark_and_duckdb_equal_the_oracle(
    spark: Any,
    tmp_path: Path,
    recipe: Recipe,
    deals: list[tuple[int, Decimal, Decimal]],
    targets: list[Decimal | None],
) -> None:
    compiled = compile_plan(plan_of(recipe.document()))
    payees = [
        PayeePeriod(n, MAY, {} if target is None else {"sales": target}) for n, target in enumerate(targets, start=1)
    ]
    facts = [
        Fact(who, MAY, n, n, "order_closed" if amount >= 0 else "order_returned", MAY, amount, {"cost": cost})
        for n, (who, amount, cost) in enumerate(deals, start=1)
    ]
    found = run(compiled, payees, facts)
    for result, target in zip(found, targets, strict=True):
        mine = [(amount, cost) for who, amount, cost in deals if who == result.payee]
        assert result.amounts == recipe.pays([a for a, _ in mine], [c for _, c in mine], target)
    same(run_arrow(compiled, **tables_of(compiled, payees, facts, [])).to_pylist(), found)
    same(by_spark(spark, tmp_path, compiled, payees, facts, []), found)


@given(st.data())
@settings(max_examples=150 if DEEP else 2, deadline=None, suppress_health_check=list(HealthCheck), derandomize=not DEEP)
def test_random_plans_of_all_constructs_come_to_the_same_on_spark(
    spark: Any, tmp_path: Path, data: st.DataObject
) -> None:
    (compiled, payees, facts, links), found = paid(data)
    same(by_spark(spark, tmp_path, compiled, payees, facts, links), found)


def test_spark_names_the_payee_and_the_expression(spark: Any, tmp_path: Path) -> None:
    payees = [PayeePeriod(n, MAY) for n in range(1, 5)]
    facts = [Fact(n, MAY, n, n, "order_closed", MAY, Decimal(10**18 if n == 3 else 1)) for n in range(1, 4)]
    divided = plan(small("values:\n  ratio: 100 / sales\ncomponents:\n  pay: {formula: 1 * ratio}"))
    with pytest.raises(EngineError) as caught:
        by_spark(spark, tmp_path, divided, payees, facts, [])
    assert (caught.value.code, caught.value.payee, caught.value.expression) == ("division_by_zero", 4, "ratio")
    large = plan(small("values:\n  big: sales * 100000000\ncomponents:\n  pay: {formula: big * 100000000}"))
    with pytest.raises(EngineError) as caught:
        by_spark(spark, tmp_path, large, payees, facts, [])
    assert (caught.value.code, caught.value.payee) == ("overflow", 3)


def test_spark_refuses_binary_fractions_and_finer_decimals(spark: Any, tmp_path: Path) -> None:
    compiled = plan(small("components:\n  pay: {formula: sales * 1%}"))
    payees = pa.table({"payee": [1], "period": [MAY]})
    for amounts, code in ((pa.array([0.1]), "wrong_type"), (pa.array([Decimal("0.00000001")]), "too_precise")):
        facts = pa.table({"payee": [1], "period": [MAY], "type": ["order_closed"], "amount": amounts})
        tables = frames(spark, tmp_path, {"payees": payees, "facts": facts})
        with pytest.raises(EngineError) as caught:
            SparkRun(spark, compiled, *tables)
        assert caught.value.code == code
