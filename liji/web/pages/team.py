"""The manager's page: whom do I turn to today?"""

from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import render

from liji.access import queries as access
from liji.access.guards import needs
from liji.access.models import Role
from liji.access.services import audit
from liji.dashboards import queries as dashboards
from liji.dashboards.look import Look
from liji.dashboards.queries import Placed
from liji.dashboards.registry import TEAM
from liji.events import queries as events
from liji.people import queries as people
from liji.people.models import Employee
from liji.web.pages import boards

SEES_TEAMS = (Role.MANAGER, Role.HR, Role.FINANCE)


@needs(*SEES_TEAMS)
def team(request: HttpRequest) -> HttpResponse:
    """The team, live. HR and finance choose whose."""
    managers, chosen = _choice(request)
    since = events.latest()
    context = {
        "since": since,
        "managers": managers,
        "chosen": chosen,
        "sees_all": access.has_role(request.user, Role.HR, Role.FINANCE),
        "own": bool(chosen and chosen.pk == request.user.employee_id),
    }
    if chosen:
        look = _look(request, chosen)
        context |= _shown(request, look, dashboards.placed(request.user, TEAM, look))
        audit(request, "team_seen", about=chosen.pk, detail={"employees": len(look.team.members)})
    return render(request, "web/team.html", context)


@needs(*SEES_TEAMS)
def fragment(request: HttpRequest) -> HttpResponse:
    """The part of the page that lives."""
    _, chosen = _choice(request)
    if chosen is None:
        return HttpResponse(status=204)
    look = _look(request, chosen)
    widgets = dashboards.placed(request.user, TEAM, look)
    return boards.fetched(request, look, widgets, lambda: _shown(request, look, widgets, again=True))


def _look(request: HttpRequest, chosen: Employee) -> Look:
    asked = request.GET.get("page", "")
    page = int(asked) if asked.isdecimal() and len(asked) < 6 else 1
    return Look(chosen.pk, people.today(), own=chosen.pk == request.user.employee_id, page=page)


def _shown(request: HttpRequest, look: Look, widgets: list[Placed], *, again: bool = False) -> dict[str, object]:
    address = f"/team/fragment?manager={look.employee}" + (f"&page={look.page}" if look.page > 1 else "")
    context = boards.board(look, widgets, address, again=again)
    return context | {"team": look.team, "acts": access.has_role(request.user, Role.MANAGER, Role.HR)}


def _choice(request: HttpRequest) -> tuple[list[Employee], Employee | None]:
    """Whose team may be chosen (nobody's, for a manager: it is the own), and whose it is."""
    if not access.has_role(request.user, Role.HR, Role.FINANCE):
        return [], request.user.employee
    managers = people.managers(people.today())
    wanted = request.GET.get("manager", "")
    by_id = {str(manager.pk): manager for manager in managers}
    own = by_id.get(str(request.user.employee_id))
    return managers, by_id.get(wanted) or own or (managers[0] if managers else None)
