"""Reading a record from outside into a typed one, or into problems that name field, error and mend.

The API's JSON and an import's row come through here alike; a row's cells are text, JSON's numbers are Decimal. The
grammars of values are those of `liji.base.gate`.
"""

import hashlib
import json
from collections.abc import Collection
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import datetime
from datetime import timedelta
from datetime import tzinfo
from decimal import Decimal
from functools import cached_property
from typing import Any
from typing import NamedTuple

from liji.base import gate
from liji.facts import shares
from liji.people.problems import Problem

AHEAD = timedelta(minutes=5)  # clocks of other machines run ahead a little
COMMON = (
    *("source", "external_id", "version", "type", "employee", "occurred_at", "credit_date", "amount", "currency"),
    "credits",
)
# How a record is meant, beside what it says: a time of change, its retraction, and what becomes of old content.
MEANT = ("updated_at", "status", "if_old", "replace")
RETRACTED = "retracted"
_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, default=str).encode
TRUE = {"true", "1", "yes", "y", "是", "真"}
FALSE = {"false", "0", "no", "n", "否", "假", ""}


@dataclass(frozen=True)
class Kind:
    """What validation must know of a fact type."""

    code: str
    has_amount: bool
    reverses: bool
    fields: Mapping[str, Mapping[str, Any]]
    takes_back: frozenset[str] = frozenset()  # the types that a reversal of this type may name

    @cached_property
    def known(self) -> frozenset[str]:
        """Every field that a record of this type may have."""
        return frozenset((*COMMON, *MEANT, *self.fields))

    @cached_property
    def numeric(self) -> frozenset[str]:
        """The own fields that hold numbers."""
        kinds = ("number", "money", "rate", "count")
        return frozenset(name for name, declared in self.fields.items() if declared["type"] in kinds)


class Record(NamedTuple):
    """A record that was understood. `amount` is in `currency`; dates are of the company's time zone.

    `content` is the record as JSON without its version number, `digest` its hash: two records with the same one say
    the same, whatever the order of their keys. (A named tuple, because a file makes a million of them.)
    """

    source: str
    external_id: str
    version: int | None
    type: str
    employee: str
    occurred_at: datetime
    event_date: date
    credit_date: date
    amount: Decimal | None
    currency: str
    reverses: str
    fields: Mapping[str, Any]
    body: Mapping[str, Any]
    content: str
    digest: str
    credits: tuple[shares.Share, ...] = ()
    updated_at: datetime | None = None
    if_old: bool = False  # content of an older version is applied
    replaces: bool = False  # what the record does not say is cleared, not kept

    @property
    def raw(self) -> str:
        """The record as JSON, whole."""
        return self.content if self.body.keys().isdisjoint(_BESIDE) else _encode(self.body)

    def says(self, name: str) -> bool:
        """Whether the sender gave the field a value; what is not named keeps its value in a correction."""
        return self.body.get(name) not in (None, "")


class Retraction(NamedTuple):
    """That a record no longer counts, as its source says. `reversals`: those that take it back are retracted too."""

    source: str
    external_id: str
    version: int | None
    updated_at: datetime | None
    raw: str
    reversals: bool = False


_BESIDE = frozenset(("version", *MEANT))


def _content(body: Mapping[str, Any]) -> str:
    if not body.keys().isdisjoint(_BESIDE):
        body = {name: value for name, value in body.items() if name not in _BESIDE}
    return _encode(body)


class Doubled(dict):
    """A JSON object in which a key stands twice: `twice` is that key, and the object cannot be understood."""

    twice: str = ""


@dataclass(frozen=True)
class Writer:
    """An API key: its number, its name, and the sources that it may write (keys of their normal forms)."""

    key: int
    name: str
    sources: frozenset[str]


@dataclass(frozen=True)
class Setting:
    """What reading a record depends on. `now` is aware; `currency` is the company's; with `words` a text such as 是 or
    yes is a truth value, as in the cells of a file."""

    kinds: Mapping[str, Kind]
    zone: tzinfo
    now: datetime
    currency: str
    limits: gate.Limits
    words: bool = False
    writer: Writer | None = None
    sources: Mapping[str, str] = field(default_factory=dict)  # key of the normal form → code, of the known sources


