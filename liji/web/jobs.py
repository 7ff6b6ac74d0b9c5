"""Jobs of the queue: what failed, what waits and runs; failed ones are queued again."""

from django.db.models import Count
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob


def failed() -> list[ProcrastinateJob]:
    """The failed jobs, newest first."""
    return list(ProcrastinateJob.objects.filter(status="failed").order_by("-id")[:200])


def counts() -> dict[str, int]:
    """How many jobs wait and run."""
    found = ProcrastinateJob.objects.filter(status__in=("todo", "doing")).values_list("status")
    return {"todo": 0, "doing": 0} | dict(found.annotate(count=Count("id")))


def retry_failed(only: int | None = None) -> int:
    """Queues every failed job again, or the one named; returns how many."""
    jobs = [job for job in failed() if only in (None, job.id)]
    for job in jobs:
        app.job_manager.retry_job_by_id(job.id, retry_at=timezone.now())
    return len(jobs)
