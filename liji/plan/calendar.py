"""Days of the calendar that need no plan: the first of a month, the last of a period."""

from datetime import date
from datetime import timedelta

MONTHS = {"month": 1, "quarter": 3, "year": 12}


def add_months(first: date, count: int) -> date:
    """The first of a month, `count` months later."""
    index = first.year * 12 + first.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def last_day(start: date, kind: str) -> date:
    """The last day of the period of `kind` (month, half-month, quarter, year) that begins on `start`."""
    if kind == "half-month" and start.day == 1:
        return start.replace(day=15)
    return add_months(start.replace(day=1), MONTHS.get(kind, 1)) - timedelta(days=1)
