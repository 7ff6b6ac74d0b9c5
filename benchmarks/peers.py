"""What others reach on the two workloads: pandas with binary fractions, plain Python with Decimal.

Each reads the same Parquet file and writes its result: pay per payee-month (M) or per line (L).
"""

import time
from decimal import ROUND_HALF_UP
from decimal import Decimal
from pathlib import Path

BANDS = {
    "M": ((Decimal(0), Decimal("0.05")), (Decimal(50000), Decimal("0.03")), (Decimal(100000), Decimal("0.04"))),
    "L": ((Decimal(0), Decimal("0.05")), (Decimal(250), Decimal("0.03")), (Decimal(1000), Decimal("0.04"))),
}  # where each slice begins, and how much more it pays than the one before
CENT = Decimal("0.01")


def by_pandas(name: str, facts: Path, out: Path) -> tuple[float, Decimal]:
    """Seconds, and the total that binary fractions give."""
    import pandas
    import pyarrow.parquet as pq

    began = time.perf_counter()
    frame = pq.read_table(facts, columns=["payee", "period", "amount"]).to_pandas()
    frame["amount"] = frame["amount"].astype(float)
    if name == "M":
        frame = frame.groupby(["payee", "period"], as_index=False)["amount"].sum()
    pay = sum((frame["amount"] - float(edge)).clip(lower=0) * float(more) for edge, more in BANDS[name])
    frame["pay"] = pay.round(2)
    frame.to_parquet(out)
    assert isinstance(frame, pandas.DataFrame)
    return time.perf_counter() - began, Decimal(str(round(float(frame["pay"].sum()), 2)))


def by_decimal(name: str, facts: Path, out: Path) -> tuple[float, Decimal]:
    """Seconds, and the total: a loop over rows, as one writes it by hand."""
    import pyarrow.parquet as pq

    began = time.perf_counter()
    columns = pq.read_table(facts, columns=["payee", "period", "amount"]).to_pydict()
    rows = zip(columns["payee"], columns["period"], columns["amount"], strict=True)
    if name == "M":
        sums: dict[tuple[object, object], Decimal] = {}
        for payee, period, amount in rows:
            sums[payee, period] = sums.get((payee, period), Decimal(0)) + amount
        amounts = [(*key, amount) for key, amount in sums.items()]
    else:
        amounts = list(rows)
    total = Decimal(0)
    with out.open("w", encoding="utf-8") as file:
        for payee, period, amount in amounts:
            pay = sum((max(amount - edge, Decimal(0)) * more for edge, more in BANDS[name]), Decimal(0))
            pay = pay.quantize(CENT, ROUND_HALF_UP)
            total += pay
            file.write(f"{payee},{period},{amount},{pay}\n")
    return time.perf_counter() - began, total
