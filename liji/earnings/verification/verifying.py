"""Verifying: each plan and period in a snapshot of its own, worked out again and compared with what is stored."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.db import transaction

from liji.base import clock
from liji.earnings.models import PayeePeriod
from liji.earnings.verification import sentences
from liji.earnings.verification.causes import Seen
from liji.earnings.verification.comparing import Right
from liji.earnings.verification.comparing import worked_out
from liji.earnings.verification.findings import Difference
from liji.earnings.verification.findings import Findings
from liji.earnings.verification.scope import Scope
from liji.earnings.verification.scope import Stretch
from liji.earnings.verification.scope import stretches
from liji.earnings.verification.scope import taking_part
from liji.engine import EngineError
from liji.engine import Result
from liji.engine import compile_plan
from liji.people.models import Employee
from liji.plans import queries as plans

TOGETHER = 500  # payee-periods in one snapshot, where no group wants them whole


def differences(*, plan: str | None = None, payee: str | None = None) -> list[Difference]:
    """Every difference, of one plan (its code) or payee (their number) or of all."""
    found = verify(Scope(plan=plan, payee=payee))
    return found.differences


def verify(scope: Scope | None = None, *, seconds: float | None = None) -> Findings:
    """Works everything in scope out again and compares; nothing is stored.

    Payee-periods that wait to be worked out count as pending, those in closed days as late, never as different.
    With `seconds` it begins no plan and period after that time. Raises ValueError for an unknown payee.
    """
    scope = scope or Scope()
    started = clock.monotonic()
    found = Findings()
    payee = _payee(scope.payee)
    with _snapshot():
        wanted = stretches(scope)
    for stretch in wanted:
        if seconds is not None and clock.monotonic() - started > seconds:
            found.finished = False
            break
        for part in _parts(stretch, payee, scope):
            found.add(part)
    found.seconds = clock.monotonic() - started
    return found


def _payee(number: str | None) -> int | None:
    if number is None:
        return None
    found = Employee.objects.filter(number=number).values_list("pk", flat=True).first()
    if found is None:
        raise ValueError(number)
    return found


@contextmanager
def _snapshot() -> Iterator[None]:
    """One state of the database for all that is read inside, and nothing is written. Inside another transaction (a
    test) it is that one's state.
    """
    inside = connection.in_atomic_block
    with transaction.atomic():
        if not inside:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _parts(stretch: Stretch, payee: int | None, scope: Scope) -> Iterator[Findings]:
    """What is found in a plan and period, in one snapshot when its groups want it whole, else some payees at a time."""
    whole = stretch.version is not None and compile_plan(plans.parsed(plans.version(stretch.version))).groups
    if whole:
        with _snapshot():
            members = _members(stretch, None)
            yield _compared(stretch, members, payee, scope)
        return
    with _snapshot():
        everybody = sorted(_members(stretch, payee))
    for first in range(0, len(everybody), TOGETHER):
        with _snapshot():
            yield _compared(stretch, set(everybody[first : first + TOGETHER]), payee, scope)


def _members(stretch: Stretch, payee: int | None) -> set[int]:
    rows = PayeePeriod.objects.filter(plan=stretch.plan, start=stretch.start, end=stretch.end)
    if payee is not None:
        rows = rows.filter(payee=payee)
    there = taking_part(stretch.plan, (stretch.start, stretch.end), payee) if stretch.version else {}
    return set(rows.values_list("payee_id", flat=True)) | set(there)


def _compared(stretch: Stretch, members: set[int], payee: int | None, scope: Scope) -> Findings:
    """Some payees of a plan and period, held against their stored rows."""
    period = (stretch.start, stretch.end)
    there = taking_part(stretch.plan, period) if stretch.version else {}
    stored = PayeePeriod.objects.filter(plan=stretch.plan, start=stretch.start, end=stretch.end, payee__in=members)
    rows = {row.payee_id: row for row in stored.select_related("payee", "plan", "version")}
    missing = {
        each: PayeePeriod(pk=-each, payee=person, plan_id=stretch.plan, start=stretch.start, end=stretch.end)
        for each, person in Employee.objects.in_bulk(there.keys() & members - rows.keys()).items()
    }
    found = Findings()
    try:
        right = worked_out([row for each, row in [*rows.items(), *missing.items()] if each in there])
    except EngineError as error:
        found.unread.append(sentences.unread(stretch, error))
        return found
    waiting = [row for row in rows.values() if row.dirty_since]
    grouped = bool(waiting) and _grouped(stretch)
    closed = plans.closed_until(stretch.start, plans.closed_spans()) is not None
    for row in [*rows.values(), *missing.values()]:
        wanted = payee is None or row.payee_id == payee
        if not wanted or (scope.cells is not None and row.pk not in scope.cells):
            continue
        found.cells += 1
        if row.dirty_since:
            found.pending += 1
            found.oldest = _oldest([row], found.oldest)
        elif difference := _difference(row, right, row.payee_id in there, stretch):
            if grouped:  # somebody of the group waits, and may move this one
                found.pending += 1
                found.oldest = _oldest(waiting, found.oldest)
            else:
                (found.late if closed else found.differences).append(difference)
    return found


def _grouped(stretch: Stretch) -> bool:
    return stretch.version is not None and bool(compile_plan(plans.parsed(plans.version(stretch.version))).groups)


def _oldest(waiting: list[PayeePeriod], known: datetime | None) -> datetime | None:
    return min(each for each in [known, *(row.dirty_since for row in waiting)] if each)


def _difference(row: PayeePeriod, right: Right, takes_part: bool, stretch: Stretch) -> Difference | None:
    """What is wrong with one row, if anything. A row with a negative id is not stored."""
    if not takes_part:
        return sentences.surplus(row, stretch) if row.result is not None else None
    if row.pk in right.failed:
        return None if row.problem else sentences.failed(row, right.failed[row.pk])
    result = right.results.get(row.pk)
    if result is None:
        return sentences.unknown(row)
    if row.result is None and not row.problem:
        return sentences.missing(row, result, right.given[row.pk])
    if row.problem:
        return sentences.recovered(row, result)
    lines = [line.to_json(values=False) for line in right.lines[row.pk]]
    if _same(row, right, result, lines):
        return None
    facts = frozenset(line["fact_id"] for line in lines)
    return sentences.other(Seen(row, right.given[row.pk], result, facts), lines)


def _same(row: PayeePeriod, right: Right, result: Result, lines: list[dict]) -> bool:
    """Version, total, every named value and every line."""
    version = right.given[row.pk].version
    return (
        row.version_id == version.pk
        and row.currency == plans.parsed(version).currency
        and row.total == result.total.quantize(Decimal("0.000001"))
        and row.result == result.to_json()
        and row.lines == lines
    )
