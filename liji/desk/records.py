"""Facts and payees from CSV or Parquet files, as the engine wants them. Numbers are exact decimals throughout."""

import csv
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import datetime
from decimal import Decimal
from decimal import InvalidOperation
from pathlib import Path
from typing import Any

import pyarrow.parquet

from liji.engine import Fact
from liji.engine import Link
from liji.engine import PayeePeriod
from liji.plan import Plan
from liji.plan.cases import fact_line
from liji.plan.crediting import credit_dates
from liji.plan.crediting import days_of
from liji.plan.facts import BUILT_IN
from liji.plan.periods import period_of
from liji.plan.quotas import of_period

Row = Mapping[str, Any]
Key = tuple[str, date]  # payee as the file names it, first day of the period


class RecordError(Exception):
    """A row that cannot be used; says file, row (1 is the first below the header), column and the mend."""


def period_in(plan: Plan, day: date) -> tuple[date, date]:
    """The plan's period that holds a day: its first day, and the day after its last."""
    return period_of(day, plan.period, year_starts=plan.year_starts or 1)


@dataclass
class Given:
    """Everybody and everything that files bring. Payees are numbered for the engine; `names` leads back."""

    facts: list[Fact] = field(default_factory=list)
    payees: dict[Key, PayeePeriod] = field(default_factory=dict)
    terms: dict[Key, dict[date, "Terms"]] = field(default_factory=dict)  # by the day that a row names
    names: list[str] = field(default_factory=list)
    managers: dict[Key, str] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)

    def number(self, name: str) -> int:
        """The engine's number of a payee."""
        if name not in self._numbers:
            self._numbers[name] = len(self.names)
            self.names.append(name)
        return self._numbers[name]

    def links(self, plan: Plan) -> list[Link]:
        """Who stands over whom in each period of a plan, level by level; a circle of managers ends where it closes."""
        found: list[Link] = []
        for name, start in self.managers:
            above, seen = self.managers.get((name, start)), {name}
            while above is not None and above not in seen:
                end = period_in(plan, start)[1]
                found.append(Link(self.number(name), self.number(above), len(seen), start, end))
                seen.add(above)
                above = self.managers.get((above, start))
        return found

    def ordered(self, plan: Plan) -> list[PayeePeriod]:
        """Payee-periods by name and period, also those without records between the first and the last of a payee: what
        a draw lends or a guarantee pays in them must not be lost. Attributes are those of the period before.
        """
        found: list[PayeePeriod] = []
        for (_, start), own in sorted(self.payees.items()):
            before = found[-1] if found and found[-1].payee == own.payee else None
            while before is not None and (after := period_in(plan, before.period)[1]) < start:
                before = PayeePeriod(own.payee, after, attributes=before.attributes)
                found.append(before)
            found.append(own)
        return found


@dataclass(frozen=True)
class Terms:
    """What one row of the file of payees says."""

    targets: dict[str, Decimal]
    attributes: dict[str, Any]
    balances: dict[str, Decimal]


def rows(path: Path) -> Iterator[Row]:
    """The rows of a CSV (UTF-8, header) or Parquet file. Raises OSError."""
    if path.suffix == ".parquet":
        for batch in pyarrow.parquet.ParquetFile(path).iter_batches():
            yield from batch.to_pylist()
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def read(plan: Plan, facts: Path, payees: Path | None = None) -> Given:
    """Facts with `payee`, `type`, `amount`, `credit_date` and fields; payees with `payee`, `period` (any day in it),
    `target:<measure>`, `balance:<balance>`, `manager` (another payee) and attributes. Several rows of a period, as
    months of a quarter, are put together. A payee-period with facts alone has nothing of these.

    Raises RecordError for the first row that cannot be used, OSError for a file that cannot be read.
    """
    given = Given()
    for place, row in _placed(payees, rows(payees)) if payees else ():
        _payee(plan, given, place, row)
    for number, (place, row) in enumerate(_placed(facts, rows(facts)), start=1):
        _fact(plan, given, place, row, number)
    return given


def take_out(given: Given, number: str) -> None:
    """Leaves out the facts with an external_id, or the one in a row. Raises RecordError when there is none."""
    kept = [fact for fact in given.facts if number not in (str(fact.id), str(fact.fields.get("external_id", "")))]
    if len(kept) == len(given.facts):
        raise RecordError(f"There is no fact {number}. Name an external_id or a row of the file.")
    given.facts = kept


