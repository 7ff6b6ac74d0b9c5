"""S4: a dashboard whose widgets the user chooses: 75 % of the target, 3,000 of commission, 15 of 20 new customers."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page
from playwright.sync_api import expect

from liji.earnings.models import PayeePeriod
from liji.people import queries as people
from liji.plans import services as plan_services
from liji.recognition import services as recognition
from tests import scenes
from tests.pages import is_live
from tests.pages import sees
from tests.pages import sign_in
from tests.server import Crm
from tests.server import eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def team(crm: Crm):
    """小王 has sold 200,000 of 266,666.67 to fifteen new customers, of twenty; 小赵 what nobody else has."""
    made = scenes.team("小王", "小赵", plan="accelerator", target="266666.67")
    plan_services.set_quotas([(made["小王"], "new_customers", scenes.this_month(), Decimal(20))])
    earlier = scenes.earlier_this_month()
    orders = [
        scenes.order(made["小王"], "13333.33", customer=f"{made.code} 新客户 {number}", occurred_at=earlier)
        for number in range(14)
    ]
    orders.append(scenes.order(made["小王"], "13333.38", customer=f"{made.code} 新客户", occurred_at=earlier))
    orders.append(scenes.order(made["小赵"], "71717.17", occurred_at=earlier))
    assert crm.post(orders)[0] in (200, 201)
    eventually(lambda: scenes.total(made["小王"]) == 3000 and scenes.total(made["小赵"]))
    return made


def codes(page: Page) -> list[str]:
    """The widgets of the page in the order in which they stand, once all of it is there."""
    expect(page.locator(".widget").first).to_be_attached()
    page.wait_for_load_state()
    return [widget.get_attribute("id").removeprefix("widget-") for widget in page.locator(".widget").all()]


def tap(page: Page, act: str, code: str) -> None:
    page.locator(f"#{act}-{code}").tap()


def test_the_figures_of_the_guide_stand_on_the_phone(team, phone: Page):
    sign_in(phone, team["小王"])
    sees(phone, "¥3,000.00", within="#widget-commission")
    sees(phone, "75%", "20 万", within="#widget-attainment")
    sees(phone, "15 / 20", "再有 5 个即达成目标", within="#widget-new_customers")
    sees(phone, "再签 6.67 万即达标", "+1,000.00", within="#widget-next")
    sees(phone, "个工作日", within="#widget-forecast")


def test_widgets_are_added_removed_and_moved_with_taps_and_stay_so(team, phone: Page, chromium, served):
    rep = team["小王"]
    sign_in(phone, rep)
    before = codes(phone)
    assert before[:2] == ["commission", "forecast"]
    phone.get_by_role("link", name="调整本页").click()
    tap(phone, "remove", "courses")
    expect(phone.locator("#add-courses")).to_be_visible()
    tap(phone, "add", "trend")
    expect(phone.locator("#up-trend")).to_be_visible()
    tap(phone, "up", "new_customers")
    tap(phone, "up", "new_customers")
    lines = phone.locator("[data-arrange] li")
    expect(lines.nth(4)).to_have_attribute("data-code", "new_customers")
    phone.get_by_role("link", name="返回页面").click()
    wanted = [code for code in before if code not in ("new_customers", "courses")] + ["trend"]
    wanted.insert(4, "new_customers")
    assert codes(phone) == wanted

    another = chromium.new_context(base_url=served.base_url, locale="zh-CN").new_page()
    sign_in(another, rep)
    assert codes(another) == wanted
    another.goto("/dashboard/own/")
    another.get_by_role("button", name="恢复默认").click()
    expect(another.locator("#remove-courses")).to_be_visible()
    another.goto("/")
    assert codes(another) == before
    another.context.close()


def test_a_widget_is_dragged_and_widened_on_a_desk(team, desk: Page):
    sign_in(desk, team["小王"])
    desk.goto("/dashboard/own/")
    lines = desk.locator("[data-arrange] li")
    lines.nth(2).drag_to(lines.nth(0), target_position={"x": 20, "y": 2})
    expect(lines.nth(0)).to_have_attribute("data-code", "attainment")
    desk.locator("#size-attainment").click()
    expect(desk.locator("#size-attainment")).to_have_attribute("aria-label", "目标达成 的宽度: 三分之二")
    desk.goto("/")
    assert codes(desk)[:2] == ["attainment", "commission"]
    assert desk.locator("#widget-attainment").get_attribute("class") == "widget widget-most"


def test_every_widget_follows_an_order_and_a_badge_at_once(team, phone: Page, crm: Crm):
    rep = team["小王"]
    sign_in(phone, rep)
    is_live(phone)
    pace = phone.locator("[id^=pace-]").inner_text()
    crm.post(scenes.order(rep, "66666.67", customer=f"{team.code} 第十六个客户"))
    sees(phone, "100%", within="#widget-attainment")
    sees(phone, "¥4,000.00", within="#widget-commission")
    sees(phone, "16 / 20", within="#widget-new_customers")
    expect(phone.locator("[id^=pace-]")).not_to_have_text(pace, timeout=30_000)
    recognition.grant_badge("sales_star", rep.pk, occasion=f"s4 {team.code}", because={})
    expect(phone.locator("#widget-badges img")).to_have_count(1, timeout=30_000)


def test_a_rep_finds_nothing_of_a_colleague_in_any_widget(team, phone: Page):
    rep, other = team["小王"], team["小赵"]
    sign_in(phone, rep)
    for code in codes(phone):
        content = phone.request.get(f"/today/fragment?only={code}", headers={"HX-Request": "true"}).text()
        assert "71,717.17" not in content
        assert "1,075.76" not in content
        assert other.name not in content
    assert phone.request.get(f"/people/{other.pk}/fragment?only=commission").status == 403
    assert phone.goto("/dashboard/team/").status == 403


def test_the_place_in_the_team_is_there_only_where_the_company_shows_rankings(team, phone: Page):
    company = people.company()
    sign_in(phone, team["小王"])
    phone.goto("/dashboard/own/")
    expect(phone.locator("#add-rank")).to_have_count(0)
    type(company).objects.update(shows_rankings=True)
    try:
        eventually(lambda: phone.goto("/dashboard/own/") and phone.locator("#add-rank").count())  # kept for 5 seconds
        tap(phone, "add", "rank")
        expect(phone.locator("#up-rank")).to_be_visible()
        phone.goto("/")
        sees(phone, "1 / 2", within="#widget-rank")
    finally:
        type(company).objects.update(shows_rankings=False)


def test_the_manager_sees_where_the_team_stands_and_whom_to_turn_to(team, desk: Page, crm: Crm):
    sign_in(desk, team.manager)
    heat = desk.locator("#widget-team_heat")
    row = heat.locator("tr", has_text="小王")
    expect(row).to_contain_text("75%")  # of both targets: 200,000 of 266,666.67, and 15 of 20
    expect(heat).to_contain_text("新客户数")
    sees(desk, "小王 7 天没有跟进", within=f"#call-{team['小王'].pk}")
    is_live(desk)
    crm.post(scenes.order(team["小王"], "50000", customer=f"{team.code} 再一个"))
    expect(row).to_contain_text("93.8%", timeout=30_000)
    sees(desk, "小王签下 ¥50,000.00 的订单", "小王离目标只差 1.67 万", within=f"#call-{team['小王'].pk}")


def test_hr_sees_the_company_and_arranges_it(team, desk: Page):
    scenes.user(f"hr-{team.code}", "hr")
    sign_in(desk, f"hr-{team.code}")
    expect(desk).to_have_url(re.compile("/company/$"))
    sees(desk, "人有目标", within="#widget-company_spread")
    sees(desk, team.unit.name, "¥4,075.76", within=f"#unit-{team.unit.pk}")
    desk.goto("/dashboard/company/")
    desk.locator("#remove-company_layers").click()
    expect(desk.locator("#add-company_layers")).to_be_visible()
    desk.goto("/company/")
    assert "company_layers" not in codes(desk)


def test_the_wall_shows_the_day_live_and_no_pay(team, desk: Page, chromium, served, crm: Crm):
    rep = team["小王"]
    scenes.user(f"hr-{team.code}-w", "hr")
    sign_in(desk, f"hr-{team.code}-w")
    desk.goto("/displays/")
    desk.fill("#name", f"{team.code} 销售区")
    desk.get_by_role("button", name="新建大屏").click()
    line = desk.locator("tr", has_text=f"{team.code} 销售区")
    address = line.locator("a").get_attribute("href")

    size = {"width": 1920, "height": 1080}
    screen = chromium.new_context(viewport=size, locale="zh-CN", base_url=served.base_url).new_page()
    screen.goto(address)
    is_live(screen)
    orders = int(screen.locator("#wall-orders").inner_text())
    sees(screen, team.unit.name)
    recognition.grant_badge("sales_star", rep.pk, occasion=f"wall {team.code}", because={})
    recognition.praise(rep.pk, f"{team.code} 佣金拿到手软, ¥3,000.00!", occasion=f"wall {team.code}")
    expect(screen.locator(".wall-newest")).to_contain_text("销售明星", timeout=30_000)
    expect(screen.locator(".wall-newest")).to_contain_text("受到表扬", timeout=30_000)
    crm.post(scenes.order(rep, "50000", customer=f"{team.code} 又一个"))
    expect(screen.locator("#wall-orders")).to_have_text(str(orders + 1), timeout=30_000)
    content = screen.content()
    for row in PayeePeriod.objects.exclude(total=0):
        assert f"{row.total:,.2f}" not in content
    assert "¥" not in content
    assert "佣金" not in screen.inner_text("body")
    assert screen.evaluate("document.documentElement.scrollHeight <= innerHeight")

    desk.on("dialog", lambda asked: asked.accept())
    line.get_by_role("button", name="结束").click()
    expect(line).to_contain_text("已停用")
    crm.post(scenes.order(rep, "100", customer=f"{team.code} 最后一个"))
    sees(screen, "该大屏已停用", within="body")
    screen.context.close()
