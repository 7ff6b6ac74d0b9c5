"""Deciding what each record of a batch becomes, against what is already recorded and what came before it."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.db import connection

from liji.base import gate
from liji.base import terms
from liji.facts import history as histories_of
from liji.facts.history import Content
from liji.facts.history import Credited
from liji.facts.history import History
from liji.facts.history import Key
from liji.facts.history import Reversal
from liji.facts.models import Source
from liji.facts.shares import OWNER
from liji.facts.validation import Kind
from liji.facts.validation import Record
from liji.facts.validation import Retraction
from liji.people import queries as people
from liji.people.numbers import plain
from liji.people.problems import Problem
from liji.plans import queries as plans

Span = tuple[date | None, date | None]
# Money may still come in, or be taken back, after somebody has left.
AFTER_EXIT = {"payment_received"}
DUPLICATE, STALE = "duplicate", "stale"


@dataclass
class Planned:
    """A record that will be written. `credit` is signed; `replaces` is the fact id of the version before.

    `credited`: who is credited with it, with which share, in which role. `notes`: what its sender should know.
    """

    record: Record
    fact_id: int
    source_id: int
    version: int
    owner_id: int
    credit: Decimal
    replaces: int | None
    credited: tuple[Credited, ...]
    current: bool = True
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Retracted:
    """A retraction that will be written as a version of its record, without a fact."""

    retraction: Retraction
    raw_id: int
    source_id: int
    version: int


@dataclass(frozen=True)
class Answered:
    """A record of which nothing is written: duplicate, stale or refused."""

    status: str
    record: Record | Retraction
    version: int | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Recredit:
    """The new credits of a stored reversal whose original was corrected."""

    fact_id: int
    owner_id: int
    credit: Decimal
    credit_date: date
    credited: tuple[Credited, ...]


@dataclass
class Ledger:
    """The state of everything that a batch touches, and what the batch adds to it."""

    sources: dict[str, int]
    employees: dict[str, int]
    employed: dict[int, list[Span]]
    names: dict[int, str]
    histories: dict[Key, History]
    ids: list[int]
    closed: Sequence[plans.Days]
    run: int | None
    kinds: Mapping[str, Kind]
    going: set[Key] = field(default_factory=set)  # keys that the batch retracts
    planned: list[Planned] = field(default_factory=list)
    retracted: list[Retracted] = field(default_factory=list)
    retired: set[int] = field(default_factory=set)  # stored facts that no longer count
    recredited: dict[int, Recredit] = field(default_factory=dict)
    times: dict[tuple[int, str, int], object] = field(default_factory=dict)  # duplicates with a later time of change
    touched: set[tuple[int, date]] = field(default_factory=set)

    @classmethod
    def for_records(
        cls,
        records: Sequence[Record | Retraction],
        *,
        run: int | None,
        kinds: Mapping[str, Kind],
    ) -> "Ledger":
        """Locks the records' external ids (so that two corrections at once follow one another) and reads them."""
        sources = {
            code: Source.objects.get_or_create(code=code, defaults={"name": code})[0].pk
            for code in sorted({record.source for record in records})
        }
        facts = [record for record in records if isinstance(record, Record)]
        keys = {(record.source, record.external_id) for record in records}
        keys |= {(record.source, record.reverses) for record in facts if record.reverses}
        _lock(keys)
        terms.hold()
        named = {record.employee for record in facts}
        named |= {share.employee for record in facts for share in record.credits}
        employees = people.ids_by_number(named)
        histories = histories_of.read(keys, sources, people.company().time_zone)
        known = {
            key for record in facts
            if (held := histories.get(key := (record.source, record.external_id)))
            and held.digests.get(held.latest) != record.digest
        }  # fmt: skip
        if known:
            numeric = {code: kind.numeric for code, kind in kinds.items()}
            histories_of.read_contents(histories, known, sources, numeric)
        involved = set(employees.values()) | {
            payee for held in histories.values() for payee in (held.owner, *(one[0] for one in held.credited)) if payee
        }
        return cls(
            sources,
            employees,
            people.employed_spans(involved),
            {employee: number for number, employee in employees.items()},
            histories,
            _new_ids(len(records)),
            plans.closed_spans(),
            run,
            kinds,
            {(one.source, one.external_id) for one in records if isinstance(one, Retraction)},
        )

    def waits(self, record: Record | Retraction) -> bool:
        """Whether it is the retraction of a record whose reversals this batch retracts too: they come first."""
        if not isinstance(record, Retraction):
            return False
        history = self.histories.get((record.source, record.external_id))
        return history is not None and any((record.source, number) in self.going for number in history.taken_back)

    def enter(self, record: Record | Retraction) -> Planned | Retracted | Answered:
        """What becomes of one record."""
        history = self.histories.setdefault((record.source, record.external_id), History())
        if isinstance(record, Retraction):
            return self._retract(record, history)
        if history.current and history.type != record.type:
            values = {"id": record.external_id, "known": history.type, "value": record.type}
            return Answered("refused", record, problems=(Problem("type", "other_type", values),))
        original = self.histories.get((record.source, record.reverses)) if record.reverses else None
        owner = self.employees.get(record.employee) if record.employee else original and original.owner
        problems = self._owner_problems(record, owner, original) or self._credited_problems(record)
        if problems:
            return Answered("refused", record, problems=tuple(problems))
        said = record
        record = self._completed(record, history, original)
        held = None if record.replaces else history.contents.get(history.version or 0)
        judged = self._judge(said, history, self._content(record, owner, held))
        if isinstance(judged, Answered):
            return judged
        problems = self._closed(record, history) or self._reversal_problems(said, record, owner, history, original)
        credited = self._credited(record, original, owner, held)
        notes: list[Problem] = []
        if not problems:
            problems, notes = self._employment(record, owner, credited)
        if problems:
            return Answered("refused", said, problems=tuple(problems))
        return self._plan(record, history, original, judged, owner, credited, tuple(notes))

    # --- what the record says, with what it keeps of the version before ------------------------------------------

    def _completed(self, record: Record, history: History, original: History | None) -> Record:
        """The record with what the sender does not name: the current version's values, the original's currency."""
        if original is not None and not record.says("currency"):
            record = record._replace(currency=original.currency or record.currency)
        held = history.contents.get(history.version or 0)
        if held is not None and not record.replaces:
            record = _kept(record, held, self.kinds[record.type])
        early = original is not None and original.credit_date and record.credit_date < original.credit_date
        if early and not record.says("credit_date"):
            record = record._replace(credit_date=original.credit_date)
        return record

    def _content(self, record: Record, owner: int | None, held: Content | None) -> Content:
        """What the record says when it keeps from the version `held` what it does not name."""
        kind = self.kinds[record.type]
        credited = () if kind.reverses else self._credited(record, None, owner, held)
        return Content(
            type=record.type,
            owner=None if kind.reverses else owner,
            amount=record.amount,
            currency=record.currency,
            occurred_at=record.occurred_at,
            credit_date=record.credit_date,
            fields=histories_of.plain_fields(record.fields, kind.numeric),
            credited=frozenset(credited),
        )

    def _named(self, record: Record) -> list[Credited]:
        return [(self.employees[one.employee], one.share, one.role) for one in record.credits]

    # --- which version wins --------------------------------------------------------------------------------------

    def _judge(self, said: Record, history: History, content: Content) -> int | Answered:
        """The version that the record gets; Answered when nothing is written. See `docs/entry-rules.md`."""
        latest, given = history.latest, said.version
        if not latest:
            return given or 1
        held = history.contents.get(history.version or 0) if history.current else None
        if given is not None:
            return self._by_version(said, history, content, given)
        time = history.times.get(history.version or latest)
        if said.updated_at and time and said.updated_at < time:
            return self._stale(said, history.version or latest) if not said.if_old else latest + 1
        newest = history.digests[latest] == said.digest and latest not in history.retractions
        if (newest and history.current) or (held is not None and held == content):
            if said.updated_at and (time is None or said.updated_at > time) and history.current:
                self.times[self.sources[said.source], said.external_id, history.version] = said.updated_at
            return Answered(DUPLICATE, said)
        if history.runs.get(latest) == self.run and self.run is not None and latest not in history.retractions:
            return _refused(said, "external_id", "twice_in_file", value=said.external_id)
        later = said.updated_at is not None and (time is None or said.updated_at > time)
        if not later and not said.if_old:
            old = self._older(said, history, content)
            if old is not None:
                return self._stale(said, old)
        return latest + 1

    def _by_version(self, said: Record, history: History, content: Content, given: int) -> int | Answered:
        latest = history.latest
        if given > latest:
            return given
        known = history.digests.get(given)
        same = known is not None and (
            (known == said.digest and given not in history.retractions)
            or self._says_the_same(said, history, given, content)
        )
        if same:
            return Answered(DUPLICATE, said, given)
        if known is not None:
            return _refused(said, "version", "version_taken", value=given)
        return _refused(said, "version", "version_old", value=given, current=latest)

    def _says_the_same(self, said: Record, history: History, version: int, content: Content) -> bool:
        """Whether a version says all that the sender says; what the sender leaves out counts as agreed."""
        held = history.contents.get(version)
        if held is None:
            return False
        if said.replaces:
            return held == content
        kept = _kept(said, held, self.kinds[said.type])
        owner = self.employees.get(said.employee)
        return held == self._content(kept, owner, held)

    def _older(self, said: Record, history: History, content: Content) -> int | None:
        """The newest version before the current one that says the same."""
        current = history.version if history.current else None
        versions = (each for each in sorted(history.contents, reverse=True) if each != current)
        return next((each for each in versions if self._says_the_same(said, history, each, content)), None)

    def _stale(self, said: Record, version: int) -> Answered:
        values = {"id": said.external_id, "version": str(version)}
        return Answered(STALE, said, version, (Problem("external_id", "stale", values),))

    # --- who ------------------------------------------------------------------------------------------------------

    def _owner_problems(self, record: Record, owner: int | None, original: History | None) -> list[Problem]:
        if owner is not None:
            return []
        if record.reverses and not record.employee:
            missing = original is None or original.current is None
            return [Problem("order", "unknown_original", {"value": record.reverses})] if missing else []
        return [Problem("employee", "unknown_employee", {"value": record.employee})]

    def _credited_problems(self, record: Record) -> list[Problem]:
        unknown = [share.employee for share in record.credits if share.employee not in self.employees]
        if unknown:
            return [Problem("credits", "unknown_employee", {"value": unknown[0]})]
        each = {(payee, role) for payee, _, role in self._named(record)}
        if len(each) != len(record.credits):  # one person under two spellings of the number
            written = "; ".join(one.employee for one in record.credits)
            return [Problem("credits", "wrong_credits", {"value": written[:200]})]
        return []

    def _employment(
        self, record: Record, owner: int, credited: Sequence[Credited]
    ) -> tuple[list[Problem], list[Problem]]:
        """Who is credited without being employed on the credit date: problems, or notes of who has left before."""
        day, problems, notes = record.credit_date, [], []
        stays = self.kinds[record.type].reverses or record.type in AFTER_EXIT
        for payee in dict.fromkeys((owner, *(one[0] for one in credited))):
            spans = self.employed.get(payee, [])
            if any(_within(day, span) for span in spans):
                continue
            name = "employee" if payee == owner else "credits"
            values = {"value": self._number(payee), "day": day.isoformat()}
            left = stays and any(span[0] is None or span[0] <= day for span in spans)
            (notes if left else problems).append(Problem(name, "after_exit" if left else "not_employed", values))
        return problems, notes

    def _number(self, payee: int) -> str:
        """The employee number as the sender wrote it, else as it is recorded."""
        return self.names.get(payee) or people.numbers([payee])[payee]

    def _credited(
        self, record: Record, original: History | None, owner: int | None, held: Content | None
    ) -> tuple[Credited, ...]:
        """Those of the original that it takes back; else those named on the record; else those of the version `held`,
        when it had credits of its own; else its owner alone."""
        if original is not None and original.credited:
            return original.credited
        if record.credits:
            return tuple(self._named(record))
        if held is not None and held.credited and not _alone(held) and "credits" not in record.body:
            return tuple(sorted(held.credited))
        return ((owner, Decimal(1), OWNER),)

    # --- closed periods and reversals ----------------------------------------------------------------------------

    def _closed(self, record: Record | Retraction, history: History) -> list[Problem]:
        days = [("credit_date", record.credit_date)] if isinstance(record, Record) else []
        if history.current and history.credit_date:
            days.append(("external_id", history.credit_date))
            days += [("external_id", back.credit_date) for back in history.taken_back.values()]
        return [
            Problem(name, "closed", {"value": day.isoformat(), "open": opens.isoformat()})
            for name, day in days
            if (opens := plans.closed_until(day, self.closed))
        ][:1]

    def _reversal_problems(
        self, said: Record, record: Record, owner: int | None, history: History, original: History | None
    ) -> list[Problem]:
        if history.taken_back and not self._still_covers(record, history):
            return [_has_reversals(record.external_id, history)]
        if not record.reverses:
            return []
        if original is None or original.current is None:
            return [Problem("order", "unknown_original", {"value": record.reverses})]
        if wrong := self._misfit(said, record, owner, original):
            return [Problem.of(*wrong)]
        left = original.left(but=record.external_id)
        if record.amount is not None and record.amount > left:
            return [Problem("amount", "more_than_left", {"value": plain(record.amount), "left": plain(left)})]
        return []

    def _misfit(self, said: Record, record: Record, owner: int | None, original: History):
        made = gate.Side(
            record.external_id,
            record.type,
            record.currency,
            owner if said.employee else None,
            frozenset(self._named(said)) if said.credits else None,
            record.event_date,
            record.credit_date,
        )
        credited = frozenset(original.credited)
        kept = gate.Side(
            record.reverses,
            original.type,
            original.currency,
            original.owner,
            credited,
            original.happened or record.event_date,
            original.credit_date,
        )
        return gate.reversal(made, kept, self.kinds[record.type].takes_back)

    def _still_covers(self, record: Record, history: History) -> bool:
        """Whether a corrected record can still be what its reversals take back."""
        partly = sum((-back.credit for back in history.taken_back.values() if not back.whole), Decimal(0))
        return (
            (record.amount or Decimal(0)) >= partly
            and record.currency == history.currency
            and all(
                record.event_date <= back.happened and record.credit_date <= back.credit_date
                for back in history.taken_back.values()
            )
        )

    # --- planning ------------------------------------------------------------------------------------------------

    def _plan(
        self,
        record: Record,
        history: History,
        original: History | None,
        version: int,
        owner: int,
        credited: tuple[Credited, ...],
        notes: tuple[Problem, ...],
    ) -> Planned:
        # A cancellation without an amount takes back all that is left of the original.
        credit = record.amount or Decimal(0)
        if record.reverses:
            credit = -(record.amount if record.amount is not None else original.left(but=record.external_id))
        before = self._displace(history)
        entry = Planned(
            record, self.ids.pop(), self.sources[record.source], version, owner, credit, before, credited, notes=notes
        )
        history.digests[version], history.runs[version] = record.digest, self.run
        history.times[version] = record.updated_at
        said = self._content(record, owner, None)
        history.contents[version] = said if record.reverses else replace(said, credited=frozenset(credited))
        history.current, history.version, history.type, history.entry = entry.fact_id, version, record.type, entry
        history.owner, history.currency, history.happened = owner, record.currency, record.event_date
        history.credited, history.credit, history.credit_date = credited, credit, record.credit_date
        if record.reverses:
            before_it = self.histories.get((record.source, history.reverses)) if history.reverses else None
            if before_it is not None:
                before_it.taken_back.pop(record.external_id, None)
            whole = record.amount is None
            original.taken_back[record.external_id] = Reversal(
                record.external_id, entry.fact_id, credit, whole, record.credit_date, record.event_date
            )
        history.reverses = record.reverses
        self.planned.append(entry)
        self.touched |= {(payee, record.credit_date) for payee, _, _ in credited}
        self._recredit(record.source, history)
        return entry

    def _displace(self, history: History) -> int | None:
        """The current fact of a record counts no longer; returns its id."""
        before = history.current
        if history.entry is not None:
            history.entry.current = False
        elif before:
            self.retired.add(before)
        if before and history.credit_date:
            self.touched |= {(payee, history.credit_date) for payee, _, _ in history.credited}
        return before

    def _recredit(self, source: str, history: History) -> None:
        """The reversals of a corrected record are credited to whom it is credited now; a cancellation of the whole
        takes back all that is left now."""
        for back in history.taken_back.values():
            if back.whole:
                back.credit = -history.left(but=back.external_id)
            new = Recredit(back.fact_id, history.owner, back.credit, back.credit_date, history.credited)
            own = self.histories.get((source, back.external_id))
            if own is not None and own.entry is not None and own.entry.fact_id == back.fact_id:
                own.entry.owner_id, own.entry.credit, own.entry.credited = new.owner_id, new.credit, new.credited
            else:
                self.recredited[back.fact_id] = new
            if own is not None:
                own.owner, own.credit, own.credited = new.owner_id, new.credit, new.credited
            self.touched |= {(payee, back.credit_date) for payee, _, _ in history.credited}

    # --- retracting ----------------------------------------------------------------------------------------------

    def _retract(self, wanted: Retraction, history: History) -> Retracted | Answered:
        latest = history.latest
        if not latest:
            return _refused(wanted, "external_id", "unknown_record", value=wanted.external_id)
        if history.current is None:
            return Answered(DUPLICATE, wanted, latest)
        if wanted.version is not None and wanted.version <= latest:
            code = "version_taken" if wanted.version in history.digests else "version_old"
            return _refused(wanted, "version", code, value=wanted.version, current=latest)
        time = history.times.get(history.version)
        if wanted.updated_at and time and wanted.updated_at < time:
            values = {"id": wanted.external_id, "version": str(history.version)}
            return Answered(STALE, wanted, history.version, (Problem("external_id", "stale", values),))
        if problems := self._closed(wanted, history):
            return Answered("refused", wanted, problems=tuple(problems))
        if history.taken_back:
            return Answered("refused", wanted, problems=(_has_reversals(wanted.external_id, history),))
        self._displace(history)
        version = wanted.version or latest + 1
        history.digests[version], history.runs[version] = "", self.run
        history.times[version] = wanted.updated_at
        history.retractions.add(version)
        if history.reverses and (original := self.histories.get((wanted.source, history.reverses))):
            original.taken_back.pop(wanted.external_id, None)
        history.current = history.entry = history.credit_date = None
        history.credited = ()
        made = Retracted(wanted, self.ids.pop(), self.sources[wanted.source], version)
        self.retracted.append(made)
        return made


