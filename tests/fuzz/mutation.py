"""Changes a text as a careless or ill-meaning writer would: words swapped, lines moved and repeated, nests deepened."""

from collections.abc import Callable
from random import Random

from tests.fuzz import seeds

_MOST = 20_000  # characters; what is longer is tried by the fixed cases
_BRACKETS = (("(", ")"), ("[", "]"), ("{a: ", "}"), ("'", "'"), ('"', '"'), ("ABS(", ")"), ("-", ""))


def mutated(text: str, random: Random, *, rounds: int = 3) -> str:
    """The text after a few changes."""
    for _ in range(random.randint(1, rounds)):
        text = random.choice(_CHANGES)(text, random)[:_MOST]
    return text


def _word_put(text: str, random: Random) -> str:
    start = random.randint(0, len(text))
    return text[:start] + random.choice(seeds.words()) + text[start + random.choice((0, 0, 1, 4)) :]


def _word_swapped(text: str, random: Random) -> str:
    parts = text.split(" ")
    parts[random.randrange(len(parts))] = random.choice(seeds.words())
    return " ".join(parts)


def _cut(text: str, random: Random) -> str:
    start = random.randint(0, len(text))
    return text[:start] + text[start + random.randint(1, 30) :]


def _repeated(text: str, random: Random) -> str:
    start = random.randint(0, len(text))
    piece = text[start : start + random.randint(1, 40)]
    return text[:start] + piece * random.choice((2, 3, 50)) + text[start:]


def _lines_moved(text: str, random: Random) -> str:
    lines = text.split("\n")
    line = lines.pop(random.randrange(len(lines)))
    lines.insert(random.randint(0, len(lines)), line)
    return "\n".join(lines)


def _line_repeated(text: str, random: Random) -> str:
    lines = text.split("\n")
    at = random.randrange(len(lines))
    return "\n".join(lines[:at] + [lines[at]] * random.choice((2, 3, 40)) + lines[at + 1 :])


def _indented(text: str, random: Random) -> str:
    lines = text.split("\n")
    at = random.randrange(len(lines))
    lines[at] = " " * random.randint(0, 6) + lines[at].lstrip()
    return "\n".join(lines)


def _crossed(text: str, random: Random) -> str:
    other = random.choice(seeds.documents()).split("\n")
    lines = text.split("\n")
    at, start = random.randint(0, len(lines)), random.randrange(len(other))
    return "\n".join(lines[:at] + other[start : start + random.randint(1, 8)] + lines[at:])


def _bracketed(text: str, random: Random) -> str:
    start, end = sorted(random.randint(0, len(text)) for _ in range(2))
    left, right = random.choice(_BRACKETS)
    times = random.choice((1, 2, 70))
    return text[:start] + left * times + text[start:end] + right * times + text[end:]


_CHANGES: tuple[Callable[[str, Random], str], ...] = (
    _word_put, _word_put, _word_swapped, _word_swapped, _cut, _repeated, _lines_moved, _line_repeated, _indented,
    _crossed, _bracketed,
)  # fmt: skip
