"""What the guide to contests shows can be published; the demo company shows what it says."""

import re
from datetime import date
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from liji.demo import contests as demo
from liji.facts import services as facts
from liji.people import queries as people
from liji.people import services as people_services
from liji.recognition import contests
from liji.recognition.contests import Draft
from liji.recognition.models import Contest
from liji.recognition.models import Grant
from liji.recognition.plan_text import Prize
from liji.recognition.plan_text import Terms
from tests import scenes

pytestmark = pytest.mark.django_db


def test_the_formulas_of_the_guide_can_be_published():
    team = scenes.team("甲")
    guide = (Path(__file__).parents[2] / "docs" / "contests.md").read_text(encoding="utf-8")
    formulas = re.findall(r"^\| `(.+?)` \|", guide, re.MULTILINE)
    assert len(formulas) == 3
    for formula in formulas:
        terms = Terms("formula", (Prize("money", Decimal(1000)),), formula=formula)
        draft = Draft("x", "x", scenes.this_month(), people.today(), terms, [team.unit])
        assert not contests.check(contests.save(None, draft, by=None)), formula


def test_the_demo_company_has_contests_and_a_star():
    team = scenes.team("甲")
    last = people.today().replace(day=1) - timedelta(days=3)
    people_services.transfer(
        team["甲"], on=date(2021, 1, 1), unit=people_services.unit("HN", "华南队"), manager=team.manager,
        position=people_services.position("sales_rep", "sales_rep"),
    )
    for number in range(3):
        order = scenes.order(team["甲"], "30000", number=f"D-{number}", occurred_at=scenes.at(last))
        assert not facts.record(order).problems
    for _ in range(2):
        demo.fill(people.today())
    ended = Contest.objects.get(state=Contest.State.ENDED)
    assert Contest.objects.filter(state=Contest.State.RUNNING).count() == 1
    assert [(each.employee.name, each.place) for each in ended.winners.all()] == [("甲", 1)]
    assert Grant.objects.filter(badge__code="star_of_month", employee=team["甲"]).count() == 1
