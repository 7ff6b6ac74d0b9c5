"""HR's page: does the plan work, and for whom not?"""

from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import render

from liji.access.guards import needs
from liji.access.models import Role
from liji.access.services import audit
from liji.dashboards import queries as dashboards
from liji.dashboards.look import Look
from liji.dashboards.queries import Placed
from liji.dashboards.registry import COMPANY
from liji.events import queries as events
from liji.people import queries as people
from liji.web.pages import boards
from liji.web.pages.layers import layer_names


@needs(Role.HR)
def company(request: HttpRequest) -> HttpResponse:
    """The whole company, live; a look at it is audited."""
    since = events.latest()
    look = Look(None, people.today())
    context = _shown(look, dashboards.placed(request.user, COMPANY, look))
    audit(request, "company_seen", detail={"employees": len(look.standing)})
    return render(request, "web/dashboards/company.html", context | {"since": since, "day": look.day})


@needs(Role.HR)
def fragment(request: HttpRequest) -> HttpResponse:
    """The part of the page that lives."""
    look = Look(None, people.today())
    widgets = dashboards.placed(request.user, COMPANY, look)
    return boards.fetched(request, look, widgets, lambda: _shown(look, widgets, again=True))


def _shown(look: Look, widgets: list[Placed], *, again: bool = False) -> dict[str, object]:
    return boards.board(look, widgets, "/company/fragment", again=again) | {"layer_names": layer_names()}
