"""What the product has told the user."""

from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.shortcuts import redirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from liji.access.guards import signed_in
from liji.events import queries as events
from liji.reactions import queries as reactions
from liji.reactions import services
from liji.reactions.models import Notice


def _link(notice: Notice) -> str:
    """Where a notice leads: a prompt to praise to the words of praise, a big deal to the wall with its badge."""
    if notice.kind == "big_deal":
        return reverse("wall")
    about = reactions.about(notice) if notice.kind == "praise_suggested" else None
    return f"{reverse('praise')}?to={about}" if about else notice.link or "/"


def _listed(request: HttpRequest) -> list[dict[str, object]]:
    return [
        {
            "notice": notice,
            "subject": reactions.subject(notice),
            "body": reactions.body(notice),
        }
        for notice in reactions.notices(request.user)
    ]


@signed_in
def notices(request: HttpRequest) -> HttpResponse:
    """The newest notices."""
    context = {"since": events.latest(), "listed": _listed(request)}
    return render(request, "web/notices.html", context)


@signed_in
def opened(request: HttpRequest, notice: int) -> HttpResponse:
    """What is opened is read; from there to where it leads."""
    found = get_object_or_404(Notice, pk=notice, user=request.user)
    services.read(request.user, [found.pk])
    return redirect(_link(found))


@signed_in
def fragment(request: HttpRequest) -> HttpResponse:
    """The part of the page that lives."""
    return render(request, "web/notices_fragment.html", {"listed": _listed(request)})


@signed_in
def unread(request: HttpRequest) -> HttpResponse:
    """How many are unread, for the navigation."""
    return render(request, "web/components/unread.html")


@signed_in
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """All of them are read."""
    services.read(request.user)
    return redirect("notices")
