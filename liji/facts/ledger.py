"""Deciding what each record of a batch becomes, against what is already recorded and what came before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from decimal import Decimal

from django.db import connection

from liji.base import terms
from liji.facts.models import Source
from liji.facts.shares import OWNER
from liji.facts.validation import Record
from liji.people import queries as people
from liji.people.numbers import plain
from liji.people.problems import Problem
from liji.plans import queries as plans

Key = tuple[str, str]  # (source, external id)
Span = tuple[date | None, date | None]
Credited = tuple[int, Decimal, str]  # payee, share, role
# Money may still come in, or be taken back, after somebody has left.
AFTER_EXIT = {"payment_received", "order_returned", "order_cancelled"}


@dataclass
class Planned:
    """A record that will be written. `credit` is signed; `replaces` is the fact id of the version before.

    `credited`: who is credited with it, with which share, in which role.
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


@dataclass
class History:
    """What is known of one external id: its versions' digests and the fact that counts now."""

    digests: dict[int, str] = field(default_factory=dict)
    runs: dict[int, int | None] = field(default_factory=dict)
    current: int | None = None
    owner: int | None = None
    credited: tuple[Credited, ...] = ()
    credit: Decimal = Decimal(0)
    credit_date: date | None = None
    entry: Planned | None = None
    taken_back: dict[str, Decimal] = field(default_factory=dict)  # external id of a return → its (negative) credit

    @property
    def latest(self) -> int:
        return max(self.digests, default=0)


@dataclass
class Ledger:
    """The state of everything that a batch touches, and what the batch adds to it."""

    sources: dict[str, int]
    employees: dict[str, int]
    employed: dict[int, list[Span]]
    histories: dict[Key, History]
    ids: list[int]
    closed: Sequence[plans.Days]
    run: int | None
    planned: list[Planned] = field(default_factory=list)
    touched: set[tuple[int, date]] = field(default_factory=set)

    @classmethod
    def for_records(cls, records: Sequence[Record], *, run: int | None) -> "Ledger":
        """Locks the records' external ids (so that two corrections at once follow one another) and reads them."""
        sources = {code: Source.objects.get_or_create(code=code, defaults={"name": code})[0].pk
                   for code in sorted({record.source for record in records})}
        keys = {(record.source, record.external_id) for record in records}
        keys |= {(record.source, record.reverses) for record in records if record.reverses}
        _lock(keys)
        terms.hold()
        named = {record.employee for record in records}
        named |= {share.employee for record in records for share in record.credits}
        employees = people.ids_by_number(named)
        histories = _histories(keys, sources)
        owners = set(employees.values()) | {h.owner for h in histories.values() if h.owner}
        spans, ids = people.employed_spans(owners), _new_ids(len(records))
        return cls(sources, employees, spans, histories, ids, plans.closed_spans(), run)

    def enter(self, record: Record) -> Planned | tuple[str, Record, list[Problem]]:
        """What becomes of one record: Planned, or ("duplicate" | "refused", record, problems)."""
        history = self.histories.setdefault((record.source, record.external_id), History())
        version = self._version(record, history)
        if version == "duplicate":
            return "duplicate", record, []
        if isinstance(version, Problem):
            return "refused", record, [version]
        original = self.histories.get((record.source, record.reverses)) if record.reverses else None
        owner = self.employees.get(record.employee) if record.employee else original and original.owner
        problems = [*self._owner_problems(record, owner, original), *self._credited_problems(record)]
        problems += self._closed(record, history)
        if not problems:
            problems = self._reversal_problems(record, history, original)
        if problems:
            return "refused", record, problems
        return self._plan(record, history, original, version, owner)

    def _version(self, record: Record, history: History) -> int | str | Problem:
        """The version that the record gets; "duplicate" when it is known; a Problem when it cannot be."""
        latest, given = history.latest, record.version
        known = history.digests.get(given or latest)
        if known == record.digest:
            return "duplicate"
        if given is None:
            if latest and self.run is not None and history.runs.get(latest) == self.run:
                return Problem("external_id", "twice_in_file", {"value": record.external_id})
            return latest + 1
        if known:
            return Problem("version", "version_taken", {"value": str(given)})
        if given < latest:
            return Problem("version", "version_old", {"value": str(given), "current": str(latest)})
        return given

    def _owner_problems(self, record: Record, owner: int | None, original: History | None) -> list[Problem]:
        if owner is None:
            if record.reverses and not record.employee:
                return []  # the missing original is reported instead
            return [Problem("employee", "unknown_employee", {"value": record.employee})]
        day = record.event_date
        spans = self.employed.get(owner, [])
        if record.type not in AFTER_EXIT and not any(_within(day, span) for span in spans):
            return [Problem("employee", "not_employed", {"value": record.employee, "day": day.isoformat()})]
        return []

    def _credited_problems(self, record: Record) -> list[Problem]:
        unknown = [share.employee for share in record.credits if share.employee not in self.employees]
        return [Problem("credits", "unknown_employee", {"value": number}) for number in unknown[:1]]

    def _credited(self, record: Record, original: History | None, owner: int) -> tuple[Credited, ...]:
        """Those named on the record; else those of the original that it takes back; else its owner alone."""
        if record.credits:
            return tuple((self.employees[one.employee], one.share, one.role) for one in record.credits)
        if original is not None and original.credited and owner == original.owner:
            return original.credited
        return ((owner, Decimal(1), OWNER),)

    def _closed(self, record: Record, history: History) -> list[Problem]:
        days = [("credit_date", record.credit_date)]
        if history.current and history.credit_date:
            days.append(("external_id", history.credit_date))
        return [
            Problem(name, "closed", {"value": day.isoformat(), "open": opens.isoformat()})
            for name, day in days
            if (opens := plans.closed_until(day, self.closed))
        ][:1]

    def _reversal_problems(self, record: Record, history: History, original: History | None) -> list[Problem]:
        if history.taken_back:
            return [Problem("external_id", "taken_back", {"value": record.external_id})]
        if not record.reverses:
            return []
        if original is None or original.current is None:
            return [Problem("order", "unknown_original", {"value": record.reverses})]
        left = _left(original, but=record.external_id)
        if record.amount is not None and record.amount > left:
            return [Problem("amount", "more_than_left", {"value": plain(record.amount), "left": plain(left)})]
        return []

    def _plan(
        self, record: Record, history: History, original: History | None, version: int, owner: int
    ) -> Planned:
        if record.reverses:
            # A cancellation without an amount takes back all that is left of the original.
            amount = record.amount if record.amount is not None else _left(original, but=record.external_id)
            credit = -amount
            original.taken_back[record.external_id] = credit
        else:
            credit = record.amount or Decimal(0)
        before = history.current if history.entry is None else None
        if history.entry is not None:
            history.entry.current = False
        if history.current and history.credit_date:
            self.touched |= {(payee, history.credit_date) for payee, _, _ in history.credited}
        credited = self._credited(record, original, owner)
        entry = Planned(
            record, self.ids.pop(), self.sources[record.source], version, owner, credit, before, credited
        )
        if history.entry is not None:
            entry.replaces = history.entry.fact_id
        history.digests[version], history.runs[version] = record.digest, self.run
        history.current, history.owner, history.entry = entry.fact_id, owner, entry
        history.credited = credited
        history.credit, history.credit_date = credit, record.credit_date
        self.planned.append(entry)
        self.touched |= {(payee, record.credit_date) for payee, _, _ in credited}
        return entry


