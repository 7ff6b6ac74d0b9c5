"""Reading a user's dashboard: which widgets stand on it, in which order and size."""

from dataclasses import dataclass

from liji.access.models import User
from liji.dashboards.look import Look
from liji.dashboards.models import Dashboard
from liji.dashboards.registry import SIZES
from liji.dashboards.registry import Context
from liji.dashboards.registry import Widget
from liji.dashboards.registry import offered


@dataclass(frozen=True)
class Placed:
    """A widget on a board, and how wide it is."""

    widget: Widget
    size: str


@dataclass(frozen=True)
class Shown:
    """A placed widget with what its template shows; without data where it is fetched by itself."""

    placed: Placed
    data: Context | None


def placed(user: User, board: str, look: Look) -> list[Placed]:
    """The user's widgets; the default ones where the user has arranged nothing."""
    known = {widget.code: widget for widget in offered(board, look)}
    kept = Dashboard.objects.filter(user=user, board=board).first()
    if kept is None:
        return default(board, look)
    return [
        Placed(known[code], size if size in SIZES else known[code].size)
        for code, size in kept.widgets
        if code in known
    ]


def default(board: str, look: Look) -> list[Placed]:
    """What a board begins with."""
    return [Placed(widget, widget.size) for widget in offered(board, look) if widget.default]


def shared(board: str, look: Look) -> list[Placed]:
    """What others who may see somebody's pay see of the person's board."""
    return [Placed(widget, widget.size) for widget in offered(board, look) if widget.shared]


def left(widgets: list[Placed], board: str, look: Look) -> list[Widget]:
    """What could be added."""
    there = {one.widget.code for one in widgets}
    return [widget for widget in offered(board, look) if widget.code not in there]


def rendered(widgets: list[Placed], look: Look, *, again: bool) -> list[Shown]:
    """What the widgets show; those without anything to show are left out.

    `again`: a part that is fetched anew. Then those that are fetched by themselves are not asked.
    """
    found = []
    for one in widgets:
        if again and one.widget.hears:
            found.append(Shown(one, None))
        elif (data := one.widget.data(look)) is not None:
            found.append(Shown(one, data))
    return found


def only(widgets: list[Placed], code: str, look: Look) -> Shown | None:
    """One of them alone; None when it is not there or shows nothing."""
    wanted = [one for one in widgets if one.widget.code == code]
    return next(iter(rendered(wanted, look, again=False)), None)
