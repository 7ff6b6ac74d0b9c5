"""The jobs of this room."""

from django.conf import settings
from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from liji.reactions import services

# A mail server that is down for an hour loses nothing: 15 s, 1 min, 4 min … up to a day in all.
PATIENTLY = RetryStrategy(max_attempts=40, wait=15, linear_wait=60)


@app.task(name="liji.reactions.send_mail", queue="mail", retry=PATIENTLY)
def send_mail(notice: int) -> None:
    """Sends one notice by mail; without a mail server the notice stays in-app."""
    if not settings.EMAIL_CONFIGURED:
        return
    with transaction.atomic():
        services.send(notice)
