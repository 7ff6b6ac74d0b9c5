"""Rules in sentences, in the reader's language."""

from collections.abc import Iterable
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from liji.events.happenings import kinds
from liji.reactions.actions import actions
from liji.reactions.documents import Rule
from liji.reactions.documents import both
from liji.reactions.documents import names_of
from liji.reactions.models import Firing
from liji.reactions.whom import NAMES
from liji.reactions.wording import language

_EXAMPLES = {"money": "123456.78", "rate": "0.85", "number": "160000", "count": "3", "true/false": True}


def kind(code: str) -> str:
    """What a kind of happening is called."""
    found = kinds().get(code)
    return (found.en if language() == "en" else found.zh) if found else code


def said(rule: Rule) -> dict[str, Any]:
    """When, if, and what is done to whom."""
    return {
        "when": kind(rule.kind),
        "clock": rule.clock,
        "formula": rule.fires or "",
        "acts": [_said(act) for act in rule.acts],
        "retract": both(rule.retract["body"])[language()] if rule.retract else "",
    }


def _said(act: Mapping[str, Any]) -> dict[str, Any]:
    action = actions()[act["action"]]
    shown = []
    for setting in action.settings:
        value = act.get(setting.name)
        if value is None:
            continue
        if setting.kind == "words":
            shown.append(both(value)[language()])
        elif setting.choices:
            shown.append(setting.choices().get(str(value), str(value)))
        else:
            shown.append(f"{setting.title}: {value}")
    return {"action": action.title, "to": NAMES[act["to"]], "shown": shown}


def firings(rows: Iterable[Firing], rule: Rule | None, *, figures: bool) -> list[dict[str, Any]]:
    """What a rule did, with the words that it used (without `figures` for who sees no pay) and how many it reached."""
    listed = []
    for row in rows:
        text = rule.text(row.values if figures else rule.without_figures(row.values)) if rule else ""
        listed.append({"row": row, "text": text, "reached": len({employee for _, employee in row.done})})
    return listed


def examples(document: Mapping[str, Any]) -> dict[str, Any]:
    """Values with which a text is sent to oneself."""
    named = names_of(document["when"]["happens"])
    found: dict[str, Any] = {name: _EXAMPLES.get(own.type) for name, own in named.items()}
    found |= {name: date(2026, 11, 24).isoformat() for name, own in named.items() if own.type == "date"}
    found |= {name: own.en if language() == "en" else own.zh for name, own in named.items() if own.type == "text"}
    return found | {"name": _("Wang Xiaoyang"), "currency": "CNY", "rate": Decimal(1)}
