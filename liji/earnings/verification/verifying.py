"""Verifying: each plan and period in a snapshot of its own, worked out again and compared with what is stored."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from decimal import Decimal
from itertools import count
from itertools import groupby

from django.db import connection
from django.db import transaction

from liji.base import clock
from liji.earnings.models import LateTruth
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
    for some in _together(wanted):
        pause()
        if seconds is not None and clock.monotonic() - started > seconds:
            found.finished = False
            break
        for part in _found(some, payee, scope):
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


def _together(wanted: list[Stretch]) -> Iterator[list[Stretch]]:
    """Periods of one plan and version that are few enough for one snapshot and one batch."""
    in_order = sorted(wanted, key=lambda each: (each.plan, each.version or 0, each.start, each.end))
    for _, group in groupby(in_order, key=lambda each: (each.plan, each.version)):
        some: list[Stretch] = []
        for stretch in group:
            if some and sum(each.cells for each in some) + stretch.cells > TOGETHER:
                yield some
                some = []
            some.append(stretch)
        yield some


@dataclass
class _Asked:
    """A plan and period with those who take part in it, and the payees whose rows are compared."""

    stretch: Stretch
    there: Mapping[int, Days]
    payees: set[int]
    rows: list[PayeePeriod] = field(default_factory=list)


def _found(some: list[Stretch], payee: int | None, scope: Scope) -> Iterator[Findings]:
    """What is found in some periods of a plan: in one snapshot, but for a large period without groups, of which some
    payees at a time are compared.
    """
    with _snapshot():
        asked = [_asked(stretch, payee, scope) for stretch in some]
        if len(asked) > 1 or len(asked[0].payees) <= TOGETHER or _grouped(some[0]):
            yield _compared([each for each in asked if each.payees])
            return
    everybody = sorted(asked[0].payees)
    for first in range(0, len(everybody), TOGETHER):
        with _snapshot():
            part = _asked(some[0], payee, scope)
            part.payees &= set(everybody[first : first + TOGETHER])
            yield _compared([part])


def _asked(stretch: Stretch, payee: int | None, scope: Scope) -> _Asked:
    """The payees whose rows are compared: those stored that are in scope, and whoever takes part without a row."""
    there = taking_part(stretch.plan, (stretch.start, stretch.end)) if stretch.version else {}
    stored = PayeePeriod.objects.filter(plan=stretch.plan, start=stretch.start, end=stretch.end)
    found = set(stored.values_list("payee_id", flat=True))
    missing = there.keys() - found if stretch.due else set()
    if scope.cells is not None:
        found = set(stored.filter(pk__in=scope.cells).values_list("payee_id", flat=True))
    return _Asked(stretch, there, {each for each in found | missing if payee in (None, each)})


def _compared(asked: list[_Asked]) -> Findings:
    """Those asked about in periods of one plan, held against their stored rows."""
    found = Findings()
    for each in asked:
        each.rows = _rows(each.stretch, each.there, None if _grouped(each.stretch) else each.payees)
    try:
        right = worked_out([[row for row in each.rows if row.payee_id in each.there] for each in asked])
    except EngineError as error:
        found.unread += [sentences.unread(each.stretch, error) for each in asked]
        return found
    for each in asked:
        waiting = [row for row in each.rows if row.dirty_since]
        for row in each.rows:
            if row.payee_id in each.payees:
                _hold(row, right, each, waiting, found)
    return found


def _hold(row: PayeePeriod, right: Right, asked: _Asked, waiting: list[PayeePeriod], found: Findings) -> None:
    """Holds one row against its right result."""
    found.cells += 1
    stretch = asked.stretch
    difference = None if row.dirty_since else _difference(row, right, row.payee_id in asked.there, stretch)
    if row.dirty_since or (difference and waiting and _grouped(stretch)):  # who waits may move the group
        found.pending += 1
        found.oldest = _oldest([row] if row.dirty_since else waiting, found.oldest)
    elif difference:
        (found.late if _is_late(row, stretch) else found.differences).append(difference)


def _is_late(row: PayeePeriod, stretch: Stretch) -> bool:
    """Whether its days are closed and it is known that a change has reached it, or somebody of its group, since."""
    if plans.closed_until(stretch.start, plans.closed_spans()) is None:
        return False
    known = LateTruth.objects.filter(plan=stretch.plan, start=stretch.start, end=stretch.end)
    return known.exists() if _grouped(stretch) else known.filter(payee=row.payee_id).exists()


_unstored = count(1)


def _rows(stretch: Stretch, there: Mapping[int, Days], members: set[int] | None) -> list[PayeePeriod]:
    """The stored rows of members (None: everybody), and one with a negative id for each who takes part and has none."""
    stored = PayeePeriod.objects.filter(plan=stretch.plan, start=stretch.start, end=stretch.end)
    if members is not None:
        stored = stored.filter(payee__in=members)
    rows = list(stored.select_related("payee", "plan", "version"))
    missing = there.keys() - {row.payee_id for row in rows}
    if members is not None:
        missing &= members
    for person in Employee.objects.in_bulk(missing).values() if missing else ():
        made = PayeePeriod(payee=person, plan_id=stretch.plan, start=stretch.start, end=stretch.end)
        made.pk = -next(_unstored)
        rows.append(made)
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
