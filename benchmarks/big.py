"""Millions of transactions over 100,000 payees and twelve months: the whole plan against the bare sum and peers.

Each figure comes from a process of its own on two processors, so that time and peak memory are told apart:

- `floor`: DuckDB reads payee, period and amount of the same Parquet file and writes one sum for each payee and period
  to Parquet. No plan can be worked out with less.
- `engine`: all of `PLAN` with its trace, 26 named values for each of 1.2 M payee-periods, to Parquet.
- `pandas`: credits, roll-up, tables, accelerator and cap with binary fractions; seven columns to Parquet, no trace.
- `decimal`: the same by a loop in plain Python on the transactions of some payees.
- `spark`: the engine's plan on Spark local[2], compared row by row with the engine's result.
"""

import os
import sys
import time
from decimal import ROUND_HALF_UP
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from benchmarks import child
from liji.engine import Compiled
from liji.engine import Room
from liji.engine import compile_plan
from liji.engine import run_parquet
from liji.plan import load

PAYEES = 100_000
THREADS = 2
MEMORY = os.environ.get("LIJI_BENCH_MEMORY", "1GB")
SAMPLE = 1_000  # payees of the Decimal loop
PLAN = """
plan: all-in-one
currency: CNY
crediting:
  own: {of: order_closed}
  below: {of: order_closed, roll_up: [2%, 1%, 0.5%, 0.25%]}
measures:
  sales: {of: own, sum: credit}
  override: {of: below, sum: credit}
targets: {sales: {missing: none}}
tables:
  slices: {bands: [{below: 50000, rate: 3%}, {below: 150000, rate: 5%}, {beyond, rate: 8%}]}
  step: {bands: [{below: 100000, rate: 0.5%}, {through: 200000, rate: 1%}, {beyond, rate: 1.5%}]}
  faster: {bands: [{below: 100%, factor: 0}, {below: 120%, factor: 0.5}, {beyond, factor: 1}]}
components:
  commission: {formula: "marginal(slices, sales)"}
  volume: {formula: "whole(step, sales)", cap: 2500}
  accelerator: {formula: "(sales - target(sales)) * 4% * rate(faster, attainment(sales))", floor: 0}
  managing: {formula: override}
"""
PAID = ("commission", "volume", "accelerator", "managing", "total")

# Every tenth transaction is shared 60 : 40 by two payees; a payee's month comes to 125,000 on average.
_FACTS = """
COPY (
    WITH dice AS (SELECT i AS id, hash(i) AS h FROM range({count}) AS r (i)),
    deals AS (
        SELECT id, h % {payees} AS payee, DATE '2025-01-01' + CAST((h // 100003) % 365 AS INT) AS day,
            (h // 31) % 10 = 0 AS shared, CAST((1 + (h // 7919) % 3000000) * {size} // 1000000 AS BIGINT) AS cents
        FROM dice
    ),
    credits AS (
        SELECT id, payee, day, cents, CASE WHEN shared THEN 0.6 ELSE 1 END AS share FROM deals
        UNION ALL
        SELECT id, (payee + 7919) % {payees}, day, cents, 0.4 FROM deals WHERE shared
    )
    SELECT CAST(payee AS INTEGER) AS payee, CAST(date_trunc('month', day) AS DATE) AS period, id AS fact_id,
        'order_closed' AS type, day AS credit_date, CAST(cents * 0.01::DECIMAL(3, 2) AS DECIMAL(18, 2)) AS amount,
        CAST(share AS DECIMAL(9, 4)) AS share
    FROM credits
) TO '{path}' (FORMAT parquet)
"""
_PAYEES = """
COPY (
    SELECT CAST(p AS INTEGER) AS payee, CAST(DATE '2025-01-01' + to_months(CAST(m AS INT)) AS DATE) AS period,
        CAST(80000 + (p * 7919 + m * 104729) % 90000 AS DECIMAL(18, 2)) AS "target:sales"
    FROM range({payees}) AS a (p), range(12) AS b (m)
) TO '{path}' (FORMAT parquet)
"""
# Ten report to one, over as many levels as there are: payee n to n // 10.
_LINKS = """
COPY (
    WITH RECURSIVE up AS (
        SELECT p AS payee, p // 10 AS above, 1 AS level FROM range(1, {payees}) AS r (p)
        UNION ALL SELECT payee, above // 10, level + 1 FROM up WHERE above > 0 AND level < 4
    )
    SELECT payee, above, level, NULL::DATE AS since, NULL::DATE AS until FROM up
) TO '{path}' (FORMAT parquet)
"""
_FLOOR = """
COPY (SELECT payee, period, SUM(amount) AS amount FROM read_parquet('{facts}') GROUP BY payee, period)
TO '{out}' (FORMAT parquet)
"""


