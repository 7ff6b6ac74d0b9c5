"""Exact numbers: decimals, and quotients that stay fractions until they are shown or meet another quotient."""

from collections.abc import Hashable
from fractions import Fraction
from typing import NamedTuple


class Num(NamedTuple):
    """A number; `divisor` says by what a quotient was divided (None: a decimal)."""

    value: Fraction
    divisor: Hashable = None


def half_away(value: Fraction, places: int) -> Fraction:
    """Rounded half away from zero."""
    size = abs(value) * 10**places
    whole = size.numerator // size.denominator
    whole += size - whole >= Fraction(1, 2)
    return Fraction(whole if value >= 0 else -whole, 10**places)


def kept(number: Num) -> Num:
    """A quotient with 12 decimals; a decimal as it is."""
    return number if number.divisor is None else Num(half_away(number.value, 12))


def added(left: Num, right: Num, sign: int = 1) -> Num:
    """left ± right; two different quotients are kept to 12 decimals first."""
    if left.divisor is not None and right.divisor is not None and left.divisor != right.divisor:
        left, right = kept(left), kept(right)
    return Num(left.value + sign * right.value, left.divisor if left.divisor is not None else right.divisor)


def multiplied(left: Num, right: Num) -> Num:
    """left × right; of two quotients the right one is kept to 12 decimals."""
    if left.divisor is not None and right.divisor is not None:
        right = kept(right)
    return Num(left.value * right.value, left.divisor if left.divisor is not None else right.divisor)


def divided(left: Num, right: Num, by: Hashable) -> Num:
    """left ÷ right, a quotient named `by`; quotients that go into it are kept to 12 decimals."""
    return Num(kept(left).value / kept(right).value, by)


def shares(amount: Fraction, weights: list[Fraction], places: int) -> list[Fraction]:
    """An amount divided by weight into whole units that sum up to it; what is left goes to the largest remainders."""
    total = sum(weights, Fraction(0))
    if not total:
        return [Fraction(0)] * len(weights)
    units = abs(half_away(amount, places)) * 10**places
    exact = [units * weight / total for weight in weights]
    found = [part.numerator // part.denominator for part in exact]
    by_remainder = sorted(range(len(weights)), key=lambda at: (found[at] - exact[at], at))
    for at in by_remainder[: int(units - sum(found))]:
        found[at] += 1
    return [Fraction(part if amount >= 0 else -part, 10**places) for part in found]
