"""The jobs of this room."""

import subprocess
import sys

from procrastinate.contrib.django import app

from liji.base import clock
from liji.earnings import services
from liji.earnings import waiting

VERIFIED_AT = 3  # the hour of the company's day
VERIFIED_WITHIN = 30 * 60  # seconds; the command itself stops after twenty minutes


@app.task(name="liji.earnings.recalculate", queue="live", retry=5)
def recalculate(payee_period: int) -> None:
    """Works out one payee-period; a job too many finds nothing to do."""
    services.recalculate_along(payee_period)


@app.periodic(cron="* * * * * */20")
@app.task(name="liji.earnings.sweep", queue="live", queueing_lock="liji.earnings.sweep")
def sweep(timestamp: int) -> None:
    """Every 20 seconds: what a crash left behind."""
    waiting.sweep()


@app.periodic(cron="*/5 * * * *")
@app.task(name="liji.earnings.open_periods", queue="live", queueing_lock="liji.earnings.open_periods")
def open_periods(timestamp: int) -> None:
    """Every five minutes, so also soon after midnight of a period's first day, whatever the time zone."""
    services.open_periods()


@app.periodic(cron="10 * * * *")
@app.task(name="liji.earnings.verify", queue="bulk", queueing_lock="liji.earnings.verify")
def verify(timestamp: int) -> None:
    """Every night at ten past three of the company: stored results are worked out again, in a process of its own."""
    if clock.local().hour == VERIFIED_AT:
        command = [sys.executable, "-m", "liji.cli", "verify", "--nightly", "--json"]
        subprocess.run(command, stdout=subprocess.DEVNULL, timeout=VERIFIED_WITHIN, check=False)  # noqa: S603 our own


@app.periodic(cron="40 18 * * *")
@app.task(name="liji.earnings.open_all_periods", queue="bulk", queueing_lock="liji.earnings.open_all_periods")
def open_all_periods(timestamp: int) -> None:
    """Every night: no payee-period of an earlier period is missing, whatever happened to the data."""
    services.open_periods(all_begun=True)


@app.periodic(cron="* * * * * */30")
@app.task(name="liji.jobs.revive", queue="live", queueing_lock="liji.jobs.revive", pass_context=True)
async def revive(context, timestamp: int) -> None:
    """Every half minute: jobs whose worker died are done by another one."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        await manager.retry_job(job)
