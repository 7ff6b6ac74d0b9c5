"""The jobs of this room."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from liji.connectors import heartbeat
from liji.connectors import services


@app.task(name="liji.connectors.carry_out", queue="bulk", retry=RetryStrategy(max_attempts=8, exponential_wait=3))
def carry_out(run: int) -> None:
    """Works through an import from where it stopped; a job too many finds nothing to do."""
    services.carry_out(run)


@app.periodic(cron="* * * * *")
@app.task(name="liji.connectors.sweep", queue="live", queueing_lock="liji.connectors.sweep")
def sweep(timestamp: int) -> None:
    """Every minute: imports whose process died say so, and can go on."""
    heartbeat.sweep()


@app.periodic(cron="17 3 * * *")
@app.task(name="liji.connectors.tidy", queue="bulk", queueing_lock="liji.connectors.tidy")
def tidy(timestamp: int) -> None:
    """Every night: drafts that nobody wanted."""
    services.tidy()
