"""`GET /health`: whether this installation works, for a load balancer or a monitor. No secrets, no pay."""

import logging

from django.db import Error
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest
from django.http import JsonResponse

log = logging.getLogger(__name__)
ALIVE = "last_heartbeat > now() - interval '40 s'"


def health(request: HttpRequest) -> JsonResponse:
    """200 when database, migrations and worker are in order, else 503; failed jobs are only counted."""
    found: dict[str, object] = {"database": "ok"}
    try:
        found["migrations"] = "pending" if _pending() else "ok"
        found |= _worker()
    except Error as error:
        log.error("health: database", extra={"error": str(error)})
        found["database"] = "unreachable"
    good = all(value == "ok" or isinstance(value, int) for value in found.values())
    return JsonResponse({"status": "ok" if good else "bad", **found}, status=200 if good else 503)


_no_pending = False


def _pending() -> bool:
    """Whether migrations are pending; once there are none, there are none until the next start."""
    global _no_pending
    if not _no_pending:
        executor = MigrationExecutor(connection)
        _no_pending = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return not _no_pending


def _worker() -> dict[str, object]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM procrastinate_workers WHERE {ALIVE}")  # noqa: S608 a constant
        alive = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
        return {"worker": "ok" if alive else "none", "failed_jobs": cursor.fetchone()[0]}
