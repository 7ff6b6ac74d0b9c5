"""Reactions: rules, the editor, how people are told."""

from typing import Any

from liji.events.happenings import kinds
from liji.reactions.deciding import published
from liji.reactions.documents import names_of
from liji.reactions.models import Firing
from liji.reactions.models import Rule

KNOWN = {
    "rules/",
    "rules/new/",
    "rules/manners/",
    "rules/failures/<int:firing>/retry/",
    "rules/<slug:rule_code>/",
    "rules/<slug:rule_code>/edit/",
    "me/notices/",
}
PAGES = {
    "rep": [("my-notices", "/me/notices/", "")],
    "hr": [
        ("rules", "/rules/", ""),
        ("rule", "/rules/big_deal/", ""),
        ("rule-edit", "/rules/order_credited/edit/", ""),
        ("rule-new", "/rules/new/", ""),
        ("rule-threshold", "/rules/near_target/edit/", ""),
        ("rule-manners", "/rules/manners/", ""),
    ],
}


def ids(world: Any) -> dict[str, list[Any]]:
    """Firings of the walk's orders, and none."""
    firings, codes = Firing.objects.values_list("pk", flat=True), Rule.objects.values_list("code", flat=True)
    return {"firing": [*firings[:2], 10**9], "rule_code": [*codes[:3], "nonsense"]}


def prepare(scene: Any) -> tuple[dict[str, object], tuple[str, ...]]:
    """The rules' formulas, and the places in their texts, stand in both languages alike."""
    formulas = {live.rule.fires or "" for own in published().values() for live in own}
    named = {"{" + name + "}" for code in kinds() for name in names_of(code)}
    return {}, tuple((formulas | named) - {""})
