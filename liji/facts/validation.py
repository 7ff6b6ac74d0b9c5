"""Reading a record from outside into a typed one, or into problems that name field, error and mend.

The API's JSON and an import's row come through here alike; a row's cells are text, JSON's numbers are Decimal.
"""

import hashlib
import json
import re
from collections.abc import Collection
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import timedelta
from datetime import tzinfo
from decimal import Decimal
from decimal import InvalidOperation
from functools import cached_property
from functools import lru_cache
from typing import Any
from typing import NamedTuple

from liji.facts import shares
from liji.people.problems import Problem

LARGEST = Decimal(10) ** 18
PLACES = 6
COMMON = (
    *("source", "external_id", "version", "type", "employee", "occurred_at", "credit_date", "amount", "currency"),
    "credits",
)
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")  # no text for the database: nought, halves of a character
_PLAIN = re.compile(r"-?\d{1,17}(?:\.\d{1,6})?", re.ASCII)  # needs no second look: a number that fits
_CURRENCY = re.compile("[A-Z]{3}")
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

    @cached_property
    def known(self) -> frozenset[str]:
        """Every field that a record of this type may have."""
        return frozenset((*COMMON, *self.fields))


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

    @property
    def raw(self) -> str:
        """The record as JSON, whole."""
        return _encode(self.body) if "version" in self.body else self.content


def _content(body: Mapping[str, Any]) -> str:
    if "version" in body:
        body = {name: value for name, value in body.items() if name != "version"}
    return _encode(body)


@lru_cache(maxsize=8192)  # the days of a file come again and again
def _moment(text: str, zone: tzinfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _day(moment: datetime, zone: tzinfo) -> date:
    return moment.date() if moment.tzinfo is zone else moment.astimezone(zone).date()


class Reader:
    """Reads the fields of one record and collects what is wrong with them."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.body = body
        self.problems: list[Problem] = []

    def wrong(self, field: str, code: str, **values: object) -> None:
        self.problems.append(Problem(field, code, {name: str(value)[:200] for name, value in values.items()}))

    def text(self, field: str, *, required: bool = False, limit: int = 200) -> str:
        value = self.body.get(field)
        value = "" if value is None else str(value).strip()
        if required and not value:
            self.wrong(field, "missing")
        if len(value) > limit:
            self.wrong(field, "too_long", limit=limit)
        if _UNKEEPABLE.search(value):
            self.wrong(field, "wrong_type", value=_UNKEEPABLE.sub("\ufffd", value), type="text")
        return value

    def number(self, field: str, *, required: bool = False) -> Decimal | None:
        """An exact number; thousands separators are taken out of text, nothing else is guessed."""
        value = self.body.get(field)
        if type(value) is str and _PLAIN.fullmatch(value):
            return Decimal(value)
        if value is None or value == "":
            if required:
                self.wrong(field, "missing")
            return None
        if isinstance(value, bool):
            self.wrong(field, "not_a_number", value=value)
            return None
        try:
            number = Decimal(str(value).strip().replace(",", "").replace("\uff0c", ""))
        except InvalidOperation:
            self.wrong(field, "not_a_number", value=value)
            return None
        return number if self._fits(field, number) else None

    def _fits(self, field: str, number: Decimal) -> bool:
        if not number.is_finite():
            self.wrong(field, "not_finite", value=number)
        elif abs(number) >= LARGEST:
            self.wrong(field, "too_large", value=number)
        elif number != round(number, PLACES):
            self.wrong(field, "too_precise", value=number, places=PLACES)
        else:
            return True
        return False

    def moment(self, field: str, zone: tzinfo, *, required: bool = False) -> datetime | None:
        """A moment; a bare date is midnight, and a moment without offset is meant, in the company's zone."""
        value = self.body.get(field)
        if value is None or value == "":
            if required:
                self.wrong(field, "missing")
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day, tzinfo=zone)
        if not isinstance(value, datetime):
            moment = _moment(str(value)[:80], zone)
            if moment is None:
                self.wrong(field, "not_a_date", value=value)
            return moment
        return value if value.tzinfo else value.replace(tzinfo=zone)

    def field(self, name: str, kind: str, *, required: bool, zone: tzinfo) -> Any:
        """A field of the fact type's own, as it is kept: numbers as text without loss, dates as ISO text."""
        if kind in ("number", "money", "rate", "count"):
            number = self.number(name, required=required)
            if kind == "count" and number is not None and (number < 0 or number % 1):
                self.wrong(name, "wrong_type", value=number, type=kind)
            return None if number is None else format(number, "f")
        if kind == "date":
            moment = self.moment(name, zone, required=required)
            return moment and moment.astimezone(zone).date().isoformat()
        if kind == "true/false":
            return self._truth(name)
        return self.text(name, required=required, limit=2000)

    def _truth(self, name: str) -> bool | None:
        value = self.body.get(name)
        if value is None or isinstance(value, bool):
            return value
        word = str(value).strip().lower()
        if word not in TRUE | FALSE:
            self.wrong(name, "wrong_type", value=value, type="true/false")
        return word in TRUE


