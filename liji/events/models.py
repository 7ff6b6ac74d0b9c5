"""The outbox: what happened, in the order in which it was committed, for reactions and open pages."""

from django.db import models


class Event(models.Model):
    """One thing that happened. `payee` is the employee whose affair it is (None: the company's)."""

    kind = models.CharField(max_length=60)
    at = models.DateTimeField(auto_now_add=True)
    payee = models.BigIntegerField(null=True)
    body = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["payee", "id"])]
