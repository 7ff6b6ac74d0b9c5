"""Verifying: each plan and period in a snapshot of its own, worked out again and compared with what is stored."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
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
from liji.earnings.verification.scope import Days
from liji.earnings.verification.scope import Scope
from liji.earnings.verification.scope import Stretch
from liji.earnings.verification.scope import stretches
from liji.earnings.verification.scope import taking_part
from liji.engine import EngineError
from liji.engine import Result
from liji.engine import compile_plan
from liji.people import queries as people
from liji.people.models import Employee
from liji.plans import queries as plans

TOGETHER = 500  # payee-periods in one snapshot, where no group wants them whole


def differences(*, plan: str | None = None, payee: str | None = None) -> list[Difference]:
    """Every difference, of one plan (its code) or payee (their number) or of all."""
    found = verify(Scope(plan=plan, payee=payee))
    return found.differences


def verify(
    scope: Scope | None = None, *, seconds: float | None = None, pause: Callable[[], None] = lambda: None
) -> Findings:
    """Works everything in scope out again and compares; nothing is stored.

    Payee-periods that wait to be worked out count as pending, those in closed days as late, never as different.
    With `seconds` it begins no plan and period after that time; `pause` is called before each. Raises Unknown for a
    plan or payee that does not exist.
    """
    scope = scope or Scope()
    started = clock.monotonic()
    found = Findings()
    payee = _known(scope)
    with _snapshot():
        wanted = stretches(scope)
    for stretch in wanted:
        pause()
        if seconds is not None and clock.monotonic() - started > seconds:
            found.finished = False
            break
        for part in _parts(stretch, payee, scope):
            found.add(part)
    found.seconds = clock.monotonic() - started
    return found


class Unknown(ValueError):
    """A plan or a payee that does not exist."""


def _known(scope: Scope) -> int | None:
    """The id of the payee in scope; None for all of them."""
    if scope.plan is not None and plans.plan_by_code(scope.plan) is None:
        raise Unknown(scope.plan)
    if scope.payee is None:
        return None
    if (found := people.ids_by_number([scope.payee]).get(scope.payee)) is None:
        raise Unknown(scope.payee)
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
    with _snapshot():
        asked = sorted(_asked(stretch, payee, scope))
        if asked and _grouped(stretch):
            yield _compared(stretch, set(asked), _asked(stretch, None, Scope()))
            return
    for first in range(0, len(asked), TOGETHER):
        some = set(asked[first : first + TOGETHER])
        with _snapshot():
            yield _compared(stretch, some, some)


def _asked(stretch: Stretch, payee: int | None, scope: Scope) -> set[int]:
    """The payees whose rows are compared: those stored that are in scope, and whoever takes part without a row."""
    stored = PayeePeriod.objects.filter(plan=stretch.plan, start=stretch.start, end=stretch.end)
    there = taking_part(stretch.plan, (stretch.start, stretch.end), payee) if stretch.version else {}
    missing = there.keys() - set(stored.values_list("payee_id", flat=True)) if stretch.due else set()
    if payee is not None:
        stored = stored.filter(payee=payee)
    if scope.cells is not None:
        stored = stored.filter(pk__in=scope.cells)
    return missing | set(stored.values_list("payee_id", flat=True))


def _compared(stretch: Stretch, asked: set[int], members: set[int]) -> Findings:
    """Those asked about, held against their stored rows; worked out together with all `members`."""
    there = taking_part(stretch.plan, (stretch.start, stretch.end)) if stretch.version else {}
    rows = _rows(stretch, members, there)
    found = Findings()
    try:
        right = worked_out([row for row in rows if row.payee_id in there])
    except EngineError as error:
        found.unread.append(sentences.unread(stretch, error))
        return found
    waiting = [row for row in rows if row.dirty_since]
    closed = plans.closed_until(stretch.start, plans.closed_spans()) is not None
    for row in rows:
        if row.payee_id not in asked:
            continue
        found.cells += 1
        difference = None if row.dirty_since else _difference(row, right, row.payee_id in there, stretch)
        if row.dirty_since or (difference and waiting and _grouped(stretch)):  # who waits may move the group
            found.pending += 1
            found.oldest = _oldest([row] if row.dirty_since else waiting, found.oldest)
        elif difference:
            (found.late if closed else found.differences).append(difference)
    return found


def _rows(stretch: Stretch, members: set[int], there: Mapping[int, Days]) -> list[PayeePeriod]:
    """The stored rows of members, and one with a negative id for each who takes part and has none."""
    stored = PayeePeriod.objects.filter(plan=stretch.plan, start=stretch.start, end=stretch.end, payee__in=members)
    rows = list(stored.select_related("payee", "plan", "version"))
    missing = there.keys() & members - {row.payee_id for row in rows}
    for number, person in Employee.objects.in_bulk(missing).items():
        rows.append(PayeePeriod(pk=-number, payee=person, plan_id=stretch.plan, start=stretch.start, end=stretch.end))
    return rows


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
