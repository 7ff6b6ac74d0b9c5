"""The jobs of this room."""

from procrastinate.contrib.django import app

from liji.people import queries as people
from liji.surveys import services


@app.periodic(cron="* * * * *")
@app.task(name="liji.surveys.run", queue="live", queueing_lock="liji.surveys.run")
def run(timestamp: int) -> None:
    """Every minute, so that a new colleague hears at once and a wave opens with the company's day."""
    services.run(people.today())
