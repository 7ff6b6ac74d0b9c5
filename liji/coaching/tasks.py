"""The jobs of this room."""

from procrastinate.contrib.django import app

from liji.coaching import services
from liji.people import queries as people


@app.periodic(cron="10 * * * *")
@app.task(name="liji.coaching.daily", queue="live", queueing_lock="liji.coaching.daily")
def daily(timestamp: int) -> None:
    """Every hour, so also in the first hours of a day wherever the company is: tasks due, plans that end."""
    services.tell_due(people.today())
    services.tidy(people.today())
