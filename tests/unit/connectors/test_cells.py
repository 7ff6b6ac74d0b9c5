"""Cells are read exactly in the format that the mapping names, or not at all."""

from datetime import date
from datetime import datetime
from decimal import Decimal

import pytest

from liji.connectors.files import cells as c


@pytest.mark.parametrize(
    ("form", "cell", "read"),
    [
        ("1,234.56", "1234.5", "1234.5"),
        ("1,234.56", "1,234,567.89", "1234567.89"),
        ("1,234.56", " 12 ", "12"),
        ("1,234.56", "1,5", None),  # a decimal comma is not a thousands separator
        ("1,234.56", "12,34.5", None),  # groups of three
        ("1.234,56", "1.234,56", "1234.56"),
        ("1.234,56", "1234,56", "1234.56"),
        ("1.234,56", "1.5", None),
        ("1.234,56", "7", "7"),
        ("1 234,56", "1 234 567,8", "1234567.8"),
        ("1 234,56", "1\u00a0234,56", "1234.56"),  # no-break space, as spreadsheets put it
        ("1 234,56", "1\u202f234,56", "1234.56"),
        ("1'234.56", "1'234.56", "1234.56"),
        ("1234", "1234", "1234"),
        ("1234.56", "1,234", None),
        ("¥1,234.56", "¥1,234.56", "1234.56"),
        ("¥1,234.56", "1,234.56", "1234.56"),  # the sign may be left out
        ("¥1,234.56", "$1,234.56", None),
        ("1.234,56 €", "-1.234,56 €", "-1234.56"),
        ("$1,234.56", "-$5.00", "-5.00"),
        ("$1,234.56", "$-5.00", "-5.00"),
        ("$1,234.56", "($5.00)", "-5.00"),  # accountants' negative
        ("1,234.56", "(5.00", None),
        ("1,234.56", "5-", "-5"),
        ("1,234.56", "−5", "-5"),  # U+2212
        ("1,234.56", "-(5)", None),
        ("1,234.56", "1e5", None),
        ("1,234.56", "NaN", None),
        ("1,234.56", "Infinity", None),
        ("1,234.56", "٣", None),  # digits of another script are not guessed
        ("1,234.56", "", None),
        ("1.234,56", Decimal("0.3"), "0.3"),  # a number of a workbook has no format
        ("1,234.56", True, None),
        ("1,234.56", c.CellError("#N/A"), None),
    ],
)
def test_a_number(form, cell, read):
    assert c.number_reader(form)(cell) == read


@pytest.mark.parametrize("form", ["", "abc", "1,234,56", "12", "1.234.56"])
def test_what_is_no_number_format(form):
    assert c.number_pattern(form) is None


@pytest.mark.parametrize(
    ("form", "cell", "read"),
    [
        ("YYYY/MM/DD", "2026/01/05", "2026-01-05"),
        ("YYYY/MM/DD", "2026/1/5", None),
        ("YYYY/M/D", "2026/1/5", "2026-01-05"),
        ("YYYY/M/D", "2026/01/05", "2026-01-05"),
        ("DD.MM.YYYY", "05.01.2026", "2026-01-05"),
        ("MM/DD/YYYY", "13/01/2026", None),  # there is no 13th month
        ("YYYY-MM-DD", "2026-02-30", None),
        ("YYYY年M月D日", "2026年1月5日", "2026-01-05"),
        ("YYYYMMDD", "20260105", "2026-01-05"),
        ("DD-MMM-YY", "05-Jan-26", "2026-01-05"),
        ("%d.%m.%Y", "05.01.2026", "2026-01-05"),
        ("YYYY-MM-DD HH:mm:ss", "2026-01-05 09:30:00", "2026-01-05T09:30:00"),
        ("YYYY-MM-DD HH:mm:ss.fff", "2026-01-05 00:00:00.000", "2026-01-05T00:00:00"),
        ("YYYY-MM-DD HH:mm", "2026-01-05 25:00", None),
        ("YYYY/MM/DD", "2026/01/05 ", "2026-01-05"),
        ("YYYY/MM/DD", "２０２６/01/05", None),
        ("YYYY/MM/DD", date(2026, 1, 5), "2026-01-05"),  # a date of a workbook has no format
        ("YYYY/MM/DD", datetime(2026, 1, 5, 9, 30), "2026-01-05T09:30:00"),
        ("YYYY/MM/DD", Decimal(46027), None),
    ],
)
def test_a_date(form, cell, read):
    assert c.date_reader(form)(cell) == read


@pytest.mark.parametrize("form", ["", "DD/MM", "YYYY", "YYYY/MM/DD DD", "%j %Y", "quarter"])
def test_what_is_no_date_format(form):
    assert c.date_pattern(form) is None


@pytest.mark.parametrize(
    ("form", "values", "ambiguous"),
    [
        ("DD/MM/YYYY", ["01/02/2026", "03/04/2026"], True),
        ("MM/DD/YYYY", ["01/02/2026"], True),
        ("DD/MM/YYYY", ["01/02/2026", "13/02/2026"], False),  # the thirteenth settles it
        ("DD/MM/YYYY", ["02/02/2026"], False),  # the same day either way
        ("YYYY/MM/DD", ["2026/01/02"], False),
        ("DD-MMM-YYYY", ["01-Feb-2026"], False),
        ("DD/MM/YYYY", [], False),
    ],
)
def test_whether_day_and_month_could_be_exchanged(form, values, ambiguous):
    assert c.ambiguous(form, values) is ambiguous
