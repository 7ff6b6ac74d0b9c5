"""A rule's document: read, checked with all problems at once, and ready to be asked whether it fires.

    rule: sales_star
    names: {zh: 大单勋章, en: Big deal}
    when: {happens: credit}        # threshold: value, level · clock: at, every, each, once
    if: AND(type = "order_closed", amount > 500000)
    pay: true                      # about pay: not gathered, not held back by limits
    do: [{action: badge, to: person, badge: sales_star}, {action: mail, to: team, subject: {zh, en}, body: {zh, en}}]
    retract: {subject: {zh, en}, body: {zh, en}}
"""

import re
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from datetime import time
from decimal import Decimal
from decimal import InvalidOperation
from typing import Any

from liji.earnings.tells import levels
from liji.engine.conditions import Conditions
from liji.events.happenings import Named
from liji.events.happenings import kinds
from liji.people.problems import Problem
from liji.plan.suggest import hint
from liji.reactions import problems as _words  # noqa: F401 they join the others
from liji.reactions.actions import Setting
from liji.reactions.actions import actions
from liji.reactions.whom import NAMES
from liji.reactions.wording import LANGUAGES
from liji.reactions.wording import filled
from liji.reactions.wording import language
from liji.reactions.wording import mistakes
from liji.reactions.wording import places

_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")
_PARTS = ("rule", "names", "when", "if", "pay", "do", "retract")
EVERY = ("day", "week", "month")
EACH = ("person", "manager")
MAY_SEE_PAY = ("person", "manager", "manager2", "management", "finance", "hr")
# Values that come with every happening.
COMMON = (Named("name", "text", "姓名", "Name"), Named("position", "text", "职位", "Position"),
          Named("unit", "text", "部门", "Unit"), Named("preference", "text", "激励偏好", "Preference"))


def names_of(kind: str) -> dict[str, Named]:
    """The values that conditions and texts may name when something of this kind happens: the company's own ones last.

    Those that the product names itself keep their Chinese and English names, whatever the company calls its own.
    """
    found = kinds().get(kind)
    fixed = {each.name: each for each in (*COMMON, *(found.values if found else ()))}
    spelt = {text for each in fixed.values() for text in (each.zh, each.en)}
    own = {each.name: each for each in (found.own() if found else ()) if each.name not in fixed}
    return fixed | {name: _unnamed(each) if {each.zh, each.en} & spelt else each for name, each in own.items()}


def _unnamed(value: Named) -> Named:
    """A value that formulas know by its name alone: a text with a space is none that they can name."""
    return replace(value, zh=f"{value.zh} ({value.name})", en=f"{value.en} ({value.name})")


@dataclass(frozen=True)
class Clock:
    """When a rule looks by itself: at a time of the company's day; on Mondays, or on the 1st, for a week or month.

    `each`: for every payee, or for every manager; `once` a day, week or month per person.
    """

    at: time
    every: str
    each: str
    once: str


