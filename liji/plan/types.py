"""The types of the plan language: what may be added to, multiplied with and compared to what."""

from enum import StrEnum


class Kind(StrEnum):
    """The type of a value; money is always in the plan's currency. PLAIN is a bare number, which fits where
    it stands.
    """

    MONEY = "money"
    RATE = "rate"
    NUMBER = "number"
    COUNT = "count"
    DATE = "date"
    TEXT = "text"
    BOOL = "true/false"
    PLAIN = "plain"


DECLARABLE = (Kind.MONEY, Kind.RATE, Kind.NUMBER, Kind.COUNT, Kind.DATE, Kind.TEXT, Kind.BOOL)
NUMERIC = frozenset({Kind.MONEY, Kind.RATE, Kind.NUMBER, Kind.COUNT, Kind.PLAIN})

# How a type is called in a sentence: (zh, en).
SPOKEN: dict[Kind, tuple[str, str]] = {
    Kind.MONEY: ("金额", "money"),
    Kind.RATE: ("比率", "a rate"),
    Kind.NUMBER: ("数", "a number"),
    Kind.COUNT: ("个数", "a count"),
    Kind.DATE: ("日期", "a date"),
    Kind.TEXT: ("文字", "text"),
    Kind.BOOL: ("真/假", "true/false"),
    Kind.PLAIN: ("数", "a number"),
}

_COUNTING = frozenset({Kind.NUMBER, Kind.COUNT})
_FACTORS = frozenset({Kind.NUMBER, Kind.RATE})  # 100% - 0.5% * days


def added(left: Kind, right: Kind) -> Kind | None:
    """The type of a sum or difference; None when the two do not go together."""
    if left not in NUMERIC or right not in NUMERIC:
        return None
    if left is right or right is Kind.PLAIN:
        return Kind.NUMBER if left is Kind.COUNT and right is Kind.PLAIN else left
    if left is Kind.PLAIN:
        return Kind.NUMBER if right is Kind.COUNT else right
    return Kind.NUMBER if {left, right} in (_COUNTING, _FACTORS) else None


def multiplied(left: Kind, right: Kind) -> Kind | None:
    """The type of a product; None when it has none (money × money)."""
    if left not in NUMERIC or right not in NUMERIC:
        return None
    kinds = {left, right}
    if Kind.MONEY in kinds:
        return Kind.MONEY if left is not right else None
    if Kind.PLAIN in kinds:
        return Kind.PLAIN
    if len(kinds) == 1:
        return left
    return Kind.RATE if kinds == {Kind.COUNT, Kind.RATE} else Kind.NUMBER


def divided(left: Kind, right: Kind) -> Kind | None:
    """The type of a quotient; None when it has none (rate ÷ money)."""
    if left not in NUMERIC or right not in NUMERIC:
        return None
    if left is Kind.MONEY:
        return Kind.RATE if right is Kind.MONEY else Kind.MONEY
    if right is Kind.MONEY:
        return Kind.RATE if left is Kind.PLAIN else None
    if left is Kind.PLAIN or right is Kind.PLAIN:
        return Kind.PLAIN
    return Kind.RATE if left is right else Kind.NUMBER


def comparable(left: Kind, right: Kind) -> bool:
    """Whether two values may be compared."""
    return left is right or added(left, right) is not None


def fits(found: Kind, wanted: Kind) -> bool:
    """Whether a value may stand where a type is asked for."""
    if found is wanted:
        return True
    if wanted is Kind.NUMBER:
        return found in (Kind.PLAIN, Kind.COUNT)
    return found is Kind.PLAIN and wanted in NUMERIC
