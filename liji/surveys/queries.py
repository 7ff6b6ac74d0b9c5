"""Asking about surveys: the own ones, the response, and results, which here alone decide what may be shown.

Of an anonymous wave nothing is shown before it is closed, and then only groups as `anonymity` allows them.
"""

from collections import Counter
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP
from decimal import Decimal
from random import SystemRandom
from typing import Any

from django.db.models import Count
from django.db.models import Q
from django.db.models import QuerySet

from liji.people import queries as people
from liji.people.models import Unit
from liji.people.models import UnitParent
from liji.preferences.models import Kind
from liji.surveys import anonymity
from liji.surveys.models import Invitation
from liji.surveys.models import Sheet
from liji.surveys.models import Survey
from liji.surveys.models import Wave
from liji.surveys.questions import CHOICE
from liji.surveys.questions import RANKING
from liji.surveys.questions import SCALE
from liji.surveys.questions import Question
from liji.surveys.questions import read

BANDS = ((1, 20), (21, 40), (41, 60), (61, 80), (81, 100))


@dataclass(frozen=True)
class Figure:
    """The mean of `n` answers on the scale of 1 to 100, to one place."""

    n: int
    mean: Decimal


@dataclass(frozen=True)
class Share:
    """How many gave one answer: a band of the scale, an option, a kind ranked first (with its mean strength, 1–5)."""

    zh: str
    en: str
    count: int
    strength: Decimal | None = None


@dataclass(frozen=True)
class Line:
    """A unit's figures, one for each question on the scale; None where it may not be shown."""

    unit: Unit
    level: int
    figures: tuple[Figure | None, ...]


