"""The wall of fame: praise and badges as they come, thanks and comments, the card of a person."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liji.access import queries as access
from liji.access.guards import needs
from liji.access.guards import signed_in
from liji.access.models import Role
from liji.events import queries as events
from liji.people import queries as people
from liji.people.models import Employee
from liji.people.problems import Refused
from liji.reactions import queries as reactions
from liji.recognition import queries
from liji.recognition import services
from liji.recognition import stars
from liji.recognition.built_in import KINDS
from liji.recognition.models import Comment
from liji.recognition.models import Praise
from liji.web.pages import wall_forms as the

KEEPERS = (Role.HR, Role.ADMIN)
PAGE = 20  # entries
SUGGESTED = 200  # names that the form of praise offers


def _narrowed(request: HttpRequest) -> tuple[int | None, str]:
    unit, kind = request.GET.get("unit", ""), request.GET.get("kind", "")
    known = kind in KINDS or kind == queries.BADGES
    return int(unit) if unit.isdecimal() and len(unit) < 10 else None, kind if known else ""


def _feed(request: HttpRequest) -> dict[str, object]:
    unit, kind = _narrowed(request)
    page = Paginator(queries.feed(unit=unit, kind=kind), PAGE).get_page(request.GET.get("page"))
    asked = {name: value for name, value in (("unit", unit), ("kind", kind)) if value}
    return {
        "page": page,
        "entries": queries.entries(page.object_list, request.user),
        "query": f"&{urlencode(asked)}" if asked else "",
        "unit": unit,
        "kind": kind,
        "kinds": dict(the.kinds()),
    }


@signed_in
def wall(request: HttpRequest) -> HttpResponse:
    """What was said and given, newest first."""
    own = request.user.employee_id
    context = _feed(request) | {
        "since": events.latest(),
        "units": people.units(),
        "card": queries.card(own, request.user, newest=0) if own else None,
        "badges": [badge for badge in queries.catalogue() if badge.active],
        "month": queries.this_month(people.today()),
        "keeps": access.has_role(request.user, *KEEPERS),
        "stars": stars.current(),
    }
    return render(request, "web/recognition/wall.html", context)


@signed_in
def fragment(request: HttpRequest) -> HttpResponse:
    """The part of the wall that lives."""
    return render(request, "web/recognition/feed.html", _feed(request))


@signed_in
def card(request: HttpRequest, employee: int) -> HttpResponse:
    """What everybody sees of a person: badges, praise, points. The own one tells where the points come from."""
    found, own = queries.card(employee, request.user), employee == request.user.employee_id
    if found is None or (found.empty and not own):
        raise Http404
    lines = queries.ledger(employee) if own else []
    context = {
        "card": found,
        "own": own,
        "ledger": lines,
        "rules": {one.rule.code: one.name for one in reactions.standings()} if lines else {},
        "kinds": dict(the.kinds()),
        "since": events.latest(),
    }
    return render(request, "web/recognition/card.html", context)


def _may_name(request: HttpRequest, employee: int) -> bool:
    """Whether the user knows the name already: from the own team, or from the wall, where everybody reads it."""
    return access.may_see_pay(request.user, employee, people.today()) or queries.on_the_wall(employee)


def _asked_for(request: HttpRequest) -> str:
    """Who stands in the form of praise when it opens. Nobody whose name the user could only guess."""
    to = request.GET.get("to", "")
    if not (to.isdecimal() and len(to) < 10 and _may_name(request, int(to))):
        return ""
    person = Employee.objects.filter(pk=int(to)).first()
    if person is None:
        return ""
    return person.name if len(queries.people_called(person.name)) == 1 else person.number


@signed_in
def praise(request: HttpRequest) -> HttpResponse:
    """Praises a colleague in public."""
    known = _team(request)
    form = the.PraiseForm(request.POST or None, initial={"who": _asked_for(request)}, known=bool(known))
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.praise(given["who"].pk, given["text"], by=request.user, kind=given["kind"])
        except Refused as refused:
            the.refusal(form, refused)
        else:
            messages.success(request, _("Your praise stands on the wall."))
            return redirect("wall")
    context = {"form": form, "known": known}
    return render(request, "web/recognition/praise_new.html", context, status=400 if form.errors else 200)


def _team(request: HttpRequest) -> list[Employee]:
    """Whom the form offers by name: a manager's own people. HR, who sees all, types."""
    seen = access.visible_payees(request.user, people.today()) or set()
    others = seen - {request.user.employee_id}
    return list(Employee.objects.filter(pk__in=others).order_by("number")[:SUGGESTED])


