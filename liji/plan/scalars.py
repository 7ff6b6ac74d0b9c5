"""Reads a scalar as a value of a declared type."""

from datetime import date
from decimal import Decimal

from liji.plan.model import Scalar
from liji.plan.numbers import read_number
from liji.plan.types import NUMERIC
from liji.plan.types import Kind

_TRUTHS = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}


def as_kind(text: str, kind: Kind) -> Scalar | None:
    """The value of the given type that a text says; None when it says none."""
    if kind is Kind.TEXT:
        return text
    if kind is Kind.BOOL:
        return _TRUTHS.get(text.strip().lower())
    if kind is Kind.DATE:
        try:
            return date.fromisoformat(text.strip())
        except ValueError:
            return None
    found = read_number(text) if kind in NUMERIC else None
    return found[0] if found else None


def guessed(text: str) -> Decimal | str | bool:
    """A number, a truth or else the text itself."""
    found = read_number(text)
    if found:
        return found[0]
    return _TRUTHS.get(text.strip().lower(), text)
