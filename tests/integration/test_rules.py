"""Rules: what they hear, whom they tell, what keeps them from being published, and that nothing happens twice."""

from decimal import Decimal

import pytest

from liji.earnings.services import recalculate_all
from liji.facts import services as facts
from liji.reactions.models import Firing
from liji.reactions.models import Notice
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
