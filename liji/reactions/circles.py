"""Rules that would set each other off for ever: found before one of them is published."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from typing import Any

from liji.engine import EngineError
from liji.engine.conditions import Conditions
from liji.reactions.actions import actions
from liji.reactions.documents import Rule
from liji.reactions.documents import names_of


def circle(rule: Rule, others: Iterable[Rule]) -> list[Rule]:
    """A way from the rule over others back to itself, the rule first and last; empty when there is none."""
    known = [rule, *(other for other in others if other.code != rule.code)]
    ways: list[list[Rule]] = [[rule]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for following in _following(way[-1], known):
            if following.code == rule.code:
                return [*way, following]
            if following.code not in seen:
                seen.add(following.code)
                ways.append([*way, following])
    return []


def _following(rule: Rule, known: Sequence[Rule]) -> list[Rule]:
    told: list[tuple[str, Mapping[str, Any]]] = []
    for act in rule.acts:
        told += actions()[act["action"]].tells(act).items()
    return [other for other in known if any(_may_fire(other, kind, values) for kind, values in told)]


def _may_fire(rule: Rule, kind: str, values: Mapping[str, Any]) -> bool:
    """Whether a happening with these values, and others that are not known, may make the rule fire."""
    if rule.kind != kind:
        return False
    if rule.fires is None:
        return True
    asked = Conditions.compile(names_of(kind), {"if": rule.fires})
    if isinstance(asked, list) or not asked.needs["if"] <= values.keys():
        return True
    try:
        return asked.evaluate([values], on=date(2026, 1, 1))[0]["if"] is True
    except EngineError:
        return True
