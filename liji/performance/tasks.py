"""The jobs of this room."""

from procrastinate.contrib.django import app

from liji.people import queries as people
from liji.performance import layering
from liji.performance import services


@app.periodic(cron="12 * * * *")
@app.task(name="liji.performance.layers", queue="bulk", queueing_lock="liji.performance.layers")
def layers(timestamp: int) -> None:
    """Every hour, so also soon after midnight of the month's first day: layers that this month has not had yet."""
    today = people.today()
    if layering.due(today):
        services.write_layers(today.replace(day=1), by=None)
