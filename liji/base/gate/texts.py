"""Text that can be stored, shown and compared: bounded, without characters that hide or reorder others."""

import re

from liji.base.gate.wrong import Wrong
from liji.base.gate.wrong import wrong

# Controls (C0 and C1), halves of a surrogate pair, and Unicode's controls of writing direction (UAX 9).
_HIDDEN = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069"
_ONE_LINE = re.compile(f"[{_HIDDEN}\t\n\r]")
_LINES = re.compile(f"[{_HIDDEN}]")


def text(value: object, limit: int = 200, *, lines: bool = False) -> str | Wrong:
    """Text without blanks at its ends, of at most `limit` characters; `lines` allows tabs and line ends inside.

    A whole number counts as its digits. Codes: wrong_type, bad_text, too_long.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return wrong("wrong_type", value=value, type="text")
    found = str(value).strip() if type(value) is not str else value.strip(" \t\r\n\u3000\u00a0")
    bad = (_LINES if lines else _ONE_LINE).findall(found)
    if bad:
        return wrong("bad_text", chars=", ".join(sorted({f"U+{ord(character):04X}" for character in bad})))
    if len(found) > limit:
        return wrong("too_long", limit=limit)
    return found
