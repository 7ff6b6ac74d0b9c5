"""Money, shares and large numbers as readers of each language expect them. Exact: Decimal in, text out."""

from decimal import ROUND_HALF_UP
from decimal import Decimal

from django.utils.translation import get_language

SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "JP¥", "HKD": "HK$"}
NO_CENTS = {"JPY", "KRW", "VND"}
THREE_PLACES = {"KWD", "BHD", "OMR", "TND", "JOD"}


def minor_places(currency: str) -> int:
    """Decimal places of a currency's minor unit (ISO 4217)."""
    return 0 if currency in NO_CENTS else 3 if currency in THREE_PLACES else 2


def plain(value: Decimal, places: int | None = None) -> str:
    """With thousands separators; without `places`, with the places that it has and no needless zeros."""
    if places is None:
        text = f"{value:,f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"{value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):,f}"


def money(value: Decimal, currency: str = "CNY", *, signed: bool = False) -> str:
    """¥160,000.00; with `signed`, +¥1,500.00. A true minus sign stands before the currency's sign."""
    sign = "−" if value < 0 else "+" if signed and value > 0 else ""
    return f"{sign}{SIGNS.get(currency, currency + ' ')}{plain(abs(value), minor_places(currency))}"


def short(value: Decimal) -> str:
    """16 万 and 1.2 亿 in Chinese, 160K and 1.2M in English; small numbers as they are."""
    chinese = (get_language() or "zh").startswith("zh")
    steps = ((10**8, " 亿"), (10**4, " 万")) if chinese else ((10**9, "B"), (10**6, "M"), (10**3, "K"))
    for size, word in steps:
        if abs(value) >= size:
            rounded = (value / size).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
            return plain(rounded) + word
    return plain(value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def percent(share: Decimal, places: int = 1) -> str:
    """0.75 → 75%; 0.625 → 62.5%."""
    scaled = (share * 100).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return plain(scaled) + "%"
