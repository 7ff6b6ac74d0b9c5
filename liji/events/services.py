"""Writing to the outbox. Readers hear of it by NOTIFY as soon as the writing transaction commits."""

from collections.abc import Iterable

from django.db import connection
from django.db import transaction

from liji.events.models import Event

CHANNEL = "liji_events"
# Any constant will do; it must only differ from other advisory locks of the product.
_ORDER_LOCK = 8460001


def publish(events: Iterable[Event]) -> list[Event]:
    """Stores `events` inside the caller's transaction, and those that wait for it, and tells listeners when it commits.

    Call it last in the transaction: it holds a lock until the commit, so that numbers are given in the order in
    which they become visible, and a reader that has seen number n will never find a smaller one later.
    """
    events = [*_waiting(), *events]
    if not events:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ORDER_LOCK])
        made = Event.objects.bulk_create(events)
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(made[-1].pk)])
    return made


def publish_later(events: Iterable[Event]) -> None:
    """Stores `events` with the next `publish` of the transaction, or right after its commit when there is none: for
    whoever has more to do in it.
    """
    if events := list(events):
        transaction.on_commit(_Later(events))


class _Later:
    """Events that wait for the end of a transaction; those of a savepoint that is rolled back go with it."""

    def __init__(self, events: list[Event]) -> None:
        self.events = events

    def taken(self) -> list[Event]:
        events, self.events = self.events, []
        return events

    def __call__(self) -> None:
        if events := self.taken():
            with transaction.atomic():
                publish(events)


def _waiting() -> list[Event]:
    waiting = [each[1] for each in connection.run_on_commit]
    return [event for each in waiting if isinstance(each, _Later) for event in each.taken()]
