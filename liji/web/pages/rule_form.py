"""The editor's fields: from a rule's document to what the page shows, and back."""

import re
from collections.abc import Iterator
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from liji.earnings.tells import levels
from liji.events.happenings import Named
from liji.events.happenings import kinds
from liji.people import queries as people
from liji.people.problems import Problem
from liji.plan.periods import add_months
from liji.reactions.actions import Setting
from liji.reactions.actions import actions
from liji.reactions.documents import EACH
from liji.reactions.documents import EVERY
from liji.reactions.documents import names_of
from liji.reactions.whom import NAMES
from liji.reactions.wording import LANGUAGES
from liji.reactions.wording import language
from liji.web.pages.rule_words import kind as kind_name

MOST_ACTS = 8
EMPTY: dict[str, Any] = {"rule": "", "names": "", "when": {"happens": "credit"}, "if": "", "do": [{"action": "mail"}]}

# Conditions that are asked for most: (what is called, formula) by kind.
READY: dict[str, tuple[tuple[Any, str], ...]] = {
    "credit": (
        (_("An order"), 'type = "order_closed"'),
        (_("The first order of a new colleague"), 'AND(type = "order_closed", first_order, tenure_days <= 90)'),
        (_("An order above 500,000"), 'AND(type = "order_closed", amount > 500000)'),
        (_("An order of a new customer"), 'AND(type = "order_closed", new_customer)'),
    ),
    "threshold": ((_("The target is not reached yet"), "attainment < 100%"),),
    "fact": (
        (_("A course is completed"), 'type = "course_completed"'),
        (_("An exam is passed with 90 or more"), 'AND(type = "exam_passed", score >= 90)'),
        (_("A follow-up"), 'type = "follow_up"'),
    ),
    "clock": (
        (_("No follow-up for a week"), "idle_days >= 7"),
        (_("Close to the target, five days left"), "AND(attainment >= 90%, attainment < 100%, days_left <= 5)"),
    ),
}
WORDS = {"attainment": _("Attainment"), "done": _("Done"), "total": _("Pay of the period")}
SPANS = {"day": _("day"), "week": _("week"), "month": _("month")}
WHOSE = {"person": _("Every rep"), "manager": _("Every manager")}


def document(given: QueryDict, *, code: str | None) -> dict[str, Any]:
    """The document that a form says; pickers that were used write into it."""
    happens = given.get("happens", "")
    when: dict[str, Any] = {"happens": happens}
    parts = {"threshold": ("value", "level"), "clock": ("at", "every", "each", "once")}.get(happens, ())
    when |= {part: given[part] for part in parts if given.get(part)}
    made: dict[str, Any] = {
        "rule": code or given.get("code", "") or _code(given),
        "names": _both(given, "names"),
        "when": when,
        "if": given.get("ready") or given.get("if", "").strip(),
        "pay": "pay" in given,
        "do": list(_acts(given)),
    }
    if "retracts" in given:
        made["retract"] = {part: _both(given, f"retract-{part}") for part in ("subject", "body")}
    return made


def _code(given: QueryDict) -> str:
    named = slugify(given.get("names_en", "")).replace("-", "_")
    return named if re.match("[a-z]", named) else f"rule_{abs(hash(given.get('names_zh', ''))) % 10**6}"


def _both(given: QueryDict, name: str) -> dict[str, str]:
    said = {each: given.get(f"{name}_{each}", "").strip() for each in LANGUAGES}
    return {each: text for each, text in said.items() if text}


def _acts(given: QueryDict) -> Iterator[dict[str, Any]]:
    count = int(given.get("acts") or 0) if (given.get("acts") or "0").isdigit() else 0
    for at in range(min(count, MOST_ACTS)):
        code = given.get(f"act-{at}-action", "")
        if given.get("do") == f"remove-{at}":
            continue
        act: dict[str, Any] = {"action": code, "to": given.get(f"act-{at}-to", "")}
        for setting in actions()[code].settings if code in actions() else ():
            name = f"act-{at}-{setting.name}"
            act[setting.name] = _both(given, name) if setting.kind == "words" else given.get(name, "")
        yield act
    if given.get("do") == "add" and count < MOST_ACTS:
        yield {"action": "message", "to": "person"}


def form(made: Mapping[str, Any]) -> dict[str, Any]:
    """What the editor shows of a document, with everything that can be chosen."""
    when = made.get("when") or {}
    happens = when.get("happens", "")
    retract = made.get("retract") or {}
    return {
        "code": made.get("rule", ""),
        "names": _spelt(made.get("names")),
        "happens": happens,
        "kinds": [(code, kind_name(code)) for code in kinds()],
        "when": when,
        "levels": _levels() if happens == "threshold" else [],
        "every": [(each, SPANS[each]) for each in EVERY],
        "each": [(each, WHOSE[each]) for each in EACH],
        "if": made.get("if") or "",
        "ready": [(formula, called) for called, formula in READY.get(happens, ())],
        "known": [
            (name, _called(own), own.type)
            for name, own in names_of(happens).items()
        ],
        "pay": made.get("pay") is True,
        "acts": [_act(at, act) for at, act in enumerate(made.get("do") or ())],
        "retracts": bool(retract),
        "retract": [_words("retract", part, title, retract) for part, title in _RETRACT],
        "months": months(),
    }


def _levels() -> list[tuple[str, str]]:
    """What may be watched: as it is written, and what it is called."""
    known = names_of("threshold")
    return [(each, _called(known[name]) if each not in WORDS else str(WORDS[each])) for each, name in levels().items()]


def _called(own: Named) -> str:
    return (own.en if language() == "en" else own.zh).replace("_", " ")


_RETRACT = (("subject", _("Subject")), ("body", _("Text")))


def _spelt(said: Any) -> dict[str, str]:
    if isinstance(said, str):
        return dict.fromkeys(LANGUAGES, said)
    return {each: (said or {}).get(each, "") for each in LANGUAGES}


def _words(prefix: str, part: str, title: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"field": f"{prefix}-{part}", "title": title, "kind": "words", "value": _spelt(values.get(part)),
            "long": part in ("body", "text")}


def _act(at: int, act: Mapping[str, Any]) -> dict[str, Any]:
    code = act.get("action", "")
    action = actions().get(code)
    return {
        "at": at,
        "number": at + 1,
        "action": code,
        "to": act.get("to", ""),
        "actions": [(each.code, each.title) for each in actions().values()],
        "whom": list(NAMES.items()),
        "settings": [_setting(at, setting, act) for setting in action.settings] if action else [],
    }


def _setting(at: int, setting: Setting, act: Mapping[str, Any]) -> dict[str, Any]:
    if setting.kind == "words":
        return _words(f"act-{at}", setting.name, setting.title, act)
    choices = list(setting.choices().items()) if setting.choices else []
    return {"field": f"act-{at}-{setting.name}", "title": setting.title, "kind": setting.kind,
            "value": act.get(setting.name, ""), "choices": choices}


def months() -> list[date]:
    """The months on which a rule can be tried, the present one first."""
    first = people.today().replace(day=1)
    return [add_months(first, -back) for back in range(3)]


def month(given: str) -> date:
    """The month that was chosen; the last whole one when none was."""
    return next((each for each in months() if each.isoformat() == given), months()[1])


def taken(code: str) -> list[Problem]:
    """That there is such a rule already."""
    return [Problem("rule", "rule_taken", {"value": code})]
