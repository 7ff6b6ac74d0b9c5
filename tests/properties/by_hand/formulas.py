"""Works out a formula by hand, in the order in which it is written."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any
from typing import Protocol

from tests.properties.by_hand.numbers import Num
from tests.properties.by_hand.numbers import added
from tests.properties.by_hand.numbers import divided
from tests.properties.by_hand.numbers import half_away
from tests.properties.by_hand.numbers import multiplied
from tests.properties.by_hand.tables import read
from tests.properties.by_hand.tables import sliced
from tests.properties.drawn.tree import Expr
from tests.properties.drawn.tree import Plan


class StopError(Exception):
    """The calculation stops: why, and for whom."""

    def __init__(self, code: str, payee: int) -> None:
        super().__init__(code, payee)
        self.code, self.payee = code, payee


class Where(Protocol):
    """Where a formula is worked out: a fact, or a payee in a period."""

    plan: Plan
    payee: int
    start: date
    end: date

    def named(self, expr: Expr) -> Any: ...

    def read(self, reading: Expr, value: Num, band: int) -> None: ...


Answer = Num | str | bool | date


def worked_out(expr: Expr, at: Where) -> Any:
    """A Num, text, day or truth."""
    if expr.op == "const":
        value = expr.args[0]
        return Num(Fraction(value)) if expr.kind in ("money", "rate", "number", "count", "plain") else value
    known = _KNOWN.get(expr.op)
    return known(expr, at) if known else at.named(expr)


def _all(expr: Expr, at: Where) -> list[Any]:
    return [worked_out(arg, at) for arg in expr.args if isinstance(arg, Expr)]


def _if(expr: Expr, at: Where) -> Any:
    condition, yes, no = expr.args
    return worked_out(yes if worked_out(condition, at) else no, at)


def _both(expr: Expr, at: Where) -> bool:
    return all(worked_out(arg, at) for arg in expr.args)


def _either(expr: Expr, at: Where) -> bool:
    return any(worked_out(arg, at) for arg in expr.args)


def _sum(expr: Expr, at: Where) -> Num:
    terms = _all(expr, at)
    total = terms[0]
    for term in terms[1:]:
        total = added(total, term)
    return total


def _quotient(expr: Expr, at: Where) -> Num:
    left, right = _all(expr, at)
    if half_away(right.value, 12) == 0 if right.divisor is not None else right.value == 0:
        raise StopError("division_by_zero", at.payee)
    return divided(left, right, expr)


def _divide(expr: Expr, at: Where) -> Num:
    left, right, otherwise = _all(expr, at)
    zero = half_away(right.value, 12) == 0 if right.divisor is not None else right.value == 0
    return Num(otherwise.value, expr) if zero else divided(left, right, expr)


def _picked(best: Callable[..., Any]) -> Callable[[Expr, Where], Any]:
    def pick(expr: Expr, at: Where) -> Any:
        return best(_all(expr, at), key=lambda one: one.value if isinstance(one, Num) else one)

    return pick


def _compared(test: Callable[[Any, Any], bool]) -> Callable[[Expr, Where], bool]:
    def compare(expr: Expr, at: Where) -> bool:
        left, right = (one.value if isinstance(one, Num) else one for one in _all(expr, at))
        return test(left, right)

    return compare


def _in(expr: Expr, at: Where) -> bool:
    first, *rest = (one.value if isinstance(one, Num) else one for one in _all(expr, at))
    return first in rest


# Tables.


def _table(expr: Expr, at: Where) -> tuple[Any, Num]:
    table = next(table for table in at.plan.tables if table.name == expr.args[0])
    return table, worked_out(expr.args[1], at)


def _rate(expr: Expr, at: Where) -> Num:
    table, asked = _table(expr, at)
    across = worked_out(expr.args[2], at) if len(expr.args) > 2 else None
    found = read(table, asked, across)
    if found is None:
        raise StopError("no_row", at.payee)
    value, band = found
    at.read(expr, value, band)
    return value


def _whole(expr: Expr, at: Where) -> Num:
    reading = Expr("rate", expr.args)
    return multiplied(worked_out(expr.args[1], at), _rate(reading, at))


def _marginal(expr: Expr, at: Where) -> Num:
    table, asked = _table(expr, at)
    found = read(table, asked, None)
    assert found is not None
    value = sliced(table, asked)
    at.read(Expr("marginal", expr.args), value, found[1])
    return value


def _pay(expr: Expr, at: Where) -> Num:
    table, _ = _table(expr, at)
    return (_marginal if table.marginal else _whole)(expr, at)


# Days.


def months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)


def _months(expr: Expr, at: Where) -> Num:
    return Num(Fraction(months_between(*_all(expr, at))))


def _edate(expr: Expr, at: Where) -> date:
    day, count = _all(expr, at)
    months = day.year * 12 + day.month - 1 + int(half_away(count.value, 0))
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _employed(expr: Expr, at: Where) -> Num:
    hired, left = _all(expr, at)
    days = (min(left, at.end) - max(hired, at.start)).days + 1
    return Num(Fraction(max(0, days), (at.end - at.start).days + 1), expr)


def _convert(expr: Expr, at: Where) -> Num:
    amount, currency, day = _all(expr, at)
    steps = at.plan.exchange.get(currency, ())
    if currency in ("", at.plan.currency):
        return amount
    known = [rate for since, rate in steps if since is None or since <= day]
    if not known:
        raise StopError("no_rate", at.payee)
    return Num(amount.value * Fraction(known[-1]), amount.divisor)


def _number_of(part: Callable[[date], int]) -> Callable[[Expr, Where], Num]:
    def tell(expr: Expr, at: Where) -> Num:
        return Num(Fraction(part(worked_out(expr.args[0], at))))

    return tell


_KNOWN: dict[str, Callable[[Expr, Where], Any]] = {
    "IF": _if,
    "AND": _both,
    "OR": _either,
    "NOT": lambda expr, at: not worked_out(expr.args[0], at),
    "IN": _in,
    "+": lambda expr, at: added(*_all(expr, at)),
    "-": lambda expr, at: added(*_all(expr, at), sign=-1),
    "*": lambda expr, at: multiplied(*_all(expr, at)),
    "/": _quotient,
    "DIVIDE": _divide,
    "SUM": _sum,
    "MIN": _picked(min),
    "MAX": _picked(max),
    "neg": lambda expr, at: (lambda one: Num(-one.value, one.divisor))(worked_out(expr.args[0], at)),
    "ABS": lambda expr, at: (lambda one: Num(abs(one.value), one.divisor))(worked_out(expr.args[0], at)),
    "ROUND": lambda expr, at: Num(half_away(worked_out(expr.args[0], at).value, int(expr.args[1]))),
    "=": _compared(lambda a, b: a == b),
    "<>": _compared(lambda a, b: a != b),
    "<": _compared(lambda a, b: a < b),
    "<=": _compared(lambda a, b: a <= b),
    ">": _compared(lambda a, b: a > b),
    ">=": _compared(lambda a, b: a >= b),
    "rate": _rate,
    "whole": _whole,
    "marginal": _marginal,
    "pay": _pay,
    "YEAR": _number_of(lambda day: day.year),
    "MONTH": _number_of(lambda day: day.month),
    "DAY": _number_of(lambda day: day.day),
    "DAYS": lambda expr, at: (lambda days: Num(Fraction((days[1] - days[0]).days)))(_all(expr, at)),
    "MONTHS": _months,
    "EDATE": _edate,
    "period_start": lambda expr, at: at.start,
    "period_end": lambda expr, at: at.end,
    "employed": _employed,
    "convert": _convert,
}
