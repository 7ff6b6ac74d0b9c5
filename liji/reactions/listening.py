"""Hearing what happened and acting on it by the published rules, once per occasion, inside the telling transaction."""

import json
import logging
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import InterfaceError
from django.db import OperationalError
from django.db import connection
from django.db import transaction
from django.utils.translation import override

from liji.base import clock
from liji.events.happenings import Happening
from liji.events.happenings import is_news
from liji.people import queries as people
from liji.reactions import telling
from liji.reactions import whom
from liji.reactions.actions import Doing
from liji.reactions.actions import actions
from liji.reactions.deciding import Live
from liji.reactions.deciding import Verdict
from liji.reactions.deciding import published
from liji.reactions.deciding import verdicts
from liji.reactions.documents import Rule
from liji.reactions.documents import both
from liji.reactions.models import Firing
from liji.reactions.wording import filled
from liji.reactions.wording import language

log = logging.getLogger(__name__)

# The connection is gone, or the database has ended the whole transaction: nothing of it can be saved by going on.
LOST = (OperationalError, InterfaceError)


def hear(sender: object, happenings: Sequence[Happening], **_: object) -> None:
    """What a room has told: published rules fire, or take back what no longer holds.

    What lies far back fires nothing. A rule that fails is noted and never stops the teller nor the other rules; a lost
    database does: passed over, it would let the teller believe that what it wrote is there.
    """
    try:
        with transaction.atomic():
            rules = published()
            if any(happening.kind in rules for happening in happenings):
                _react(rules, happenings)
    except LOST:
        raise
    except Exception:
        log.exception("nothing was done about what happened", extra={"kinds": [each.kind for each in happenings]})


def _react(rules: Mapping[str, Sequence[Live]], happenings: Sequence[Happening]) -> None:
    said = verdicts(rules, happenings, people.today())
    fire(
        verdict
        for verdict in said
        if not verdict.happening.retracted and (verdict.fires or verdict.problem) and is_news(verdict.happening.at)
    )
    _retract([verdict for verdict in said if verdict.happening.retracted or not verdict.holds])


def fire(said: Iterable[Verdict]) -> None:
    """Does what the rules say, unless they have acted on these occasions before; the database decides.

    All in one go; where something goes wrong, one by one, so that one rule that fails takes no other along.
    """
    begun = _begun(list(said))
    if not begun:
        return
    try:
        with transaction.atomic():
            done = _done(begun)
    except LOST:
        raise
    except Exception:
        done = [_tried(firing, verdict) for firing, verdict in begun]
    _ended([firing for firing, _ in begun], done)


Begun = Sequence[tuple[Firing, Verdict]]
_BEGIN = """
INSERT INTO reactions_firing (rule_id, version_id, employee_id, occasion, at, "values", link, state, done, problem)
SELECT rule, version, employee, occasion, %s::timestamptz, given::jsonb, link, 'done', '[]', ''
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[])
    AS begun (rule, version, employee, occasion, given, link)
ON CONFLICT DO NOTHING RETURNING id, rule_id, employee_id, occasion
"""
_END = """
UPDATE reactions_firing SET state = ended.state, problem = ended.problem, done = ended.done::jsonb
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) AS ended (id, state, problem, done)
WHERE reactions_firing.id = ended.id
"""


def _begun(said: Sequence[Verdict]) -> Begun:
    """The firings that are new, in the order of what was said."""
    wanted: dict[tuple[int, int, str], tuple[Firing, Verdict]] = {}
    for verdict in said:
        live, about = verdict.live, verdict.happening
        firing = Firing(
            rule_id=live.pk,
            version_id=live.version,
            employee_id=about.employee,
            occasion=about.occasion[:200],
            values={name: stored(value) for name, value in verdict.told.items()},
            link=about.link,
        )
        wanted.setdefault((live.pk, about.employee, firing.occasion), (firing, verdict))
    if not wanted:
        return []
    rows = [
        (each.rule_id, each.version_id, each.employee_id, each.occasion, _json(each.values), each.link)
        for each, _ in wanted.values()
    ]
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, [clock.now(), *(list(column) for column in zip(*rows, strict=True))])
        for number, *key in cursor.fetchall():
            wanted[tuple(key)][0].pk = number
    return [each for each in wanted.values() if each[0].pk is not None]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _ended(firings: Sequence[Firing], done: Sequence["Done"]) -> None:
    for firing, (state, problem, what) in zip(firings, done, strict=True):
        firing.state, firing.problem, firing.done = state, problem, what
    rows = [(each.pk, str(each.state), each.problem, _json(each.done)) for each in firings]
    with connection.cursor() as cursor:
        cursor.execute(_END, [list(column) for column in zip(*rows, strict=True)])


Done = tuple[str, str, list[list[Any]]]  # state, problem, [number of the action, employee] of each thing done


def _tried(firing: Firing, verdict: Verdict) -> Done:
    """All of the rule's actions or none of them; what went wrong is kept for the admin, who can try again."""
    try:
        with transaction.atomic():
            return _done([(firing, verdict)])[0]
    except LOST:
        raise
    except Exception as error:
        log.exception("a rule failed", extra={"rule": verdict.live.rule.code, "firing": firing.pk})
        return Firing.State.FAILED, f"{type(error).__name__}: {error}", []


