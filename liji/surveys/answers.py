"""Answering: by name, or so that nobody can tell whose answer it is, not even in the database."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection
from django.db import transaction
from django.db.models import Count

from liji.access.models import User
from liji.events.happenings import tell
from liji.people import queries as people
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.preferences import services as preferences
from liji.preferences.models import Preference
from liji.surveys import happenings
from liji.surveys.anonymity import coarse
from liji.surveys.models import Invitation
from liji.surveys.models import Sheet
from liji.surveys.models import Survey
from liji.surveys.models import Wave
from liji.surveys.queries import parents
from liji.surveys.questions import RANKING
from liji.surveys.questions import fitting
from liji.surveys.questions import read


@transaction.atomic
def answer(
    invitation: int, given: Mapping[str, Any], *, by: User | None = None, on: date | None = None
) -> Invitation:
    """Answers a survey, once: question's code → answer (whole number, option's code, text, [(kind, strength)]).

    A ranking answered by name becomes the person's preferences from that day, `on` or today. Raises Refused with what
    is wrong at each question; "answered_before", "survey_over".
    """
    day = on or people.today()
    own = _open(invitation, day)
    questions = read(own.wave.questions)
    judged = {one.code: fitting(one, given.get(one.code)) for one in questions}
    if wrong := [problem for _, problem in judged.values() if problem]:
        raise Refused(*wrong)
    answers = {code: value for code, (value, _) in judged.items() if value is not None}
    own.answered, own.draft = True, {}
    own.save(update_fields=["answered", "draft"])
    if own.wave.anonymous:
        _keep_unknown(own, answers)
        return own
    Sheet.objects.create(
        wave=own.wave, employee_id=own.employee_id, unit_id=own.unit_id, day=day, answers=answers
    )
    for question in questions:
        if question.type == RANKING and question.code in answers:
            _state(own, answers[question.code], day, by)
    tell([happenings.of(happenings.ANSWERED, own)])
    return own


@transaction.atomic
def keep_draft(invitation: int, given: Mapping[str, Any]) -> None:
    """Keeps what has been filled in so far. Raises Refused: "no_drafts" when it is anonymous, and as `answer` does."""
    own = _open(invitation, people.today())
    if own.wave.anonymous:
        raise Refused(Problem("draft", "no_drafts"))
    own.draft = dict(given)
    own.save(update_fields=["draft"])


def _open(invitation: int, day: date) -> Invitation:
    """An invitation that may be answered on a day; its wave is locked: each answer counts once, and is mingled."""
    wave = Wave.objects.select_for_update().get(invitations=invitation)
    own = Invitation.objects.select_related("wave__survey", "employee").get(pk=invitation)
    if own.answered:
        raise Refused(Problem("survey", "answered_before"))
    if wave.closed or not wave.opens <= day <= own.due:
        raise Refused(Problem("survey", "survey_over"))
    return own


def _state(own: Invitation, ranking: list[list[Any]], day: date, by: User | None) -> None:
    entry = own.wave.survey.kind == Survey.Kind.ENTRY
    source = Preference.Source.ENTRY if entry else Preference.Source.SURVEY
    stated = [(code, strength) for code, strength in ranking]
    preferences.state(own.employee, stated, on=day, source=source, by=by)


_MINGLE = """
WITH taken AS (DELETE FROM surveys_sheet WHERE wave_id = %s RETURNING wave_id, unit_id, answers)
INSERT INTO surveys_sheet (id, wave_id, unit_id, answers)
SELECT gen_random_uuid(), wave_id, unit_id, answers FROM taken ORDER BY random()
"""


def _keep_unknown(own: Invitation, answers: Mapping[str, Any]) -> None:
    """Keeps an answer without a person, a moment, or a small unit; then writes all of the wave anew in a new order.

    So neither a number, a place in the table nor the transaction that wrote it (xmin) tells which answer came with
    which person: all of them look as if they had come with the last one.
    """
    asked = own.wave.invitations.values_list("unit").annotate(count=Count("pk"))
    unit = coarse(own.unit_id, dict(asked), parents(own.wave.opens))
    Sheet.objects.create(wave=own.wave, unit_id=unit, answers=answers)
    with connection.cursor() as cursor:
        cursor.execute(_MINGLE, [own.wave_id])