def _refused(record: Record | Retraction, name: str, code: str, **values: object) -> Answered:
    problem = Problem(name, code, {key: str(value) for key, value in values.items()})
    return Answered("refused", record, problems=(problem,))


def _has_reversals(number: str, history: History) -> Problem:
    names = ", ".join(sorted(history.taken_back))[:200]
    values = {"id": number, "count": str(len(history.taken_back)), "reversals": names}
    return Problem("external_id", "has_reversals", values)


def _alone(content: Content) -> bool:
    return content.credited == {(content.owner, Decimal(1), OWNER)}


def _kept(record: Record, held: Content, kind: Kind) -> Record:
    """A record with the values of a version for what its sender does not name at all; null clears.

    A credit date that was the day of the event follows the event, and an owner who had it alone is followed too.
    """
    named = record.body
    if "amount" not in named:
        record = record._replace(amount=held.amount)
    if "currency" not in named:
        record = record._replace(currency=held.currency)
    if "credit_date" not in named and held.credit_date != people.local_day(held.occurred_at):
        record = record._replace(credit_date=held.credit_date)
    missing = {name: _text(value) for name, value in held.fields if name not in named and name in kind.fields}
    return record._replace(fields={**missing, **record.fields}) if missing else record


def _text(value: object) -> object:
    return format(value, "f") if isinstance(value, Decimal) else value


