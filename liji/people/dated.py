"""Dated facts: rows that hold from a day (inclusive) to a day (exclusive), never two at once for the same key.

The database itself refuses an overlap. `int8range(id, id, '[]')` stands for equality of a key, so that no
extension is needed beside the date range.
"""

from datetime import date
from datetime import timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange

FOREVER: date | None = None


def span(start: date | None, end: date | None = FOREVER) -> DateRange:
    """The days from `start` up to, not including, `end`; `None` is open on that side."""
    return DateRange(start, end, "[)")


def never_two_at_once(name: str, *keys: str, condition: models.Q | None = None) -> ExclusionConstraint:
    """A constraint: no two rows with the same integer `keys` hold on the same day."""
    same = [
        (models.Func(key, key, models.Value("[]"), function="int8range"), RangeOperators.OVERLAPS)
        for key in keys
    ]
    return ExclusionConstraint(
        name=name, expressions=[*same, ("days", RangeOperators.OVERLAPS)], condition=condition
    )


class DatedQuerySet(models.QuerySet):
    """Rows asked "as of" a date."""

    def on(self, day: date) -> "DatedQuerySet":
        return self.filter(days__contains=day)

    def during(self, start: date, end: date) -> "DatedQuerySet":
        """Rows that hold on any day from `start` up to, not including, `end`."""
        return self.filter(days__overlap=span(start, end))


class Dated(models.Model):
    """What holds on some days: `days` is half-open, its end exclusive."""

    days = DateRangeField()
    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def since(self) -> date | None:
        return self.days.lower

    @property
    def until(self) -> date | None:
        """The first day on which it no longer holds; None while it is open."""
        return self.days.upper

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds; None while it is open."""
        return self.until - timedelta(days=1) if self.until else None
