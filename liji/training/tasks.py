"""The jobs of this room."""

from procrastinate.contrib.django import app

from liji.people import queries as people
from liji.training import results


@app.task(name="liji.training.follow", queue="live", retry=5)
def follow(employees: list[int]) -> None:
    """Brings completions, skills and offers in line with the facts; a job too many changes nothing."""
    results.follow(employees)


@app.periodic(cron="5 * * * *")
@app.task(name="liji.training.warn", queue="live", queueing_lock="liji.training.warn")
def warn(timestamp: int) -> None:
    """Every hour, so also in the first hours of a day wherever the company is: skills that are about to expire."""
    results.warn_of_expiry(people.today())
