"""Why a job failed: the kind of the error and the place, kept with the job until it has gone well.

The text of an error may name somebody's pay or a secret: it is not kept. The traceback stands in the worker's log.
"""

import traceback
from collections.abc import Callable
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import DatabaseError
from django.db import connection
from procrastinate.job_context import JobContext

from liji.events.models import JobFailure

OWN = "liji"


def noting(call_next: Callable[[], Any], context: JobContext, worker: object) -> Any:
    """Runs a job; when it fails, what failed is kept beside it, and the failure goes on to the queue."""
    try:
        return call_next()
    except Exception as error:
        note(context.job.id, context.job.task_name, error)
        raise


def note(job: int, task: str, error: BaseException) -> None:
    """Keeps the error of a job in the place of an earlier one. A database that is away keeps nothing; the job's next
    attempt does.
    """
    told = {"task": task, "error": _called(error), "place": _place(error)}
    try:
        JobFailure.objects.update_or_create(job=job, defaults=told)
    except DatabaseError:
        connection.close()


def of(jobs: Iterable[int]) -> dict[int, JobFailure]:
    """Job id → its last failure, for those that have one."""
    return {row.job: row for row in JobFailure.objects.filter(job__in=list(jobs))}


def forget(jobs: Iterable[int]) -> None:
    """These jobs are tried again: what was wrong with them is over."""
    JobFailure.objects.filter(job__in=list(jobs)).delete()


def _called(error: BaseException) -> str:
    kind = type(error)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _place(error: BaseException) -> str:
    """The innermost line of the product's own code on the way to the error."""
    frames = traceback.extract_tb(error.__traceback__)
    for frame in reversed(frames):
        parts = Path(frame.filename).parts
        if OWN in parts and "site-packages" not in parts:
            own = "/".join(parts[len(parts) - 1 - parts[::-1].index(OWN) :])
            return f"{own}:{frame.lineno} {frame.name}"
    return frames[-1].name if frames else ""