def _done(begun: Begun) -> list[Done]:
    """Does it, and says what was done."""
    day, notices, found = people.today(), [], []
    for firing, verdict in begun:
        done: list[list[Any]] = []
        if verdict.problem:
            found.append((Firing.State.FAILED, verdict.problem, done))
            continue
        for at, act in enumerate(verdict.live.rule.acts):
            for employee in whom.those(act["to"], firing.employee_id, day):
                if actions()[act["action"]].do is None:
                    notices.append(_message(firing, verdict, act, employee))
                    done.append([at, employee])
                elif actions()[act["action"]].do(_doing(firing, verdict.live.rule, at, act, employee, verdict.told)):
                    done.append([at, employee])
        found.append((Firing.State.DONE, "", done))
    telling.tell(notices)
    return found


def _message(firing: Firing, verdict: Verdict, act: Mapping[str, Any], employee: int) -> telling.Message:
    rule = verdict.live.rule
    return telling.Message(
        employee,
        rule.code,
        _about(firing),
        telling.words(act, rule.types),
        verdict.told,
        firing.link,
        act["action"] == "mail",
        rule.pay,
    )


def _about(firing: Firing) -> str:
    return f"{firing.occasion}:{firing.employee_id}"[:195]


def _doing(
    firing: Firing, rule: Rule, at: int, act: Mapping[str, Any], employee: int, values: Mapping[str, Any]
) -> Doing:
    def text(name: str) -> str:
        with override(settings.LANGUAGE_CODE):  # what stands on the wall is in the installation's language
            return filled(both(act[name])[language()], values, rule.types)

    return Doing(
        about=firing.employee_id,
        employee=employee,
        occasion=f"rule:{rule.code}:{at}:{_about(firing)}"[:195],
        because={"rule": rule.code, "firing": firing.pk, "values": firing.values},
        settings=act,
        text=text,
        link=firing.link,
    )


def _retract(said: Sequence[Verdict]) -> None:
    """Takes back what rules did on occasions that no longer hold."""
    if not said:
        return
    rows = Firing.objects.select_for_update(of=("self",)).filter(
        rule__in={verdict.live.pk for verdict in said},
        employee__in={verdict.happening.employee for verdict in said},
        occasion__in={verdict.happening.occasion for verdict in said},
        state=Firing.State.DONE,
    )
    fired = {(row.rule_id, row.employee_id, row.occasion): row for row in rows.order_by("pk")}
    for verdict in said:
        happening = verdict.happening
        firing = fired.pop((verdict.live.pk, happening.employee, happening.occasion), None)
        if firing is not None:
            _take_back(firing, verdict.live.rule, {**firing.values, **_known(verdict.told)})


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}


def _take_back(firing: Firing, rule: Rule, values: Mapping[str, Any]) -> None:
    try:
        with transaction.atomic():
            for at, employee in firing.done:
                act = rule.acts[at] if at < len(rule.acts) else {}
                undo = actions()[act["action"]].undo if act else None
                if undo:
                    undo(_doing(firing, rule, at, act, employee, values))
            if rule.retract:
                words = telling.words(rule.retract, rule.types)
                to = whom.those("person", firing.employee_id, people.today())
                back = f"{_about(firing)}:back"
                telling.tell(
                    telling.Message(one, rule.code, back, words, values, firing.link, rule.pay, rule.pay) for one in to
                )
        firing.state = Firing.State.RETRACTED
    except LOST:
        raise
    except Exception as error:
        log.exception("a rule could not be taken back", extra={"rule": rule.code, "firing": firing.pk})
        firing.state, firing.problem = Firing.State.FAILED, f"{type(error).__name__}: {error}"
    firing.save(update_fields=["state", "problem"])


@transaction.atomic
def retry(firing_id: int) -> bool:
    """Tries a failed firing again with the rule as it stands now; returns whether it went well."""
    firing = Firing.objects.select_for_update(of=("self",)).select_related("rule__version").get(pk=firing_id)
    live = next((each for own in published().values() for each in own if each.pk == firing.rule_id), None)
    if firing.state != Firing.State.FAILED or live is None:
        return False
    values = {name: typed(value, live.rule.types.get(name, "text")) for name, value in firing.values.items()}
    happening = Happening(live.rule.kind, firing.occasion, firing.employee_id, firing.at, values, firing.link)
    (verdict,) = verdicts({live.rule.kind: [live]}, [happening], people.local_day(firing.at))
    _ended([firing], [_tried(firing, verdict)])
    return firing.state == Firing.State.DONE


def stored(value: Any) -> Any:
    """A value as it is kept in JSON."""
    return str(value) if isinstance(value, Decimal | date) else value


def typed(value: Any, kind: str) -> Any:
    """A kept value as it was."""
    if value is None or (value == "" and kind != "text"):
        return None
    if kind in ("money", "rate", "number", "count"):
        return Decimal(value)
    return date.fromisoformat(value) if kind == "date" else value


