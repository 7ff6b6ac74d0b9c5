"""What a user sets for themselves: language, theme, password, sessions."""

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from liji.access import queries as access
from liji.access.guards import signed_in
from liji.people import queries as people
from liji.web.context import ROLE_NAMES
from liji.web.context import THEMES
from liji.web.context import places

A_YEAR = 365 * 24 * 3600  # seconds


@signed_in
def me(request: HttpRequest) -> HttpResponse:
    """Who one is here, and the own settings."""
    employee = request.user.employee_id
    context = {
        "held": people.assignment_on(employee, people.today()) if employee else None,
        "roles": [name for role, name in ROLE_NAMES.items() if access.has_role(request.user, role)],
        "more": any(not entry["place"].tab for entry in places(request)),
        "languages": settings.LANGUAGES,
    }
    return render(request, "web/me.html", context)


def _back(request: HttpRequest) -> HttpResponse:
    """To the page one came from, if it is one of ours."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return redirect(wanted if ours else "home")


def _remember(request: HttpRequest, response: HttpResponse, name: str, value: str) -> HttpResponse:
    secure = request.is_secure()
    response.set_cookie(name, value, max_age=A_YEAR, samesite="Lax", secure=secure, httponly=True)
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The language: kept with the user, and on the device for the time before signing in."""
    wanted = request.POST.get("language", "")
    response = _back(request)
    if wanted not in dict(settings.LANGUAGES):
        return response
    if request.user.is_authenticated:
        request.user.language = wanted
        request.user.save(update_fields=["language"])
    return _remember(request, response, settings.LANGUAGE_COOKIE_NAME, wanted)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device wants it: kept on the device."""
    wanted = request.POST.get("theme", "")
    response = _back(request)
    return _remember(request, response, "theme", wanted) if wanted in THEMES else response


@signed_in
@require_POST
def end_session(request: HttpRequest, session: int) -> HttpResponse:
    """Ends one of the own sessions, wherever it is."""
    get_object_or_404(UserSession, pk=session, user=request.user).end()
    return redirect("usersessions_list")
