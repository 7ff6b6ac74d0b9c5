"""Runs every benchmark and prints one table at the end. `python -m benchmarks live pages` runs some of them."""

import importlib
import json
import os
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path

# Each module has `run() -> list[tuple[str, str]]`: what was measured, and the figure with its ratio.
ROWS = "LIJI_BENCH_ROWS"  # where a benchmark that runs by itself leaves its rows
ALL = ("imports", "live", "pages", "performance", "engine", "reactions")


def width(text: str) -> int:
    """Columns that a text takes in a terminal."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def main() -> None:
    """Runs the benchmarks named on the command line, or all."""
    rows = [(name, *row) for name in sys.argv[1:] or ALL for row in _alone(name)]
    widest = [max(width(row[column]) for row in rows) for column in range(2)]
    print()
    for row in rows:
        cells = [text + " " * (widest[column] - width(text)) for column, text in enumerate(row[:2])]
        print("  ".join([*cells, row[2]]))


def _alone(name: str) -> list[tuple[str, str]]:
    """The rows of one benchmark, from a process of its own: each sets up an installation, which a process has but one
    of. Ends the run when it failed.
    """
    print(f"… {name}", flush=True)
    with tempfile.TemporaryDirectory(prefix="liji-bench-rows-") as folder:
        rows = Path(folder, "rows.json")
        command = [sys.executable, "-m", "benchmarks", name]
        if code := subprocess.run(command, env=os.environ | {ROWS: str(rows)}, check=False).returncode:
            sys.exit(code)
        return [(what, figure) for what, figure in json.loads(rows.read_text())]


def _one(name: str, rows: Path) -> None:
    found = importlib.import_module(f"benchmarks.{name}").run()
    rows.write_text(json.dumps(found))


if __name__ == "__main__":
    if place := os.environ.pop(ROWS, None):
        _one(sys.argv[1], Path(place))
    else:
        main()