_SINGLE_LOCKS = 100
_SOURCE_LOCKS, _KEY_LOCKS = 8461, 8460  # seeds of the hashes: the two kinds of locks must not meet
_LOCKS = (
    "SELECT count({}(k)) FROM ("
    "SELECT DISTINCT hashtextextended(name, %s) AS k FROM unnest(%s::text[]) AS name ORDER BY k) keys"
)


def _within(day: date, span: Span) -> bool:
    return (span[0] is None or span[0] <= day) and (span[1] is None or day < span[1])


def _lock(keys: set[Key]) -> None:
    """Few keys are locked one by one; many by their source alone, since the database has room for some thousand
    locks only. Whoever locks single keys holds their source shared, so that the two kinds exclude each other."""
    sources = sorted({source for source, _ in keys})
    many = len(keys) > _SINGLE_LOCKS
    with connection.cursor() as cursor:
        cursor.execute(_LOCKS.format("pg_advisory_xact_lock" + ("" if many else "_shared")), [_SOURCE_LOCKS, sources])
        if not many:
            names = [f"{source}\x1f{number}" for source, number in keys]
            cursor.execute(_LOCKS.format("pg_advisory_xact_lock"), [_KEY_LOCKS, names])


def _new_ids(count: int) -> list[int]:
    """Numbers for new facts, in the order in which `pop` hands them out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('facts_fact', 'id')) FROM generate_series(1, %s)", [count]
        )
        return sorted((row[0] for row in cursor.fetchall()), reverse=True)