@dataclass(frozen=True)
class Outcome:
    """What was answered to one question; `n` is None when it may not be shown. Texts come in no order."""

    question: Question
    n: int | None
    mean: Decimal | None = None
    shares: tuple[Share, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Response:
    """How many were asked and how many have answered."""

    asked: int
    answered: int

    @property
    def rate(self) -> Decimal | None:
        """Answered ÷ asked; None when nobody was asked."""
        return Decimal(self.answered) / self.asked if self.asked else None


@dataclass(frozen=True)
class Results:
    """The results of a wave. `sealed`: anonymous and not closed yet, so nothing of it is known."""

    wave: Wave
    response: Response
    sealed: bool
    outcomes: tuple[Outcome, ...] = ()
    lines: tuple[Line, ...] = ()

    @property
    def scales(self) -> tuple[Outcome, ...]:
        """Those on the scale, in the order of each line's figures."""
        return tuple(one for one in self.outcomes if one.question.type == SCALE)


@dataclass(frozen=True)
class Mean:
    """The mean of a dimension (a question on the scale) in one wave."""

    wave: Wave
    question: Question
    n: int
    mean: Decimal


def surveys() -> list[Survey]:
    """Every survey with its waves, newest first."""
    return list(Survey.objects.prefetch_related("waves", "units"))


def survey(number: int) -> Survey | None:
    """One survey."""
    return Survey.objects.filter(pk=number).prefetch_related("units").first()


def wave(number: int) -> Wave | None:
    """One wave with its survey."""
    return Wave.objects.filter(pk=number).select_related("survey").first()


def mine(employee: int) -> tuple[list[Invitation], list[Invitation]]:
    """What somebody is asked now, and what is behind them: answered, or missed."""
    rows = Invitation.objects.filter(employee=employee).select_related("wave__survey")
    now = Q(answered=False, wave__closed=False, due__gte=people.today(), wave__opens__lte=people.today())
    return list(rows.filter(now)), list(rows.exclude(now).order_by("-due", "-pk"))


def invitation(number: int, employee: int | None) -> Invitation | None:
    """One's own invitation."""
    rows = Invitation.objects.filter(pk=number, employee=employee) if employee else Invitation.objects.none()
    return rows.select_related("wave__survey", "employee").first()


def response(wave: Wave) -> Response:
    """How many were asked in a wave and how many have answered."""
    return Response(**wave.invitations.aggregate(asked=Count("pk"), answered=Count("pk", filter=Q(answered=True))))


def by_person(wave: Wave) -> QuerySet[Sheet]:
    """Each answer with its person, of a wave that is answered by name; nothing of an anonymous one."""
    if wave.anonymous:
        return Sheet.objects.none()
    return wave.sheets.filter(employee__isnull=False).select_related("employee").order_by("day", "employee__number")


def parents(day: date) -> dict[int, int]:
    """Unit → the unit above it on a day."""
    return dict(UnitParent.objects.on(day).values_list("unit", "parent"))


def results(wave: Wave) -> Results:
    """What a wave has brought, as far as it may be shown to anybody."""
    count = response(wave)
    if wave.anonymous and not wave.closed:
        return Results(wave, count, sealed=True)
    sheets = list(wave.sheets.values_list("unit", "answers"))
    if wave.anonymous and len(sheets) < anonymity.MINIMUM:
        return Results(wave, count, sealed=False, outcomes=tuple(Outcome(one, None) for one in read(wave.questions)))
    outcomes = tuple(_outcome(one, sheets, hide=wave.anonymous) for one in read(wave.questions))
    return Results(wave, count, sealed=False, outcomes=outcomes, lines=_lines(wave, sheets))


def means(kind: str = Survey.Kind.SATISFACTION) -> list[Mean]:
    """The mean of each dimension in each closed wave of the surveys of a kind, oldest first; those below the minimum
    are left out."""
    waves = Wave.objects.filter(survey__kind=kind, closed=True).select_related("survey").order_by("opens", "pk")
    return [mean for one in waves for mean in _means(one)]


def trend(survey: Survey) -> dict[str, list[Mean]]:
    """Question's code → its mean in every closed wave of a survey, newest first."""
    found: dict[str, list[Mean]] = defaultdict(list)
    for one in survey.waves.filter(closed=True).select_related("survey"):
        for mean in _means(one):
            found[mean.question.code].append(mean)
    return dict(found)


def _means(wave: Wave) -> list[Mean]:
    sheets = list(wave.sheets.values_list("unit", "answers"))
    scales = [one for one in read(wave.questions) if one.type == SCALE]
    outcomes = [_outcome(one, sheets, hide=wave.anonymous) for one in scales]
    return [Mean(wave, one.question, one.n, one.mean) for one in outcomes if one.n]


def _outcome(question: Question, sheets: Iterable[tuple[int | None, Mapping[str, Any]]], *, hide: bool) -> Outcome:
    given = [answers[question.code] for _, answers in sheets if question.code in answers]
    if hide and len(given) < anonymity.MINIMUM:
        return Outcome(question, None)
    if question.type == SCALE:
        counted = ((f"{low}–{high}", sum(low <= one <= high for one in given)) for low, high in BANDS)
        shares = tuple(Share(band, band, count) for band, count in counted)
        return Outcome(question, len(given), _mean(given), shares)
    if question.type == CHOICE:
        counts = Counter(given)
        return Outcome(question, len(given), shares=tuple(Share(o.zh, o.en, counts[o.code]) for o in question.options))
    if question.type == RANKING:
        return Outcome(question, len(given), shares=_ranked(given))
    return Outcome(question, len(given), texts=tuple(SystemRandom().sample(given, len(given))))


def _mean(given: list[int]) -> Decimal | None:
    if not given:
        return None
    return (Decimal(sum(given)) / len(given)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _ranked(given: list[list[list[Any]]]) -> tuple[Share, ...]:
    """Each kind: how many have it first, and how strongly those who name it prefer it (1 to 5)."""
    strengths: dict[str, list[int]] = defaultdict(list)
    for ranking in given:
        for code, strength in ranking:
            strengths[code].append(strength)
    firsts = Counter(ranking[0][0] for ranking in given)
    kinds = Kind.objects.filter(code__in=strengths)
    return tuple(Share(kind.zh, kind.en, firsts[kind.code], _mean(strengths[kind.code])) for kind in kinds)


def _lines(wave: Wave, sheets: list[tuple[int | None, Mapping[str, Any]]]) -> tuple[Line, ...]:
    """The units that answers came from, in the order of the tree, each with its figures."""
    tree = parents(wave.opens)
    scales = [one for one in read(wave.questions) if one.type == SCALE]
    columns = [_by_unit(one, sheets, tree, hide=wave.anonymous) for one in scales]
    places = {node for unit, _ in sheets for node in anonymity.above(unit, tree) if node is not None}
    units = Unit.objects.in_bulk(places)
    paths = {node: [units[one].name for one in anonymity.above(node, tree)[-2::-1]] for node in places}
    return tuple(
        Line(units[node], len(paths[node]) - 1, tuple(column.get(node) for column in columns))
        for node in sorted(places, key=lambda node: (paths[node], node))
    )


def _by_unit(
    question: Question, sheets: list[tuple[int | None, Mapping[str, Any]]], tree: Mapping[int, int], *, hide: bool
) -> dict[anonymity.Node, Figure]:
    own: Counter[int | None] = Counter()
    given: dict[anonymity.Node, list[int]] = defaultdict(list)
    for unit, answers in sheets:
        if question.code in answers:
            own[unit] += 1
            for node in anonymity.above(unit, tree):
                given[node].append(answers[question.code])
    shown = anonymity.shown(own, tree) if hide else set(given)
    return {node: Figure(len(given[node]), _mean(given[node])) for node in shown if given[node]}
