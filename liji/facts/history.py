"""What is known of the records that a batch touches: their versions, what each said, and what takes them back."""

import json
from collections.abc import Collection
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

Key = tuple[str, str]  # (source, external id)
Credited = tuple[int, Decimal, str]  # payee, share, role


@dataclass(frozen=True)
class Content:
    """What a version of a record says, typed: two versions with equal contents say the same.

    A reversal has no owner and no credits of its own: they are its original's. `fields` are the type's own.
    """

    type: str
    owner: int | None
    amount: Decimal | None
    currency: str
    occurred_at: datetime
    credit_date: date
    fields: frozenset[tuple[str, Any]]
    credited: frozenset[Credited]


@dataclass
class Reversal:
    """A record that takes another one back. `whole`: it has no amount and takes back all that is left."""

    external_id: str
    fact_id: int
    credit: Decimal
    whole: bool
    credit_date: date
    happened: date


@dataclass
class History:
    """What is known of one external id: its versions and the fact that counts now."""

    digests: dict[int, str] = field(default_factory=dict)
    runs: dict[int, int | None] = field(default_factory=dict)
    times: dict[int, datetime | None] = field(default_factory=dict)
    retractions: set[int] = field(default_factory=set)
    contents: dict[int, Content] = field(default_factory=dict)  # read only where digests do not decide
    current: int | None = None
    version: int | None = None  # of the current fact
    type: str = ""
    owner: int | None = None
    currency: str = ""
    happened: date | None = None
    reverses: str = ""
    credited: tuple[Credited, ...] = ()
    credit: Decimal = Decimal(0)
    credit_date: date | None = None
    entry: Any = None  # the ledger's plan for the current fact, when this batch writes it
    taken_back: dict[str, Reversal] = field(default_factory=dict)  # external id of the reversal

    @property
    def latest(self) -> int:
        return max(self.digests, default=0)

    def left(self, *, but: str = "") -> Decimal:
        """What is left of the record after its reversals, not counting the one that is being read."""
        back = (one.credit for name, one in self.taken_back.items() if name != but)
        return self.credit + sum(back, Decimal(0))


def plain_fields(fields: Mapping[str, Any], numeric: Collection[str]) -> frozenset[tuple[str, Any]]:
    """A type's own fields so that equal values are equal: 100 and 100.00 are one number."""
    return frozenset((name, Decimal(str(value)) if name in numeric else value) for name, value in fields.items())


_VERSIONS = (
    "SELECT external_id, version, digest, run, updated_at, retracts FROM facts_rawrecord "
    "WHERE NOT withdrawn AND source_id = %s AND external_id = ANY(%s)"
)
_CURRENT = (
    "SELECT f.external_id, f.id, f.version, f.type, f.owner_id, f.currency, (f.occurred_at AT TIME ZONE %s)::date, "
    "f.reversed_id, c.amount, f.credit_date, c.payee_id, c.share, c.role FROM facts_fact f "
    "LEFT JOIN facts_credit c ON c.fact_id = f.id AND c.current "
    "WHERE f.current AND f.source_id = %s AND f.external_id = ANY(%s)"
)
_REVERSALS = (
    "SELECT f.reversed_id, f.external_id, f.id, coalesce(max(c.amount), 0), f.amount IS NULL, f.credit_date, "
    "(f.occurred_at AT TIME ZONE %s)::date FROM facts_fact f "
    "LEFT JOIN facts_credit c ON c.fact_id = f.id AND c.current "
    "WHERE f.current AND f.source_id = %s AND f.reversed_id <> '' AND f.reversed_id = ANY(%s) GROUP BY f.id"
)
_CONTENTS = (
    "SELECT f.external_id, f.version, f.type, f.owner_id, f.amount, f.currency, f.occurred_at, f.credit_date, "
    "f.reversed_id, f.fields::text, "
    "(SELECT array_agg(ARRAY[c.payee_id::text, c.share::text, c.role]) FROM facts_credit c WHERE c.fact_id = f.id) "
    "FROM facts_fact f WHERE NOT f.withdrawn AND f.source_id = %s AND f.external_id = ANY(%s)"
)


def read(keys: Collection[Key], sources: Mapping[str, int], zone: str) -> dict[Key, History]:
    """The histories of those keys that are known; `zone` is the company's time zone."""
    found: dict[Key, History] = {}
    with connection.cursor() as cursor:
        for name, source in sources.items():
            cursor.execute(_VERSIONS, [source, [number for code, number in keys if code == name]])
            for number, version, digest, run, updated_at, retracts in cursor.fetchall():
                history = found.setdefault((name, number), History())
                history.digests[version], history.runs[version] = digest, run
                history.times[version] = updated_at
                if retracts:
                    history.retractions.add(version)
            known = [number for code, number in found if code == name]
            if not known:
                continue
            cursor.execute(_CURRENT, [zone, source, known])
            for number, *row in cursor.fetchall():
                _current(found[name, number], row)
            cursor.execute(_REVERSALS, [zone, source, known])
            for original, *row in cursor.fetchall():
                found[name, original].taken_back[row[0]] = Reversal(*row)
    return found


def _current(history: History, row: list[Any]) -> None:
    history.current, history.version, history.type, history.owner, history.currency = row[:5]
    history.happened, history.reverses, credit, history.credit_date = row[5:9]
    history.credit = credit or Decimal(0)
    if row[9] is not None:
        history.credited += (tuple(row[9:]),)


def read_contents(
    histories: Mapping[Key, History], keys: Collection[Key], sources: Mapping[str, int], numeric: Mapping[str, Any]
) -> None:
    """Reads what every version of some records says; `numeric` is fact type → its own fields that hold numbers."""
    with connection.cursor() as cursor:
        for name, source in sources.items():
            numbers = [number for code, number in keys if code == name]
            if not numbers:
                continue
            cursor.execute(_CONTENTS, [source, numbers])
            for number, version, *row in cursor.fetchall():
                histories[name, number].contents[version] = _content(row, numeric)


def _content(row: list[Any], numeric: Mapping[str, Any]) -> Content:
    kind, owner, amount, currency, at, day, reverses, fields, credited = row
    shares = frozenset((int(payee), Decimal(share), role) for payee, share, role in credited or [])
    return Content(
        type=kind,
        owner=None if reverses else owner,
        amount=amount,
        currency=currency,
        occurred_at=at,
        credit_date=day,
        fields=plain_fields(json.loads(fields), numeric.get(kind, ())),
        credited=frozenset() if reverses else shares,
    )
