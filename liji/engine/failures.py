"""Which payee and which expression it was, when a query could not be answered."""

import re
from collections.abc import Callable
from datetime import date

from liji.engine.errors import EngineError

_STOPPED = re.compile(r"liji\|(\w+)\|([^|]*)\|(-?\d+)\|(\d{4}-\d\d-\d\d)(?:\|([^|\n]*)\|)?")


def stopped(message: str) -> EngineError | None:
    """The error that the plan's own SQL raised; None when the database had another reason."""
    found = _STOPPED.search(message)
    if found is None:
        return None
    code, expression, payee, period, value = found.groups()
    return EngineError(code, int(payee), date.fromisoformat(period), expression, value or "")


def code_of(message: str) -> str:
    """What a database means that could not hold a number, or could not go on for another reason."""
    return "overflow" if any(word in message for word in _TOO_LARGE) else "failed"


_TOO_LARGE = ("verflow", "Out of Range", "OUT_OF_RANGE", "out of range")


def located(payees: int, fails: Callable[[int, int, int | None], bool], outputs: int) -> tuple[int, int | None]:
    """The payee at which a calculation fails, by halving, and the first output that does.

    `fails(first, after, output)` tries the payees from `first` up to `after`, all outputs or one. The output is None
    when the failure does not come back.
    """
    first, after = 0, payees
    while after - first > 1:
        middle = (first + after) // 2
        first, after = (first, middle) if fails(first, middle, None) else (middle, after)
    return first, next((output for output in range(outputs) if fails(first, after, output)), None)
