"""Exact numbers in one grammar: ASCII digits with a point, no sign but minus, no leading zeros, no exponent."""

import re
from decimal import Decimal
from decimal import InvalidOperation

from liji.base.gate.wrong import Wrong
from liji.base.gate.wrong import wrong

LARGEST = Decimal(10) ** 18
PLACES = 6
_PLAIN = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d{1,6})?", re.ASCII)  # fits without a second look
_GRAMMAR = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_VERSION = re.compile(r"[1-9]\d{0,8}", re.ASCII)


def decimal(value: object, *, places: int = PLACES, below: Decimal = LARGEST) -> Decimal | Wrong:
    """A finite decimal with at most `places` decimal places and an absolute value less than `below`.

    Takes text such as `1234.50`, int and Decimal; never float, bool, `1,5`, `1_000`, `+5`, `007`, `1e3` or the digits
    of other scripts. Minus zero is zero. Codes: not_a_number, not_a_decimal, not_finite, too_large, too_precise.
    """
    if type(value) is str:
        if places == PLACES and below == LARGEST and _PLAIN.fullmatch(value):
            return Decimal(value) + 0
        if not _GRAMMAR.fullmatch(value):
            return _misspelt(value, places, below)
        number = Decimal(value)
    elif isinstance(value, Decimal):
        number = value
    elif isinstance(value, int) and not isinstance(value, bool):
        number = Decimal(value)
    else:
        return wrong("not_a_number", value=value)
    return _size(number, value, places, below) or number + 0


def _size(number: Decimal, value: object, places: int, below: Decimal) -> Wrong | None:
    if not number.is_finite():
        return wrong("not_finite", value=value)
    if abs(number) >= below:
        return wrong("too_large", value=value)
    if number != round(number, places):
        return wrong("too_precise", value=value, places=places)
    return None


def _misspelt(value: str, places: int, below: Decimal) -> Wrong:
    """Why a text is no decimal: no number at all, a number out of bounds, or one in another grammar."""
    try:
        number = Decimal(value) if value.isascii() and "_" not in value else None
    except InvalidOperation:
        number = None
    if number is not None and (found := _size(number, value, places, below)):
        return found
    return wrong("not_a_decimal" if any(character.isnumeric() for character in value) else "not_a_number", value=value)


def version(value: object) -> int | Wrong:
    """A version: a whole number from 1 to 999,999,999. Code: wrong_version."""
    if isinstance(value, bool) or not isinstance(value, (int, str)) or not _VERSION.fullmatch(str(value)):
        return wrong("wrong_version", value=value)
    return int(value)
