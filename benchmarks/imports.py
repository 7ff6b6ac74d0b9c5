"""Imports: a history from a CSV file into an empty installation, against COPY and pandas with the same file.

The importer keeps the raw record, the typed fact and the credit, safe against a crash after every chunk. COPY only puts
the file's text into one table of the same server; pandas only reads and checks. `by service` records the same orders in
calls of a thousand, as the API does. Memory is the peak of the importing process.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from datetime import timedelta
from pathlib import Path

from benchmarks.server import home

SIZES = [int(size) for size in os.environ.get("LIJI_BENCH_ROWS", "100000,1000000").split(",")]
REPS = 500
BY_SERVICE = 50_000
BAD_EVERY = 1_000  # every thousandth row names nobody
HEAD = ["订单号", "工号", "签单日期", "金额", "客户", "产品", "成本"]
MAPPING = """
mapping: bench
what: facts
fields:
  type: {constant: order_closed}
  external_id: 订单号
  employee: 工号
  occurred_at: {column: 签单日期, date: YYYY/MM/DD}
  amount: 金额
  customer: 客户
  product: 产品
  cost: 成本
"""


def run() -> list[tuple[str, str]]:
    """The benchmark's lines: what was measured, and the figure with its ratio."""
    lines = []
    with home(), tempfile.TemporaryDirectory() as folder:
        _company()
        for size in SIZES:
            path = Path(folder, f"orders-{size}.csv")
            _write(path, size)
            seconds, good = _pandas(path)
            copied = _copy(path)
            child = _import(path)
            if child["created"] != good:
                raise AssertionError(f"pandas finds {good} good rows, the importer {child['created']}")
            name = f"import of {size:,} rows"
            lines += [
                (
                    name,
                    f"{size / child['seconds']:,.0f} rows/s ({size / child['processor']:,.0f} by the importer's "
                    f"processor time); bare COPY {size / copied:,.0f}: {child['seconds'] / copied:.1f} × its time; "
                    f"pandas.read_csv + checks {size / seconds:,.0f}: {child['seconds'] / seconds:.1f} ×",
                ),
                (
                    f"{name}: memory",
                    f"peak {child['peak'] / 1024:,.0f} MB, of which {child['before'] / 1024:,.0f} MB at rest",
                ),
            ]
            path.unlink()
            _empty()
        count, seconds = _by_service()
        lines.append((f"{count:,} facts by service", f"{count / seconds:,.0f} facts/s"))
        _empty()
    return lines


def _company() -> None:
    from liji.base.terms import writing
    from liji.people import services as people
    from liji.people.dated import span
    from liji.people.models import Employee
    from liji.people.models import Employment

    people.save_company(name="Benchmark", currency="CNY", time_zone="Asia/Shanghai")
    staff = Employee.objects.bulk_create(Employee(number=f"{n:05}", name=f"{n:05}") for n in range(REPS))
    with writing():
        Employment.objects.bulk_create(Employment(employee=each, days=span(date(2020, 1, 1))) for each in staff)


def _write(path: Path, size: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for n in range(size):
            who = "99999" if n % BAD_EVERY == 0 else f"{n % REPS:05}"
            day = date(2025, 1, 1) + timedelta(days=n * 360 // size)
            row = (
                f"{size}-{n}",
                who,
                f"{day:%Y/%m/%d}",
                f"{n % 9973}.{n % 100:02}",
                f"客户{n % 3000}",
                f"产品{n % 80}",
                n % 500,
            )
            writer.writerow(row)


def _pandas(path: Path) -> tuple[float, int]:
    """Seconds to read and check the file, and how many rows are good."""
    import pandas

    known = {f"{n:05}" for n in range(REPS)}
    started = time.perf_counter()
    frame = pandas.read_csv(path, dtype=str, encoding="utf-8")
    days = pandas.to_datetime(frame["签单日期"], format="%Y/%m/%d", errors="coerce")
    amounts = pandas.to_numeric(frame["金额"], errors="coerce")
    costs = pandas.to_numeric(frame["成本"], errors="coerce")
    good = frame["工号"].isin(known) & days.notna() & (amounts >= 0) & costs.notna()
    good &= frame["订单号"].notna() & ~frame["订单号"].duplicated() & (days <= pandas.Timestamp.now())
    return time.perf_counter() - started, int(good.sum())


def _copy(path: Path) -> float:
    """Seconds of a bare COPY of the file into a table of text columns, committed."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare_copy (a text, b text, c text, d text, e text, f text, g text)")
        started = time.perf_counter()
        with cursor.copy("COPY bare_copy FROM STDIN (FORMAT csv, HEADER)") as copy, path.open("rb") as file:
            while block := file.read(1 << 20):
                copy.write(block)
        seconds = time.perf_counter() - started
        cursor.execute("DROP TABLE bare_copy")
    return seconds


def _by_service() -> tuple[int, float]:
    """How many facts were recorded in calls of a thousand, and the seconds that took."""
    from liji.facts import services as facts

    bodies = [
        {
            "source": "service",
            "external_id": f"S-{n}",
            "type": "order_closed",
            "employee": f"{n % REPS:05}",
            "occurred_at": f"{date(2025, 1, 1) + timedelta(days=n * 360 // BY_SERVICE)}",
            "amount": f"{n % 9973}.{n % 100:02}",
            "customer": f"客户{n % 3000}",
            "product": f"产品{n % 80}",
        }
        for n in range(BY_SERVICE)
    ]
    started = time.perf_counter()
    for first in range(0, BY_SERVICE, 1000):
        outcomes = facts.record_many(bodies[first : first + 1000])
        if any(each.status != "created" for each in outcomes):
            raise AssertionError("a fact was not recorded")
    return BY_SERVICE, time.perf_counter() - started


def _import(path: Path) -> dict[str, float]:
    """The import in a process of its own, so that its memory can be told."""
    command = [sys.executable, "-m", "benchmarks.imports", str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ})
    return json.loads(done.stdout.splitlines()[-1])


def _child(path: Path) -> dict[str, float]:
    from liji.operate.django import ready

    ready()
    from liji.connectors import services

    before = _peak()
    started, used = time.perf_counter(), time.process_time()
    with path.open("rb") as file:
        made = services.start(MAPPING, [(path.name, file)], by=None, job=False)
    row = services.carry_out(made.pk)
    seconds = time.perf_counter() - started
    peak = _peak()
    return {
        "seconds": seconds,
        "processor": time.process_time() - used,
        "created": row.created,
        "refused": row.refused,
        "before": before,
        "peak": peak,
    }


def _peak() -> int:
    """The most memory that this process has had, in kB. (getrusage would count that of the parent process too.)"""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def _empty() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE facts_credit, facts_fact, facts_rawrecord, connectors_importrun CASCADE")


if __name__ == "__main__":
    print(json.dumps(_child(Path(sys.argv[1]))))
