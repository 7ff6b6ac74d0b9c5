"""The catalogue of badges: what each means and who holds it; HR makes, gives and withdraws them."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django.views.decorators.http import require_POST

from liji.access import queries as access
from liji.access.guards import needs
from liji.access.guards import signed_in
from liji.people.problems import Refused
from liji.recognition import catalogue
from liji.recognition import queries
from liji.recognition import services
from liji.recognition.drawing import draw
from liji.recognition.models import Badge
from liji.recognition.models import Grant
from liji.web.pages import wall_forms as the
from liji.web.pages.wall import KEEPERS

# A picture alone, also when somebody opens it by its address: it runs nothing and loads nothing.
_PICTURE = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, max-age=604800",
}


def _badge(code: str) -> Badge:
    found = queries.badge(code)
    if found is None:
        raise Http404
    return found


@signed_in
def listed(request: HttpRequest) -> HttpResponse:
    """Every badge, what it means, how many hold it."""
    keeps = access.has_role(request.user, *KEEPERS)
    badges = [badge for badge in queries.catalogue() if badge.active or keeps]
    return render(request, "web/recognition/badges.html", {"badges": badges, "keeps": keeps})


@signed_in
@require_GET
def picture(request: HttpRequest, badge: str) -> HttpResponse:
    """The badge's picture."""
    return HttpResponse(catalogue.picture_of(_badge(badge)), content_type="image/svg+xml", headers=_PICTURE)


@signed_in
@require_GET
def drawn(request: HttpRequest) -> HttpResponse:
    """How a badge of this shape, symbol and colour would look."""
    parts = (request.GET.get(name, "")[:40] for name in the.BadgeForm.LOOKS)
    return HttpResponse(draw(*parts), content_type="image/svg+xml", headers=_PICTURE)


@signed_in
def one(request: HttpRequest, badge: str) -> HttpResponse:
    """One badge and who holds it; HR gives it from here."""
    return _shown(request, _badge(badge), the.GrantForm())


def _shown(request: HttpRequest, badge: Badge, form: the.GrantForm) -> HttpResponse:
    context = {
        "badge": badge,
        "holders": queries.holders(badge),
        "form": form,
        "keeps": access.has_role(request.user, *KEEPERS),
    }
    return render(request, "web/recognition/badge.html", context, status=400 if form.errors else 200)


@needs(*KEEPERS)
def edit(request: HttpRequest, badge: str = "") -> HttpResponse:
    """A new badge, or another look for one."""
    there = _badge(badge) if badge else None
    form = the.BadgeForm(request.POST or None, request.FILES or None, badge=there)
    if form.is_valid():
        try:
            kept = _kept(request, there, form)
        except Refused as refused:
            the.refusal(form, refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("badge", kept.code)
    looks = {name: form[name].value() for name in form.LOOKS}
    context = {"badge": there, "form": form, "looks": looks}
    return render(request, "web/recognition/badge_edit.html", context, status=400 if form.errors else 200)


def _kept(request: HttpRequest, there: Badge | None, form: the.BadgeForm) -> Badge:
    sent, by = form.sent_picture(), request.user
    if there is None:
        return catalogue.add_badge(form.cleaned_data["code"], form.values(), picture=sent, by=by)
    drawn = bool(form.cleaned_data.get("drawn"))
    return catalogue.change_badge(there, form.values(), picture=sent, drawn=drawn, by=by)


@needs(*KEEPERS)
def preview(request: HttpRequest) -> HttpResponse:
    """The drawing that the editor shows while one chooses."""
    looks = {name: request.GET.get(name, "") for name in the.BadgeForm.LOOKS}
    return render(request, "web/recognition/badge_preview.html", {"looks": looks})


@needs(*KEEPERS)
@require_POST
def grant(request: HttpRequest, badge: str) -> HttpResponse:
    """Gives a badge by hand, to a person or a team."""
    there, form = _badge(badge), the.GrantForm(request.POST)
    if not form.is_valid():
        return _shown(request, there, form)
    given = form.cleaned_data
    how = {"occasion": f"by-hand:{uuid4()}", "because": {}, "by": request.user, "reason": given["reason"]}
    try:
        if given["who"]:
            services.grant_badge(there.code, given["who"].pk, **how)
        else:
            services.grant_team_badge(there.code, given["unit"].pk, **how)
    except Refused as refused:
        the.refusal(form, refused)
        return _shown(request, there, form)
    messages.success(request, _("Given; it stands on the wall."))
    return redirect("badge", there.code)


@needs(*KEEPERS)
@require_POST
def withdraw(request: HttpRequest, grant: int) -> HttpResponse:
    """Takes a badge back by hand."""
    given = get_object_or_404(Grant.objects.select_related("badge"), pk=grant, withdrawn_at=None)
    services.withdraw(given, by=request.user)
    messages.success(request, _("Withdrawn; it stays in the history."))
    return redirect("badge", given.badge.code)
