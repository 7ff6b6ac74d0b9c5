"""Runs every benchmark and prints one table at the end. `python -m benchmarks live pages` runs some of them."""

import importlib
import sys
import unicodedata

# Each module has `run() -> list[tuple[str, str]]`: what was measured, and the figure with its ratio.
ALL = ("imports", "live", "pages", "performance", "engine", "reactions")


def width(text: str) -> int:
    """Columns that a text takes in a terminal."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def main() -> None:
    """Runs the benchmarks named on the command line, or all."""
    rows: list[tuple[str, str, str]] = []
    for name in sys.argv[1:] or ALL:
        print(f"… {name}", flush=True)
        rows += [(name, what, figure) for what, figure in importlib.import_module(f"benchmarks.{name}").run()]
    widest = [max(width(row[column]) for row in rows) for column in range(2)]
    print()
    for row in rows:
        cells = [text + " " * (widest[column] - width(text)) for column, text in enumerate(row[:2])]
        print("  ".join([*cells, row[2]]))


if __name__ == "__main__":
    main()
