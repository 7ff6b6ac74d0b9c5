"""The plan engine: exact results with trace, in one run with what others reach on the same transactions.

How to read and choose what is measured: docs/speed.md.
"""

import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from collections.abc import Iterator
from datetime import date
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from benchmarks import big
from benchmarks import peers
from benchmarks import stored
from benchmarks import tryton
from benchmarks import workloads
from benchmarks.server import percentile

Row = tuple[str, str]
SIZES = [int(size) for size in os.environ.get("LIJI_BENCH_SIZES", "10000,100000,1000000").split(",")]
STORED = [int(size) for size in os.environ.get("LIJI_BENCH_STORED", "10000,100000").split(",")]
MILLIONS = [int(size) for size in os.environ.get("LIJI_BENCH_MILLIONS", "1,10").split(",")]
STEPS = os.environ.get("LIJI_BENCH_STEPS", "workloads,one,big,spark").split(",")
TURNS = 3


def run() -> list[Row]:
    """All steps, each row printed as soon as it is known."""
    found: list[Row] = []
    steps: dict[str, Callable[[], Iterator[Row]]] = {"workloads": _workloads, "one": _one_payee_month, "big": _big}
    for name in STEPS:
        for row in steps.get(name, lambda: iter(()))():
            print(f"  {row[0]}: {row[1]}", flush=True)
            found.append(row)
    return found


# Workloads with known totals.


def _workloads() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="liji-bench-") as folder:
        rates: dict[tuple[str, int], float] = {}
        for count in SIZES:
            given = workloads.transactions(count)
            for name in workloads.PLANS:
                rates[name, count] = _apart(given, name, count, Path(folder))
                yield f"{name}, {count:,}: engine, Parquet → Parquet with trace", f"{rates[name, count]:,.0f} tx/s"
                yield from _beside(name, count, Path(folder), rates[name, count])
        for count in STORED:
            for name in workloads.PLANS:
                made = stored.measure(name, count)
                used = f"{count / made['cpu']:,.0f} by the processor time of the worker"
                figure = f"{count / made['seconds']:,.0f} tx/s ({used}), peak {made['peak']:,.0f} MB, total exact"
                yield f"{name}, {count:,}: PostgreSQL → PostgreSQL, result and line by line trace", figure
        yield _tryton(rates["L", max(SIZES)])


def _apart(given: workloads.Transactions, name: str, count: int, folder: Path) -> float:
    """Transactions a second of the engine, total checked to the cent."""
    from liji.engine import lines_parquet
    from liji.engine import run_parquet

    payees, facts = workloads.write(given, name, folder)
    out, work = folder / f"{name}-out.parquet", lines_parquet if name == "L" else run_parquet
    column = '"brought:commission"' if name == "L" else "total"
    times = []
    for _ in range(TURNS):
        began = time.perf_counter()
        rows = work(workloads.compiled(name), payees, facts, out)
        times.append(time.perf_counter() - began)
        assert rows == (count if name == "L" else workloads.REPS * 12), rows
    workloads.met(duckdb.execute(f"SELECT SUM({column}) FROM '{out}'").fetchone()[0], name, count)
    return count / median(times)


def _beside(name: str, count: int, folder: Path, rate: float) -> Iterator[Row]:
    facts = folder / f"{name}-facts.parquet"
    for who, work in (("pandas, float", peers.by_pandas), ("plain Python Decimal", peers.by_decimal)):
        made = [work(name, facts, folder / "peer") for _ in range(TURNS if count < 1_000_000 else 1)]
        own = count / median(seconds for seconds, _ in made)
        missed = made[0][1] - Decimal(workloads.TOTALS[name][count])
        told = "total exact" if not missed else f"total off by {missed:+.2f}"
        yield f"{name}, {count:,}: {who}", f"{own:,.0f} tx/s (the engine: {rate / own:.1f}×), {told}"


def _tryton(rate: float) -> Row:
    what = f"L, {tryton.LINES:,}: trytond-commission 8.2, SQLite in memory"
    made = tryton.measure()
    if isinstance(made, str):
        return what, made
    own = made["lines"] / made["seconds"]
    return what, f"{own:,.0f} tx/s (the engine at {max(SIZES):,}: {rate / own:,.0f}× per transaction)"


# One payee-month, the live path.


