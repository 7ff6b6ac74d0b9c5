"""The jobs of this room."""

from datetime import UTC
from datetime import datetime

from procrastinate.contrib.django import app

from liji.base import clock
from liji.people import queries as people
from liji.preferences import following


@app.periodic(cron="10 * * * *")
@app.task(name="liji.preferences.daily", queue="live", queueing_lock="liji.preferences.daily")
def daily(timestamp: int) -> None:
    """In the first hour of the company's day: what people have stated for it begins."""
    if clock.local(clock.shown_moment(datetime.fromtimestamp(timestamp, UTC))).hour == 0:
        following.follow_all(people.today())
