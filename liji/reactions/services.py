"""Making, publishing and pausing rules; notices that are read; how people are told."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from liji.access.models import User
from liji.access.services import audit
from liji.base import clock
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.reactions import telling
from liji.reactions.circles import circle
from liji.reactions.deciding import published
from liji.reactions.documents import Rule as Document
from liji.reactions.documents import read as read_document
from liji.reactions.listening import retry as retry_firing
from liji.reactions.models import Firing
from liji.reactions.models import Notice
from liji.reactions.models import Rule
from liji.reactions.models import RuleVersion


def problems(document: Any, *, code: str | None = None) -> list[Problem]:
    """Everything that keeps a document from being published; `code` is that of the rule whose document it is to be."""
    found = read_document(document)
    if isinstance(found, list):
        return found
    if code is not None and found.code != code:
        return [Problem("rule", "rule_taken", {"value": found.code})]
    others = [live.rule for own in published().values() for live in own]
    if way := circle(found, others):
        return [Problem("when", "rule_circle", {"circle": " → ".join(rule.name for rule in way)})]
    return []


@transaction.atomic
def save(document: Mapping[str, Any], *, by: User | None) -> Rule:
    """Keeps a document as the newest version of the rule of its code, made when it is new; what is in force stays.

    Raises Refused with all problems of the document.
    """
    found = read_document(document)
    if isinstance(found, list):
        raise Refused(*found)
    rule, _ = Rule.objects.get_or_create(code=found.code)
    rule = Rule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    last = rule.versions.order_by("-number").first()
    plain = json.loads(json.dumps(document, default=str))
    if last is None or last.document != plain:
        RuleVersion.objects.create(rule=rule, number=last.number + 1 if last else 1, document=plain, made_by=by)
        audit(by, "rule_saved", detail={"rule": rule.code})
    return rule


@transaction.atomic
def publish(rule: Rule, *, by: User | None) -> None:
    """Puts the newest version in force. Raises Refused: what it names may have gone, or it closes a circle."""
    last = rule.versions.latest("number")
    found = problems(last.document, code=rule.code)
    if found:
        raise Refused(*found)
    rule.version, rule.state = last, Rule.State.PUBLISHED
    rule.save()
    audit(by, "rule_published", detail={"rule": rule.code, "version": last.number})


def pause(rule: Rule, *, by: User) -> None:
    """From now on the rule does nothing, until it is published again."""
    rule.state = Rule.State.PAUSED
    rule.save()
    audit(by, "rule_paused", detail={"rule": rule.code})


def retry(firing: Firing, *, by: User) -> bool:
    """Tries a failed firing again; returns whether it went well."""
    audit(by, "rule_retried", about=firing.employee_id, detail={"rule": firing.rule.code, "firing": firing.pk})
    return retry_firing(firing.pk)


def test_send(document: Mapping[str, Any], values: Mapping[str, Any], *, to: User) -> int:
    """Sends the document's messages to oneself, with example values; returns how many. Raises Refused."""
    found = read_document(document)
    if isinstance(found, list):
        raise Refused(*found)
    return len(telling.tell(_tests(found, values, to)))


def _tests(rule: Document, values: Mapping[str, Any], to: User) -> list[telling.Message]:
    now = clock.now().isoformat()
    return [
        telling.Message(
            to.employee_id, rule.code, f"test:{now}:{at}", telling.words(act, rule.types), values,
            mail=act["action"] == "mail",
        )
        for at, act in enumerate(rule.acts)
        if act["action"] in ("message", "mail") and to.employee_id
    ]


def read(user: User, notice_ids: list[int] | None = None) -> None:
    """Marks the user's notices (or all of them) as read."""
    unread = Notice.objects.filter(user=user, read_at=None)
    if notice_ids is not None:
        unread = unread.filter(pk__in=notice_ids)
    unread.update(read_at=clock.now())
