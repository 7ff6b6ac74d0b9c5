"""S4: 75 % of the month's target, commission so far 3,000; a rep sees only the own, a manager the team."""

import pytest
from playwright.sync_api import expect

from tests import scenes
from tests.pages import is_live
from tests.pages import sees
from tests.pages import sign_in
from tests.server import Crm
from tests.server import eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def team(crm: Crm):
    """Two reps: 200,000 of 266,666.67 is 75 %, at 1.5 % it pays 3,000; the other's sums are unmistakable."""
    made = scenes.team("小王", "小赵", plan="accelerator", target="266666.67")
    for name, amount in (("小王", "200000.00"), ("小赵", "71717.17")):
        crm.post(scenes.order(made[name], amount, occurred_at=scenes.earlier_this_month()))
    eventually(lambda: scenes.total(made["小王"]) == 3000 and scenes.total(made["小赵"]))
    return made


def test_the_reps_page_says_how_far_and_how_much(team, phone):
    sign_in(phone, team["小王"])
    sees(phone, "75%", "¥3,000.00")
    expect(phone.locator(".ring text")).to_have_text("75%")


def test_a_rep_sees_only_the_own(team, phone):
    sign_in(phone, team["小王"])
    other = team["小赵"]
    for address in ("/", "/months/", "/notices/", "/me/"):
        phone.goto(address)
        content = phone.content()
        assert "71,717.17" not in content
        assert other.number not in content
    assert phone.goto("/team/").status == 403
    assert phone.goto(f"/people/{other.pk}/").status == 403


def test_the_manager_sees_the_team_and_its_sum(team, desk):
    sign_in(desk, team.manager)
    sees(desk, "小王", "75%", "¥3,000.00", "小赵", "¥1,075.76", "¥4,075.76")


def test_the_figures_move_for_both_at_once(team, phone, desk, crm: Crm):
    rep = team["小王"]
    sign_in(phone, rep)
    sign_in(desk, team.manager)
    is_live(phone)
    is_live(desk)
    crm.post(scenes.order(rep, "66666.67"))
    sees(phone, "100%", "¥4,000.00")
    expect(desk.locator(f"#member-{rep.pk}")).to_contain_text("100%", timeout=30_000)


def test_another_managers_page_stays_as_it_is(team, desk, crm: Crm):
    other = scenes.team("小钱", plan="accelerator", target="100000")
    sign_in(desk, other.manager)
    is_live(desk)
    crm.post(scenes.order(team["小王"], "12345.67"))
    crm.post(scenes.order(other["小钱"], "50000.00"))
    expect(desk.locator(f"#member-{other['小钱'].pk}")).to_contain_text("50%", timeout=30_000)
    assert "小王" not in desk.content()
    assert "12,345.67" not in desk.content()
