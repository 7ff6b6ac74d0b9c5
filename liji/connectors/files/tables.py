"""Opening a file as a stream of rows: text files of any delimiter and encoding, and workbooks; memory stays bounded."""

import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from datetime import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from liji.connectors.files import encodings
from liji.connectors.files.cells import Cell
from liji.connectors.files.cells import CellError
from liji.connectors.files.cells import is_rounded
from liji.connectors.files.cells import text
from liji.connectors.files.mapping import Reading
from liji.connectors.files.returned import drop_marks
from liji.connectors.files.returned import encoding_of_error_file

_BLOCK = 1 << 18
LONGEST_ROW = 1 << 20  # characters; a longer one is a quote that was never closed, or no table at all
_LARGEST_STRINGS = 256 << 20  # bytes of a workbook's shared strings, which cannot be streamed


class Unreadable(Exception):
    """A file that cannot be read as the mapping says; `zh` and `en` tell what to do."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en

    def message(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


@dataclass
class Table:
    """The columns of a file and its rows as they come: (number of the row in the file, cells)."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[int, list[Cell]]]
    encoding: str = ""
    is_sheet: bool = False  # of a workbook, which leaves out empty cells at the end of a row
    returned: bool = False  # an error file that came back mended


@contextmanager
def open_table(path: Path, reading: Reading) -> Iterator[Table]:
    """Opens a file as `reading` says. Raises Unreadable when that cannot work at all."""
    try:
        if encoding := encoding_of_error_file(path):
            back = replace(reading, format="csv", delimiter=",", row_end="",
                           quoting=True, header=True, columns=(), skip=0)  # fmt: skip
            with path.open(encoding=encoding, errors="replace", newline="") as file:
                yield drop_marks(_table(_text_rows(file, back), back, encoding))
        elif reading.format == "xlsx":
            with _workbook(path) as book:
                yield replace(_table(_sheet_rows(book, reading), reading, "xlsx"), is_sheet=True)
        else:
            encoding = encodings.detect(path) if reading.encoding == "auto" else reading.encoding
            encoding = "utf-8-sig" if encoding == "utf-8" else encoding  # a mark is never part of the first cell
            with path.open(encoding=encoding, errors="replace", newline="") as file:
                yield _table(_text_rows(file, reading), reading, encoding)
    except (OSError, UnicodeError) as error:
        raise Unreadable(f"文件无法读取：{error}", f"The file cannot be read: {error}") from error


def _table(raw: Iterator[list[Cell]], reading: Reading, encoding: str) -> Table:
    numbered = enumerate(raw, 1)
    for _ in range(reading.skip):
        next(numbered, None)
    if reading.header:
        columns = _header(numbered)
        return Table(reading.columns or columns, _filled(numbered), encoding)
    first = next(numbered, None)
    columns = reading.columns or tuple(str(n) for n in range(1, len(first[1]) + 1 if first else 1))
    return Table(columns, _filled(_chain(first, numbered)), encoding)


def _header(numbered: Iterator[tuple[int, list[Cell]]]) -> tuple[str, ...]:
    for _number, cells in numbered:
        names = [text(cell) for cell in cells]
        while names and not names[-1]:
            names.pop()
        if names:
            return tuple(name or str(place) for place, name in enumerate(names, 1))
    raise Unreadable("文件是空的：没有表头。", "The file is empty: it has no header.")


def _chain(first, rest):
    if first:
        yield first
    yield from rest


def _filled(numbered: Iterator[tuple[int, list[Cell]]]) -> Iterator[tuple[int, list[Cell]]]:
    """Rows with something in them; the numbers go on counting the others, as a spreadsheet shows them."""
    for number, cells in numbered:
        if any(cell is not None and cell != "" for cell in cells):
            yield number, cells


# --- text ---------------------------------------------------------------------------------------------------


def _text_rows(file: io.TextIOBase, reading: Reading) -> Iterator[list[Cell]]:
    if len(reading.delimiter) > 1 or reading.row_end:
        return _split_rows(file, reading.delimiter, reading.row_end)
    return _csv_rows(file, reading)


