"""Periods and the windows that look back over them."""

from datetime import date
from datetime import timedelta

import pytest

from liji.plan.model import Window
from liji.plan.periods import earliest


@pytest.mark.parametrize(
    ("start", "period", "window", "first"),
    [
        (date(2026, 5, 1), "month", Window(), date(2026, 5, 1)),
        (date(2026, 5, 1), "month", Window(3, 1), date(2026, 2, 1)),
        (date(2026, 2, 1), "month", Window(3, 1), date(2025, 11, 1)),
        (date(2026, 4, 1), "quarter", Window(2, 1), date(2025, 10, 1)),
        (date(2026, 1, 1), "year", Window(1, 1), date(2025, 1, 1)),
        (date(2026, 4, 1), "quarter", Window(4, 0, months=True), date(2025, 12, 1)),
        (date(2026, 5, 16), "half-month", Window(2, 1, months=True), date(2026, 3, 1)),
        (date(2026, 5, 1), "month", Window(to_date="quarter"), date(2026, 4, 1)),
        (date(2026, 5, 1), "month", Window(to_date="year"), date(2026, 1, 1)),
    ],
)
def test_a_window_begins_with_the_first_period_that_it_takes_in(start, period, window, first):
    assert earliest(start, period, [window]) == first


@pytest.mark.parametrize("back", range(1, 8))
@pytest.mark.parametrize("start", [date(2026, 5, 1), date(2026, 5, 16)])
def test_half_months_are_counted_back_one_by_one(start, back):
    begun = start
    for _ in range(back):
        begun = begun.replace(day=1) if begun.day == 16 else (begun - timedelta(days=1)).replace(day=16)
    assert earliest(start, "half-month", [Window(back, 1)]) == begun


def test_a_year_may_begin_in_another_month():
    assert earliest(date(2026, 5, 1), "month", [Window(to_date="year")], year_starts=4) == date(2026, 4, 1)
    assert earliest(date(2026, 3, 1), "month", [Window(to_date="year")], year_starts=4) == date(2025, 4, 1)


def test_the_earliest_of_several_windows_counts_and_without_any_it_is_the_period_itself():
    assert earliest(date(2026, 5, 1), "month", [Window(1, 1), Window(6, 1)]) == date(2025, 11, 1)
    assert earliest(date(2026, 5, 1), "month", []) == date(2026, 5, 1)
