"""Rules: what they hear, whom they tell, what keeps them from being published, and that nothing happens twice."""

from decimal import Decimal

import pytest

from liji.earnings.services import recalculate_all
from liji.facts import services as facts
from liji.reactions.models import Firing
from liji.reactions.models import Notice
from liji.reactions.models import Rule
from tests import scenes

pytestmark = pytest.mark.django_db


def sold(rep, amount: str, **more) -> dict:
    order = scenes.order(rep, amount, **more)
    outcome = facts.record(order)
    assert not outcome.problems, outcome
    recalculate_all()
    return order


def told(employee, code: str) -> list[Notice]:
    return list(Notice.objects.filter(user__employee=employee, kind=code).order_by("pk"))


def test_an_order_is_told_to_the_rep_and_the_manager():
    team = scenes.team("小王", plan="accelerator", target="666666.67")
    sold(team["小王"], "100000.00")
    assert not list(Firing.objects.filter(state="failed").values_list("rule__code", "problem"))
    assert len(told(team["小王"], "order_credited")) == 1
    assert len(told(team.manager, "praise_suggested")) == 1


def test_every_rule_of_the_pack_is_sound():
    from liji.reactions.packs import documents
    from liji.reactions.services import problems

    scenes.company()
    assert {one["rule"]: problems(one) for one in documents()} == {one["rule"]: [] for one in documents()}


@pytest.fixture
def hr(client):
    unit = scenes.team("小王").unit
    person = scenes.employee("HR001", "何人事", unit, "hr", roles=["hr"])
    client.force_login(person.user)
    return client


def test_every_page_of_the_room_opens_in_both_languages(hr):
    for language in ("zh-hans", "en"):
        hr.cookies["django_language"] = language
        for code in Rule.objects.values_list("code", flat=True):
            assert hr.get(f"/rules/{code}/").status_code == 200
            assert hr.get(f"/rules/{code}/edit/").status_code == 200
        for address in ("/rules/", "/rules/new/", "/rules/manners/", "/me/notices/"):
            assert hr.get(address).status_code == 200
