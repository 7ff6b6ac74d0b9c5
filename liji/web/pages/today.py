"""The rep's page: what have I earned, why, what next?"""

from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from liji.access import queries as access
from liji.access.guards import look_at_pay
from liji.access.guards import signed_in
from liji.access.models import Role
from liji.base import clock
from liji.dashboards import queries as dashboards
from liji.dashboards.look import Look
from liji.dashboards.queries import Placed
from liji.dashboards.registry import OWN
from liji.events import queries as events
from liji.people import queries as people
from liji.web.pages import boards
from liji.web.pages.setup import states


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Where one starts: a rep with the own day, HR with the company, who leads with the team."""
    if access.has_role(request.user, Role.REP) and request.user.employee_id:
        return _page(request, request.user.employee_id, "/today/fragment")
    if access.has_role(request.user, Role.ADMIN) and "open" in states().values():
        return redirect("setup_steps")
    if access.has_role(request.user, Role.HR):
        return redirect("company")
    if access.has_role(request.user, Role.MANAGER, Role.FINANCE):
        return redirect("team")
    return redirect("me")


@signed_in
def person(request: HttpRequest, employee: int) -> HttpResponse:
    """Somebody's day, for those who may see it; audited."""
    look_at_pay(request, employee, "day_seen")
    return _page(request, employee, f"/people/{employee}/fragment")


@signed_in
def fragment(request: HttpRequest, employee: int | None = None) -> HttpResponse:
    """The part of the page that lives."""
    address = f"/people/{employee}/fragment" if employee else "/today/fragment"
    employee = employee or request.user.employee_id
    if employee is None:
        return HttpResponse(status=204)
    look_at_pay(request, employee, "day_seen", again=True)
    look = Look(employee, people.today())
    widgets = _widgets(request, look)
    return boards.fetched(request, look, widgets, lambda: _shown(look, widgets, address, again=True))


def _widgets(request: HttpRequest, look: Look) -> list[Placed]:
    """The own board as it was arranged; of somebody else's what belongs to pay."""
    if look.employee == request.user.employee_id:
        return dashboards.placed(request.user, OWN, look)
    return dashboards.shared(OWN, look)


def _shown(look: Look, widgets: list[Placed], address: str, *, again: bool = False) -> dict[str, object]:
    context = boards.board(look, widgets, address, again=again)
    count = sum(earning.deal_count for earning in look.today.earnings)
    return context | {"deal_count": count, "payee": look.employee}


def _page(request: HttpRequest, employee: int, address: str) -> HttpResponse:
    since = events.latest()  # before the figures: what happens in between is told by the stream
    look = Look(employee, people.today())
    context = _shown(look, _widgets(request, look), address) | {
        "today": look.today,
        "since": since,
        "own": employee == request.user.employee_id,
        "arranges": request.path == "/",
        "greeting": greeting(),
    }
    return render(request, "web/today.html", context)


def greeting() -> str:
    """A greeting for the hour, on the company's clock."""
    hour = clock.local().hour
    if hour < 5 or hour >= 18:
        return _("Good evening")
    return _("Good morning") if hour < 12 else _("Good afternoon")
