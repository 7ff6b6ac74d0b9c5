"""Did you mean …: the nearest of the names that exist."""

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

# Comparing takes time with the product of both; nobody means more than these.
_LONG = 100
_MANY = 500


def hint(name: str, known: Iterable[str]) -> tuple[str, str]:
    """A half-sentence in both languages, empty when nothing is near."""
    near = get_close_matches(name[:_LONG].lower(), islice(known, _MANY), n=1, cutoff=0.6)
    return (f", 您是否想写「{near[0]}」?", f"; did you mean “{near[0]}”?") if near else ("", "")
