"""Wall displays: HR makes and ends them; a screen opens its own address without signing in and reads no pay there."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.decorators.http import require_safe

from liji.access.guards import needs
from liji.access.models import Role
from liji.dashboards import display as walls
from liji.dashboards.models import Display
from liji.events import queries as events
from liji.people import queries as people
from liji.people.problems import Refused

MAKES = (Role.HR, Role.ADMIN)


@needs(*MAKES)
def displays(request: HttpRequest) -> HttpResponse:
    """The displays with their addresses, and a form for a further one."""
    wrong = ""
    if request.method == "POST":
        try:
            walls.make(request.POST.get("name", ""), request.POST.get("language", ""), by=request.user)
        except Refused as refused:
            wrong = " ".join(f"{problem.message} {problem.mend}" for problem in refused.problems)
        else:
            messages.success(request, _("Open the address on the screen."))
            return redirect("displays")
    shown = [(one, settings.BASE_URL + walls.address(one)) for one in walls.displays()]
    context = {"displays": shown, "wrong": wrong, "longest": walls.LONGEST}
    return render(request, "web/dashboards/displays.html", context, status=400 if wrong else 200)


@needs(*MAKES)
@require_POST
def end(request: HttpRequest, display: int) -> HttpResponse:
    """Ends a display: its address opens nothing any more."""
    walls.end(get_object_or_404(Display, pk=display), by=request.user)
    messages.success(request, _("Its address opens nothing any more."))
    return redirect("displays")


@require_safe
def display(request: HttpRequest, token: str) -> HttpResponse:
    """The screen."""
    opened = walls.opened(token)
    if opened is None:
        return _unkept(render(request, "web/dashboards/display_ended.html", status=404))
    since = events.latest()
    with translation.override(opened.language):
        context = {"wall": walls.wall(people.today()), "since": since, "here": request.path, "token": token}
        return _unkept(render(request, "web/dashboards/display.html", context))


@require_safe
def fragment(request: HttpRequest, token: str) -> HttpResponse:
    """The part of the screen that lives; 401 sends an ended one to the page that says so."""
    opened = walls.opened(token)
    if opened is None:
        return HttpResponse(status=401)
    with translation.override(opened.language):
        return _unkept(render(request, "web/dashboards/wall.html", {"wall": walls.wall(people.today())}))


def _unkept(response: HttpResponse) -> HttpResponse:
    """An address that opens without a sign-in is neither kept nor found."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
