"""Jobs that failed: seen, and queued again."""

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob


def failed() -> list[ProcrastinateJob]:
    """The failed jobs, newest first."""
    return list(ProcrastinateJob.objects.filter(status="failed").order_by("-id")[:200])


def retry_failed() -> int:
    """Queues every failed job again; returns how many."""
    jobs = failed()
    for job in jobs:
        app.job_manager.retry_job_by_id(job.id, retry_at=timezone.now())
    return len(jobs)