def _csv_rows(file: io.TextIOBase, reading: Reading) -> Iterator[list[Cell]]:
    csv.field_size_limit(LONGEST_ROW)
    rows = csv.reader(
        file,
        delimiter=reading.delimiter,
        quoting=csv.QUOTE_MINIMAL if reading.quoting else csv.QUOTE_NONE,
        strict=False,
    )
    try:
        yield from rows
    except csv.Error as error:
        line = rows.line_num
        raise Unreadable(
            f"第 {line} 行无法读取（{error}）。可能有引号没有成对；补上引号，或在映射里写 quoting: no。",
            f"Line {line} cannot be read ({error}). A quote may not be closed: close it, or say quoting: no.",
        ) from error


def _split_rows(file: io.TextIOBase, delimiter: str, row_end: str) -> Iterator[list[Cell]]:
    """Rows cut at `row_end` (or the line's end) and cells at a delimiter of several characters; no quoting."""
    rest, end, count = "", row_end or "\n", 0
    while block := file.read(_BLOCK):
        *rows, rest = (rest + block).split(end)
        for row in rows:
            count += 1
            yield _cut(row, delimiter, row_end)
        if len(rest) > LONGEST_ROW:
            raise Unreadable(
                f"第 {count + 1} 行过长：没有找到行尾“{end}”。",
                f"Row {count + 1} is too long: its end “{end}” is not found.",
            )
    if rest.strip("\r\n"):
        yield _cut(rest, delimiter, row_end)


def _cut(row: str, delimiter: str, row_end: str) -> list[Cell]:
    row = row.lstrip("\r\n") if row_end else row.rstrip("\r")
    return row.split(delimiter) if row else []


# --- workbooks ----------------------------------------------------------------------------------------------


@contextmanager
def _workbook(path: Path):
    import openpyxl

    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                strings = [i.file_size for i in archive.infolist() if i.filename.lower().endswith("strings.xml")]
            if sum(strings) > _LARGEST_STRINGS:
                raise Unreadable(
                    "工作簿的文字太多，请另存为 CSV 再导入。",
                    "The workbook holds too much text; save it as CSV and import that.",
                )
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
            raise Unreadable(
                "这不是有效的 XLSX 工作簿（旧的 XLS 请另存为 XLSX）。",
                "This is not a valid XLSX workbook (save an old XLS as XLSX).",
            ) from error
        try:
            yield book
        finally:
            book.close()


def _sheet_rows(book, reading: Reading) -> Iterator[list[Cell]]:
    if reading.sheet and reading.sheet not in book.sheetnames:
        names = ", ".join(book.sheetnames)
        raise Unreadable(
            f"没有工作表“{reading.sheet}”，只有：{names}。",
            f"There is no sheet “{reading.sheet}”; there are: {names}.",
        )
    sheet = book[reading.sheet] if reading.sheet else book.worksheets[0]
    sheet.reset_dimensions()  # what the file says about its size is often wrong
    for row in sheet.iter_rows():
        cells = [_cell(cell) for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        yield cells


def _cell(cell) -> Cell:
    """A workbook's cell: floats at the 15 digits that a workbook shows, dates as dates, errors as errors."""
    value = cell.value
    if value is None or isinstance(value, (str, bool)):
        return CellError(value) if cell.data_type == "e" else value
    if isinstance(value, (int, float)):
        number = Decimal(value) if isinstance(value, int) else Decimal(format(value, ".15g"))
        form = cell.number_format
        if form and not form.strip("0") and number == number.to_integral_value() and not is_rounded(number):
            return format(number, "f").split(".")[0].zfill(len(form))  # 00123, an employee number
        return number
    if isinstance(value, datetime):
        # The clock of a workbook is a fraction of a day; what is less than a millisecond is noise.
        value = (value + timedelta(microseconds=500)).replace(microsecond=0) if value.microsecond else value
        return value.date() if value.time() == time() else value
    return str(value)
