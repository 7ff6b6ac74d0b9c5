"""The rep's page: what have I earned, why, what next?"""

from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from liji.access import queries as access
from liji.access.guards import look_at_pay
from liji.access.guards import signed_in
from liji.access.models import Role
from liji.earnings import queries as earnings
from liji.events import queries as events
from liji.people import queries as people
from liji.web.pages.setup import states


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Where one starts: a rep with the own day, a manager with the team, the others with themselves."""
    if access.has_role(request.user, Role.REP) and request.user.employee_id:
        return _page(request, request.user.employee_id, "/today/fragment")
    if access.has_role(request.user, Role.ADMIN) and "open" in states().values():
        return redirect("setup_steps")
    if access.has_role(request.user, Role.MANAGER, Role.HR, Role.FINANCE):
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
    employee = employee or request.user.employee_id
    if employee is None:
        return HttpResponse(status=204)
    look_at_pay(request, employee, "day_seen", again=True)
    return render(request, "web/today_fragment.html", _shown(employee))


def _shown(employee: int) -> dict[str, object]:
    shown = earnings.today(employee, people.today())
    return {"today": shown, "deal_count": sum(earning.deal_count for earning in shown.earnings)}


def _page(request: HttpRequest, employee: int, address: str) -> HttpResponse:
    since = events.latest()  # before the figures: what happens in between is told by the stream
    context = _shown(employee) | {
        "since": since,
        "address": address,
        "own": employee == request.user.employee_id,
        "greeting": greeting(),
    }
    return render(request, "web/today.html", context)


def greeting() -> str:
    """A greeting for the hour, on the company's clock."""
    hour = timezone.localtime().hour
    if hour < 5 or hour >= 18:
        return _("Good evening")
    return _("Good morning") if hour < 12 else _("Good afternoon")
