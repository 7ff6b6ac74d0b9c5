"""Reading the outbox."""

from liji.events.models import Event


def heads_since(number: int, *, limit: int = 500) -> list[tuple[int, str, int | None]]:
    """(number, kind, payee) of the events after `number`, oldest first: whom they concern, without what they say."""
    return list(Event.objects.filter(pk__gt=number).order_by("pk").values_list("pk", "kind", "payee")[:limit])


def latest() -> int:
    """The number of the newest event; 0 when there is none."""
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