def compiled() -> Compiled:
    """The plan, ready to run."""
    plan = load(PLAN).plan
    assert plan is not None
    return compile_plan(plan)


def generate(folder: Path, count: int) -> Path:
    """Payees, links and so many transactions in a folder; returns the path of the transactions."""
    facts = folder / f"facts-{count}.parquet"
    size = 125_000 * 12 * PAYEES * 100 / count / 1_500_000 * 1_000_000  # cents; so that a month stays as it is
    with duckdb.connect(config={"threads": THREADS, "preserve_insertion_order": False}) as con:
        con.execute(_FACTS.format(count=count, payees=PAYEES, path=facts, size=int(size)))
        con.execute(_PAYEES.format(payees=PAYEES, path=folder / "payees.parquet"))
        con.execute(_LINKS.format(payees=PAYEES, path=folder / "links.parquet"))
    return facts


def measure(kind: str, facts: Path, out: Path, *more: object) -> dict[str, Any]:
    """`seconds`, `cpu` seconds and `peak` memory in MB of one kind, in a process of its own."""
    return child.run("benchmarks.big", kind, facts, out, *more)


def totals(out: Path) -> tuple[Decimal, ...]:
    """The sums of what is paid, by component."""
    sums = ", ".join(f"SUM({name})" for name in PAID)
    return duckdb.execute(f"SELECT {sums} FROM read_parquet('{out}')").fetchone()


def differing(one: Path, other: str) -> int:
    """How many rows of two results do not have the same value in every column."""
    rows = f"SELECT * FROM read_parquet('{one}')"
    both = f"(({rows}) EXCEPT ALL (SELECT * FROM read_parquet('{other}')))"
    back = f"((SELECT * FROM read_parquet('{other}')) EXCEPT ALL ({rows}))"
    return duckdb.execute(f"SELECT COUNT(*) FROM (SELECT 1 FROM {both} UNION ALL SELECT 1 FROM {back})").fetchone()[0]


# What runs inside the children.


def _floor(facts: Path, out: Path) -> None:
    with duckdb.connect(config={"threads": THREADS, "preserve_insertion_order": False}) as con:
        con.execute(_FLOOR.format(facts=facts, out=out))


def _engine(facts: Path, out: Path, memory: str = "") -> None:
    room = Room(memory=memory or None, threads=THREADS, spill=facts.parent / "spill")
    payees, links = facts.parent / "payees.parquet", facts.parent / "links.parquet"
    made = run_parquet(compiled(), payees, facts, out, links, room)
    assert made == PAYEES * 12, made


def _pandas(facts: Path, out: Path) -> None:
    import numpy
    import pyarrow.parquet as pq

    table = pq.read_table(facts, columns=["payee", "period", "amount", "share"])
    credited = table.select(["payee", "period"]).to_pandas()
    amount, share = (table[name].cast("float64").to_numpy() for name in ("amount", "share"))
    credited["sales"] = amount * share
    del table, amount, share
    sales = credited.groupby(["payee", "period"])["sales"].sum()
    made = pq.read_table(facts.parent / "payees.parquet").to_pandas()
    made["target"] = made.pop("target:sales").astype(float)
    made = made.merge(sales.reset_index(), how="left", on=["payee", "period"]).fillna({"sales": 0.0})
    links = pq.read_table(facts.parent / "links.parquet").to_pandas()
    links["weight"] = links["level"].map({1: 0.02, 2: 0.01, 3: 0.005, 4: 0.0025})
    below = made[["payee", "period", "sales"]].merge(links[["payee", "above", "weight"]], on="payee")
    below["managing"] = below["sales"] * below["weight"]
    rolled = below.groupby(["above", "period"])["managing"].sum().rename_axis(["payee", "period"]).reset_index()
    made = made.merge(rolled, how="left", on=["payee", "period"]).fillna({"managing": 0.0})
    own, target = made["sales"], made["target"]
    made["commission"] = own * 0.03 + (own - 50000).clip(lower=0) * 0.02 + (own - 150000).clip(lower=0) * 0.03
    rate = numpy.where(own < 100000, 0.005, numpy.where(own <= 200000, 0.01, 0.015))
    made["volume"] = numpy.minimum(own * rate, 2500)
    reached = own / target
    faster = numpy.where(reached < 1, 0.0, numpy.where(reached < 1.2, 0.5, 1.0))
    made["accelerator"] = ((own - target) * 0.04 * faster).clip(lower=0)
    paid = [name for name in PAID if name != "total"]
    made[paid] = made[paid].round(2)
    made["total"] = made[paid].sum(axis=1)
    made[["payee", "period", *PAID]].to_parquet(out)


