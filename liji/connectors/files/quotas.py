"""Rows into targets: employee, measure, month, amount."""

from collections.abc import Sequence
from datetime import date
from datetime import datetime
from decimal import Decimal

from liji.access.models import User
from liji.connectors.files import results as r
from liji.connectors.files.rows import Row
from liji.people.models import Employee
from liji.people.problems import Problem
from liji.plans import queries as plans
from liji.plans import services as planning

Key = tuple[int, str, date]  # employee, measure, first day of the period
_LARGEST, _PLACES = Decimal(10) ** 18, 6


class QuotaWriter:
    """Sets targets, replacing what was there; one that is already so is a duplicate."""

    def __init__(self, by: User | None) -> None:
        self.by = by
        self.seen: dict[Key, Decimal] = {}

    def __call__(self, rows: Sequence[Row]) -> list[r.Result]:
        numbers = {row.record.get("employee", "") for row in rows}
        employees = {each.number: each for each in Employee.objects.filter(number__in=numbers)}
        closed = plans.closed_spans()
        read = [_read(row.record, employees, closed) for row in rows]
        known = _known({each[0] for each in read if isinstance(each, tuple)})
        changed: dict[Key, Decimal] = {}
        results = [
            self._one(each, known, changed) if isinstance(each, tuple) else r.refused(*each) for each in read
        ]
        if changed:
            by_id = {each.pk: each for each in employees.values()}
            planning.set_quotas(
                [(by_id[who], measure, start, amount) for (who, measure, start), amount in changed.items()],
                by=self.by,
            )
        return results

    def _one(self, read: tuple[Key, Decimal, str], known: dict[Key, Decimal], changed: dict[Key, Decimal]) -> r.Result:
        key, amount, shown = read
        if self.seen.setdefault(key, amount) != amount:
            return r.refused(Problem("employee", "twice_in_file", {"value": shown}))
        before = changed.get(key, known.get(key))
        if before == amount:
            return r.Result(r.DUPLICATE)
        changed[key] = amount
        return r.Result(r.CREATED if before is None else r.CORRECTED)


def _read(record: dict[str, str], employees: dict[str, Employee], closed) -> tuple[Key, Decimal, str] | list[Problem]:
    problems = [Problem(name, "missing") for name in ("employee", "measure", "month", "amount") if not record.get(name)]
    if problems:
        return problems
    employee = employees.get(record["employee"])
    if employee is None:
        problems.append(Problem("employee", "unknown_employee", {"value": record["employee"][:200]}))
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
    shown = f"{record['employee']} · {record['measure']} · {start:%Y-%m}"
    return problems or ((employee.pk, record["measure"], start), amount, shown)


def _known(keys: set[Key]) -> dict[Key, Decimal]:
    found = {}
    for start in {start for _, _, start in keys}:
        employees = {who for who, _, day in keys if day == start}
        for who, measures in plans.quotas_of(employees, start).items():
            found |= {(who, measure, start): amount for measure, amount in measures.items()}
    return found
