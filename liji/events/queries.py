"""Reading the outbox."""

from collections.abc import Collection

from django.db.models import Q

from liji.events.models import Event


def since(number: int, *, payees: Collection[int] | None = None, limit: int = 500) -> list[Event]:
    """Events after `number`, oldest first; with `payees`, only theirs and the company's."""
    events = Event.objects.filter(pk__gt=number).order_by("pk")
    if payees is not None:
        events = events.filter(Q(payee__in=payees) | Q(payee=None))
    return list(events[:limit])


def latest() -> int:
    """The number of the newest event; 0 when there is none."""
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
