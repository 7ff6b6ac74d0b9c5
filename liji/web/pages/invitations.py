"""Giving people their sign-in without mail: one-time links, for one person or for a list of people at once."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liji.access import links
from liji.access.guards import needs
from liji.access.models import Role
from liji.access.models import User
from liji.access.services import end_sessions
from liji.people import queries as people
from liji.people import staff
from liji.people.models import Employee
from liji.web.pages import staff_forms as the

PAGE = 50


@needs(Role.ADMIN, Role.HR)
def invite(request: HttpRequest) -> HttpResponse:
    """Those who have no account yet: accounts and links for the chosen ones, or for all that the search finds."""
    search = the.InviteSearch(request.GET)
    wanted = search.cleaned_data if search.is_valid() else {}
    uninvited = links.uninvited(search=wanted.get("q", ""), unit=int(wanted.get("unit") or 0) or None)
    if request.method == "POST" and (chosen := _chosen(request, uninvited)):
        return handed_over(request, links.invite(chosen, by=request))
    page = Paginator(uninvited, PAGE).get_page(request.GET.get("page"))
    kept = {key: value for key, value in request.GET.items() if key != "page" and value}
    context = {
        "form": search,
        "page": page,
        "lines": staff.lines(list(page.object_list), people.today()),
        "query": f"&{urlencode(kept)}" if kept else "",
        "narrowed": bool(kept),
        "nothing_chosen": request.method == "POST",
        "anybody": people.anybody(),
    }
    return render(request, "web/admin/invite.html", context)


def _chosen(request: HttpRequest, uninvited: QuerySet[Employee]) -> list[Employee]:
    if request.POST.get("all"):
        return list(uninvited)
    return list(uninvited.filter(pk__in=[one for one in request.POST.getlist("employee") if one.isdecimal()]))


@needs(Role.ADMIN)
@require_POST
def user_link(request: HttpRequest, user: int) -> HttpResponse:
    """A one-time link for one user, to be handed over; all sessions end."""
    one = get_object_or_404(User, pk=user)
    end_sessions(one)
    return one_link(request, one)


def one_link(request: HttpRequest, user: User) -> HttpResponse:
    """The sheet with a new link of one user."""
    return handed_over(request, [(user, links.password_link(user, by=request))], back=f"/admin/users/{user.pk}/")


def handed_over(
    request: HttpRequest, made: list[tuple[User, str]], *, back: str = "/admin/users/invite/"
) -> HttpResponse:
    """The sheet of links, shown this once: to be copied or printed. Nothing keeps it."""
    title = _("Sign-in links") if len(made) != 1 else _("Sign-in link for %(name)s") % {"name": made[0][0]}
    context = {"made": made, "title": title, "back": back, "days": links.DAYS}
    response = render(request, "web/admin/links.html", context)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
