"""When the waves of a survey open. Days are the company's."""

from calendar import monthrange
from datetime import date
from datetime import timedelta

from liji.plan.periods import add_months

MONTHS = {"month": 1, "quarter": 3, "year": 12}
_SHORTEST = {"month": 28, "quarter": 90, "year": 365}


def latest(starts: date, every: str, day: date) -> date | None:
    """The newest day up to `day` on which a wave opens; None before the first. `every` is empty for a single wave."""
    if day < starts:
        return None
    if not every:
        return starts
    passed = (day.year - starts.year) * 12 + day.month - starts.month
    step = MONTHS[every]
    count = passed // step
    return opening if (opening := _later(starts, count * step)) <= day else _later(starts, (count - 1) * step)


def following(starts: date, every: str, day: date) -> date | None:
    """The first day after `day` on which a wave opens; None when there is none any more."""
    last = latest(starts, every, day)
    if last is None:
        return starts
    if not every:
        return None
    passed = (last.year - starts.year) * 12 + last.month - starts.month
    return _later(starts, passed + MONTHS[every])


def last_day(opens: date, days: int) -> date:
    """The last of the days on which a wave is open."""
    return opens + timedelta(days=days - 1)


def overlaps(every: str, days: int) -> bool:
    """Whether a wave would still be open when the next one opens."""
    return bool(every) and days > _SHORTEST[every]


def _later(start: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    first = add_months(start.replace(day=1), months)
    return first.replace(day=min(start.day, monthrange(first.year, first.month)[1]))
