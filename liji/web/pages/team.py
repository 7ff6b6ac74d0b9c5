"""The manager's page: whom do I turn to today?"""

from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import render

from liji.access import queries as access
from liji.access.guards import needs
from liji.access.models import Role
from liji.access.services import audit
from liji.earnings import queries as earnings
from liji.events import queries as events
from liji.people import queries as people
from liji.people.models import Employee

SEES_TEAMS = (Role.MANAGER, Role.HR, Role.FINANCE)


@needs(*SEES_TEAMS)
def team(request: HttpRequest) -> HttpResponse:
    """The team, live. HR and finance choose whose."""
    managers, chosen = _choice(request)
    since = events.latest()
    shown = earnings.team(chosen.pk, people.today()) if chosen else None
    if chosen:
        audit(request, "team_seen", about=chosen.pk, detail={"employees": len(shown.members)})
    context = {
        "since": since,
        "team": shown,
        "managers": managers,
        "chosen": chosen,
        "sees_all": access.has_role(request.user, Role.HR, Role.FINANCE),
        "own": bool(chosen and chosen.pk == request.user.employee_id),
    }
    return render(request, "web/team.html", context)


@needs(*SEES_TEAMS)
def fragment(request: HttpRequest) -> HttpResponse:
    """The part of the page that lives."""
    _, chosen = _choice(request)
    if chosen is None:
        return HttpResponse(status=204)
    context = {"team": earnings.team(chosen.pk, people.today()), "chosen": chosen}
    return render(request, "web/team_fragment.html", context)


def _choice(request: HttpRequest) -> tuple[list[Employee], Employee | None]:
    """Whose team may be chosen (nobody's, for a manager: it is the own), and whose it is."""
    if not access.has_role(request.user, Role.HR, Role.FINANCE):
        return [], request.user.employee
    managers = people.managers(people.today())
    wanted = request.GET.get("manager", "")
    by_id = {str(manager.pk): manager for manager in managers}
    own = by_id.get(str(request.user.employee_id))
    return managers, by_id.get(wanted) or own or (managers[0] if managers else None)
