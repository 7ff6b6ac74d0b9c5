"""Arranging one's dashboard. What a board does not offer, or does not have, changes nothing."""

from collections.abc import Callable
from collections.abc import Sequence

from django.db import transaction

from liji.access.models import User
from liji.dashboards import queries
from liji.dashboards.look import Look
from liji.dashboards.models import Dashboard
from liji.dashboards.queries import Placed
from liji.dashboards.registry import SIZES
from liji.dashboards.registry import offered

Change = Callable[[list[Placed]], list[Placed]]


def add(user: User, board: str, look: Look, code: str) -> None:
    """Puts a widget at the end."""

    def change(there: list[Placed]) -> list[Placed]:
        fresh = [widget for widget in queries.left(there, board, look) if widget.code == code]
        return [*there, *(Placed(widget, widget.size) for widget in fresh)]

    _arrange(user, board, look, change)


def remove(user: User, board: str, look: Look, code: str) -> None:
    """Takes a widget off."""
    _arrange(user, board, look, lambda there: [one for one in there if one.widget.code != code])


def move(user: User, board: str, look: Look, code: str, by: int) -> None:
    """Moves a widget up (−1) or down (1)."""

    def change(there: list[Placed]) -> list[Placed]:
        codes = [one.widget.code for one in there]
        if code not in codes:
            return there
        at = codes.index(code)
        own = there.pop(at)
        there.insert(max(at + by, 0), own)
        return there

    _arrange(user, board, look, change)


def order(user: User, board: str, look: Look, codes: Sequence[str]) -> None:
    """Puts the widgets in this order; those that are not named keep theirs, after them."""

    def place(one: Placed) -> int:
        return codes.index(one.widget.code) if one.widget.code in codes else len(codes)

    _arrange(user, board, look, lambda there: sorted(there, key=place))


def resize(user: User, board: str, look: Look, code: str) -> None:
    """Gives a widget the next of the sizes; after the widest comes the narrowest."""

    def wider(one: Placed) -> Placed:
        return Placed(one.widget, SIZES[(SIZES.index(one.size) + 1) % len(SIZES)])

    _arrange(user, board, look, lambda there: [wider(one) if one.widget.code == code else one for one in there])


def reset(user: User, board: str) -> None:
    """Back to the default."""
    Dashboard.objects.filter(user=user, board=board).delete()


@transaction.atomic
def _arrange(user: User, board: str, look: Look, change: Change) -> None:
    """One change at a time, so that two quick taps both count. What is hidden just now keeps its place at the end."""
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    there = queries.placed(user, board, look)
    kept = Dashboard.objects.filter(user=user, board=board).first()
    known = {widget.code for widget in offered(board, look)}
    hidden = [pair for pair in kept.widgets if pair[0] not in known] if kept else []
    made = [[one.widget.code, one.size] for one in change(there)]
    Dashboard.objects.update_or_create(user=user, board=board, defaults={"widgets": made + hidden})
