"""Recording what happened: idempotent, versioned, credited, and told to whoever works with credits.

One path for one record and for ten thousand: everything is looked up once per call and written by COPY.
"""

import json
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import Any

from django.db import connection
from django.db import transaction
from django.dispatch import Signal

from liji.base import clock
from liji.base import terms
from liji.events.happenings import is_news
from liji.events.happenings import tell
from liji.facts import tells
from liji.facts import validation
from liji.facts.ledger import Ledger
from liji.facts.ledger import Planned
from liji.facts.models import Fact
from liji.facts.models import FactType
from liji.facts.models import RawRecord
from liji.facts.models import Source
from liji.people import queries as people
from liji.people.kept import kept
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.plans import queries as plans

# Sent inside the recording transaction with `touched`: the set of (payee id, credit date) whose credits changed.
credited = Signal()
# Sent inside the recording transaction with `facts`: the set of (fact type, owner's employee id) of which a fact is
# new, corrected, taken over by somebody else or withdrawn.
recorded = Signal()


@dataclass(frozen=True)
class Outcome:
    """What became of one record: created, corrected, duplicate (nothing changed) or refused (with problems)."""

    status: str
    external_id: str = ""
    version: int | None = None
    fact_id: int | None = None
    problems: tuple[Problem, ...] = ()


def record(body: Mapping[str, Any], *, run: int | None = None, words: bool = False) -> Outcome:
    """Records one fact; see `record_many`."""
    return record_many([body], run=run, words=words)[0]


@transaction.atomic
def record_many(
    bodies: Sequence[Mapping[str, Any]], *, run: int | None = None, words: bool = False
) -> list[Outcome]:
    """Records facts in one transaction and returns one outcome for each, in order.

    A refused record leaves the others untouched. A record is known by (source, external id, version); without a
    version, other content than the newest is taken as its correction. `run` is the import that brings them;
    with `words` a true/false field may be written in words, as in a file.
    """
    now = clock.now()
    setting = validation.Setting(
        _kinds(), people.zone(), now, people.company().currency, people.day_limits(), words=words
    )
    read = [validation.read(body, setting) for body in bodies]
    understood = [record for record in read if isinstance(record, validation.Record)]
    ledger = Ledger.for_records(understood, run=run)
    outcomes = [
        Outcome("refused", _external_id(body), problems=tuple(record))
        if isinstance(record, list)
        else _outcome(ledger.enter(record))
        for body, record in zip(bodies, read, strict=True)
    ]
    retired = _write(ledger.planned, run=run, now=now)
    if ledger.touched:
        credited.send(sender=None, touched=ledger.touched)
    if told := retired | {(entry.record.type, entry.owner_id) for entry in ledger.planned}:
        recorded.send(sender=None, facts=told)
    _tell(ledger.planned)
    return outcomes


def _tell(planned: Sequence[Planned]) -> None:
    """Other rooms hear of what has just happened; what lies far back is history that is being loaded."""
    news = [entry for entry in planned if is_news(entry.record.occurred_at)]
    if news:
        sources = dict(Source.objects.filter(pk__in={entry.source_id for entry in news}).values_list("pk", "code"))
        tell(tells.of_recorded(news, sources))


def _external_id(body: Mapping[str, Any]) -> str:
    return str(body.get("external_id", ""))[:200] if isinstance(body, Mapping) else ""


def _outcome(entered: Planned | tuple[str, validation.Record, list[Problem]]) -> Outcome:
    if isinstance(entered, Planned):
        status = "created" if entered.version == 1 or entered.replaces is None else "corrected"
        return Outcome(status, entered.record.external_id, entered.version, entered.fact_id)
    status, record, problems = entered
    return Outcome(status, record.external_id, record.version, problems=tuple(problems))


@kept(5)
def _kinds() -> dict[str, validation.Kind]:
    return {
        kind.code: validation.Kind(
            kind.code, kind.has_amount, kind.reverses, {field["name"]: field for field in kind.fields}
        )
        for kind in FactType.objects.all()
    }


_encode = json.JSONEncoder(default=str, ensure_ascii=False).encode
_COPIES = {
    "facts_rawrecord": "id, source_id, external_id, version, body, digest, received_at, run",
    "facts_fact": "id, raw_id, source_id, external_id, version, type, owner_id, amount, currency, occurred_at, "
    "credit_date, reversed_id, fields, current, withdrawn",
    "facts_credit": "fact_id, payee_id, credit_date, amount, share, role, current",
}