def _talk(request: HttpRequest, number: int, form: the.CommentForm) -> HttpResponse:
    entry = queries.praise(number, request.user)
    if entry is None:
        raise Http404
    context = {
        "entry": entry,
        "form": form,
        "kinds": dict(the.kinds()),
        "keeps": access.has_role(request.user, *KEEPERS),
    }
    part = "HX-Request" in request.headers
    name = "web/recognition/talk.html" if part else "web/recognition/praise.html"
    # A part that says what is wrong is shown too: a page would not put an answer of 400 in its place.
    return render(request, name, context, status=400 if form.errors and not part else 200)


@signed_in
def one(request: HttpRequest, praise: int) -> HttpResponse:
    """One praise with all that was said to it, in the sheet of the wall or as a page of its own."""
    return _talk(request, praise, the.CommentForm())


def _standing(number: int) -> Praise:
    return get_object_or_404(Praise, pk=number, deleted_at=None)


@signed_in
@require_POST
def comment(request: HttpRequest, praise: int) -> HttpResponse:
    """Says something to a praise."""
    made, form = _standing(praise), the.CommentForm(request.POST)
    if form.is_valid():
        try:
            services.comment(made, form.cleaned_data["text"], by=request.user)
        except Refused as refused:
            the.refusal(form, refused)
        else:
            form = the.CommentForm()
            if "HX-Request" not in request.headers:
                return redirect("praise_one", praise)
    return _talk(request, praise, form)


@signed_in
@require_POST
def thanks(request: HttpRequest, praise: int) -> HttpResponse:
    """One tap; the next takes it back."""
    try:
        services.thank(_standing(praise), by=request.user)
    except Refused as refused:
        raise Http404 from refused
    if "HX-Request" not in request.headers:
        return redirect("praise_one", praise)
    return render(request, "web/recognition/thanks.html", {"praise": queries.said([praise], request.user)[praise]})


def _deleted(request: HttpRequest, thing: Praise | Comment, delete: Callable[..., None]) -> None:
    """Who has written it may take it off the wall, and who keeps the wall may do so with any."""
    if thing.by_id != request.user.pk and not access.has_role(request.user, *KEEPERS):
        raise PermissionDenied
    delete(thing, by=request.user)
    messages.success(request, _("Taken off the wall."))


@signed_in
@require_POST
def delete_praise(request: HttpRequest, praise: int) -> HttpResponse:
    """Takes a praise off the wall."""
    _deleted(request, _standing(praise), services.delete_praise)
    return redirect("wall")


@signed_in
@require_POST
def delete_comment(request: HttpRequest, comment: int) -> HttpResponse:
    """Takes a comment off the wall."""
    said = get_object_or_404(Comment, pk=comment, deleted_at=None, praise__deleted_at=None)
    _deleted(request, said, services.delete_comment)
    return redirect("praise_one", said.praise_id)


@needs(*KEEPERS)
def settings(request: HttpRequest) -> HttpResponse:
    """What the wall shows, for the company to choose."""
    there = queries.settings()
    form = the.WallForm(request.POST or None, initial={"shows_amounts": there.shows_amounts})
    if request.method == "POST" and the.WallForm(request.POST).is_valid():
        services.set_wall(shows_amounts="shows_amounts" in request.POST, by=request.user)
        messages.success(request, _("Saved."))
        return redirect("wall_settings")
    text = _("Badges and praise are seen by everybody who works here; pay is never shown on the wall.")
    context = {"title": _("What the wall shows"), "text": text, "form": form, "back": "/wall/"}
    return render(request, "web/form_page.html", context)