def _decimal(facts: Path, out: Path) -> int:
    """Returns how many transactions the sample has; reading them is not timed by the caller."""
    import pyarrow.parquet as pq

    rows = pq.read_table(
        facts, columns=["payee", "period", "amount", "share"], filters=[("payee", "<", SAMPLE)]
    ).to_pydict()
    targets = pq.read_table(facts.parent / "payees.parquet", filters=[("payee", "<", SAMPLE)]).to_pydict()
    began = time.perf_counter()
    count = _by_hand(rows, targets)
    global _timed
    _timed = time.perf_counter() - began
    return count


_timed = 0.0
_WEIGHTS = (Decimal("0.02"), Decimal("0.01"), Decimal("0.005"), Decimal("0.0025"))
_SLICES = ((Decimal(0), Decimal("0.03")), (Decimal(50000), Decimal("0.02")), (Decimal(150000), Decimal("0.03")))
_CENT, _NONE = Decimal("0.01"), Decimal(0)


def _by_hand(rows: dict[str, list[Any]], targets: dict[str, list[Any]]) -> int:
    sums: dict[tuple[int, Any], Decimal] = {}
    for payee, period, amount, share in zip(*(rows[name] for name in rows), strict=True):
        sums[payee, period] = sums.get((payee, period), _NONE) + amount * share
    managed: dict[tuple[int, Any], Decimal] = {}
    for (payee, period), own in sums.items():
        above = payee
        for weight in _WEIGHTS:
            if above == 0:
                break
            above //= 10
            managed[above, period] = managed.get((above, period), _NONE) + own * weight
    made = []
    for payee, period, target in zip(targets["payee"], targets["period"], targets["target:sales"], strict=True):
        own = sums.get((payee, period), _NONE)
        commission = sum((max(own - edge, _NONE) * more for edge, more in _SLICES), _NONE)
        rate = "0.005" if own < 100000 else "0.01" if own <= 200000 else "0.015"
        factor = _NONE if own < target else Decimal("0.5") if own < target * Decimal("1.2") else Decimal(1)
        accelerator = max((own - target) * Decimal("0.04") * factor, _NONE)
        parts = (commission, min(own * Decimal(rate), Decimal(2500)), accelerator, managed.get((payee, period), _NONE))
        made.append((payee, period, sum((part.quantize(_CENT, ROUND_HALF_UP) for part in parts), _NONE)))
    return len(rows["payee"])


def _spark(facts: Path, out: Path) -> None:
    from pyspark.sql import SparkSession

    from liji.engine.spark import SparkRun

    builder = SparkSession.builder.master("local[2]").appName("liji-bench")
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.driver.memory": os.environ.get("LIJI_BENCH_SPARK_MEMORY", "4g"),
        "spark.sql.shuffle.partitions": "16",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
        "spark.local.dir": str(facts.parent),
        "spark.ui.showConsoleProgress": "false",
    }.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    tables = [session.read.parquet(str(path)) for path in (facts.parent / "payees.parquet", facts)]
    links = session.read.parquet(str(facts.parent / "links.parquet"))
    global _timed
    began = time.perf_counter()  # without the start of Java
    sparked = SparkRun(session, compiled(), *tables, links)
    with sparked.told():
        sparked.results().write.mode("overwrite").parquet(str(out))
    _timed = time.perf_counter() - began
    session.stop()


def _main(kind: str, facts: str, out: str, *more: str) -> None:
    kinds = {"floor": _floor, "engine": _engine, "pandas": _pandas, "decimal": _decimal, "spark": _spark}
    began, used = time.perf_counter(), time.process_time()
    found = kinds[kind](Path(facts), Path(out), *more)
    seconds = _timed or time.perf_counter() - began
    child.answer(
        {"seconds": seconds, "cpu": time.process_time() - used, "peak": child.peak(), "transactions": found}
    )


if __name__ == "__main__":
    _main(*sys.argv[1:])
