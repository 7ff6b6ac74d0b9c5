"""Figures as readers of each language expect them."""

from datetime import UTC
from datetime import date
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from liji.base import clock as base_clock
from liji.web.templatetags import liji as tags


@pytest.fixture(autouse=True)
def shanghai(monkeypatch):
    monkeypatch.setattr(base_clock, "_company_zone", lambda: ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal(160_000), "¥160,000.00"),
        (Decimal("-12.345"), "−¥12.35"),  # half up, a true minus sign
        (Decimal("0.005"), "¥0.01"),
        (None, "–"),
        ("", "–"),
    ],
)
def test_money_is_exact_to_the_cent(value, shown):
    assert tags.money(value) == shown


def test_a_float_is_refused():
    with pytest.raises(TypeError):
        tags.money(0.1)


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (Decimal(160_000), "16 万", "160K"),
        (Decimal("166666.67"), "16.67 万", "166.67K"),
        (Decimal(120_000_000), "1.2 亿", "120M"),
        (Decimal(9999), "9,999", "10K"),
        (Decimal(-20_000), "−2 万", "−20K"),
    ],
)
def test_large_amounts_are_said_as_people_say_them(value, zh, en):
    with override("zh-hans"):
        assert tags.wan(value).replace("-", "−") == zh
    with override("en"):
        assert tags.wan(value).replace("-", "−") == en


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Decimal("0.75"), "75%"), (Decimal("0.625"), "62.5%"), (Decimal("1.2345"), "123.5%"), (None, "–")],
)
def test_shares_are_percentages(value, shown):
    assert tags.percent(value) == shown


def test_a_change_has_its_sign():
    assert tags.delta(Decimal(1500)) == "+1,500.00"
    assert tags.delta(Decimal(-300)) == "−300.00"
    assert tags.delta(Decimal(1500), "CNY") == "+¥1,500.00"


def test_days_are_those_of_the_company_not_of_greenwich(clock):
    clock.show(datetime(2026, 11, 30, 4, tzinfo=UTC))
    late = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)  # half past midnight in Shanghai
    with override("zh-hans"):
        assert tags.day(late) == "11 月 24 日"
        assert tags.moment(late) == "11 月 24 日 00:30"
        assert tags.month(date(2026, 11, 1)) == "2026 年 11 月"
        assert tags.day(date(2025, 3, 1)) == "2025 年 3 月 1 日"
    with override("en"):
        assert tags.day(late) == "24 Nov"
        assert tags.day(date(2025, 3, 1)) == "1 Mar 2025"


def test_a_drawing_never_leaves_its_frame():
    assert tags.hundredths(Decimal("1.5")) == "100.00"
    assert tags.hundredths(Decimal("-1")) == "0.00"
    assert tags.hundredths(None) == "0.00"
    assert tags.hundredths(Decimal("0.7500000000001")) == "75.00"
