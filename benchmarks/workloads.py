"""Two workloads with known answers: 50 reps, one year, N transactions, the same on every machine.

M, by the month: the sum of a rep's month at 5 % to 50,000, 8 % to 100,000, 12 % above. L, line by line: each
transaction at 5 % to 250, 8 % to 1,000, 12 % above, rounded by itself. Whoever misses `TOTALS` by a cent has not done
the work.
"""

import datetime
import math
import random
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from liji.engine import Compiled
from liji.engine import compile_plan
from liji.plan import load

REPS = 50
START = datetime.date(2025, 1, 1)
TOTALS = {
    "M": {1_000: "5146643.33", 10_000: "4223452.63", 100_000: "4021634.16", 1_000_000: "3942417.57"},
    "L": {1_000: "36548.00", 10_000: "357537.91", 100_000: "3580699.49", 1_000_000: "35685067.47"},
}
M = """
plan: by-the-month
currency: CNY
measures:
  sales: {of: order_closed, sum: amount}
tables:
  tiers: {bands: [{through: 50000, rate: 5%}, {through: 100000, rate: 8%}, {beyond, rate: 12%}]}
components:
  commission: {formula: "marginal(tiers, sales)"}
"""
L = """
plan: line-by-line
currency: CNY
measures:
  sales: {of: order_closed, sum: amount}
tables:
  tiers: {bands: [{through: 250, rate: 5%}, {through: 1000, rate: 8%}, {beyond, rate: 12%}]}
components:
  commission: {per: order_closed, formula: "marginal(tiers, amount)"}
"""
PLANS = {"M": M, "L": L}


@dataclass(frozen=True)
class Transactions:
    """Columns of equal length; amounts are texts with two decimals, by workload. Ten lines on end are one invoice."""

    rep: list[int]
    day: list[datetime.date]
    amounts: dict[str, list[str]]


def transactions(count: int) -> Transactions:
    """The same ones each time."""
    dice = random.Random(20260101)
    days: list[datetime.date] = []
    amounts: dict[str, list[str]] = {"M": [], "L": []}
    for _ in range(count):
        days.append(START + datetime.timedelta(days=dice.randrange(365)))
        size = math.exp(dice.gauss(0, 0.8) - 0.32)
        amounts["M"].append(f"{max(0.01, 60e6 / count * size):.2f}")
        amounts["L"].append(f"{max(0.01, 500 * size):.2f}")
    return Transactions([(n // 10) % REPS + 1 for n in range(count)], days, amounts)


def compiled(name: str) -> Compiled:
    """A workload's plan, ready to run."""
    plan = load(PLANS[name]).plan
    assert plan is not None
    return compile_plan(plan)


def write(given: Transactions, name: str, folder: Path) -> tuple[Path, Path]:
    """The payee-periods and the facts of a workload as Parquet files."""
    months = [START.replace(month=month) for month in range(1, 13)]
    payees = {
        "payee": pa.array([rep for rep in range(1, REPS + 1) for _ in months], pa.int64()),
        "period": pa.array(months * REPS, pa.date32()),
    }
    count = len(given.rep)
    facts = {
        "payee": pa.array(given.rep, pa.int64()),
        "period": pa.array([day.replace(day=1) for day in given.day], pa.date32()),
        "fact_id": pa.array(range(count), pa.int64()),
        "seq": pa.array(range(count), pa.int64()),
        "type": pa.array(["order_closed"] * count),
        "credit_date": pa.array(given.day, pa.date32()),
        "amount": pa.array([Decimal(amount) for amount in given.amounts[name]], pa.decimal128(18, 2)),
    }
    found = folder / f"{name}-payees.parquet", folder / f"{name}-facts.parquet"
    for path, columns in zip(found, (payees, facts), strict=True):
        pq.write_table(pa.table(columns), path)
    return found


def met(total: Decimal, name: str, count: int) -> None:
    """Raises AssertionError when a total is not the known one, to the cent."""
    assert total == Decimal(TOTALS[name][count]), f"{name} {count:,}: {total} instead of {TOTALS[name][count]}"