@dataclass(frozen=True)
class Rule:
    """A document that was found right. `fires` and `holds` are formulas; None is always true."""

    code: str
    called: Mapping[str, str]
    kind: str
    fires: str | None
    holds: str | None
    pay: bool
    acts: tuple[Mapping[str, Any], ...]
    retract: Mapping[str, Any] | None
    clock: Clock | None
    unread: frozenset[str] = frozenset()  # values of the company's own that it does not name

    @property
    def name(self) -> str:
        """In the reader's language."""
        return self.called.get(language()) or self.called.get("zh") or self.code

    def text(self, values: Mapping[str, Any]) -> str:
        """What the first action that says something says, filled in; the rule's name when none does."""
        said = (act.get("subject") or act.get("text") or act.get("title") for act in self.acts)
        words = next((each for each in said if each), None)
        return filled(both(words)[language()], values, self.types) if words else self.name

    def without_figures(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values without money, rates and other figures: for those who may see nobody's pay."""
        return {name: value for name, value in values.items() if self.types.get(name) in ("text", "date", "true/false")}

    def known(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values without those of the company's own that the rule does not name."""
        return {name: value for name, value in values.items() if name not in self.unread}

    @property
    def types(self) -> dict[str, str]:
        """The types of the values, by name."""
        return self.known({name: own.type for name, own in names_of(self.kind).items()})


def read(document: Any) -> Rule | list[Problem]:
    """The rule, or everything that is wrong with its document; fields are paths such as `do.0.badge`."""
    if not isinstance(document, Mapping):
        return [Problem("rule", "rule_not_mapping")]
    reader = _Reader(document)
    rule = reader.rule()
    return reader.problems or rule


class _Reader:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def rule(self) -> Rule:
        for part in self.document:
            if part not in _PARTS:
                self._wrong(str(part), "rule_part", value=str(part), known=", ".join(_PARTS))
        code = str(self.document.get("rule") or "")
        if not _CODE.fullmatch(code):
            self._wrong("rule", "rule_code", value=code)
        when = self._mapping("when")
        kind = self._one_of("when.happens", str(when.get("happens") or ""), list(kinds()), "unknown_happening")
        crosses, holds = self._level(when) if kind == "threshold" else (None, None)
        formula = self._formula(kind) if kind else None
        both = [part for part in (crosses, formula) if part]
        retract = self.document.get("retract") or None
        if retract is not None:
            self._words("retract", _NOTICE, retract, kind)
        return Rule(
            code=code,
            called=self._called("names", self.document.get("names") or code),
            kind=kind,
            fires=f"AND({', '.join(both)})" if len(both) > 1 else both[0] if both else None,
            holds=holds if kind == "threshold" else formula,
            pay=self.document.get("pay") is True,
            acts=tuple(self._acts(kind)),
            retract=retract,
            clock=self._clock(when) if kind == "clock" else None,
            unread=self._unread(kind, crosses or ""),
        )

    def _unread(self, kind: str, crosses: str) -> frozenset[str]:
        said = set(re.findall(r"\w+", f"{crosses} {self.document}"))
        own = kinds()[kind].own() if kind else ()
        return frozenset(each.name for each in own if not said & {each.name, each.zh, each.en})

    def _wrong(self, field: str, code: str, **values: str) -> None:
        self.problems.append(Problem(field, code, values))

    def _mapping(self, part: str) -> Mapping[str, Any]:
        found = self.document.get(part)
        if isinstance(found, Mapping):
            return found
        self._wrong(part, "missing")
        return {}

    def _one_of(self, field: str, value: str, known: list[str], code: str) -> str:
        if value in known:
            return value
        near = hint(value, known)[0 if language() == "zh" else 1]
        self._wrong(field, code, value=value, hint=near, known=", ".join(known))
        return ""

    def _called(self, field: str, given: Any) -> dict[str, str]:
        """A text in both languages; one text stands for both."""
        if isinstance(given, str):
            return dict.fromkeys(LANGUAGES, given)
        if not isinstance(given, Mapping):
            self._wrong(field, "missing")
            return dict.fromkeys(LANGUAGES, "")
        first = next((str(text) for text in given.values() if text), "")
        return {each: str(given.get(each) or first) for each in LANGUAGES}

    def _level(self, when: Mapping[str, Any]) -> tuple[str | None, str | None]:
        known = levels()
        value = known.get(self._one_of("when.value", str(when.get("value") or ""), list(known), "unknown_level"))
        level = str(when.get("level", "")).replace(",", "")
        try:
            Decimal(level.removesuffix("%").removesuffix("万"))
        except InvalidOperation:
            self._wrong("when.level", "wrong_level", value=level)
            return None, None
        holds = f"{value} >= {level}"
        if not value:
            return None, None
        if isinstance(Conditions.compile(names_of("threshold"), {"level": holds}), list):
            self._wrong("when.level", "wrong_level", value=level)
            return None, None
        return f"AND({value}_before < {level}, {holds})", holds

    def _formula(self, kind: str) -> str | None:
        formula = self.document.get("if")
        if formula in (None, "", True):
            return None
        found = Conditions.compile(names_of(kind), {"if": str(formula)})
        if isinstance(found, list):
            for one in found:
                said = {"found": one.message(language()), "cure": one.mend(language())}
                self._wrong("if", "rule_formula", line=str(one.line), column=str(one.column), **said)
            return None
        return str(formula)

    def _clock(self, when: Mapping[str, Any]) -> Clock | None:
        every = self._one_of("when.every", str(when.get("every") or "day"), list(EVERY), "unknown_choice")
        each = self._one_of("when.each", str(when.get("each") or "person"), list(EACH), "unknown_choice")
        once = self._one_of("when.once", str(when.get("once") or "day"), list(EVERY), "unknown_choice")
        try:
            at = time.fromisoformat(str(when.get("at") or ""))
        except ValueError:
            self._wrong("when.at", "wrong_clock", value=str(when.get("at") or ""))
            return None
        return Clock(at.replace(tzinfo=None), every, each, once)

    def _acts(self, kind: str) -> Iterator[Mapping[str, Any]]:
        given = self.document.get("do")
        if not isinstance(given, list) or not given:
            self._wrong("do", "no_action")
            return
        for at, act in enumerate(given):
            field = f"do.{at}"
            if not isinstance(act, Mapping):
                self._wrong(field, "missing")
                continue
            code = self._one_of(f"{field}.action", str(act.get("action") or ""), list(actions()), "unknown_action")
            self._one_of(f"{field}.to", str(act.get("to") or ""), list(NAMES), "unknown_whom")
            if code:
                self._words(field, actions()[code].settings, act, kind)
                self._pay_stays_private(field, code, act, kind)
                yield act

    def _pay_stays_private(self, field: str, code: str, act: Mapping[str, Any], kind: str) -> None:
        if code != "praise" and act.get("to") in MAY_SEE_PAY:
            return
        pay = {name for name, own in names_of(kind).items() if own.pay}
        for setting in actions()[code].settings:
            said = self._called(setting.name, act.get(setting.name)) if setting.kind == "words" else {}
            told = {name for text in said.values() for name, _ in places(text)} & pay
            if told:
                self._wrong(f"{field}.{setting.name}", "pay_to_others", value=", ".join(sorted(told)))

    def _words(self, field: str, settings: tuple[Setting, ...], given: Any, kind: str) -> None:
        for setting in settings:
            value = given.get(setting.name) if isinstance(given, Mapping) else None
            path = f"{field}.{setting.name}"
            if value in (None, "", {}):
                if setting.needed:
                    self._wrong(path, "missing")
            elif setting.kind == "words":
                for odd in set(value) - set(LANGUAGES) if isinstance(value, Mapping) else ():
                    self._wrong(f"{path}.{odd}", "rule_part", value=str(odd), known=", ".join(LANGUAGES))
                for text in self._called(path, value).values():
                    for code, words in mistakes(text, names_of(kind)):
                        if Problem(path, code, words) not in self.problems:
                            self._wrong(path, code, **words)
            elif setting.kind == "number" and not re.fullmatch(r"\d{1,6}", str(value)):
                self._wrong(path, "not_whole", value=str(value))
            elif setting.choices:
                self._one_of(path, str(value), list(setting.choices()), "unknown_thing")


_NOTICE = (Setting("subject", "", "words"), Setting("body", "", "words"))


def both(words: Any) -> dict[str, str]:
    """A checked text in both languages."""
    if isinstance(words, str):
        return dict.fromkeys(LANGUAGES, words)
    first = next((str(text) for text in words.values() if text), "")
    return {each: str(words.get(each) or first) for each in LANGUAGES}
