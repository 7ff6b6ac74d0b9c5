"""What this room tells the others, and how it tells open pages to look again."""

from django.db import transaction

from liji.events.happenings import Kind
from liji.events.happenings import Named
from liji.events.models import Event
from liji.events.services import publish

EVENT = "recognition"
RANKED = "ranking"  # a contest stands differently

KINDS = (
    Kind(
        "badge_granted",
        "获得勋章",
        "Badge granted",
        (Named("badge", "text", "勋章", "Badge"), Named("badge_name", "text", "勋章名称", "Name of the badge")),
    ),
    Kind(
        "praised",
        "受到表扬",
        "Praised",
        (Named("kind", "text", "表扬类别", "Kind of praise"), Named("by", "text", "表扬人", "By whom")),
    ),
    Kind(
        "contest_won",
        "赢得竞赛",
        "Contest won",
        (Named("contest", "text", "竞赛", "Contest"), Named("place", "count", "名次", "Place")),
    ),
)


def look_again() -> None:
    """Open walls look again once the transaction is committed.

    Not inside it: the outbox's lock would then be held while the caller still waits for others' rows.
    """
    transaction.on_commit(_publish)


def ranked_anew() -> None:
    """Open pages of contests look again once the transaction is committed, however many results it has changed."""
    if not any(after is _publish_ranked for _, after, *_ in transaction.get_connection().run_on_commit):
        transaction.on_commit(_publish_ranked)


def _publish() -> None:
    with transaction.atomic():
        publish([Event(kind=EVENT, payee=None)])


def _publish_ranked() -> None:
    with transaction.atomic():
        publish([Event(kind=RANKED, payee=None)])
