"""Periods of the calendar: which one a day falls into. Half-open: (first day, day after the last)."""

from datetime import date

_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def period_of(day: date, kind: str, *, year_starts: int = 1) -> tuple[date, date]:
    """The period of `kind` (month, half-month, quarter, year) in which a day falls: first day, day after the last.

    Quarters and years follow the fiscal year that starts in the month `year_starts`.
    """
    if kind == "half-month":
        first, second = day.replace(day=1), day.replace(day=16)
        return (first, second) if day < second else (second, add_months(first, 1))
    length = _MONTHS[kind]
    since_start = (day.month - year_starts) % 12
    start = add_months(day.replace(day=1), -(since_start % length))
    return start, add_months(start, length)


def add_months(first: date, count: int) -> date:
    """The first of a month, `count` months later."""
    index = first.year * 12 + first.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)