class Reader:
    """Reads the fields of one record and collects what is wrong with them."""

    def __init__(self, body: Mapping[str, Any], setting: Setting) -> None:
        self.body, self.setting = body, setting
        self.problems: list[Problem] = []

    def wrong(self, field: str, code: str, **values: object) -> None:
        self.problems.append(Problem(field, code, {name: str(value)[:200] for name, value in values.items()}))

    def judged(self, field: str, found: Any) -> Any:
        """The value that the gate found; None, with a problem noted, for a refused one."""
        if isinstance(found, gate.Wrong):
            self.problems.append(Problem(field, found.code, found.values))
            return None
        return found

    def text(self, field: str, *, required: bool = False, limit: int = 200, lines: bool = False) -> str:
        value = self.body.get(field)
        if value is None or value == "":
            if required:
                self.wrong(field, "missing")
            return ""
        found = self.judged(field, gate.text(value, limit, lines=lines))
        if found == "" and required:
            self.wrong(field, "missing")
        return found or ""

    def number(self, field: str, *, required: bool = False) -> Decimal | None:
        """An exact number in the gate's grammar."""
        value = self.body.get(field)
        if value is None or value == "":
            if required:
                self.wrong(field, "missing")
            return None
        return self.judged(field, gate.decimal(value))

    def moment(self, field: str, *, required: bool = False) -> datetime | None:
        """A moment; a bare date is midnight, and a moment without offset is meant, in the company's zone."""
        value = self.body.get(field)
        if value is None or value == "":
            if required:
                self.wrong(field, "missing")
            return None
        return self.judged(field, gate.moment(value, self.setting.zone, self.setting.limits))

    def field(self, name: str, kind: str, *, required: bool) -> Any:
        """A field of the fact type's own, as it is kept: numbers as text without loss, dates as ISO text."""
        if kind in ("number", "money", "rate", "count"):
            number = self.number(name, required=required)
            if kind == "count" and number is not None and (number < 0 or number % 1):
                self.wrong(name, "wrong_type", value=number, type=kind)
            return None if number is None else format(number, "f")
        if kind == "date":
            moment = self.moment(name, required=required)
            return moment and gate.local(moment, self.setting.zone).isoformat()
        if kind == "true/false":
            return self._truth(name)
        return self.text(name, required=required, limit=2000, lines=True)

    def _truth(self, name: str) -> bool | None:
        value = self.body.get(name)
        if value is None or value == "" or isinstance(value, bool):
            return None if value == "" else value
        word = value.strip().lower() if self.setting.words and isinstance(value, str) else ""
        if not word or word not in TRUE | FALSE:
            self.wrong(name, "wrong_type", value=value, type="true/false")
        return word in TRUE


def read(body: Mapping[str, Any], setting: Setting) -> Record | Retraction | list[Problem]:
    """One record from outside, understood or refused."""
    if not isinstance(body, Mapping):
        return [Problem("", "not_an_object")]
    if isinstance(body, Doubled):
        return [Problem(body.twice, "twice", {"value": body.twice})]
    reader = Reader(body, setting)
    code = reader.text("type", required=body.get("status") != RETRACTED)
    kind = setting.kinds.get(code)
    if body.get("status") == RETRACTED and not (kind and "status" in kind.fields):
        return _retraction(reader)
    if code and kind is None:
        reader.wrong("type", "unknown_type", value=code, known=", ".join(sorted(setting.kinds)))
    occurred = _occurred(reader)
    counted = reader.moment("credit_date") or occurred
    counted_on = counted and gate.local(counted, setting.zone)
    record = {
        "source": _source(reader),
        "external_id": gate.external_id(reader.text("external_id", required=True) or ""),
        "version": _version(reader),
        "employee": reader.text("employee", required=not (kind and kind.reverses)),
        "amount": _amount(reader, kind),
        "currency": _currency(reader, counted_on),
        "credits": _credits(reader),
    }
    fields = _own_fields(reader, kind) if kind else {}
    record |= _meant(reader, kind)
    if reader.problems:
        return reader.problems
    content = _content(body)
    return Record(
        **record,
        type=code,
        occurred_at=occurred,
        event_date=gate.local(occurred, setting.zone),
        credit_date=counted_on,
        reverses=gate.external_id(str(fields.get("order", ""))) if kind.reverses else "",
        fields=fields,
        body=body,
        content=content,
        digest=hashlib.sha256(content.encode()).hexdigest(),
    )


