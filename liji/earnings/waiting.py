"""Payee-periods that wait to be worked out: marking them, their jobs, and finding those that were left behind."""

from collections.abc import Iterable
from datetime import date
from datetime import timedelta

from django.db import connection

from liji.base import clock
from liji.earnings.models import PayeePeriod

FEW = 10  # payee-periods
SWEEP_AFTER = timedelta(seconds=20)  # after it, a dirty payee-period without a job is queued again


_MARK = """
INSERT INTO earnings_payeeperiod (payee_id, plan_id, start, "end", dirty_since, currency, total, lines)
SELECT payee, plan, first, after, %s::timestamptz, '', 0, '[]'
FROM unnest(%s::bigint[], %s::bigint[], %s::date[], %s::date[]) AS wanted (payee, plan, first, after)
ORDER BY payee, plan, first, after
ON CONFLICT (payee_id, plan_id, start, "end") DO UPDATE SET dirty_since = EXCLUDED.dirty_since
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
        cursor.execute(_MARK, [clock.now(), *columns])
        queue([row[0] for row in cursor.fetchall()])


def queue(payee_periods: list[int]) -> None:
    """One job for each payee-period. A few at once are an order of this minute and go before a bulk load."""
    from liji.earnings.tasks import recalculate as task

    if payee_periods:
        jobs = ({"payee_period": number} for number in payee_periods)
        task.configure(priority=10 if len(payee_periods) <= FEW else 0).batch_defer(*jobs)


def waiting_beside(row: PayeePeriod, most: int) -> list[PayeePeriod]:
    """Other dirty payee-periods of a plan and period, those that wait longest first, locked until the end of the
    transaction. Waits for nobody: what somebody else has locked is left to them.
    """
    rows = PayeePeriod.objects.select_for_update(of=("self",), skip_locked=True).select_related("plan")
    beside = rows.filter(plan=row.plan_id, start=row.start, end=row.end, dirty_since__isnull=False).exclude(pk=row.pk)
    return list(beside.order_by("dirty_since")[:most])


def sweep() -> int:
    """Queues again what has been dirty for a while, so that no crash or lost job can leave it so. Returns how many.

    A job under way counts as lost: if its worker lives after all, the second one finds nothing to do.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LEFT_BEHIND, [clock.now() - SWEEP_AFTER])
        left = [row[0] for row in cursor.fetchall()]
    queue(left)
    return len(left)


_LEFT_BEHIND = """
SELECT p.id FROM earnings_payeeperiod p
WHERE p.dirty_since < %s AND NOT EXISTS (
    SELECT 1 FROM procrastinate_jobs j
    WHERE j.task_name = 'liji.earnings.recalculate' AND j.status = 'todo'
    AND (j.args->>'payee_period')::bigint = p.id
)
ORDER BY p.dirty_since LIMIT 1000
"""
