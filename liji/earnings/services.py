"""From credits to earnings: marking payee-periods dirty, working them out again, telling what changed."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db import transaction
from django.utils import timezone

from liji.earnings import inputs
from liji.earnings import tells
from liji.earnings.models import PayeePeriod
from liji.earnings.others import among_others
from liji.earnings.others import reached
from liji.engine import EngineError
from liji.engine import Line
from liji.engine import Result
from liji.engine import compile_plan
from liji.engine import walk_to_result
from liji.events.happenings import tell
from liji.events.models import Event
from liji.events.services import publish
from liji.people import queries as people
from liji.plans import queries as plans

log = logging.getLogger(__name__)

FEW = 10  # payee-periods
SWEEP_AFTER = 20  # seconds after which a dirty payee-period without a job is queued again


@dataclass(frozen=True)
class Change:
    """What a calculation changed for one payee-period: the results before (None: the first) and after.

    `new_lines` are the lines of facts that the result before did not hold; `gone` are facts that it held and that no
    longer count.
    """

    payee_period: PayeePeriod
    before: Result | None
    after: Result
    new_lines: tuple[Line, ...]
    gone: frozenset[int] = field(default=frozenset())


def on_credited(sender: object, touched: set[tuple[int, date]], **_: object) -> None:
    """Credits have changed: the payee-periods that look at them must be worked out again."""
    mark_dirty(reached(touched))


def on_terms_changed(
    sender: object, plan: int | None, start: date, end: date | None, employees: set[int] | None, **_: object
) -> None:
    """Plan, participation or quota have changed from `start` on: so must all that depends on them, if open."""
    closed = plans.closed_spans()
    wanted: set[tuple[int, int, date, date]] = set()
    for number in [plan] if plan else [row.pk for row in plans.all_plans()]:
        for period in plans.periods_between(number, start, end):
            if plans.closed_until(period[0], closed):
                continue
            taking_part = plans.participants(number, period)
            affected = taking_part if employees is None else taking_part & employees
            wanted |= {(payee, number, *period) for payee in affected}
    mark_dirty(wanted)


_MARK = """
INSERT INTO earnings_payeeperiod (payee_id, plan_id, start, "end", dirty_since, currency, total, lines)
SELECT payee, plan, first, after, clock_timestamp(), '', 0, '[]'
FROM unnest(%s::bigint[], %s::bigint[], %s::date[], %s::date[]) AS wanted (payee, plan, first, after)
ORDER BY payee, plan, first
ON CONFLICT (payee_id, plan_id, start) DO UPDATE SET dirty_since = clock_timestamp()
WHERE earnings_payeeperiod.dirty_since IS NULL
RETURNING id
"""


def mark_dirty(wanted: Iterable[tuple[int, int, date, date]]) -> None:
    """Marks (payee, plan, start, end) to be worked out again and queues a job for each that was not marked yet.

    Call it late in a transaction: the rows stay locked until the commit, so that a calculation that is under
    way cannot miss what this transaction writes.
    """
    rows = sorted(wanted)
    if not rows:
        return
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_MARK, columns)
        queue([row[0] for row in cursor.fetchall()])


def queue(payee_periods: list[int]) -> None:
    """One job for each payee-period. A few at once are an order of this minute and go before a bulk load."""
    from liji.earnings.tasks import recalculate as task

    if payee_periods:
        jobs = ({"payee_period": number} for number in payee_periods)
        task.configure(priority=10 if len(payee_periods) <= FEW else 0).batch_defer(*jobs)


def open_periods() -> None:
    """Everybody who takes part in a plan today has a payee-period, with or without a deal so far."""
    day = people.today()
    for plan in plans.all_plans():
        for period in plans.periods_between(plan.pk, day, None):
            there = set(
                PayeePeriod.objects.filter(plan=plan, start=period[0]).values_list("payee_id", flat=True)
            )
            mark_dirty((payee, plan.pk, *period) for payee in plans.participants(plan.pk, period) - there)


def sweep() -> int:
    """Queues again what has been dirty for a while, so that no crash or lost job can leave it so. Returns how many.

    A job under way counts as lost: if its worker lives after all, the second one finds nothing to do.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LEFT_BEHIND, [SWEEP_AFTER])
        left = [row[0] for row in cursor.fetchall()]
    queue(left)
    return len(left)