def _left(original: History, *, but: str) -> Decimal:
    """What is left of an original after its returns, not counting the one that is being read."""
    return original.credit + sum(
        (credit for number, credit in original.taken_back.items() if number != but), Decimal(0)
    )


_SINGLE_LOCKS = 100
_SOURCE_LOCKS, _KEY_LOCKS = 8461, 8460  # seeds of the hashes: the two kinds of locks must not meet
_LOCKS = (
    "SELECT count({}(k)) FROM ("
    "SELECT DISTINCT hashtextextended(name, %s) AS k FROM unnest(%s::text[]) AS name ORDER BY k) keys"
)
_VERSIONS = (
    "SELECT external_id, version, digest, run FROM facts_rawrecord "
    "WHERE NOT withdrawn AND source_id = %s AND external_id = ANY(%s)"
)
_CURRENT = (
    "SELECT f.external_id, f.id, f.owner_id, c.amount, f.credit_date, c.payee_id, c.share, c.role FROM facts_fact f "
    "LEFT JOIN facts_credit c ON c.fact_id = f.id WHERE f.current AND f.source_id = %s AND f.external_id = ANY(%s)"
)
_REVERSALS = (
    "SELECT f.reversed_id, f.external_id, max(c.amount) FROM facts_fact f "
    "LEFT JOIN facts_credit c ON c.fact_id = f.id "
    "WHERE f.current AND f.source_id = %s AND f.reversed_id <> '' AND f.reversed_id = ANY(%s) "
    "GROUP BY f.reversed_id, f.external_id"
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


def _histories(keys: set[Key], sources: dict[str, int]) -> dict[Key, History]:
    histories: dict[Key, History] = {}
    with connection.cursor() as cursor:
        for name, source in sources.items():
            cursor.execute(_VERSIONS, [source, [number for code, number in keys if code == name]])
            for number, version, digest, run in cursor.fetchall():
                history = histories.setdefault((name, number), History())
                history.digests[version], history.runs[version] = digest, run
            known = [number for code, number in histories if code == name]
            if not known:
                continue
            cursor.execute(_CURRENT, [source, known])
            for number, fact, owner, credit, day, *credited in cursor.fetchall():
                history = histories[name, number]
                history.current, history.owner, history.credit, history.credit_date = fact, owner, credit, day
                history.credited += (tuple(credited),)
            cursor.execute(_REVERSALS, [source, known])
            for original, number, credit in cursor.fetchall():
                histories[name, original].taken_back[number] = credit
    return histories
