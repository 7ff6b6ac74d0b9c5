"""Days and moments in ISO 8601's extended form, inside the company's limits."""

import re
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import timedelta
from datetime import tzinfo
from functools import lru_cache

from liji.base.gate.wrong import Wrong
from liji.base.gate.wrong import wrong

FIRST = date(1990, 1, 1)
YEARS_AHEAD = 2
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?"
    r"(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?)?",
    re.ASCII,
)


@dataclass(frozen=True)
class Limits:
    """The first and the last day that may be recorded, both included."""

    first: date
    last: date

    @classmethod
    def around(cls, today: date, *, first: date = FIRST, years_ahead: int = YEARS_AHEAD) -> "Limits":
        """From `first` to the same day `years_ahead` years after `today` (29 February: to the 28th)."""
        year = min(today.year + years_ahead, 9000)
        return cls(first, today.replace(year=year, day=28 if (today.month, today.day) == (2, 29) else today.day))

    def check(self, found: date) -> Wrong | None:
        """The Wrong of a day outside the limits. Code: date_range."""
        if self.first <= found <= self.last:
            return None
        return wrong("date_range", value=found.isoformat(), first=self.first.isoformat(), last=self.last.isoformat())


def day(value: object, limits: Limits) -> date | Wrong:
    """A day written `2026-11-23`, or a date, inside the limits. Codes: not_a_date, date_range."""
    if isinstance(value, datetime):
        return wrong("not_a_date", value=value)
    found = value if isinstance(value, date) else _day(value) if type(value) is str else None
    if found is None:
        return wrong("not_a_date", value=value)
    return limits.check(found) or found


def month(value: object, limits: Limits) -> date | Wrong:
    """The first day of a month written `2026-11` that lies inside the limits. Codes: not_a_date, date_range."""
    found = _day(f"{value}-01") if type(value) is str and _MONTH.fullmatch(value) else None
    if found is None:
        return wrong("not_a_date", value=value)
    in_first = (found.year, found.month) == (limits.first.year, limits.first.month)
    return found if in_first else limits.check(found) or found


def moment(value: object, zone: tzinfo, limits: Limits) -> datetime | Wrong:
    """A moment such as `2026-11-23T09:42:00+08:00`, aware; a bare day is midnight, and what has no offset is meant, in
    `zone`. Its day in `zone` lies inside the limits. Codes: not_a_date, date_range.
    """
    if isinstance(value, datetime):
        found: datetime | None = value if value.tzinfo else value.replace(tzinfo=zone)
    elif isinstance(value, date):
        found = datetime(value.year, value.month, value.day, tzinfo=zone)
    else:
        found = _moment(value, zone) if type(value) is str and len(value) <= 40 else None
    if found is None:
        return wrong("not_a_date", value=value)
    # Years beyond the limits are refused before any arithmetic, which fails at the ends of the calendar.
    if not limits.first.year - 1 <= found.year <= limits.last.year + 1:
        return limits.check(found.date()) or wrong("not_a_date", value=value)
    return limits.check(local(found, zone)) or found


def local(found: datetime, zone: tzinfo) -> date:
    """The day of an aware moment in `zone`."""
    return found.date() if found.tzinfo is zone else found.astimezone(zone).date()


def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date(int(text[:4]), int(text[5:7]), int(text[8:]))
    except ValueError:
        return None


@lru_cache(maxsize=8192)  # the days of a file come again and again
def _moment(text: str, zone: tzinfo) -> datetime | None:
    if not _MOMENT.fullmatch(text):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def shift(found: date, days: int) -> date:
    """The day so many days later (or earlier), at most the calendar's last (first) day."""
    try:
        return found + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min
