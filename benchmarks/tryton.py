"""trytond-commission (PyPI, 8.2) beside the engine: N invoice lines of 50 reps, three bands on each line (workload L).

That is what its formula can say: it sees one line's amount, no month and no running total. It runs on SQLite in memory
in an environment of its own, made on first use in the user's cache; timed are its computing and storing of commissions,
not the making of the invoices.
"""

import csv
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import child
from benchmarks.workloads import transactions

PACKAGES = ("trytond==8.2.*", "trytond-commission==8.2.*", "proteus==8.2.*")
LINES = int(os.environ.get("LIJI_BENCH_TRYTON_LINES", "1000"))
BESIDE = Path(__file__).with_name("tryton_side.py")
MINUTES = 10


def measure() -> dict[str, Any] | str:
    """`lines`, `seconds` and `total` of its commissions; a text says why it could not be tried."""
    python = _environment()
    if isinstance(python, str):
        return python
    given = transactions(LINES)
    with tempfile.TemporaryDirectory(prefix="liji-bench-") as folder:
        path = Path(folder) / "lines.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["rep", "invoice", "day", "amount"])
            for number, row in enumerate(zip(given.rep, given.day, given.amounts["L"], strict=True)):
                writer.writerow([row[0], number // 10, row[1], row[2]])
        try:
            done = subprocess.run([python, BESIDE, path], capture_output=True, text=True, timeout=MINUTES * 60)
        except subprocess.TimeoutExpired:
            return f"not measured: {LINES:,} lines took it more than {MINUTES} minutes"
    if done.returncode:
        return f"not measured: {done.stderr.strip().splitlines()[-1]}"
    return child.read(done.stdout)


def _environment() -> Path | str:
    """The Python of its environment."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "liji-bench" / "tryton-8.2"
    python = cache / "bin" / "python"
    if (cache / "ready").exists():
        return python
    commands = [[sys.executable, "-m", "venv", "--clear", cache], [python, "-m", "pip", "install", "-q", *PACKAGES]]
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or ["venv failed"]
            return f"not measured: cannot be installed here ({said[-1][:120]})"
    (cache / "ready").touch()
    return python
