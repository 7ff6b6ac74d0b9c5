"""The jobs of this room."""

from datetime import UTC
from datetime import datetime

from procrastinate.contrib.django import app

from liji.base import clock
from liji.tracks import following

NIGHT = 1  # o'clock, of the company


@app.task(name="liji.tracks.measure", queue="live", retry=5)
def measure(employees: list[int]) -> None:
    """Measures these people's tracks anew; a job too many finds nothing to do."""
    following.measure(employees)


@app.periodic(cron="20 * * * *")
@app.task(name="liji.tracks.nightly", queue="live", queueing_lock="liji.tracks.nightly")
def nightly(timestamp: int) -> None:
    """Once a night, on the company's clock: everybody's tracks, as months begin and skills expire."""
    if clock.local(clock.shown_moment(datetime.fromtimestamp(timestamp, UTC))).hour == NIGHT:
        following.measure_all()
