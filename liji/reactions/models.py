"""What the product does by itself: the notices that it writes, each once per occasion."""

from django.db import models

from liji.access.models import User


class Notice(models.Model):
    """A message to one user about one occasion.

    `occasion` names what it is about, so that recalculations, replays and crashes never send it twice.
    `kind` picks the wording, `values` fill it; the text is made when it is read, in the reader's language.
    """

    class Mail(models.TextChoices):
        NONE = "none"
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"

    user = models.ForeignKey(User, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=60)
    occasion = models.CharField(max_length=200)
    values = models.JSONField(default=dict)
    link = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    mail = models.CharField(max_length=10, choices=Mail.choices, default=Mail.NONE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind", "occasion"], name="told_once")]
        indexes = [models.Index(fields=["user", "-id"])]
