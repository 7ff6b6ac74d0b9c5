"""One normal form for numbers and codes: what looks alike to a reader is the same number.

Rule from `docs/entry-rules.md`: employee numbers and the codes of units, positions, attributes are compared by `key`.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

# Characters that show nothing but have none of the categories below: fillers, the empty Braille cell, a joiner, vowels
# without a shape, and variation selectors.
_BLANK_LETTERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
_VARIATION_SELECTORS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp"})
# Scripts that are written beside Latin letters every day (UTS 39, "highly restrictive").
_WITH_LATIN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO", "HANGUL", "IDEOGRAPHIC"})
_KEPT = 50_000


class Identity(NamedTuple):
    """A number or code: `shown` as people read it, `key` as it is compared; both empty where nothing shows."""

    shown: str
    key: str

    @property
    def mixes_scripts(self) -> bool:
        """Whether letters of two scripts stand in it, such as a Latin and a Cyrillic E, which nobody can tell apart.

        Chinese, Japanese and Korean characters may stand beside Latin letters.
        """
        if self.shown.isascii():
            return False
        names = (unicodedata.name(each, "?") for each in self.shown if each.isalpha())
        scripts = {re.split("[ -]", name)[0] for name in names}
        others = scripts - _WITH_LATIN
        return len(others) > 1 or bool(scripts & _WITH_LATIN and others - {"LATIN"})


@lru_cache(_KEPT)
def identity(text: str) -> Identity:
    """The normal form of an employee number or a code.

    NFKC without invisible characters; blanks at the ends go, those inside become one; the key is case folded. Leading
    zeros stay: 00123 is not 123.
    """
    shown = cleaned(text)
    return Identity(shown, cleaned(shown.casefold()))


def external_id(text: str) -> str:
    """The normal form of a record's number in its source: as `identity`, but its case counts."""
    return cleaned(text)


def cleaned(text: str) -> str:
    """NFKC without invisible characters, without blanks at the ends, with single ones inside."""
    if not (text.isascii() and text.isprintable()):
        text = _without_invisible(unicodedata.normalize("NFKC", _without_invisible(text)))
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.split())


def _without_invisible(text: str) -> str:
    text = _VARIATION_SELECTORS.sub("", text)
    return "".join(
        each
        for each in text
        if each not in _BLANK_LETTERS and (each in "\t\n\r" or unicodedata.category(each) not in _INVISIBLE)
    )
