"""Writing to the outbox. Readers hear of it by NOTIFY as soon as the writing transaction commits."""

from collections.abc import Iterable

from django.db import connection

from liji.events.models import Event

CHANNEL = "liji_events"
# Any constant will do; it must only differ from other advisory locks of the product.
_ORDER_LOCK = 8460001


def publish(events: Iterable[Event]) -> list[Event]:
    """Stores `events` inside the caller's transaction and tells listeners when it commits.

    Call it last in the transaction: it holds a lock until the commit, so that numbers are given in the order in
    which they become visible, and a reader that has seen number n will never find a smaller one later.
    """
    events = list(events)
    if not events:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ORDER_LOCK])
        made = Event.objects.bulk_create(events)
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(made[-1].pk)])
    return made
