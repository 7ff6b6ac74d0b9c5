"""Periods of the calendar: which one a day falls into. Half-open: (first day, day after the last)."""

from collections.abc import Iterable
from datetime import date

from liji.plan.calendar import MONTHS as _MONTHS
from liji.plan.calendar import add_months
from liji.plan.model import Window

__all__ = ["add_months", "earliest", "period_of"]


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


def earliest(start: date, period: str, windows: Iterable[Window], *, year_starts: int = 1) -> date:
    """The first day of the earliest period that one of the windows of the period starting on `start` takes in."""
    step = _MONTHS.get(period, 1)
    found = [start]
    for window in windows:
        if window.to_date:
            then = add_months(start.replace(day=1), -12 * window.years_ago)
            found.append(period_of(then, window.to_date, year_starts=year_starts)[0])
        elif window.months:
            found.append(add_months(start.replace(day=1), -window.first))
        elif period == "half-month":
            halves = (start.day > 15) - window.first
            found.append(add_months(start.replace(day=1), halves // 2).replace(day=16 if halves % 2 else 1))
        else:
            found.append(add_months(start, -window.first * step))
    return min(found)
