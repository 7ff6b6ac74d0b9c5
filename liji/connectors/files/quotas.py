"""Rows into targets: whose (an employee or a unit), measure, month, amount.

A target of a month that has begun is not replaced: its change is proposed, for somebody else to approve.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from liji.access.models import User
from liji.connectors.files import results as r
from liji.connectors.files.rows import Row
from liji.people import queries as people
from liji.people.keys import by_key
from liji.people.models import Unit
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.plan.periods import add_months
from liji.plans import queries as plans
from liji.plans import services as planning
from liji.plans import targets

Key = tuple[int | None, str, date]  # employee or unit, measure, first day of the period
Read = tuple[Key, Decimal, str]  # with the amount, and how it is spoken of
_LARGEST, _PLACES = Decimal(10) ** 18, 6
COMPANY = ("*", "公司", "company")  # instead of a unit: the whole company


class QuotaWriter:
    """Sets targets of people, replacing what was there; one that is already so is a duplicate."""

    def __init__(self, by: User | None) -> None:
        self.by = by
        self.seen: dict[Key, Decimal] = {}

    def __call__(self, rows: Sequence[Row]) -> list[r.Result]:
        numbers = {row.record.get("employee", "") for row in rows}
        employees = people.employees_by_number(numbers)
        known_numbers = {number: each.pk for number, each in employees.items()}
        closed = plans.closed_spans()
        read = [_read(row.record, "employee", known_numbers, "unknown_employee", closed) for row in rows]
        known = _known({each[0] for each in read if isinstance(each, tuple)})
        changed: dict[Key, Decimal] = {}
        results = [
            self._one(each, row.record, known, changed) if isinstance(each, tuple) else r.refused(*each)
            for each, row in zip(read, rows, strict=True)
        ]
        if changed:
            by_id = {each.pk: each for each in employees.values()}
            planning.set_quotas(
                [(by_id[who], measure, start, amount) for (who, measure, start), amount in changed.items()],
                by=self.by,
            )
        return results

    def _one(
        self, read: Read, record: Mapping[str, str], known: Mapping[Key, Decimal], changed: dict[Key, Decimal]
    ) -> r.Result:
        key, amount, shown = read
        if self.seen.setdefault(key, amount) != amount:
            return r.refused(Problem("employee", "twice_in_file", {"value": shown}))
        before = changed.get(key, known.get(key))
        if before == amount:
            return r.Result(r.DUPLICATE)
        if before is not None and key[2] <= people.today():
            return self._proposed(key, amount, record)
        changed[key] = amount
        return r.Result(r.CREATED if before is None else r.CORRECTED)

    def _proposed(self, key: Key, amount: Decimal, record: Mapping[str, str]) -> r.Result:
        """The change waits for somebody else. With a day in `from` the old and the new target count by their days."""
        employee, measure, start = key
        end = add_months(start, 1)
        if targets.waits(employee, measure, start, amount):
            return r.Result(r.DUPLICATE)
        since = record.get("from")
        day = datetime.fromisoformat(since).date() if since else min(people.today(), end - timedelta(days=1))
        try:
            targets.propose_change(
                employee, measure, start, end, since=day, after=amount, weighted_by_days=bool(since),
                reason=record.get("reason") or self._reason(), by=self.by,
            )  # fmt: skip
        except Refused as refused:
            return r.refused(*refused.problems)
        return r.Result(r.PROPOSED)

    def _reason(self) -> str:
        with override(settings.LANGUAGE_CODE):
            return _("Imported from a file")


class UnitTargetWriter:
    """Sets targets of units and of the company, replacing what was there; one that is already so is a duplicate."""

    def __init__(self, by: User | None) -> None:
        self.by = by
        self.seen: dict[Key, Decimal] = {}

    def __call__(self, rows: Sequence[Row]) -> list[r.Result]:
        units = {unit.pk: unit for unit in people.units()}
        closed = plans.closed_spans()
        asked = {row.record.get("unit", "") for row in rows}
        codes = dict.fromkeys(COMPANY) | _by_name(units.values())
        codes |= {text: unit.pk for text, unit in by_key(Unit.objects, asked).items()}
        read = [_read(row.record, "unit", codes, "unknown_unit", closed) for row in rows]
        known = targets.unit_targets({each[0][2] for each in read if isinstance(each, tuple)})
        changed: dict[Key, Decimal] = {}
        results = [self._one(each, known, changed) if isinstance(each, tuple) else r.refused(*each) for each in read]
        if changed:
            targets.set_unit_targets(
                [(units.get(unit), measure, start, amount) for (unit, measure, start), amount in changed.items()],
                by=self.by,
            )
        return results

    def _one(self, read: Read, known: Mapping[Key, Decimal], changed: dict[Key, Decimal]) -> r.Result:
        key, amount, shown = read
        if self.seen.setdefault(key, amount) != amount:
            return r.refused(Problem("unit", "twice_in_file", {"value": shown}))
        before = changed.get(key, known.get(key))
        if before == amount:
            return r.Result(r.DUPLICATE)
        changed[key] = amount
        return r.Result(r.CREATED if before is None else r.CORRECTED)


def _by_name(units: Sequence[Unit]) -> dict[str, int]:
    """The units whose name no other has, by name."""
    names = [unit.name for unit in units]
    return {unit.name: unit.pk for unit in units if names.count(unit.name) == 1}


def _read(
    record: Mapping[str, str], whose: str, known: Mapping[str, int | None], unknown: str, closed: list[plans.Days]
) -> Read | list[Problem]:
    """A row understood, or what is wrong with it; `whose` is the field that says whose target it is."""
    problems = [Problem(name, "missing") for name in (whose, "measure", "month", "amount") if not record.get(name)]
    if problems:
        return problems
    if record[whose] not in known:
        problems.append(Problem(whose, unknown, {"value": record[whose][:200]}))
    if len(record["measure"]) > 64:
        problems.append(Problem("measure", "too_long", {"limit": "64"}))
    amount = Decimal(record["amount"])
    if amount < 0:
        problems.append(Problem("amount", "negative", {"value": record["amount"]}))
    elif amount >= _LARGEST:
        problems.append(Problem("amount", "too_large", {"value": record["amount"][:60]}))
    elif amount != round(amount, _PLACES):
        problems.append(Problem("amount", "too_precise", {"value": record["amount"][:60], "places": str(_PLACES)}))
    start = datetime.fromisoformat(record["month"]).date().replace(day=1)
    if opens := plans.closed_until(start, closed):
        problems.append(Problem("month", "closed", {"value": start.isoformat(), "open": opens.isoformat()}))
    shown = f"{record[whose]} · {record['measure']} · {start:%Y-%m}"
    return problems or ((known[record[whose]], record["measure"], start), amount, shown)


def _known(keys: set[Key]) -> dict[Key, Decimal]:
    found = {}
    for start in {key[2] for key in keys}:
        employees = {who for who, _, day in keys if day == start}
        for who, measures in plans.quotas_of(employees, start).items():
            found |= {(who, measure, start): amount for measure, amount in measures.items()}
    return found
