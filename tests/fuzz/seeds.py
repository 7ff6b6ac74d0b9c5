"""What fuzzing starts from: every plan of the pages, casebook and templates, and the words of the language."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from liji.plan import templates
from liji.plan.functions import FUNCTIONS
from liji.plan.schema import json_schema
from liji.plan.types import Kind

_ROOT = Path(__file__).parents[2]
_FORMULA = re.compile(r"\b(?:formula|when|where|cap|floor|closing|factor|amount|by|who|eligible): ([^{}\n]+)")
_FACT = re.compile(r"facts: \[([^\]]*)\]")

# What has broken readers before: numbers, signs, YAML's own words, characters with a will of their own.
NASTY = (
    "0", "1", "-1", "1.5%", "1e999999", "1E-999999", "9" * 24, "9" * 25, "9" * 400, "0." + "0" * 12 + "1", "NaN",
    "Infinity", "-0", "½", "²", "٣", "１２", "1万", "1亿", "1,000", "1_000", "0x10", "0o17", "2026-02-30", "0000-00-00",
    "0001-01-01", "9999-12-31", "2026-01-31", "&a ", "*a", "<<: ", "!!python/object:os.system ", "!!binary ", "!x ",
    "---\n", "...\n", "%YAML 9.9\n", "? ", "| \n", "> \n", "|9\n", "''", '""', "'", '"', "“", "{", "}", "[", "]",
    "[[[[[[[[[[[[[[",
    "{{{{{{{{{{{{{{", "((((((((((((((((", "- - - - - - - ", "\t", "\r", "\r\n", "\n", "\u2028", "\x85", "\ufeff",
    "\u202e",
    "\x00", "\x1b", "\ud800", "\udfff", "\U0001f4b0", "e\u0301", "null", "~", "true", "no", "none", "#", " #",
    ": ", ":", ",",
    "，", "（", "）", "“销售额”", "×", "÷", "－", "≤", "≠", "\\", "\\x", "\\u12", "%s", "{0}", "{found}", "=", "+", "-",
    "*", "/",
)  # fmt: skip


@cache
def documents() -> tuple[str, ...]:
    """Plans that load."""
    return tuple(_documents())


def _documents() -> Iterator[str]:
    yield from (text for _, text in templates())
    for path in sorted((_ROOT / "tests/casebook").glob("*.yaml")):
        yield path.read_text(encoding="utf-8")
    for page in sorted((_ROOT / "docs").rglob("*.md")):
        yield from re.findall(r"```yaml\n(plan:.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


@cache
def formulas() -> tuple[str, ...]:
    """The formulas of those plans."""
    return tuple(dict.fromkeys(found.strip("'\" ") for text in documents() for found in _FORMULA.findall(text)))


@cache
def fact_lines() -> tuple[str, ...]:
    """The facts of their examples, as lines."""
    found = (line for text in documents() for listed in _FACT.findall(text) for line in listed.split(","))
    return tuple(dict.fromkeys(line.strip() for line in found))


@cache
def words() -> tuple[str, ...]:
    """Keys, choices, functions and kinds of the language, and what is nasty."""
    keys: set[str] = set()
    _keys(json_schema(), keys)
    return (*sorted(keys), *FUNCTIONS, *Kind, *NASTY)


def _keys(schema: object, found: set[str]) -> None:
    if isinstance(schema, dict):
        found.update(schema.get("properties", {}))
        found.update(choice for choice in schema.get("enum", ()) if isinstance(choice, str))
        for inner in schema.values():
            _keys(inner, found)
    elif isinstance(schema, list):
        for inner in schema:
            _keys(inner, found)
