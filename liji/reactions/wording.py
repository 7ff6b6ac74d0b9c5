"""What notices say: templates with named values and formats, filled when they are read, in the reader's language."""

import re
from collections.abc import Collection
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from decimal import InvalidOperation
from typing import Any

from django.utils.translation import get_language

from liji.people.numbers import money
from liji.people.numbers import percent
from liji.people.numbers import plain
from liji.people.numbers import short
from liji.plan.suggest import hint
from liji.reactions.models import Notice

LANGUAGES = ("zh", "en")
FORMATS = ("money", "wan", "percent", "number", "date", "text")
_PLACE = re.compile(r"\{([^{}]*)\}")
# How a value is written when the template does not say: by its type in the plan language's words.
_USUAL = {"money": "money", "rate": "percent", "number": "number", "count": "number", "date": "date"}


def language() -> str:
    """The reader's: zh or en."""
    return "en" if (get_language() or "zh").startswith("en") else "zh"


def places(template: str) -> list[tuple[str, str]]:
    """The (name, format) of each place of a template, as they are written."""
    found = (match.group(1).partition(":") for match in _PLACE.finditer(template))
    return [(name.strip(), form.strip()) for name, _, form in found]


def mistakes(template: str, names: Collection[str]) -> list[tuple[str, dict[str, str]]]:
    """What is wrong with a template: (code, words)."""
    found: list[tuple[str, dict[str, str]]] = []
    at = 0 if language() == "zh" else 1
    for name, form in places(template):
        if name not in names:
            known = ", ".join(sorted(names))
            found.append(("unknown_place", {"value": name, "hint": hint(name, names)[at], "known": known}))
        elif form and form not in FORMATS:
            found.append(("unknown_format", {"value": form, "known": ", ".join(FORMATS)}))
    if _PLACE.sub("", template).count("{") or _PLACE.sub("", template).count("}"):
        found.append(("open_place", {}))
    return found


def filled(template: str, values: Mapping[str, Any], types: Mapping[str, str]) -> str:
    """The template with its values; money in `values["currency"]`. What is not known is a dash."""

    def one(match: re.Match[str]) -> str:
        name, _, form = match.group(1).partition(":")
        name, form = name.strip(), form.strip()
        return written(values.get(name), form or _USUAL.get(types.get(name, ""), "text"), values.get("currency"))

    return _PLACE.sub(one, template)


def written(value: Any, form: str, currency: str | None) -> str:
    """One value in a format, for the present language."""
    if value is None or value == "":
        return "–"
    if form in ("money", "wan", "percent", "number"):
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            return str(value)
        if form == "money":
            return money(number, currency or "CNY")
        return {"wan": short, "percent": percent, "number": plain}[form](number)
    if form == "date":
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
        return f"{day.month} 月 {day.day} 日" if language() == "zh" else f"{day:%-d %b}"
    return str(value)


def _said(notice: Notice, part: int) -> str:
    words = notice.words or {}
    template = (words.get(language()) or words.get("zh") or ["", ""])[part]
    return filled(template, notice.values, notice.words.get("types", {}))


def subject(notice: Notice) -> str:
    """The notice in one line."""
    return " ".join(_said(notice, 0).split())


def body(notice: Notice) -> str:
    """The notice's text."""
    return _said(notice, 1)