def put_in(plan: Plan, given: Given, payee: str, line: str, period: date) -> None:
    """A further fact of a payee, as examples write it; without a day, on the first of the period."""
    found = fact_line(line, {**BUILT_IN, **plan.fields})
    if found is None:
        raise RecordError(f"The fact {line!r} cannot be read. Write order_closed 100000 2026-05-03 cost=60000.")
    days = list(days_of(plan, found.type, found.credit_date or period, found.fields))
    if not days:
        field = next(field for kind, field in credit_dates(plan) if kind == found.type)
        raise RecordError(f"The fact {line!r} does not count on any day yet. Write {field}=…")
    number, own = max((fact.id for fact in given.facts), default=0) + 1, given.number(payee)
    for day, by in days:
        start = period_in(plan, day)[0]
        given.facts.append(Fact(own, start, number, number, found.type, day, found.amount, found.fields, dated_by=by))


def _placed(path: Path, found: Iterable[Row]) -> Iterator[tuple[str, Row]]:
    return ((f"{path}, row {number}", row) for number, row in enumerate(found, start=1))


def _payee(plan: Plan, given: Given, place: str, row: Row) -> None:
    name, day = _text(row, "payee", place), _day(row, "period", place)
    start = period_in(plan, day)[0]
    targets = {
        measure: amount
        for measure in plan.targets
        if (amount := _number(row, f"target:{measure}", place)) is not None
    }
    attributes = {key: row[key] for key in plan.attributes if row.get(key) not in (None, "")}
    balances = {
        name: amount for name in plan.balances if (amount := _number(row, f"balance:{name}", place)) is not None
    }
    if row.get("manager") not in (None, ""):
        given.managers[name, start] = str(row["manager"])
    own = given.terms.setdefault((name, start), {})
    if day in own:
        raise RecordError(f"{place}: {name} has another row for {day}. Write both into one.")
    own[day] = Terms(targets, attributes, balances)
    given.payees[name, start] = _in_period(plan, given.number(name), start, own)


def _in_period(plan: Plan, payee: int, start: date, own: Mapping[date, Terms]) -> PayeePeriod:
    """A payee's period by the rows whose days lie in it: targets sum up, of attributes the latest holds, of balances
    the earliest.
    """
    days = sorted(own)
    told = [(day, measure, amount) for day in days for measure, amount in own[day].targets.items()]
    attributes = {name: value for day in days for name, value in own[day].attributes.items()}
    balances = {name: value for day in reversed(days) for name, value in own[day].balances.items()}
    return PayeePeriod(payee, start, of_period(plan, told), attributes, balances)


def _fact(plan: Plan, given: Given, place: str, row: Row, number: int) -> None:
    name, kind = _text(row, "payee", place), _text(row, "type", place)
    amount = _number(row, "amount", place) or Decimal(0)
    known = ("payee", "type", "amount", "credit_date")
    fields = {key: value for key, value in row.items() if key not in known and value not in (None, "")}
    try:
        days = list(days_of(plan, kind, _day(row, "credit_date", place), fields))
    except ValueError as error:
        raise RecordError(f"{place}: {error}. Write a day as 2026-05-31.") from None
    for day, by in days:
        start = period_in(plan, day)[0]
        payee = given.payees.setdefault((name, start), PayeePeriod(given.number(name), start))
        given.facts.append(Fact(payee.payee, start, number, number, kind, day, amount, fields, dated_by=by))


def _text(row: Row, column: str, place: str) -> str:
    value = row.get(column)
    if value in (None, ""):
        raise RecordError(f"{place}: the column {column} is empty. Every row needs it.")
    return str(value)


def _day(row: Row, column: str, place: str) -> date:
    value = row.get(column)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(_text(row, column, place))
    except ValueError:
        raise RecordError(f"{place}: {column} is {value!r}. Write a day as 2026-05-31.") from None


def _number(row: Row, column: str, place: str) -> Decimal | None:
    value = row.get(column)
    if value in (None, ""):
        return None
    if isinstance(value, float):
        raise RecordError(f"{place}: {column} is a binary floating-point number. Store it as a decimal.")
    try:
        return Decimal(value)
    except InvalidOperation:
        raise RecordError(f"{place}: {column} is {value!r}. Write a number as 1234.50.") from None
