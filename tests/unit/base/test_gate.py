"""The entry gate's grammars: what is taken, and with which code the rest is refused."""

from datetime import date
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from liji.base import gate
from liji.base.gate import Wrong

SHANGHAI = ZoneInfo("Asia/Shanghai")
LIMITS = gate.Limits.around(date(2026, 11, 23))


@pytest.mark.parametrize(
    ("given", "expected"),
    [("1234.5", "1234.5"), ("0", "0"), ("-0", "0"), ("-0.00", "0"), (100, "100"), (Decimal("1.50"), "1.5"),
     ("999999999999999999.999999", "999999999999999999.999999")],
)  # fmt: skip
def test_a_plain_decimal_is_taken(given, expected):
    found = gate.decimal(given)
    assert found == Decimal(expected)
    assert not found.is_signed()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("1,5", "not_a_decimal"), ("1,234.50", "not_a_decimal"), ("1_000", "not_a_decimal"), ("١٢٣", "not_a_decimal"),
        ("１２３", "not_a_decimal"), ("+5", "not_a_decimal"), ("007", "not_a_decimal"), (" 5", "not_a_decimal"),
        ("5 ", "not_a_decimal"), ("1e3", "not_a_decimal"), ("0x1F", "not_a_decimal"), (".5", "not_a_decimal"),
        ("5.", "not_a_decimal"), ("--5", "not_a_decimal"), ("20万", "not_a_decimal"), ("60%", "not_a_decimal"),
        ("1\n", "not_a_decimal"), ("NaN", "not_finite"), ("Infinity", "not_finite"), (True, "not_a_number"),
        (1.5, "not_a_number"), (["1"], "not_a_number"), ("ten", "not_a_number"), ("0.0000001", "too_precise"),
        ("1000000000000000000", "too_large"), (10**18, "too_large"), ("1e999999", "too_large"),
    ],
)  # fmt: skip
def test_another_number_is_refused(given, code):
    found = gate.decimal(given)
    assert isinstance(found, Wrong)
    assert found.code == code


@pytest.mark.parametrize("given", ["1", 1, "999999999"])
def test_a_version_is_a_whole_number_from_one(given):
    assert gate.version(given) == int(given)


@pytest.mark.parametrize("given", [0, "01", "1.0", True, "１", "+1", "1_0", 10**9, Decimal(1)])
def test_no_other_version_is_taken(given):
    assert gate.version(given).code == "wrong_version"


@pytest.mark.parametrize(
    "given",
    ["2026-11-23", "2026-11-23T09:42", "2026-11-23T09:42:00+08:00", "2026-11-23T01:42:00Z", "2026-11-23 09:42:00"],
)
def test_a_moment_is_taken_in_the_extended_form(given):
    found = gate.moment(given, SHANGHAI, LIMITS)
    assert found.astimezone(SHANGHAI).date() == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("20261123", "not_a_date"), ("2026-W48-1", "not_a_date"), ("2026-11-23T09", "not_a_date"),
        ("2026-11-23T9:42", "not_a_date"), ("2026-11-23T24:00", "not_a_date"), ("2026-02-30", "not_a_date"),
        ("２０２６-11-23", "not_a_date"), (" 2026-11-23", "not_a_date"), (20261123, "not_a_date"), (True, "not_a_date"),
        ("1989-12-31", "date_range"), ("2028-11-24", "date_range"), ("9999-12-31", "date_range"),
        ("0001-01-01T00:00:00+14:00", "date_range"), ("9999-12-31T23:59:59-14:00", "date_range"),
        ("0000-01-01", "not_a_date"),
    ],
)  # fmt: skip
def test_another_moment_is_refused(given, code):
    assert gate.moment(given, SHANGHAI, LIMITS).code == code


def test_the_limits_hold_in_the_companys_zone():
    assert gate.moment("1989-12-31T16:00:00Z", SHANGHAI, LIMITS) == datetime(1990, 1, 1, tzinfo=SHANGHAI)
    assert gate.moment("1989-12-31T15:59:00Z", SHANGHAI, LIMITS).code == "date_range"


def test_days_and_months_have_one_form():
    assert gate.day("2026-11-23", LIMITS) == date(2026, 11, 23)
    assert gate.month("2026-11", LIMITS) == date(2026, 11, 1)
    assert {gate.day(text, LIMITS).code for text in ("20261123", "2026-11-23T09:42", "")} == {"not_a_date"}
    assert {gate.month(text, LIMITS).code for text in ("2026-13", "0000-01", "2026-1", "２０２６-11")} == {"not_a_date"}
    assert {gate.month(text, LIMITS).code for text in ("9999-12", "1989-12")} == {"date_range"}


def test_two_years_after_a_leap_day():
    assert gate.Limits.around(date(2028, 2, 29)).last == date(2030, 2, 28)


@pytest.mark.parametrize("given", ["a\x00b", "\ud800", "a\u202eb", "a\x07b", "a\x85b", "a\u2066b", "a\nb"])
def test_a_text_with_hidden_characters_is_refused(given):
    assert gate.text(given).code == "bad_text"


def test_a_text_is_bounded_and_no_list():
    assert gate.text("  上海 ") == "上海"
    assert gate.text(1001) == "1001"
    assert gate.text("x" * 201).code == "too_long"
    assert gate.text("a\nb", lines=True) == "a\nb"
    assert {gate.text(value).code for value in ([], {}, True, 1.5, Decimal(1))} == {"wrong_type"}


@pytest.mark.parametrize("given", ["RMB", "rmb", "cny", "人民币", "CNH", "yuan"])
def test_a_currency_that_is_meant_is_guessed(given):
    found = gate.currency(given)
    assert (found.code, found.values["guess"]) == ("not_iso_currency", "CNY")


def test_a_currency_is_in_use_on_the_day():
    assert gate.currency("CNY") == "CNY"
    assert gate.currency("HRK", date(2022, 12, 31)) == "HRK"
    assert gate.currency("HRK", date(2023, 1, 1)).values["guess"] == "EUR"
    assert {gate.currency(code).code for code in ("ABC", "XXX", "XAU", "CNYY", "")} == {"wrong_currency"}


def test_a_share_is_strict():
    assert gate.share("60%") == gate.share("0.6") == gate.share(Decimal("0.60")) == Decimal("0.6")
    for value in ("1_0", "1e1", "+1", "0", "60 %", "1001%", True, "٦٠%", 0.6, "0.123456789"):
        assert gate.share(value).code == "wrong_share"


def test_owners_share_no_more_than_the_whole():
    assert gate.shares([Decimal("0.6"), Decimal("0.4")]) is None
    assert gate.shares([Decimal("0.6"), Decimal("0.41")]).values == {"sum": "101%"}
