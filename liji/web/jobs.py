"""Jobs of the queue: what failed, what waits and runs; failed ones are queued again."""

from datetime import UTC
from datetime import datetime

from django.db.models import Count
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from liji.events import failures
from liji.events.models import JobFailure


def failed() -> list[ProcrastinateJob]:
    """The failed jobs, newest first."""
    return list(ProcrastinateJob.objects.filter(status="failed").order_by("-id")[:200])


def with_reasons(jobs: list[ProcrastinateJob]) -> list[tuple[ProcrastinateJob, JobFailure | None]]:
    """Each with why it failed last."""
    known = failures.of(job.id for job in jobs)
    return [(job, known.get(job.id)) for job in jobs]


def counts() -> dict[str, int]:
    """How many jobs wait and run."""
    found = ProcrastinateJob.objects.filter(status__in=("todo", "doing")).values_list("status")
    return {"todo": 0, "doing": 0} | dict(found.annotate(count=Count("id")))


def retry_failed(only: int | None = None) -> int:
    """Queues every failed job again, or the one named; returns how many."""
    jobs = [job for job in failed() if only in (None, job.id)]
    for job in jobs:
        app.job_manager.retry_job_by_id(job.id, retry_at=datetime.now(UTC))  # noqa: TID251 the queue's clock
    failures.forget(job.id for job in jobs)
    return len(jobs)
