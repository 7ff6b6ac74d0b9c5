"""Shares of a record that payees are credited with."""

import re
from collections.abc import Iterable
from decimal import Decimal

from liji.base.gate.wrong import Wrong
from liji.base.gate.wrong import wrong

LARGEST = Decimal(10)
PLACES = 8
_SHARE = re.compile(r"(?:0|[1-9]\d*)(?:\.\d+)?%?", re.ASCII)


def share(value: object) -> Decimal | Wrong:
    """A share above 0 and up to 10 (1,000 %), with 8 decimals at most: `0.6`, `60%`, Decimal or int.

    Code: wrong_share.
    """
    if type(value) is str and _SHARE.fullmatch(written := value.replace("％", "%")):
        number = Decimal(written.removesuffix("%"))
        number = number / 100 if written.endswith("%") else number
    elif isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        number = Decimal(value)
    else:
        return wrong("wrong_share", value=value)
    if not number.is_finite() or not 0 < number <= LARGEST or number != round(number, PLACES):
        return wrong("wrong_share", value=value)
    return number


def shares(owners: Iterable[Decimal]) -> Wrong | None:
    """The Wrong of owners' shares that add up to more than 100 %. Code: shares_over."""
    total = sum(owners, Decimal(0))
    return wrong("shares_over", sum=f"{total.scaleb(2).normalize():f}%") if total > 1 else None
