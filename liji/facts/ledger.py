"""Deciding what each record of a batch becomes, against what is already recorded and what came before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from decimal import Decimal

from django.db import connection

from liji.facts.models import Fact
from liji.facts.models import RawRecord
from liji.facts.models import Source
from liji.facts.validation import Record
from liji.people import queries as people
from liji.people.numbers import plain
from liji.people.problems import Problem
from liji.plans import queries as plans

Key = tuple[str, str]  # (source, external id)
Span = tuple[date | None, date | None]
# Money may still come in, or be taken back, after somebody has left.
AFTER_EXIT = {"payment_received", "order_returned", "order_cancelled"}


@dataclass
class Planned:
    """A record that will be written. `credit` is signed; `replaces` is the fact id of the version before."""

    record: Record
    fact_id: int
    source_id: int
    version: int
    owner_id: int
    credit: Decimal
    replaces: int | None
    current: bool = True


@dataclass
class History:
    """What is known of one external id: its versions' digests and the fact that counts now."""

    digests: dict[int, str] = field(default_factory=dict)
    runs: dict[int, int | None] = field(default_factory=dict)
    current: int | None = None
    owner: int | None = None
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
    def for_records(cls, records: Sequence[Record], *, closed: Sequence[plans.Days], run: int | None) -> "Ledger":
        """Locks the records' external ids (so that two corrections at once follow one another) and reads them."""
        sources = {code: Source.objects.get_or_create(code=code, defaults={"name": code})[0].pk
                   for code in sorted({record.source for record in records})}
        keys = {(record.source, record.external_id) for record in records}
        keys |= {(record.source, record.reverses) for record in records if record.reverses}
        _lock(keys)
        employees = people.ids_by_number({record.employee for record in records})
        histories = _histories(keys, sources)
        owners = set(employees.values()) | {h.owner for h in histories.values() if h.owner}
        return cls(
            sources, employees, people.employed_spans(owners), histories, _new_ids(len(records)), closed, run
        )

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
        problems = [*self._owner_problems(record, owner, original), *self._closed(record, history)]
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
            self.touched.add((history.owner, history.credit_date))
        entry = Planned(
            record, self.ids.pop(), self.sources[record.source], version, owner, credit, replaces=before
        )
        if history.entry is not None:
            entry.replaces = history.entry.fact_id
        history.digests[version], history.runs[version] = record.digest, self.run
        history.current, history.owner, history.entry = entry.fact_id, owner, entry
        history.credit, history.credit_date = credit, record.credit_date
        self.planned.append(entry)
        self.touched.add((owner, record.credit_date))
        return entry


def _left(original: History, *, but: str) -> Decimal:
    """What is left of an original after its returns, not counting the one that is being read."""
    return original.credit + sum(
        (credit for number, credit in original.taken_back.items() if number != but), Decimal(0)
    )


def _within(day: date, span: Span) -> bool:
    return (span[0] is None or span[0] <= day) and (span[1] is None or day < span[1])


def _lock(keys: set[Key]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_advisory_xact_lock(k)) FROM ("
            "SELECT DISTINCT hashtextextended(name, 8460) AS k FROM unnest(%s::text[]) AS name ORDER BY k) keys",
            [[f"{source}\x1f{number}" for source, number in keys]],
        )


def _new_ids(count: int) -> list[int]:
    """Numbers for new facts, in the order in which `pop` hands them out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('facts_fact', 'id')) FROM generate_series(1, %s)", [count]
        )
        return sorted((row[0] for row in cursor.fetchall()), reverse=True)


def _histories(keys: set[Key], sources: dict[str, int]) -> dict[Key, History]:
    histories: dict[Key, History] = {}
    names = {number: code for code, number in sources.items()}
    wanted = {"source__in": names, "external_id__in": {number for _, number in keys}}
    raws = RawRecord.objects.filter(withdrawn=False, **wanted).values_list(
        "source_id", "external_id", "version", "digest", "run"
    )
    for source, number, version, digest, run in raws:
        if (key := (names[source], number)) in keys:
            history = histories.setdefault(key, History())
            history.digests[version], history.runs[version] = digest, run
    facts = Fact.objects.filter(current=True, **wanted).values_list(
        "source_id", "external_id", "id", "owner_id", "credits__amount", "credit_date"
    )
    for source, number, fact, owner, credit, day in facts:
        if (history := histories.get((names[source], number))) is not None:
            history.current, history.owner, history.credit, history.credit_date = fact, owner, credit, day
    _add_reversals(histories, wanted, names)
    return histories


def _add_reversals(histories: dict[Key, History], wanted: dict, names: dict[int, str]) -> None:
    found = Fact.objects.filter(
        current=True, source__in=wanted["source__in"], reversed_id__in=wanted["external_id__in"]
    ).exclude(reversed_id="")
    for source, original, number, credit in found.values_list(
        "source_id", "reversed_id", "external_id", "credits__amount"
    ):
        if (history := histories.get((names[source], original))) is not None:
            history.taken_back[number] = credit
