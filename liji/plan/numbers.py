"""Reading and writing exact numbers: decimals with %, 万 and 亿; never a float."""

import re
from decimal import Context
from decimal import Decimal
from decimal import localcontext

MOST_PLACES = 6  # decimals that are kept of an amount
# Wide enough for every product of two 38-digit numbers, so that nothing here is ever rounded by accident.
EXACT = Context(prec=90)

_NUMBER = re.compile(r"([+-]?)(\d{1,24}(?:\.\d{1,12})?|\d{1,3}(?:,\d{3})+(?:\.\d{1,12})?)\s*([%％万亿]?)")
_UNITS = {
    "": Decimal(1),
    "%": Decimal("0.01"),
    "％": Decimal("0.01"),
    "万": Decimal(10000),
    "亿": Decimal(100000000),
}


def read_number(text: str) -> tuple[Decimal, bool] | None:
    """The number and whether it was written in percent; None when the text is not a number."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return None
    sign, digits, unit = match.groups()
    value = scaled(Decimal(digits.replace(",", "")), unit)
    return (-value if sign == "-" else value), unit in ("%", "％")


def scaled(value: Decimal, unit: str) -> Decimal:
    """The value times its unit: %, 万 (10,000), 亿 (100,000,000)."""
    with localcontext(EXACT):
        return trimmed(value * _UNITS[unit])


def trimmed(value: Decimal) -> Decimal:
    """The same number without trailing zeros behind the point, never in E notation."""
    if value == 0:
        return Decimal(0)
    with localcontext(EXACT):
        short = value.normalize()
        return short.quantize(Decimal(1)) if int(short.as_tuple().exponent) > 0 else short


def places(value: Decimal) -> int:
    """How many digits stand behind the point."""
    return max(0, -int(trimmed(value).as_tuple().exponent))


def grouped(value: Decimal) -> str:
    """For people: 160,000 or 0.5."""
    return f"{trimmed(value):,f}"


def percent(value: Decimal) -> str:
    """For people: 1.5%."""
    with localcontext(EXACT):
        return f"{trimmed(value * 100):,f}%"
