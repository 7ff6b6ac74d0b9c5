"""Surveys when two do the same at the same moment: an answer counts once, a wave opens once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from liji.people import queries as people
from liji.people.problems import Refused
from liji.surveys import services
from liji.surveys.answers import answer
from liji.surveys.models import Invitation
from liji.surveys.models import Sheet
from liji.surveys.models import Survey
from liji.surveys.models import Wave
from tests import scenes

SCORES = {"transparency": 80, "strength": 70, "timeliness": 60}


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Does all in the same moment, each on a connection of its own; returns what was refused, or nothing."""
    start = Barrier(len(acts))

    def do(act: Callable[[], object]) -> str:
        start.wait()
        try:
            act()
        except Refused as refused:
            return refused.problems[0].code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(do, acts))


def satisfaction() -> Survey:
    survey = Survey.objects.get(kind=Survey.Kind.SATISFACTION)
    survey.state, survey.starts = Survey.State.PUBLISHED, people.today()
    survey.save()
    return survey


def test_an_answer_that_is_sent_twice_at_once_counts_once(blank):
    with blank().entered():
        scenes.team(*"赵钱孙李周")
        satisfaction()
        services.run(people.today())
        asked = Invitation.objects.first().pk
        refused = at_once(*[lambda: answer(asked, SCORES)] * 4)
        assert refused == ["", *["answered_before"] * 3]
        assert Sheet.objects.count() == 1


def test_answers_of_many_at_once_are_all_kept(blank):
    with blank().entered():
        scenes.team(*"赵钱孙李周吴郑")
        satisfaction()
        services.run(people.today())
        asked = Invitation.objects.values_list("pk", flat=True)
        assert at_once(*[lambda one=one: answer(one, SCORES) for one in asked]) == [""] * 8
        assert Sheet.objects.count() == 8


def test_a_wave_that_two_workers_open_is_opened_once(blank):
    with blank().entered():
        scenes.team(*"赵钱孙李周")
        satisfaction()
        at_once(*[lambda: services.run(people.today())] * 4)
        assert (Wave.objects.count(), Invitation.objects.count()) == (1, 6)
        assert not Invitation.objects.filter(told=False).exists()
