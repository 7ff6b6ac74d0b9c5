"""S11: top 20 %, middle 60 %, bottom 20 %, dated, and different incentives for each."""

from decimal import Decimal

import pytest

from liji.access.models import Role
from liji.earnings.models import PayeePeriod
from liji.facts import services as facts
from liji.people import queries as people
from liji.performance import queries
from liji.plan.periods import add_months
from liji.plans import services
from tests import scenes
from tests.pages import sees
from tests.pages import sign_in
from tests.server import Installation
from tests.server import eventually

pytestmark = pytest.mark.browser

NAMES = [f"层{n}" for n in "甲乙丙丁戊己庚辛壬癸"]


@pytest.fixture
def team(served: Installation) -> scenes.Team:
    """Ten who sold 200,000, 190,000 … in each of the last three months."""
    made = scenes.team(*NAMES)
    records = []
    for place, name in enumerate(NAMES):
        for back in (1, 2, 3):
            at = scenes.at(add_months(scenes.this_month(), -back))
            records.append(scenes.order(made[name], str(200000 - 10000 * place), occurred_at=at))
    assert {outcome.status for outcome in facts.record_many(records)} == {"created"}
    version = scenes.published("layered")
    services.assign(version.plan, since=scenes.this_month(), unit=made.unit)
    services.set_quotas([(rep, "sales", scenes.this_month(), Decimal(100000)) for rep in made.reps.values()])
    scenes.user(f"hr-{made.code}", Role.HR)
    return made


def amount(rep, component: str) -> Decimal | None:
    row = PayeePeriod.objects.filter(payee=rep, start=scenes.this_month(), dirty_since=None).first()
    if row is None or not row.result:
        return None
    return Decimal(row.result["values"][component] or 0)


def test_ten_are_two_six_and_two_and_each_layer_has_its_own_incentives(team, desk, phone):
    sign_in(desk, f"hr-{team.code}")
    desk.goto("/layers/")
    desk.select_option("[name=within]", "team")
    desk.fill("[name=months]", "3")
    desk.click("button[name=rule]")
    sees(desk, "今天的分布", "层甲", "前 20%")
    desk.click("button[name=write]")
    sees(desk, "分层自本月 1 日起生效")
    members = {rep.pk: name for name, rep in team.reps.items()}
    layers = queries.layers(people.today(), list(members))
    assert [layers[team[name].pk] for name in NAMES] == ["top"] * 2 + ["middle"] * 6 + ["bottom"] * 2
    assert queries.layers(add_months(scenes.this_month(), -1), list(members)) == {}

    top, middle, bottom = team["层甲"], team["层丙"], team["层癸"]
    # 121 % of the target; +15 % on 180,000; the base target of 100,000 with one new customer.
    orders = [(top, "121000", False), (middle, "207000", False), (bottom, "100000", True)]
    facts.record_many([scenes.order(rep, sold, new_customer=new) for rep, sold, new in orders])
    eventually(lambda: amount(top, "commission") == 2420, what="2 % beyond 120 %")
    eventually(lambda: amount(middle, "growth_bonus") == 2000, what="2,000 for growth of 15 %")
    eventually(lambda: amount(bottom, "base_bonus") == 1000, what="1,000 for the base target")
    # What one sells moves the others' ranks: each figure is looked at when it is no longer on its way.
    eventually(lambda: amount(bottom, "coaching_plan") == 1, what="the coaching plan")
    eventually(lambda: amount(bottom, "new_customer_bonus") == 500, what="500 for a new customer")
    eventually(lambda: (amount(top, "growth_bonus"), amount(top, "base_bonus")) == (0, 0), what="the top's own scheme")

    sign_in(phone, bottom)
    for address in ("/", "/performance/"):
        phone.goto(address)
        text = phone.inner_text("main")
        assert "后 20%" not in text and "bottom" not in text
    assert phone.goto("/layers/").status == 403
