"""Contests as pages show them: what is ranked, what is won, how long it still runs, and what the reader may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from liji.access.models import User
from liji.people import queries as people
from liji.people.models import Employee
from liji.recognition import rankings
from liji.recognition.built_in import ensure
from liji.recognition.models import Badge
from liji.recognition.models import Contest
from liji.recognition.plan_text import MEASURES
from liji.recognition.plan_text import THINGS
from liji.recognition.plan_text import Prize
from liji.recognition.plan_text import Terms
from liji.recognition.rankings import Board

ENDED_SHOWN = 12
State = Contest.State


@dataclass(frozen=True)
class Measure:
    """What is ranked, and its type in the plan language's words."""

    zh: str
    en: str
    kind: str


@dataclass(frozen=True)
class Won:
    """What a place wins: money in the company's currency, or so many of a thing."""

    place: int
    prize: Prize
    zh: str = ""
    en: str = ""


@dataclass(frozen=True)
class Winning:
    """Who has won which place, and what beside money."""

    place: int
    employee: Employee
    things: list[list[str]]


@dataclass(frozen=True)
class Card:
    """A contest with what a reader may see of it; `days_left` counts today, nought when it is over or has not begun."""

    contest: Contest
    terms: Terms
    measure: Measure
    prizes: tuple[Won, ...]
    badge: Badge | None
    board: Board | None
    winners: tuple[Winning, ...]
    days_left: int


@dataclass(frozen=True)
class Listed:
    """All contests by how they stand; `drafts` and `cancelled` only for those who make contests."""

    running: tuple[Card, ...]
    coming: tuple[Card, ...]
    ended: tuple[Card, ...]
    drafts: tuple[Contest, ...] = ()
    cancelled: tuple[Contest, ...] = ()


def listed(reader: User, *, makes: bool) -> Listed:
    """Every contest; those that have ended newest first, at most a dozen, with their winners and without a board."""
    today = people.today()
    published = _all().filter(state=State.RUNNING).order_by("end", "pk")
    ended = _all().filter(state=State.ENDED).order_by("-end", "-pk")[:ENDED_SHOWN]
    return Listed(
        _cards(published.filter(start__lte=today), reader),
        _cards(published.filter(start__gt=today), reader),
        _cards(ended, None),
        tuple(_all().filter(state=State.DRAFT).order_by("-pk")) if makes else (),
        tuple(_all().filter(state=State.CANCELLED).order_by("-pk")[:ENDED_SHOWN]) if makes else (),
    )


def one(number: int, reader: User, *, makes: bool) -> Card | None:
    """One contest; None when there is none, or it is not for the reader's eyes: drafts and cancelled ones."""
    found = _all().filter(pk=number).first()
    if found is None or (found.state in (State.DRAFT, State.CANCELLED) and not makes):
        return None
    return _card(found, reader)


def _all() -> QuerySet[Contest]:
    return Contest.objects.prefetch_related("units", "employees", "winners__employee")


def _cards(contests: Iterable[Contest], reader: User | None) -> tuple[Card, ...]:
    return tuple(_card(contest, reader) for contest in contests)


def _card(contest: Contest, reader: User | None) -> Card:
    """Without a reader nobody is ranked anew: everybody's results are read for a board."""
    terms = Terms.from_json(contest.terms)
    today = people.today()
    return Card(
        contest=contest,
        terms=terms,
        measure=Measure(*MEASURES[terms.measure], rankings.kind_of(terms)),
        prizes=tuple(_won(place, prize) for place, prize in enumerate(terms.prizes, 1)),
        badge=ensure(terms.badge) if terms.badge else None,
        board=rankings.board(contest, reader) if reader and contest.plan_id and contest.start <= today else None,
        winners=tuple(
            Winning(each.place, each.employee, each.things)
            for each in sorted(contest.winners.all(), key=lambda each: (each.place, each.employee.number))
        ),
        days_left=_days_left(contest, today),
    )


def _won(place: int, prize: Prize) -> Won:
    return Won(place, prize, *THINGS.get(prize.reward, ("", "")))


def _days_left(contest: Contest, today: date) -> int:
    begun = contest.state == State.RUNNING and contest.start <= today
    return max((contest.end - today).days, 0) if begun else 0
