"""Contests for everybody: who is where, live; what is missing to the next place; who has won."""

from django.http import Http404
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import render

from liji.access import queries as access
from liji.access.guards import signed_in
from liji.access.models import Role
from liji.events import queries as events
from liji.people.problems import Problem
from liji.recognition import contests as services
from liji.recognition import listing
from liji.recognition import rankings
from liji.recognition import stars
from liji.recognition.listing import Card
from liji.recognition.models import Contest

MAKES = (Role.HR, Role.DESIGNER)


def makes(request: HttpRequest) -> bool:
    """Whether the user makes contests."""
    return access.has_role(request.user, *MAKES)


@signed_in
def listed(request: HttpRequest) -> HttpResponse:
    """Every contest: running ones with the ranking, coming ones, those that have ended with their winners."""
    context = {"since": events.latest(), **_listed(request)}
    return render(request, "web/contests/list.html", context)


@signed_in
def list_fragment(request: HttpRequest) -> HttpResponse:
    """The part of the list that lives."""
    return render(request, "web/contests/list_fragment.html", _listed(request))


def _listed(request: HttpRequest) -> dict[str, object]:
    hr = access.has_role(request.user, Role.HR)
    return {
        "listed": listing.listed(request.user, makes=makes(request)),
        "makes": makes(request),
        "is_hr": hr,
        "stars_waiting": len(stars.proposed()) if hr else 0,
    }


@signed_in
def one(request: HttpRequest, contest: int) -> HttpResponse:
    """One contest; a draft with its check and a preview for those who make contests."""
    since = events.latest()
    card = found(request, contest)
    context = {"since": since, "card": card, "makes": makes(request), **_draft(request, card)}
    return render(request, "web/contests/one.html", context)


@signed_in
def fragment(request: HttpRequest, contest: int) -> HttpResponse:
    """The part of the page that lives."""
    return render(request, "web/contests/one_fragment.html", {"card": found(request, contest)})


def found(request: HttpRequest, number: int) -> Card:
    """The contest as the user may see it; 404 otherwise."""
    card = listing.one(number, request.user, makes=makes(request))
    if card is None:
        raise Http404
    return card


def _draft(request: HttpRequest, card: Card) -> dict[str, object]:
    if card.contest.state != Contest.State.DRAFT:
        return {}
    problems: list[Problem] = services.check(card.contest)
    ready = not any(problem.field in ("last", "start", "formula", "prizes") for problem in problems)
    return {
        "problems": problems,
        "preview": rankings.preview(card.contest, request.user) if ready else None,
        "text": rankings.plan_text(card.contest) if ready else "",
        "people": len(rankings.taking_part(card.contest)),
    }
