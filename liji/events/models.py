"""The outbox: what happened, in the order in which it was committed, for reactions and open pages."""

from django.db import models

from liji.base.fields import Moment


class Event(models.Model):
    """One thing that happened. `payee` is the employee whose affair it is (None: the company's)."""

    kind = models.CharField(max_length=60)
    at = Moment(auto_now_add=True)
    payee = models.BigIntegerField(null=True)
    body = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["payee", "id"])]


class JobFailure(models.Model):
    """Why a job of the queue failed last: `error` is the kind of the error, `place` where in the product's code.

    Never the error's own text, which may name pay or a secret.
    """

    job = models.BigIntegerField(unique=True)
    task = models.CharField(max_length=200)
    error = models.CharField(max_length=200)
    place = models.CharField(max_length=300, blank=True)
    at = Moment(auto_now=True)
