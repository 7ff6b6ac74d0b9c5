"""The manager's page: sorting survives what happens, and looking at somebody's pay leaves a trace."""

import pytest
from playwright.sync_api import Page
from playwright.sync_api import expect

from liji.access.models import AuditEntry
from tests import scenes
from tests.pages import is_live
from tests.pages import sign_in
from tests.server import Crm
from tests.server import eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def team(crm: Crm):
    made = scenes.team("小高", "小低", plan="accelerator", target="100000")
    for name, amount in (("小高", "80000.00"), ("小低", "20000.00")):
        crm.post(scenes.order(made[name], amount))
    eventually(lambda: scenes.total(made["小高"]) == 1200 and scenes.total(made["小低"]) == 300)
    return made


def _names(page: Page) -> list[str]:
    return [name.strip() for name in page.locator("#team-table tbody tr td:first-child").all_inner_texts()]


def test_a_chosen_order_stays_when_a_figure_changes(team, desk: Page, crm: Crm):
    sign_in(desk, team.manager)
    is_live(desk)
    assert _names(desk) == ["小高", "小低"]
    head = desk.locator("#team-table th", has_text="佣金")
    head.locator("button").click()  # the largest first
    head.locator("button").click()  # the smallest first
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert _names(desk) == ["小低", "小高"]
    crm.post(scenes.order(team["小低"], "30000.00"))
    expect(desk.locator(f"#member-{team['小低'].pk}")).to_contain_text("50%", timeout=30_000)
    assert _names(desk) == ["小低", "小高"]
    expect(head).to_have_attribute("aria-sort", "ascending")


def test_a_look_at_somebodys_pay_is_audited_a_look_at_the_own_is_not(team, desk: Page, phone: Page):
    rep = team["小高"]
    sign_in(phone, rep)
    phone.locator("a.hero[data-sheet]").click()
    phone.locator("#sheet h2").wait_for()
    assert not AuditEntry.objects.filter(about=rep).exists()
    sign_in(desk, team.manager)
    desk.locator("#team-table a", has_text="小高").click()
    expect(desk.locator("h1")).to_contain_text("小高")
    desk.locator("a.hero[data-sheet]").click()
    desk.locator("#sheet h2").wait_for()
    seen = AuditEntry.objects.filter(user__employee=team.manager)
    assert set(seen.values_list("action", "about")) == {
        ("team_seen", team.manager.pk),
        ("day_seen", rep.pk),
        ("explanation_seen", rep.pk),
    }


def test_without_javascript_the_explanation_is_a_page(team, chromium, served):
    with chromium.new_context(base_url=served.base_url, locale="zh-CN", java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, team["小高"])
        page.locator("a.hero").click()
        expect(page.locator("h2")).to_contain_text("为什么是这个数")
        expect(page.locator("main")).to_contain_text("¥1,200.00")
