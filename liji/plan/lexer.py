"""Cuts a formula's text into tokens; Chinese punctuation counts as its Latin counterpart."""

import re
from dataclasses import dataclass

from liji.plan.syntax import Slip

MAX_LENGTH = 4000

# One character for one, so that offsets stay true.
_SAME = str.maketrans("，（）“”「」＝＜＞＋－−×＊÷／％　；：≤≥≠", ',()""""=<>+--**//% ;:≤≥≠')
_WIDE_DIGITS = str.maketrans("０１２３４５６７８９．", "0123456789.")

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>\d+(?:\.\d+)?(?:[万亿]?[元円]|[万亿]?\ ?[A-Z]{3}(?!\w)|[%万亿])?)
    |(?P<text>"[^"]*")
    |(?P<name>[^\W\d]\w*)
    |(?P<operator><=|>=|<>|[-+*/=<>≤≥≠])
    |(?P<mark>[(),])""",
    re.VERBOSE,
)
_EXACT = re.compile(r"\d{1,24}(\.\d{1,12})?[%万亿]?(元|円| ?[A-Z]{3})?")
# What other languages write, and what is written here.
_OTHERS = {"&&": "AND(a, b)", "&": "AND(a, b)", "||": "OR(a, b)", "|": "OR(a, b)", "==": "=", "!=": "<>", "!": "NOT(a)"}
_FOREIGN = re.compile(r"&&?|\|\|?|==|!=?")
_OPERATORS = {"≤": "<=", "≥": ">=", "≠": "<>"}


@dataclass(frozen=True)
class Token:
    """A piece of a formula: kind is number, text, name, operator, mark or end."""

    kind: str
    text: str
    at: int


def tokens(formula: str) -> list[Token] | Slip:
    """The tokens with an `end` last, or the first slip."""
    if len(formula) > MAX_LENGTH:
        return Slip("formula_long", 0, {"limit": MAX_LENGTH})
    plain = formula.translate(_SAME).translate(_WIDE_DIGITS)
    found: list[Token] = []
    at = 0
    while at < len(plain):
        foreign = _FOREIGN.match(plain, at)
        if foreign:
            return Slip("other_sign", at, {"found": foreign.group(), "write": _OTHERS[foreign.group()]})
        match = _TOKEN.match(plain, at)
        if match is None:
            if plain[at] == "%" and found and found[-1].kind == "number":
                return Slip("percent_apart", at, {"write": f"{found[-1].text}%"})
            code = "text_open" if plain[at] == '"' else "character"
            return Slip(code, at, {"found": formula[at]})
        kind = match.lastgroup or ""
        if kind != "space":
            # A text is taken from what was written: its own punctuation is not translated.
            if kind == "number" and not _EXACT.fullmatch(match.group()):
                return Slip("number_long", at, {"found": match.group(), "limit": 12})
            text = formula[at : match.end()] if kind == "text" else match.group()
            found.append(Token(kind, _OPERATORS.get(text, text), at))
        at = match.end()
    return [*found, Token("end", "", len(plain))]