def _source(reader: Reader) -> str:
    """The source of a record as it is known, if the key that writes is bound to it."""
    given, writer = reader.text("source", required=True, limit=64), reader.setting.writer
    key = gate.identity(given).key
    if given and writer is not None and key not in writer.sources:
        reader.wrong("source", "source_not_bound", key=writer.name, source=given)
    return reader.setting.sources.get(key, given)


def _retraction(reader: Reader) -> Retraction | list[Problem]:
    record = {
        "source": _source(reader),
        "external_id": gate.external_id(reader.text("external_id", required=True) or ""),
        "version": _version(reader),
        "updated_at": reader.moment("updated_at"),
    }
    return reader.problems or Retraction(**record, raw=_encode(reader.body))


def _meant(reader: Reader, kind: Kind | None) -> dict[str, Any]:
    """What the record says beside its content, where the type has no fields of these names."""
    own = kind.fields if kind else {}
    status, if_old = (reader.body.get(name) if name not in own else None for name in ("status", "if_old"))
    if status not in (None, ""):
        reader.wrong("status", "unknown_status", value=status)
    if if_old not in (None, "", "apply", "report"):
        reader.wrong("if_old", "wrong_type", value=if_old, type="apply, report")
    replace = reader.body.get("replace") if "replace" not in own else None
    if replace not in (None, "") and not isinstance(replace, bool):
        reader.wrong("replace", "wrong_type", value=replace, type="true/false")
    return {
        "updated_at": reader.moment("updated_at") if "updated_at" not in own else None,
        "if_old": if_old == "apply",
        "replaces": replace is True,
    }


def _occurred(reader: Reader) -> datetime | None:
    """When it happened: not after the present moment, also where the calendar of the company reaches further."""
    occurred, setting = reader.moment("occurred_at", required=True), reader.setting
    if reader.problems and (last := reader.problems[-1]).code == "date_range" and last.field == "occurred_at":
        if last.values["value"] > last.values["first"]:
            reader.problems[-1] = Problem("occurred_at", "future", last.values)
    elif occurred and occurred > setting.now + AHEAD:
        reader.wrong("occurred_at", "future", value=occurred.isoformat())
    return occurred


def _credits(reader: Reader) -> tuple[shares.Share, ...]:
    told = reader.body.get("credits")
    found = shares.read(told)
    if found is None:
        reader.wrong("credits", "wrong_credits", value=told)
    elif over := gate.shares(one.share for one in found if one.role == shares.OWNER):
        reader.judged("credits", over)
    return found or ()


def _version(reader: Reader) -> int | None:
    value = reader.body.get("version")
    return None if value is None or value == "" else reader.judged("version", gate.version(value))


def _amount(reader: Reader, kind: Kind | None) -> Decimal | None:
    amount = reader.number("amount", required=bool(kind and kind.has_amount))
    if amount is not None and amount < 0:
        reader.wrong("amount", "negative", value=amount)
    return amount


def _currency(reader: Reader, on: date | None) -> str:
    """The currency of a record; the company's when nothing is said."""
    value = reader.body.get("currency")
    if value is None or value == "":
        return reader.setting.currency
    return reader.judged("currency", gate.currency(value, on)) or ""


def _own_fields(reader: Reader, kind: Kind) -> dict[str, Any]:
    """The fields declared by the type; a field that nobody declared is a mistake, not a guess."""
    known: Collection[str] = kind.fields
    for name in reader.body:
        if name not in kind.known:
            reader.wrong(str(name)[:60], "unknown_field", type=kind.code, known=", ".join((*COMMON, *known)))
    values = {
        name: reader.field(name, declared["type"], required=declared.get("required", False))
        for name, declared in kind.fields.items()
        if name in reader.body or declared.get("required", False)
    }
    return {name: value for name, value in values.items() if value not in (None, "")}