def read(
    body: Mapping[str, Any], *, kinds: Mapping[str, Kind], zone: tzinfo, now: datetime, currency: str
) -> Record | list[Problem]:
    """One record from outside, understood or refused. `now` is aware; `currency` is the company's."""
    if not isinstance(body, Mapping):
        return [Problem("", "not_an_object")]
    reader = Reader(body)
    code = reader.text("type", required=True)
    kind = kinds.get(code)
    if code and kind is None:
        reader.wrong("type", "unknown_type", value=code, known=", ".join(sorted(kinds)))
    occurred = reader.moment("occurred_at", zone, required=True)
    counted = reader.moment("credit_date", zone) or occurred
    if occurred and occurred > now + timedelta(minutes=5):  # clocks of other machines run ahead a little
        reader.wrong("occurred_at", "future", value=occurred.isoformat())
    record = {
        "source": reader.text("source", required=True, limit=64),
        "external_id": reader.text("external_id", required=True),
        "version": _version(reader),
        "employee": reader.text("employee", required=not (kind and kind.reverses)),
        "amount": _amount(reader, kind),
        "currency": _currency(reader, currency),
        "credits": _credits(reader),
    }
    fields = _own_fields(reader, kind, zone) if kind else {}
    if reader.problems:
        return reader.problems
    content = _content(body)
    return Record(
        **record,
        type=code,
        occurred_at=occurred,
        event_date=_day(occurred, zone),
        credit_date=_day(counted, zone),
        reverses=str(fields.get("order", "")) if kind.reverses else "",
        fields=fields,
        body=body,
        content=content,
        digest=hashlib.sha256(content.encode()).hexdigest(),
    )


def _credits(reader: Reader) -> tuple[shares.Share, ...]:
    told = reader.body.get("credits")
    found = shares.read(told)
    if found is None:
        reader.wrong("credits", "wrong_credits", value=told)
    return found or ()


def _version(reader: Reader) -> int | None:
    value = reader.body.get("version")
    if value is None or value == "":
        return None
    if not re.fullmatch(r"[1-9]\d{0,8}", str(value)):
        reader.wrong("version", "wrong_version", value=value)
        return None
    return int(str(value))


def _amount(reader: Reader, kind: Kind | None) -> Decimal | None:
    amount = reader.number("amount", required=bool(kind and kind.has_amount))
    if amount is not None and amount < 0:
        reader.wrong("amount", "negative", value=amount)
    return amount


def _currency(reader: Reader, default: str) -> str:
    currency = reader.text("currency", limit=20) or default
    if not _CURRENCY.fullmatch(currency):
        reader.wrong("currency", "wrong_currency", value=currency)
    return currency


def _own_fields(reader: Reader, kind: Kind, zone: tzinfo) -> dict[str, Any]:
    """The fields declared by the type; a field that nobody declared is a mistake, not a guess."""
    known: Collection[str] = kind.fields
    for name in reader.body:
        if name not in kind.known:
            reader.wrong(str(name)[:60], "unknown_field", type=kind.code, known=", ".join((*COMMON, *known)))
    values = {
        name: reader.field(name, declared["type"], required=declared.get("required", False), zone=zone)
        for name, declared in kind.fields.items()
        if name in reader.body or declared.get("required", False)
    }
    return {name: value for name, value in values.items() if value not in (None, "")}
