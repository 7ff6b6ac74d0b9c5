"""The error file: refused rows with what is wrong and the mend, to be mended in a spreadsheet and given back."""

import csv
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import get_language

from liji.connectors.files import encodings
from liji.people.problems import Problem

if TYPE_CHECKING:
    from liji.connectors.files.tables import Table

MARK = "\ufeff"
# The three columns that are added, by language; the same words tell an error file that comes back.
ADDED = {"zh": ("行", "错误", "改法"), "en": ("Row", "Error", "Mend")}
# A spreadsheet runs a cell that begins so as a formula; an apostrophe before it keeps it text.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula."""
    return f"'{cell}" if cell.startswith((*_DANGEROUS, "'")) else cell


def restored(cell: str) -> str:
    """The cell as it was before `harmless`."""
    return cell[1:] if cell.startswith("'") else cell


def lines(columns: Iterable[str], rows: Iterable[tuple[int, list[str], list[Problem]]]) -> Iterator[str]:
    """The error file, line by line, in the reader's language: the original columns, row, errors, mends."""
    writer = csv.writer(_Echo())
    columns = list(columns)
    added = ADDED["zh" if (get_language() or "").startswith("zh") else "en"]
    yield MARK + writer.writerow([*map(harmless, columns), *added])
    for number, cells, problems in rows:
        cells = [*cells, *[""] * (len(columns) - len(cells))][: len(columns)]
        yield writer.writerow(
            [harmless(cell) for cell in cells]
            + [number, " ".join(p.message for p in problems), " ".join(dict.fromkeys(p.mend for p in problems))]
        )


class _Echo:
    """A file that hands back what is written."""

    def write(self, line: str) -> str:
        return line


def encoding_of_error_file(path: Path) -> str | None:
    """The encoding of an error file of ours, known by its last three columns; None for any other file.

    Spreadsheets save it without its mark, and in China often as GBK.
    """
    with path.open("rb") as file:
        start = file.read(64 * 1024).partition(b"\n")[0].rstrip(b"\r")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            header = next(csv.reader([start.decode(encoding, errors="replace")]), [])
        except csv.Error:  # no text at all, such as a workbook
            return None
        if tuple(header[-3:]) in ADDED.values():
            found = encodings.detect(path)
            return "utf-8-sig" if found == "utf-8" else found
    return None


def drop_marks(table: "Table") -> "Table":
    """An error file without its three columns, its cells as they were."""
    width = len(table.columns) - len(ADDED["en"])
    rows = ((number, [restored(cell) for cell in cells[:width]]) for number, cells in table.rows)
    return replace(table, columns=tuple(restored(name) for name in table.columns[:width]), rows=rows, returned=True)
