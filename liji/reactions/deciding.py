"""Which rules fire at which happenings: the one way of deciding, for what happens now and for a preview of the past."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from liji.engine import EngineError
from liji.engine.conditions import Conditions
from liji.events.happenings import Happening
from liji.events.happenings import kinds
from liji.people import queries as people
from liji.reactions.documents import Rule
from liji.reactions.documents import names_of
from liji.reactions.documents import read


@dataclass(frozen=True)
class Live:
    """A rule that is asked: its row, the version in force, and its document."""

    pk: int
    version: int
    rule: Rule


@dataclass(frozen=True)
class Verdict:
    """What a rule says of a happening. `problem`: why its condition could not be worked out."""

    live: Live
    happening: Happening
    values: Mapping[str, Any]
    fires: bool
    holds: bool
    problem: str = ""

    @property
    def told(self) -> dict[str, Any]:
        """The values that the rule says something with."""
        return self.live.rule.known(self.values)


_stamp: tuple[Any, dict[str, list[Live]]] = ((), {})


def published() -> dict[str, list[Live]]:
    """The published rules by the kind of happening, in the order of their codes.

    Read anew when one of them, or what they may name, has changed.
    """
    global _stamp
    from django.db.models import Count
    from django.db.models import Max

    from liji.reactions.models import Rule as Row

    rows = Row.objects.filter(state=Row.State.PUBLISHED)
    own = tuple(kind.own() for kind in kinds().values())
    stamp = (own, *rows.aggregate(Max("changed_at"), Count("pk"), Max("pk"), Max("version")).values())
    if stamp == _stamp[0]:
        return _stamp[1]
    found: dict[str, list[Live]] = {}
    for row in rows.select_related("version").order_by("code"):
        rule = read(row.version.document)
        if isinstance(rule, Rule):  # what it names may have gone since: then the page of rules says so
            found.setdefault(rule.kind, []).append(Live(row.pk, row.version_id, rule))
    _stamp = (stamp, found)
    return found


def verdicts(rules: Mapping[str, Sequence[Live]], happenings: Iterable[Happening], day: date) -> list[Verdict]:
    """What the rules say of happenings, in the order of these; conditions are asked on `day`, all in one run."""
    asked = [happening for happening in happenings if rules.get(happening.kind)]
    common = _common({happening.employee for happening in asked}, day)
    found: dict[int, list[Verdict]] = {}
    for kind in dict.fromkeys(happening.kind for happening in asked):
        own = [(at, happening) for at, happening in enumerate(asked) if happening.kind == kind]
        rows = [{**common.get(happening.employee, {}), **happening.values} for _, happening in own]
        for live, answers in _answers(rules[kind], kind, rows, day):
            for (at, happening), row, (fires, holds, problem) in zip(own, rows, answers, strict=True):
                found.setdefault(at, []).append(Verdict(live, happening, row, fires, holds, problem))
    return [verdict for at in sorted(found) for verdict in found[at]]


Answers = list[tuple[bool, bool, str]]


def _answers(
    rules: Sequence[Live], kind: str, rows: Sequence[Mapping[str, Any]], day: date
) -> list[tuple[Live, Answers]]:
    """For each rule its answers row by row. The engine is asked of those that may hold for a row at all."""
    asked = _asked(tuple((live.rule.fires, live.rule.holds) for live in rules), kind)
    may = frozenset().union(*(asked.may_hold(row) for row in rows))
    some = [live for at, live in enumerate(rules) if {f"fires{at}", f"holds{at}"} & may]
    said = {live.pk: answers for live, answers in _worked_out(some, kind, rows, day)}
    never = [[_said(live, {}) for _ in rows] for live in rules]
    return [(live, said.get(live.pk, answers)) for live, answers in zip(rules, never, strict=True)]


def _worked_out(
    rules: Sequence[Live], kind: str, rows: Sequence[Mapping[str, Any]], day: date
) -> list[tuple[Live, Answers]]:
    """What the engine says. A rule that fails is asked alone, so that the others are not held up."""
    if not rules:
        return []
    try:
        formulas = tuple((live.rule.fires, live.rule.holds) for live in rules)
        answers = _asked(formulas, kind).evaluate(rows, on=day)
        return [(live, [_said(live, row, at) for row in answers]) for at, live in enumerate(rules)]
    except EngineError as error:
        if len(rules) > 1:
            return [each for live in rules for each in _worked_out([live], kind, rows, day)]
        if len(rows) > 1:
            return [(rules[0], [_worked_out(rules, kind, [row], day)[0][1][0] for row in rows])]
        return [(rules[0], [(False, True, error.message("zh"))])]


def _said(live: Live, row: Mapping[str, Any], at: int = 0) -> tuple[bool, bool, str]:
    """Whether a rule fires and holds, by what the engine has said of a row; {}: that no formula of it is true."""
    fires = live.rule.fires is None or row.get(f"fires{at}") is True
    same = live.rule.holds == live.rule.fires
    holds = fires if same else live.rule.holds is None or row.get(f"holds{at}") is True
    return fires, holds, ""


def _asked(rules: tuple[tuple[str | None, str | None], ...], kind: str) -> Conditions:
    formulas = {f"fires{at}": fires for at, (fires, _) in enumerate(rules) if fires}
    formulas |= {f"holds{at}": holds for at, (fires, holds) in enumerate(rules) if holds and holds != fires}
    found = Conditions.compile(names_of(kind), formulas)
    assert isinstance(found, Conditions), found  # noqa: S101 each was checked when its document was read
    return found


def _common(employees: set[int], day: date) -> dict[int, dict[str, str]]:
    """The values that every happening has, by employee."""
    return {
        number: {"name": own.name, "position": own.position, "unit": own.unit, "preference": own.attribute}
        for number, own in people.cards(employees, day, attribute="preference").items()
    }