_LEFT_BEHIND = """
SELECT p.id FROM earnings_payeeperiod p
WHERE p.dirty_since < now() - make_interval(secs => %s) AND NOT EXISTS (
    SELECT 1 FROM procrastinate_jobs j
    WHERE j.task_name = 'liji.earnings.recalculate' AND j.status = 'todo'
    AND (j.args->>'payee_period')::bigint = p.id
)
ORDER BY p.dirty_since LIMIT 1000
"""


@transaction.atomic
def recalculate(payee_period: int) -> Change | None:
    """Works out one payee-period when it is dirty; None when there was nothing to do or nothing changed.

    The row stays locked meanwhile: whoever records a fact of this payee waits for these milliseconds and then
    marks the row dirty again, so no fact is ever missed.
    """
    row = PayeePeriod.objects.select_for_update(of=("self",)).select_related("plan").get(pk=payee_period)
    if row.dirty_since is None:
        return None
    before, known = _stored(row)
    row.dirty_since, row.computed_at, row.problem = None, timezone.now(), None
    given = inputs.gather(row)
    if given is None:
        return _without_plan(row, before, known)
    compiled = compile_plan(plans.parsed(given.version))
    try:
        payee, moved = among_others(row, given, compiled)
        result, lines = walk_to_result(compiled, payee, given.facts)
    except EngineError as error:
        return _failed(row, error)
    row.version, row.currency, row.total = given.version, compiled.plan.currency, result.total
    row.result, row.lines = result.to_json(), [_kept(line) for line in lines]
    row.save()
    _pass_on(row, before, result)
    mark_dirty(moved)
    if before and before.to_json() == row.result and len(known) == len(lines):
        return None
    new = tuple(line for line in lines if line.fact_id not in known)
    change = Change(row, before, result, new, frozenset(known - {line.fact_id for line in lines}))
    tell(tells.of_change(row, before, result, lines, new, change.gone))
    publish([Event(kind="earnings", payee=row.payee_id, body=_told(change))])
    return change


def _pass_on(row: PayeePeriod, before: Result | None, after: Result | None) -> None:
    """What is carried on has changed: the payee's next period must be worked out again, if there is one."""
    if _carried(before) == _carried(after):
        return
    following = PayeePeriod.objects.filter(payee=row.payee_id, plan=row.plan_id, start=row.end)
    mark_dirty(following.values_list("payee_id", "plan_id", "start", "end"))


def _carried(result: Result | None) -> dict[str, Any]:
    values = result.values if result else {}
    return {name: value for name, value in values.items() if name.startswith("closing(")}


def _stored(row: PayeePeriod) -> tuple[Result | None, set[int]]:
    result = Result.from_json(row.result) if row.result else None
    return result, {line["fact_id"] for line in row.lines}


def _kept(line: Line) -> dict[str, Any]:
    """What is stored of a line: what the fact brought. The values at each prefix are worked out when asked for."""
    return line.to_json() | {"values": {}}


def _without_plan(row: PayeePeriod, before: Result | None, known: set[int]) -> None:
    """No version is in force any more, or the payee no longer takes part: there is nothing to earn here."""
    row.result, row.lines, row.total, row.version = None, [], Decimal(0), None
    row.save()
    _pass_on(row, before, None)
    if before:
        tell(tells.of_change(row, before, None, [], (), frozenset(known)))
        publish([Event(kind="earnings", payee=row.payee_id, body={"payee_period": row.pk})])


def _failed(row: PayeePeriod, error: EngineError) -> None:
    """The last good result stays; the page says that it is not the newest and why."""
    log.error("calculation failed", extra={"payee_period": row.pk, "code": error.code})
    row.problem = {"zh": error.message("zh"), "en": error.message("en")}
    row.save(update_fields=["problem", "dirty_since", "computed_at"])
    publish([Event(kind="earnings", payee=row.payee_id, body={"payee_period": row.pk})])


def _told(change: Change) -> dict[str, Any]:
    """The event's body: every named value that moved, before and after, decimals as text."""
    before = change.before.to_json()["values"] if change.before else {}
    after = change.after.to_json()["values"]
    moved = {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
    return {
        "payee_period": change.payee_period.pk,
        "total": [str(change.before.total) if change.before else "0", str(change.after.total)],
        "moved": moved,
        "facts": [line.fact_id for line in change.new_lines][:50],
    }


def recalculate_all() -> int:
    """Works out everything that is dirty, here and now; for loads and tests. Returns how many."""
    done = 0
    while dirty := list(
        PayeePeriod.objects.filter(dirty_since__isnull=False)
        .order_by("id")
        .values_list("id", flat=True)[:500]
    ):
        for number in dirty:
            recalculate(number)
        done += len(dirty)
    return done