def _write(planned: Sequence[Planned], *, run: int | None, now: datetime) -> set[tuple[str, int]]:
    """Writes the facts; returns (type, owner) of those that were replaced."""
    replaced = [entry.replaces for entry in planned if entry.replaces]
    retired = _retire(replaced) if replaced else set()
    rows: dict[str, list[tuple]] = {table: [] for table in _COPIES}
    for p in planned:
        r = p.record
        raw = (p.fact_id, p.source_id, r.external_id, p.version, r.raw, r.digest, now, run)
        rows["facts_rawrecord"].append(raw)
        rows["facts_fact"].append(
            (
                *(p.fact_id, p.fact_id, p.source_id, r.external_id, p.version, r.type, p.owner_id, r.amount),
                *(r.currency, r.occurred_at, r.credit_date, r.reverses, _encode(r.fields), p.current, False),
            )
        )
        for payee, share, role in p.credited:
            rows["facts_credit"].append((p.fact_id, payee, r.credit_date, p.credit, share, role, p.current))
    with connection.cursor() as cursor:
        for table, columns in _COPIES.items():
            if rows[table]:
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for row in rows[table]:
                        copy.write_row(row)
    return retired


def _retire(facts: Sequence[int]) -> set[tuple[str, int]]:
    Fact.objects.filter(pk__in=facts).update(current=False)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE facts_credit SET current = false WHERE fact_id = ANY(%s)", [list(facts)])
    return _types_and_owners(facts)


@transaction.atomic
def withdraw_run(run: int) -> int:
    """Takes back all facts that an import brought; earlier versions count again. Returns how many.

    Raises Refused("closed") when any of them is credited in a closed period.
    """
    terms.hold()
    mine = Fact.objects.select_for_update().filter(raw__run=run, withdrawn=False)
    days = set(mine.filter(current=True).values_list("credit_date", flat=True))
    closed = plans.closed_spans()
    for day in sorted(days):
        if opens := plans.closed_until(day, closed):
            raise Refused(Problem("credit_date", "closed", {"value": day.isoformat(), "open": opens.isoformat()}))
    touched = _payees_and_days([fact.pk for fact in mine if fact.current])
    told = set(mine.filter(current=True).values_list("type", "owner"))
    count = mine.update(current=False, withdrawn=True)
    RawRecord.objects.filter(run=run).update(withdrawn=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE facts_credit c SET current = false FROM facts_rawrecord r WHERE r.id = c.fact_id AND r.run = %s",
            [run],
        )
        cursor.execute(_REVIVE, [run])
        revived = [row[0] for row in cursor.fetchall()]
        cursor.execute("UPDATE facts_credit SET current = true WHERE fact_id = ANY(%s)", [revived])
    touched |= _payees_and_days(revived)
    if touched:
        credited.send(sender=None, touched=touched)
    if told := told | _types_and_owners(revived):
        recorded.send(sender=None, facts=told)
    return count


# The newest version that was not withdrawn counts again, for each record of the run that has none left.
_REVIVE = """
UPDATE facts_fact SET current = true WHERE id IN (
    SELECT DISTINCT ON (f.source_id, f.external_id) f.id
    FROM facts_fact f
    JOIN facts_rawrecord r ON r.run = %s AND r.source_id = f.source_id AND r.external_id = f.external_id
    WHERE NOT f.withdrawn AND NOT EXISTS (
        SELECT 1 FROM facts_fact o
        WHERE o.source_id = f.source_id AND o.external_id = f.external_id AND o.current
    )
    ORDER BY f.source_id, f.external_id, f.version DESC
) RETURNING id
"""


def _types_and_owners(facts: Sequence[int]) -> set[tuple[str, int]]:
    return set(Fact.objects.filter(pk__in=facts).values_list("type", "owner"))


def _payees_and_days(facts: Sequence[int]) -> set[tuple[int, date]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT payee_id, credit_date FROM facts_credit WHERE fact_id = ANY(%s)", [list(facts)]
        )
        return set(cursor.fetchall())


def add_type(code: str, zh: str, en: str, *, has_amount: bool, fields: Sequence[Mapping[str, Any]] = ()) -> FactType:
    """A fact type of the company's own. Fields: [{"name", "type", "zh", "en", "required"}]."""
    return FactType.objects.create(code=code, zh=zh, en=en, has_amount=has_amount, fields=[*fields])


