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
    """200 when database, migrations, worker and the nightly verification are in order, else 503; failed jobs and
    differences are only counted.
    """
    found: dict[str, object] = {"database": "ok"}
    try:
        found["migrations"] = "pending" if _pending() else "ok"
        found |= _worker()
        if found["migrations"] == "ok":
            found |= _verified()
    except Error as error:
        log.error("health: database", extra={"error": str(error)})
        found["database"] = "unreachable"
    good = all(value == "ok" or isinstance(value, int) for name, value in found.items() if name != "verified_at")
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


# By the machine's clock, as heartbeats are. Before the first run it counts from the day on which the product had it.
_VERIFIED = """
SELECT r.at, r.differences, r.pending,
    coalesce(r.at, (SELECT applied FROM django_migrations WHERE app = 'earnings' AND name LIKE %s))
        < now() - interval '50 h'
FROM (SELECT 1) one LEFT JOIN (SELECT * FROM earnings_verificationrun ORDER BY at DESC LIMIT 1) r ON TRUE
"""
_HAD_SINCE = "%_verification"


def _verified() -> dict[str, object]:
    """The last nightly run of `liji verify`; bad when two nights went by without one."""
    with connection.cursor() as cursor:
        cursor.execute(_VERIFIED, [_HAD_SINCE])
        at, differences, pending, late = cursor.fetchone()
    found: dict[str, object] = {"verification": "bad" if late else "ok", "verified_at": at and at.isoformat()}
    return found | {"differing_results": differences or 0, "pending_results": pending or 0}
