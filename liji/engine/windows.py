"""Which periods a measure's window takes in, told by the first days of two periods; and the ends of periods."""

from collections.abc import Collection

from sqlglot import exp

from liji.engine import sql
from liji.engine.sql import Sql
from liji.plan.model import Plan
from liji.plan.model import Window

MONTHS = {"month": 1, "quarter": 3, "year": 12}


def entered(plan: Plan, entries: Collection[tuple[str, str]]) -> Sql:
    """Whether a fact is of some types, each on the day in a field of it, or (empty) on its credit date."""
    if not any(measure.dated for measure in plan.measures.values()):
        return sql.one_of(sql.column("type"), [sql.text(kind) for kind, _ in sorted(entries)])
    by_field: dict[str, list[Sql]] = {}
    for kind, field in sorted(entries):
        by_field.setdefault(field, []).append(sql.text(kind))
    tests = []
    for field, kinds in by_field.items():
        dated = sql.binary("=", sql.column("dated_by"), sql.text(field))
        tests.append(sql.both([sql.one_of(sql.column("type"), kinds), dated]))
    return sql.either(tests)


def in_window(plan: Plan, window: Window | None, own: Sql, period: Sql) -> Sql:
    """Whether the period that starts on `own` lies in the window of the one that starts on `period`."""
    if window is None:
        return sql.binary("=", own, period)
    if window.to_date is not None:
        ago = 12 * window.years_ago
        same = sql.binary("=", _span(plan, window.to_date, own, ago), _span(plan, window.to_date, period, 0))
        if not ago:
            return sql.both([same, sql.binary("<=", own, period)])
        steps = ago * (2 if plan.period == "half-month" else 1)
        then = sql.binary("+", _index(plan, own), sql.factor(steps))
        return sql.both([same, sql.binary("<=", then, _index(plan, period))])
    step = MONTHS.get(plan.period, 1)
    if window.months:
        step = 2 if plan.period == "half-month" else 1
    back = sql.binary("-", _index(plan, period), _index(plan, own))
    first = sql.binary("<=", back, sql.factor(window.first * step))
    return sql.both([first, sql.binary(">=", back, sql.factor(window.last * step))])


def _index(plan: Plan, day: Sql) -> Sql:
    """Months since the year 0, or half-months."""
    months = sql.binary("+", sql.binary("*", exp.Year(this=day.copy()), sql.factor(12)), exp.Month(this=day.copy()))
    if plan.period != "half-month":
        return months
    second = sql.case(sql.binary(">", exp.Day(this=day.copy()), sql.factor(15)), sql.factor(1), sql.factor(0))
    return sql.binary("+", sql.binary("*", months, sql.factor(2)), second)


def _span(plan: Plan, kind: str, day: Sql, later: int) -> Sql:
    """Which quarter or year a day, so many months later, lies in, counted from the month with which years begin."""
    shift = 12 - (plan.year_starts or 1) + later
    months = sql.binary("+", sql.binary("*", exp.Year(this=day.copy()), sql.factor(12)), exp.Month(this=day.copy()))
    return sql.binary("//", sql.binary("+", months, sql.factor(shift)), sql.factor(MONTHS[kind]))


def first_day(plan: Plan, day: Sql) -> Sql:
    """The first day of the period in which a day lies."""
    month = sql.days_later(day, sql.binary("-", sql.factor(1), exp.Day(this=day.copy())))
    if plan.period == "half-month":
        second = sql.binary(">", exp.Day(this=day.copy()), sql.factor(15))
        return sql.case(second, sql.days_later(month, sql.factor(15)), month)
    step = MONTHS[plan.period]
    if step == 1:
        return month
    since_start = sql.binary("+", exp.Month(this=day.copy()), sql.factor(12 - (plan.year_starts or 1)))
    whole = sql.binary("*", sql.binary("//", since_start, sql.factor(step)), sql.factor(step))
    return sql.months_later(month, sql.binary("-", whole, since_start))


def last_day(kind: str, period: Sql) -> Sql:
    """The last day of the period that starts on `period`."""
    if kind == "half-month":
        first = sql.binary("<", exp.Day(this=period.copy()), sql.factor(15))
        return sql.case(first, sql.days_later(period, sql.factor(14)), exp.LastDay(this=period.copy()))
    months = MONTHS[kind] - 1
    return exp.LastDay(this=sql.months_later(period, sql.factor(months)) if months else period.copy())
