"""A company as plain values: people with their managers, and what happened."""

from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import timedelta
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Person:
    number: int
    attributes: dict[str, Any] = field(default_factory=dict)
    targets: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Above:
    """`above` stands `level` levels over `payee` from `since` until the day before `until`."""

    payee: int
    above: int
    level: int
    since: date | None
    until: date | None


@dataclass(frozen=True)
class Deal:
    """What happened, credited to a payee; `seq` is the order of arrival."""

    number: int
    payee: int
    type: str
    day: date
    fields: dict[str, Any]


@dataclass(frozen=True)
class Company:
    """`days` lie one in each of the periods that are worked out."""

    people: tuple[Person, ...]
    above: tuple[Above, ...]
    deals: tuple[Deal, ...]
    days: tuple[date, ...]


MONTHS = {"month": 1, "quarter": 3, "year": 12}


def first_day(day: date, kind: str, year_starts: int = 1) -> date:
    """The first day of the period in which a day lies."""
    if kind == "half-month":
        return day.replace(day=16 if day.day > 15 else 1)
    back = (day.month - year_starts) % MONTHS[kind]
    return date(day.year - (day.month <= back), (day.month - 1 - back) % 12 + 1, 1)


def next_period(start: date, kind: str) -> date:
    """The first day of the period after the one that starts on a day."""
    if kind == "half-month" and start.day == 1:
        return start.replace(day=16)
    months = start.year * 12 + start.month - 1 + MONTHS.get(kind, 1)
    return date(months // 12, months % 12 + 1, 1)


def last_day(start: date, kind: str) -> date:
    return next_period(start, kind) - timedelta(days=1)
