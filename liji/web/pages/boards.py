"""What every dashboard page does: its widgets, one of them fetched anew, and arranging them."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render

from liji.access import queries as access
from liji.access.guards import signed_in
from liji.dashboards import queries
from liji.dashboards import services
from liji.dashboards.look import Look
from liji.dashboards.queries import Placed
from liji.dashboards.registry import COMPANY
from liji.dashboards.registry import OWN
from liji.dashboards.registry import ROLES
from liji.dashboards.registry import TEAM
from liji.people import queries as people

PAGES = {OWN: "home", TEAM: "team", COMPANY: "company"}  # board → the page on which it stands


def board(look: Look, widgets: list[Placed], address: str, *, again: bool = False) -> dict[str, object]:
    """What the template of a board needs; `address` is where the board is fetched anew."""
    return {
        "board": queries.rendered(widgets, look, again=again),
        "part": f"{address}{'&' if '?' in address else '?'}only=",
        "address": address,
    }


def fetched(
    request: HttpRequest, look: Look, widgets: list[Placed], whole: Callable[[], dict[str, object]]
) -> HttpResponse:
    """A board fetched anew: as a whole, or the widget that is asked for alone."""
    if code := request.GET.get("only"):
        one = queries.only(widgets, code, look)
        if one is None:
            return HttpResponse("")
        return render(request, one.placed.widget.template, {"widget": one.placed.widget, "data": one.data})
    return render(request, "web/dashboards/board.html", whole())


@signed_in
def arrange(request: HttpRequest, board: str) -> HttpResponse:
    """Which widgets, in which order, how wide. Each tap is kept at once."""
    if board not in ROLES:
        raise Http404
    if not access.has_role(request.user, *ROLES[board]):
        raise PermissionDenied
    look = Look(request.user.employee_id, people.today())
    if request.method == "POST":
        _act(request, board, look)
        if "HX-Request" not in request.headers:
            return redirect("arrange", board)
    placed = queries.placed(request.user, board, look)
    context = {
        "name": board,
        "placed": placed,
        "left": queries.left(placed, board, look),
        "back": PAGES[board],
    }
    part = "HX-Request" in request.headers
    return render(request, "web/dashboards/arrange_list.html" if part else "web/dashboards/arrange.html", context)


def _act(request: HttpRequest, board: str, look: Look) -> None:
    user, asked = request.user, request.POST
    code = asked.get("code", "")
    acts: dict[str, Callable[[], None]] = {
        "add": lambda: services.add(user, board, look, code),
        "remove": lambda: services.remove(user, board, look, code),
        "up": lambda: services.move(user, board, look, code, -1),
        "down": lambda: services.move(user, board, look, code, 1),
        "size": lambda: services.resize(user, board, look, code),
        "order": lambda: services.order(user, board, look, asked.getlist("codes")),
        "reset": lambda: services.reset(user, board),
    }
    acts.get(asked.get("act", ""), lambda: None)()
