"""Surveys: forms on the phone, the editor, results that are shown and results that are not."""

from datetime import timedelta
from typing import Any

from liji.people import queries as people
from liji.surveys import queries
from liji.surveys import services
from liji.surveys.answers import answer
from liji.surveys.built_in import BUILT_IN
from liji.surveys.models import Invitation
from liji.surveys.models import Survey
from liji.surveys.models import Wave
from tests import scenes

KNOWN = {
    "my-surveys/",
    "my-surveys/<int:invitation>/",
    "my-surveys/<int:invitation>/thanks/",
    "surveys/",
    "surveys/new/",
    "surveys/<int:survey>/",
    "surveys/<int:survey>/edit/",
    "surveys/<int:survey>/publish/",
    "surveys/<int:survey>/end/",
    "surveys/waves/<int:wave>/",
    "surveys/waves/<int:wave>/close/",
    "surveys/waves/<int:wave>/results.csv",
    "surveys/waves/<int:wave>/results.xlsx",
}
PAGES = {
    "rep": [
        ("my-surveys", "/my-surveys/", ""),
        ("survey-answer", "/my-surveys/{satisfaction}/", ""),
        ("survey-preferences", "/my-surveys/{preference}/", ""),
        ("survey-thanks", "/my-surveys/{answered}/thanks/", ""),
    ],
    "hr": [
        ("surveys", "/surveys/", ""),
        ("survey", "/surveys/{survey}/", ""),
        ("survey-edit", "/surveys/{survey}/edit/", ""),
        ("survey-new", "/surveys/new/", ""),
        ("survey-results", "/surveys/waves/{wave}/", ""),
        ("survey-sealed", "/surveys/waves/{sealed}/", ""),
        ("survey-named", "/surveys/waves/{named}/", ""),
        ("my-surveys-none", "/my-surveys/", ""),
    ],
}
NAMES = tuple(f"{name}小满" for name in "赵钱孙李周吴郑王冯陈")
WORDS = "规则清楚多了"
QUARTER = 91


def published(kind: str, since: int = 0) -> Survey:
    """A delivered survey in use; its first wave opened so many days ago."""
    survey = Survey.objects.get(kind=kind)
    survey.state, survey.starts = Survey.State.PUBLISHED, people.today() - timedelta(days=since)
    survey.save()
    return survey


def satisfied(survey: Survey, ago: int, by: list[int], figures: tuple[int, int, int]) -> Wave:
    """A wave that opened some days ago, answered by these employees around the figures, and closed."""
    wave = services.open_wave(survey, people.today() - timedelta(days=ago))
    for place, employee in enumerate(by):
        off = (place % 5 - 2) * 6
        given = dict(zip(("transparency", "strength", "timeliness"), (each + off for each in figures), strict=True))
        words = {"words": f"{WORDS} {place}"} if place % 2 else {}
        answer(wave.invitations.get(employee=employee).pk, given | words, on=wave.opens)
    services.close(wave)
    return queries.wave(wave.pk)


def ids(world: Any) -> dict[str, list[Any]]:
    """A wave that is open, one that is closed below the minimum, one by name."""
    own = [person.employee.pk for person in world.persons.values()]
    satisfaction, preference = published("satisfaction"), published("preference")
    small = satisfied(satisfaction, QUARTER, own, (80, 70, 60))
    services.run(people.today())
    answer(Invitation.objects.get(wave__survey=preference, employee=own[0]).pk, {"preferences": [("promotion", 4)]})
    return {
        "invitation": [*Invitation.objects.filter(employee__in=own).values_list("pk", flat=True), 999_999],
        "survey": [satisfaction.pk, 999_999],
        "wave": [small.pk, *Wave.objects.exclude(pk=small.pk).values_list("pk", flat=True), 999_999],
    }


def prepare(scene: Any) -> tuple[dict[str, object], tuple[str, ...]]:
    """Two closed waves of ten answers, one that runs, a form that is answered by name."""
    team = scenes.team(*NAMES)
    staff = [each.pk for each in team.reps.values()]
    satisfaction, preference = published("satisfaction", 2 * QUARTER), published("preference")
    satisfied(satisfaction, 2 * QUARTER, staff, (64, 58, 71))
    wave = satisfied(satisfaction, QUARTER, [*staff, scene.rep.pk], (82, 66, 75))
    services.run(people.today())
    running = satisfaction.waves.filter(closed=False).first() or services.open_wave(satisfaction, people.today())
    named = preference.waves.get()
    for place, employee in enumerate(staff[:6]):
        ranking = [("cash", 5), ("promotion", 3)] if place % 3 else [("training", 4), ("team", 2)]
        answer(named.invitations.get(employee=employee).pk, {"preferences": ranking})
    entry = published("entry")
    form = services.open_wave(entry, people.today())
    services.ask(form, {scene.rep.pk: None}, due=people.today() + timedelta(days=14))
    answered = form.invitations.get(employee=scene.rep)
    answer(answered.pk, {"preferences": [("promotion", 5), ("training", 4)]})
    filled = {
        "satisfaction": running.invitations.get(employee=scene.rep).pk,
        "preference": named.invitations.get(employee=scene.rep).pk,
        "answered": answered.pk,
        "survey": satisfaction.pk,
        "wave": wave.pk,
        "sealed": running.pk,
        "named": named.pk,
    }
    # A form in which both languages' texts are edited shows both.
    texts = [each[name] for each in BUILT_IN for name in ("zh", "en", "zh_about", "en_about")]
    texts += [text for each in BUILT_IN for one in each["questions"] for text in (one.zh, one.en)]
    return filled, (WORDS, *texts)
