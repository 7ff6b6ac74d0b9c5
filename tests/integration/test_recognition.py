"""Badges, praise, points: once per occasion, withdrawn with history, refused where it would be wrong."""

from datetime import timedelta
from decimal import Decimal
from threading import Thread

import pytest
from django.db import connection

from liji.access.models import AuditEntry
from liji.people import queries as people
from liji.people import services as people_services
from liji.people.problems import Refused
from liji.recognition import services
from liji.recognition.models import Grant
from liji.recognition.models import PointsEntry
from liji.recognition.models import Praise
from liji.recognition.models import Thanks
from tests import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return scenes.team("赵一", "钱二")


def left(employee):
    people_services.leave(employee, last_day=people.today() - timedelta(days=1))


def test_a_badge_is_granted_once_on_an_occasion_and_told_once(team, told):
    rep = team["赵一"].pk
    first = services.grant_badge("sales_star", rep, occasion="fact:1", because={"amount": "600000"})
    assert first.badge.zh == "销售明星"
    assert first.because == {"amount": "600000"}
    assert services.grant_badge("sales_star", rep, occasion="fact:1", because={}) is None
    assert services.grant_badge("sales_star", rep, occasion="fact:2", because={}) is not None
    assert [each.kind for each in told] == ["badge_granted", "badge_granted"]
    assert told[0].values["badge"] == "sales_star"


def test_a_badge_whose_reason_is_gone_stays_as_history_and_does_not_come_back_by_a_replay(team, told):
    rep = team["赵一"].pk
    services.grant_badge("sales_star", rep, occasion="fact:1", because={})
    assert services.withdraw_badge("sales_star", rep, occasion="fact:1")
    assert not services.withdraw_badge("sales_star", rep, occasion="fact:1")
    assert Grant.objects.get(employee=rep).withdrawn_at is not None
    assert told[-1].retracted
    assert told[-1].occasion == told[0].occasion
    assert services.grant_badge("sales_star", rep, occasion="fact:1", because={}) is None


def test_who_has_left_is_neither_given_anything_nor_praised(team):
    gone = team["赵一"]
    left(gone)
    assert services.grant_badge("mentor", gone.pk, occasion="a", because={}) is None
    assert services.give_points(gone.pk, 5, occasion="a", because={}) is None
    assert services.praise(gone.pk, "辛苦了", occasion="a", because={}) is None
    with pytest.raises(Refused) as refused:
        services.praise(gone.pk, "辛苦了", by=team.manager.user)
    assert refused.value.problems[0].code == "has_left"
    assert "赵一" in refused.value.problems[0].message


def test_an_unknown_badge_is_refused(team):
    with pytest.raises(Refused) as refused:
        services.grant_badge("nonsense", team["赵一"].pk, occasion="a", because={})
    assert refused.value.problems[0].code == "unknown_badge"


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("  ", "result", "missing"),
        ("好" * 501, "result", "too_long_text"),
        ("好", "nonsense", "unknown_kind"),
    ],
)
def test_praise_that_may_not_stand_is_refused_with_its_mend(team, text, kind, code):
    with pytest.raises(Refused) as refused:
        services.praise(team["赵一"].pk, text, by=team.manager.user, kind=kind)
    assert refused.value.problems[0].code == code
    assert refused.value.problems[0].mend


def test_nobody_praises_themselves(team):
    with pytest.raises(Refused) as refused:
        services.praise(team["赵一"].pk, "我真棒", by=team["赵一"].user)
    assert refused.value.problems[0].code == "own_praise"


def test_the_same_words_may_be_said_twice_by_hand_but_a_rule_says_them_once_an_occasion(team, told):
    rep = team["赵一"].pk
    for _ in range(2):
        services.praise(rep, "漂亮!", by=team.manager.user)
        services.praise(rep, "首单成交", occasion="fact:9", because={"rule": "first"})
    assert Praise.objects.filter(by=team.manager.user).count() == 2
    assert Praise.objects.filter(by=None).count() == 1
    assert [each.kind for each in told] == ["praised"] * 3


def test_thanks_are_one_tap_each_and_taken_back_by_the_next(team):
    praised = services.praise(team["赵一"].pk, "漂亮!", by=team.manager.user)
    colleague = team["钱二"].user
    assert services.thank(praised, by=colleague) is True
    assert Thanks.objects.count() == 1
    assert services.thank(praised, by=colleague) is False
    assert Thanks.objects.count() == 0


def test_a_deleted_praise_is_audited_with_its_text(team):
    praised = services.praise(team["赵一"].pk, "漂亮!", by=team.manager.user)
    services.delete_praise(praised, by=team.manager.user)
    entry = AuditEntry.objects.get(action="praise_deleted")
    assert (entry.about_id, entry.detail["text"]) == (team["赵一"].pk, "漂亮!")


def test_points_are_counted_once_an_occasion_and_taken_back_by_another(team):
    rep = team["赵一"].pk
    assert services.give_points(rep, 10, occasion="a", because={}).points == 10
    assert services.give_points(rep, 10, occasion="a", because={}) is None
    services.give_points(rep, -4, occasion="a:back", because={})
    assert sum(PointsEntry.objects.values_list("points", flat=True)) == Decimal(6)


def test_a_unit_has_its_own_badges(team):
    made = services.grant_team_badge("team_of_month", team.unit.pk, occasion="2026-10", because={})
    assert made.unit == team.unit
    assert services.grant_team_badge("team_of_month", team.unit.pk, occasion="2026-10", because={}) is None


def test_a_badge_given_by_hand_is_audited(team):
    hr = scenes.user("hr-of-badges", "hr")
    services.grant_badge("mentor", team["赵一"].pk, occasion="by-hand", because={}, by=hr, reason="带新人")
    assert AuditEntry.objects.get(action="badge_granted").detail["reason"] == "带新人"


@pytest.mark.django_db(transaction=True)
def test_two_grants_at_once_are_one(team):
    rep, made = team["赵一"].pk, []

    def grant():
        try:
            made.append(services.grant_badge("streak", rep, occasion="q3", because={}))
        finally:
            connection.close()

    threads = [Thread(target=grant) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len([grant for grant in made if grant]) == 1
    assert Grant.objects.filter(employee=rep).count() == 1
