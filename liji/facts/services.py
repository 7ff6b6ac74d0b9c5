"""Recording what happened: idempotent, versioned, credited, and told to whoever works with credits.

One path for one record and for ten thousand: everything is looked up once per call and written by COPY.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import InterfaceError
from django.db import OperationalError
from django.db import transaction
from django.dispatch import Signal

from liji.base import clock
from liji.base import internal
from liji.base import terms
from liji.base.gate import identity
from liji.events.happenings import is_news
from liji.events.happenings import tell
from liji.facts import tells
from liji.facts import validation
from liji.facts import writing
from liji.facts.ledger import Answered
from liji.facts.ledger import Ledger
from liji.facts.ledger import Planned
from liji.facts.ledger import Retracted
from liji.facts.models import FactType
from liji.facts.models import Source
from liji.people import queries as people
from liji.people.kept import kept
from liji.people.problems import Problem
from liji.people.problems import Refused

# Sent inside the recording transaction with `touched`: the set of (payee id, credit date) whose credits changed.
credited = Signal()
# Sent inside the recording transaction with `facts`: the set of (fact type, owner's employee id) of which a fact is
# new, corrected, taken over by somebody else or withdrawn.
recorded = Signal()


@dataclass(frozen=True)
class Outcome:
    """What became of one record: created, corrected, retracted, duplicate (nothing changed), stale (an older version,
    not applied) or refused; the last two with problems. `notes` are no problems: who is credited after their exit.
    """

    status: str
    external_id: str = ""
    version: int | None = None
    fact_id: int | None = None
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


def record(body: Mapping[str, Any], **how: Any) -> Outcome:
    """Records one fact; see `record_many`."""
    return record_many([body], **how)[0]


def record_many(
    bodies: Sequence[Mapping[str, Any]],
    *,
    run: int | None = None,
    words: bool = False,
    writer: validation.Writer | None = None,
) -> list[Outcome]:
    """Records facts in one transaction and returns one outcome for each, in order.

    A refused record leaves the others untouched. A record is known by (source, external id, version); without a
    version, other content than any version before is taken as its correction, and content of an older one is stale.
    `run` is the import that brings them, `writer` the API key, which is kept; with `words` a true/false field may be
    written in words, as in a file. What fails unexpectedly is refused alone, with a reference that stands in the log.
    """
    with transaction.atomic():
        return _each(list(bodies), run=run, words=words, writer=writer)


def _each(bodies: list[Mapping[str, Any]], **how: Any) -> list[Outcome]:
    """Records a chunk in a savepoint; one that fails is halved, down to the record that makes it fail."""
    try:
        with transaction.atomic():
            return _record(bodies, **how)
    except (OperationalError, InterfaceError, Refused):  # the database is away, not the record wrong
        raise
    except Exception as error:
        if len(bodies) != 1:
            half = len(bodies) // 2
            return [*_each(bodies[:half], **how), *_each(bodies[half:], **how)]
        problem = Problem("", "internal", {"reference": internal.reference(error, "record refused")})
        return [Outcome("refused", _external_id(bodies[0]), problems=(problem,))]


def _record(
    bodies: Sequence[Mapping[str, Any]], *, run: int | None, words: bool, writer: validation.Writer | None
) -> list[Outcome]:
    now, kinds = clock.now(), _kinds()
    setting = validation.Setting(
        kinds, people.zone(), now, people.company().currency, people.day_limits(), words, writer, _source_codes()
    )
    read = [validation.read(body, setting) for body in bodies]
    understood = [record for record in read if not isinstance(record, list)]
    ledger = Ledger.for_records(understood, run=run, kinds=kinds)
    outcomes: dict[int, Outcome] = {}
    for place, (body, record) in enumerate(zip(bodies, read, strict=True)):
        if isinstance(record, list):
            outcomes[place] = Outcome("refused", _external_id(body), problems=tuple(record))
        elif not ledger.waits(record):
            outcomes[place] = _outcome(ledger.enter(record))
    for place, record in enumerate(read):
        if place not in outcomes:  # a retraction whose reversals are retracted with it
            outcomes[place] = _outcome(ledger.enter(record))
    _write(ledger, now=now, key=writer and writer.key)
    return [outcomes[place] for place in range(len(bodies))]


def _write(ledger: Ledger, *, now: datetime, key: int | None) -> None:
    """Stores what the ledger has planned and tells those who work with it."""
    retired, touched = writing.write(ledger, now=now, key=key)
    if touched := ledger.touched | touched:
        credited.send(sender=None, touched=touched)
    if told := retired | {(entry.record.type, entry.owner_id) for entry in ledger.planned}:
        recorded.send(sender=None, facts=told)
    _tell(ledger.planned)


def retract(
    keys: Sequence[tuple[str, str]], *, by: str, reversals: bool = False, writer: validation.Writer | None = None
) -> list[Outcome]:
    """Takes records back, each (source, external id) a version of its own; `by` says who and is kept with it.

    One that has reversals is refused, unless they are among the keys or, with `reversals`, are retracted too.
    Outcomes in the order of the keys: retracted, duplicate (it counts no more) or refused.
    """
    wanted = list(keys)
    with transaction.atomic():
        if reversals:
            wanted += [each for each in writing.reversals_of(keys) if each not in wanted]
        bodies = [
            {"source": source, "external_id": number, "status": validation.RETRACTED, "by": by}
            for source, number in wanted
        ]
        return record_many(bodies, writer=writer)[: len(keys)]


def withdraw_run(run: int, *, by: str = "", reversals: bool = False) -> int:
    """Takes back all facts that an import brought; earlier versions count again. Returns how many.

    Raises Refused: "closed" when any of them is credited in a closed period, "has_reversals" when a record that was
    not in the import takes one of them back; with `reversals` these are retracted with it.
    """
    with transaction.atomic():
        if reversals and (others := writing.reversals_of_run(run)):
            outcomes = retract(others, by=by)
            problems = [problem for outcome in outcomes for problem in outcome.problems]
            if problems:
                raise Refused(*problems)
        terms.hold()
        count, touched, told = writing.withdraw(run)
        if touched:
            credited.send(sender=None, touched=touched)
        if told:
            recorded.send(sender=None, facts=told)
        return count


def _tell(planned: Sequence[Planned]) -> None:
    """Other rooms hear of what has just happened; what lies far back is history that is being loaded."""
    news = [entry for entry in planned if is_news(entry.record.occurred_at)]
    if news:
        sources = dict(Source.objects.filter(pk__in={entry.source_id for entry in news}).values_list("pk", "code"))
        tell(tells.of_recorded(news, sources))


def _external_id(body: Mapping[str, Any]) -> str:
    return str(body.get("external_id", ""))[:200] if isinstance(body, Mapping) else ""


def _outcome(entered: Planned | Retracted | Answered) -> Outcome:
    if isinstance(entered, Planned):
        status = "created" if entered.version == 1 or entered.replaces is None else "corrected"
        return Outcome(status, entered.record.external_id, entered.version, entered.fact_id, notes=entered.notes)
    if isinstance(entered, Retracted):
        return Outcome("retracted", entered.retraction.external_id, entered.version)
    version = entered.version or entered.record.version
    return Outcome(entered.status, entered.record.external_id, version, problems=entered.problems)


def _source_codes() -> dict[str, str]:
    """The key of each source's normal form → its code, so that CRM and crm are one source."""
    return {identity(code).key: code for code in Source.objects.values_list("code", flat=True).order_by("-pk")}


@kept(5)
def _kinds() -> dict[str, validation.Kind]:
    """The fact types; a reversal also takes back the company's own types that have an amount."""
    kinds = list(FactType.objects.all())
    own = [kind.code for kind in kinds if kind.has_amount and not kind.built_in and not kind.reverses]
    return {
        kind.code: validation.Kind(
            kind.code,
            kind.has_amount,
            kind.reverses,
            {field["name"]: field for field in kind.fields},
            frozenset((*kind.takes_back, *own)) if kind.reverses else frozenset(),
        )
        for kind in kinds
    }


def add_type(code: str, zh: str, en: str, *, has_amount: bool, fields: Sequence[Mapping[str, Any]] = ()) -> FactType:
    """A fact type of the company's own. Fields: [{"name", "type", "zh", "en", "required"}]."""
    return FactType.objects.create(code=code, zh=zh, en=en, has_amount=has_amount, fields=[*fields])


