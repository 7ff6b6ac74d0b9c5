"""Files of every kind that people send are read as rows, in the right characters, with the right row numbers."""

import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from liji.connectors.files.cells import CellError
from liji.connectors.files.encodings import detect
from liji.connectors.files.mapping import Reading
from liji.connectors.files.tables import LONGEST_ROW
from liji.connectors.files.tables import Unreadable
from liji.connectors.files.tables import open_table


def rows(path: Path, **reading):
    with open_table(path, Reading(**reading)) as table:
        return table.columns, list(table.rows)


def write(tmp_path: Path, content: bytes | str) -> Path:
    path = tmp_path / "file"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("content", "reading", "columns", "expected"),
    [
        ("a,b\n1,2\n", {}, ("a", "b"), [(2, ["1", "2"])]),
        ("a,b\r\n1,2", {}, ("a", "b"), [(2, ["1", "2"])]),  # CRLF, no end of the last line
        ('a,b\n"x,y","say ""hi"""\n', {}, ("a", "b"), [(2, ["x,y", 'say "hi"'])]),
        ('a,b\n"two\nlines",2\n3,4\n', {}, ("a", "b"), [(2, ["two\nlines", "2"]), (3, ["3", "4"])]),
        ('a|b\nFrame, 58"|2\n', {"delimiter": "|", "quoting": False}, ("a", "b"), [(2, ['Frame, 58"', "2"])]),
        ("a\tb\n1\t2\n", {"delimiter": "\t"}, ("a", "b"), [(2, ["1", "2"])]),
        ("1,2\n3,4\n", {"header": False}, ("1", "2"), [(1, ["1", "2"]), (2, ["3", "4"])]),
        ("1,2\n", {"header": False, "columns": ("x", "y")}, ("x", "y"), [(1, ["1", "2"])]),
        ("Report\n\na,b\n1,2\n", {"skip": 1}, ("a", "b"), [(4, ["1", "2"])]),
        ("a,b\n\n1,2\n,\n3,4\n", {}, ("a", "b"), [(3, ["1", "2"]), (5, ["3", "4"])]),  # empty rows are counted
        ("1+|+|x\ny+|3&|\n2+||&|\n", {"delimiter": "+|", "row_end": "&|", "header": False}, ("1", "2", "3", "4"),
         [(1, ["1", "", "x\ny", "3"]), (2, ["2", "|"])]),
        ("a||b\n1||2\n", {"delimiter": "||"}, ("a", "b"), [(2, ["1", "2"])]),
        ("a,b\n", {}, ("a", "b"), []),
    ],
)  # fmt: skip
def test_a_text_file(tmp_path, content, reading, columns, expected):
    assert rows(write(tmp_path, content), **reading) == (columns, expected)


@pytest.mark.parametrize(
    ("encoding", "text", "found"),
    [
        ("utf-8", "姓名,金额\n王芳,1\n", "utf-8"),
        ("utf-8-sig", "姓名,金额\n王芳,1\n", "utf-8-sig"),
        ("gb18030", "姓名,金额\n王芳,1\n李雷,2\n", "gb18030"),
        ("utf-16", "姓名,金额\n王芳,1\n", "utf-16"),
        ("utf-16-le", "name,amount\nWang,1\nLi,2\n", "utf-16-le"),
        ("utf-16-be", "name,amount\nWang,1\nLi,2\n", "utf-16-be"),
        ("ascii", "name,amount\nWang,1\n", "utf-8"),
        ("gb18030", "x" * 300_000 + "\n王芳的业绩\n", None),  # Chinese only after the sample: not taken for UTF-8
    ],
)
def test_the_encoding_is_found(tmp_path, encoding, text, found):
    path = write(tmp_path, text.encode(encoding))
    if found:
        assert detect(path) == found
        columns, _ = rows(path)
        assert columns[0] == text.split(",")[0]
    else:
        assert detect(path) != "utf-8"


def test_western_accents_are_not_taken_for_chinese(tmp_path):
    path = write(tmp_path, "name,amount\nGómez,1\nJosé Núñez,2\nMüller,3\nBjörk,4\nFrançois,5\n".encode("cp1252"))
    assert "gb" not in detect(path)
    _, found = rows(path)
    assert [cells[0] for _, cells in found] == ["Gómez", "José Núñez", "Müller", "Björk", "François"]


def test_bytes_outside_the_encoding_are_marked_and_the_rest_is_read(tmp_path):
    _, found = rows(write(tmp_path, b"a,b\n\xff,1\n2,3\n"), encoding="utf-8")
    assert found == [(2, ["\ufffd", "1"]), (3, ["2", "3"])]


@pytest.mark.parametrize(
    ("content", "reading", "words"),
    [
        ("", {}, "empty"),
        ("\n\n,,\n", {}, "empty"),
        ('a,b\n"' + "x" * (LONGEST_ROW + 1000), {}, "quote"),
        ("x" * (3 * LONGEST_ROW), {"delimiter": "||", "row_end": "&|"}, "too long"),
        ("not a workbook", {"format": "xlsx"}, "XLSX"),
        (b"PK\x03\x04broken", {"format": "xlsx"}, "XLSX"),
    ],
)
def test_what_cannot_be_read_is_said_plainly(tmp_path, content, reading, words):
    with pytest.raises(Unreadable, match=words):
        rows(write(tmp_path, content), **reading)


def test_a_workbook(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["工号", "金额", "日期", "时刻", "备注", "成立"])
    sheet.append([1001, 0.1 + 0.2, datetime.date(2026, 1, 5), datetime.datetime(2026, 1, 5, 9, 30), "#N/A", True])
    sheet.append([123, 1234567.89, None, None, "=1+1", False])
    sheet.append([])
    sheet.append(["x", 10])
    sheet["A3"].number_format = "00000"
    sheet["E2"].data_type = "e"
    path = tmp_path / "book.xlsx"
    book.save(path)
    columns, found = rows(path, format="xlsx")
    assert columns == ("工号", "金额", "日期", "时刻", "备注", "成立")
    assert found == [
        (2, [Decimal(1001), Decimal("0.3"), datetime.date(2026, 1, 5), datetime.datetime(2026, 1, 5, 9, 30),
             CellError("#N/A"), True]),
        (3, ["00123", Decimal("1234567.89"), None, None, None, False]),  # a formula that was never worked out
        (5, ["x", Decimal(10)]),
    ]  # fmt: skip


def test_a_sheet_by_name(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["a"])
    other = book.create_sheet("订单")
    other.append(["b"])
    other.append([1])
    path = tmp_path / "book.xlsx"
    book.save(path)
    assert rows(path, format="xlsx", sheet="订单") == (("b",), [(2, [Decimal(1)])])
    with pytest.raises(Unreadable, match="订单"):
        rows(path, format="xlsx", sheet="不存在")