def _one_payee_month() -> Iterator[Row]:
    from liji.engine import Fact
    from liji.engine import PayeePeriod
    from liji.engine import compile_plan
    from liji.engine import walk_to_result
    from liji.plan import load
    from liji.plan import templates

    plan = load(dict(templates())["accelerator"]).plan
    compiled, dice, month = compile_plan(plan), random.Random(200), date(2025, 5, 1)
    (measure,) = list(plan.targets)[:1]
    payee = PayeePeriod(1, month, {measure: Decimal(600000)})
    facts = [
        Fact(1, month, n, n, "order_closed", month + timedelta(days=n % 31), Decimal(dice.randrange(1, 1000000)) / 100)
        for n in range(200)
    ]
    times, used = [], []
    for _ in range(520):
        began, busy = time.perf_counter(), time.thread_time()
        result, lines = walk_to_result(compiled, payee, facts)
        times.append((time.perf_counter() - began) * 1000)
        used.append((time.thread_time() - busy) * 1000)
    assert len(lines) == 200
    assert result.total > 0
    times = times[20:]  # the first ones parse the query
    shown = ", ".join(f"p{round(part * 100)} {percentile(times, part):.1f}" for part in (0.05, 0.5, 0.9, 0.95, 0.99))
    met = "met" if percentile(times, 0.5) <= 10 and percentile(times, 0.95) <= 20 else "missed"
    busy = f"processor p50 {percentile(used[20:], 0.5):.1f}, p95 {percentile(used[20:], 0.95):.1f}"
    what = "one payee-month of 200 transactions, result and trace of each"
    yield what, f"{shown} ms (p50 ≤ 10, p95 ≤ 20: {met}); {busy} ms"


# Millions.


def _big() -> Iterator[Row]:
    for millions in MILLIONS:
        with tempfile.TemporaryDirectory(prefix="liji-bench-") as folder:
            yield from _millions(millions, Path(folder))


def _millions(millions: int, folder: Path) -> Iterator[Row]:
    count = millions * 1_000_000
    facts, out = big.generate(folder, count), folder / "out.parquet"
    print(f"  … {millions} M transactions: {facts.stat().st_size / 1e6:,.0f} MB of Parquet", flush=True)
    what = f"{millions} M transactions, 100,000 payees × 12 months"
    kinds = ("floor", "engine")
    turns = [[big.measure(kind, facts, folder / f"{kind}.parquet") for kind in kinds] for _ in range(TURNS)]
    floor, engine = (sorted(kind, key=lambda one: one["seconds"])[TURNS // 2] for kind in zip(*turns, strict=True))
    ratio = median(own["seconds"] / bare["seconds"] for bare, own in turns)
    used = median(own["cpu"] / bare["cpu"] for bare, own in turns)
    yield f"{what}: floor, the bare sum in DuckDB", _told(floor)
    met = "met" if ratio <= 3 else "missed"
    yield (
        f"{what}: engine, whole plan, full trace",
        f"{_told(engine)}, {engine['seconds'] / millions:.2f} s per million, "
        f"{ratio:.1f}× the floor (≤ 3: {met}), {used:.1f}× by processor time",
    )
    bounded = big.measure("engine", facts, out, big.MEMORY)
    same = big.totals(out) == big.totals(folder / "engine.parquet")
    assert same, "another memory limit, another result"
    yield f"{what}: engine, memory_limit {big.MEMORY}", _told(bounded)
    yield from _big_peers(what, facts, folder, engine, count)
    if "spark" in STEPS and millions == min(10, max(MILLIONS)):
        yield _spark(what, facts, folder, engine)


def _big_peers(what: str, facts: Path, folder: Path, engine: dict[str, Any], count: int) -> Iterator[Row]:
    out = folder / "pandas.parquet"
    pandas = big.measure("pandas", facts, out)
    exact = big.totals(folder / "engine.parquet")
    off = [Decimal(str(own)).quantize(Decimal("0.01")) - true for own, true in zip(big.totals(out), exact, strict=True)]
    share = pandas["seconds"] / engine["seconds"]
    figure = f"{_told(pandas)}, {share:.1f}× the engine's time, total off by {off[-1]:+.2f}"
    yield f"{what}: pandas, float, no trace", figure
    out.unlink()
    sample = big.measure("decimal", facts, folder / "decimal")
    each = sample["seconds"] / sample["transactions"]
    ours = engine["seconds"] / count
    figure = f"{each * 1e6:.1f} µs a transaction beside {ours * 1e6:.2f} ({each / ours:.0f}×)"
    yield f"{what}: plain Python Decimal, sample of {sample['transactions']:,}, no trace", figure


def _spark(what: str, facts: Path, folder: Path, engine: dict[str, Any]) -> Row:
    name = f"{what}: Spark local[2], whole plan, full trace"
    if shutil.which("java") is None:
        return name, "not measured: no Java on this machine"
    made = big.measure("spark", facts, folder / "spark.parquet")
    differing = big.differing(folder / "engine.parquet", f"{folder}/spark.parquet/*.parquet")
    assert differing == 0, f"{differing} rows differ"
    times = made["seconds"] / engine["seconds"]
    return name, f"{made['seconds']:.1f} s ({times:.1f}× DuckDB's time), all rows and columns equal"


def _told(made: dict[str, Any]) -> str:
    return f"{made['seconds']:.1f} s, processor {made['cpu']:.1f} s, peak {made['peak']:,.0f} MB"
