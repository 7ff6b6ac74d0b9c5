"""The shape of a formula as it was written: the parser's output, before names and types are known."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class NumberLiteral:
    """1.5% or 100000; `at` is the offset in the formula's text, here and below. `money` is the currency that an amount
    is written with: 元, 円 or a code; empty for a bare number.
    """

    value: Decimal
    percent: bool
    at: int
    money: str = ""


@dataclass(frozen=True)
class TextLiteral:
    """ "rep"."""

    value: str
    at: int


@dataclass(frozen=True)
class TruthLiteral:
    """TRUE or FALSE."""

    value: bool
    at: int


@dataclass(frozen=True)
class Name:
    """A declared name, by id or by its Chinese or English name."""

    name: str
    at: int


@dataclass(frozen=True)
class Call:
    """A function and its arguments."""

    function: str
    arguments: tuple["Written", ...]
    at: int


@dataclass(frozen=True)
class Negation:
    """-x."""

    operand: "Written"
    at: int


@dataclass(frozen=True)
class Operation:
    """left operator right; `at` is where the operator stands."""

    operator: str
    left: "Written"
    right: "Written"
    at: int


Written = NumberLiteral | TextLiteral | TruthLiteral | Name | Call | Negation | Operation


@dataclass(frozen=True)
class Slip:
    """Why a formula cannot be read: a problem's code, where, and its words."""

    code: str
    at: int
    words: dict[str, object]
