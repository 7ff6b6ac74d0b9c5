"""Did you mean …: the nearest of the names that exist."""

from collections.abc import Iterable
from difflib import get_close_matches


def hint(name: str, known: Iterable[str]) -> tuple[str, str]:
    """A half-sentence in both languages, empty when nothing is near."""
    near = get_close_matches(name.lower(), list(known), n=1, cutoff=0.6)
    return (f", 您是否想写「{near[0]}」?", f"; did you mean “{near[0]}”?") if near else ("", "")
