"""The jobs of this room."""

from procrastinate.contrib.django import app

from liji.recognition import contests
from liji.recognition import stars


@app.periodic(cron="* * * * * */10")
@app.task(name="liji.recognition.contests", queue="live", queueing_lock="liji.recognition.contests")
def end_contests(timestamp: int) -> None:
    """Every ten seconds, so also soon after the company's midnight: contests that are over, and their winners."""
    contests.end_due()


@app.periodic(cron="25 * * * *")
@app.task(name="liji.recognition.stars", queue="bulk", queueing_lock="liji.recognition.stars")
def propose_stars(timestamp: int) -> None:
    """Every hour: last month's stars, as long as nobody has decided on them."""
    stars.propose_due()
