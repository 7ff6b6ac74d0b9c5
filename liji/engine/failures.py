"""What a query says when a formula has no value for a payee."""

import re
from datetime import date

from liji.engine.errors import EngineError

_STOPPED = re.compile(r"liji\|(\w+)\|([^|]*)\|(-?\d+)\|(\d{4}-\d\d-\d\d)")


def stopped(message: str) -> EngineError | None:
    """The error that the plan's own SQL raised; None when the database had another reason."""
    found = _STOPPED.search(message)
    if found is None:
        return None
    code, expression, payee, period = found.groups()
    return EngineError(code, int(payee), date.fromisoformat(period), expression)
