"""The heartbeat of imports: one whose process died is found, says where it broke off, and can go on from there."""

from datetime import timedelta

from django.db import connection
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now  # noqa: TID251 - a heartbeat, by the database's clock

from liji.connectors.models import ImportRun

SILENCE = timedelta(seconds=60)

# Jobs that still want to carry an import out; the queue itself repeats those whose worker died.
_QUEUED = "SELECT lock FROM procrastinate_jobs WHERE lock LIKE 'import-%' AND status IN ('todo', 'doing')"


def beat(run: int) -> None:
    """Notes that somebody works on an import."""
    ImportRun.objects.filter(pk=run).update(alive_at=Now())


def broken_off() -> list[ImportRun]:
    """The running imports without a heartbeat for a minute that no job will carry on, locked until the commit.

    An import whose row is locked is at work and is left out. To be called within a transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(_QUEUED)
        queued = {int(lock.removeprefix("import-")) for (lock,) in cursor.fetchall()}
    silent = Q(alive_at=None) | Q(alive_at__lt=Now() - SILENCE)
    running = ImportRun.objects.filter(silent, state=ImportRun.State.RUNNING).exclude(pk__in=queued)
    return list(running.select_for_update(skip_locked=True))


def reason(run: ImportRun) -> dict[str, str]:
    """Why an import that was broken off has stopped, in both languages."""
    row = f"{run.position:,}"
    zh = f"执行导入的进程已终止，导入在第 {row} 行中断。已导入的行不受影响，可以从这里继续。"
    en = f"The process that ran the import has ended; the import stopped at row {row}. It can continue from here."
    return {"zh": zh, "en": en}


@transaction.atomic
def sweep() -> int:
    """Every import that was broken off becomes a failed one that says why. Returns how many there were."""
    from liji.connectors.services import fail

    runs = broken_off()
    for run in runs:
        fail(run.pk, reason(run))
    return len(runs)
