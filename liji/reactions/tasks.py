"""The jobs of this room."""

from procrastinate.contrib.django import app

from liji.base.clock import now
from liji.reactions import clock
from liji.reactions import delivery


@app.task(name="liji.reactions.deliver", queue="mail", retry=5)
def deliver(user: int) -> None:
    """Sends what waits for a user; a job too many finds nothing to do."""
    delivery.deliver(user)


@app.periodic(cron="* * * * * */20")
@app.task(name="liji.reactions.deliver_again", queue="mail", queueing_lock="liji.reactions.deliver_again")
def deliver_again(timestamp: int) -> None:
    """Every 20 seconds: mails that could not be sent, or that a crash left behind."""
    for user in delivery.left_behind():
        delivery.deliver(user)


@app.periodic(cron="* * * * *")
@app.task(name="liji.reactions.tick", queue="live", queueing_lock="liji.reactions.tick")
def tick(timestamp: int) -> None:
    """Every minute: rules that look by the clock."""
    clock.tick(now())
