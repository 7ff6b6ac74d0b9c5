"""A contest (SPIFF) from the draft to the paid prize: ranked live on the phone, right also after a cancellation."""

import re

import pytest
from playwright.sync_api import expect

from liji.access.models import Role
from liji.people import services as people_services
from liji.people.models import Company
from liji.recognition.models import Contest
from tests import scenes
from tests.pages import is_live
from tests.pages import sees
from tests.pages import sign_in
from tests.server import Crm
from tests.server import eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def team(crm: Crm):
    """小王 and 小赵, in a company that shows rankings while this test runs."""
    made = scenes.team("小王", "小赵", "小孙", plan="accelerator", target="666666.67")
    name = Company.objects.get().name
    people_services.save_company(name=name, shows_rankings=True)
    yield made
    people_services.save_company(name=name, shows_rankings=False)


def written(desk, team) -> Contest:
    """What HR fills in: sales of these days, 2,000 and 800, at least 10,000."""
    sign_in(desk, scenes.user(f"hr-{team.code}", Role.HR).username)
    desk.goto("/contests/")
    desk.get_by_role("link", name="新建竞赛").first.click()
    desk.get_by_label("中文名称").fill(f"冲刺赛 {team.code}")
    desk.get_by_label("英文名称").fill(f"Sprint {team.code}")
    desk.get_by_label("最后一天").fill(scenes.people.today().isoformat())
    desk.get_by_label("参加的组织单元").select_option(label=team.unit.name)
    desk.get_by_label("获奖的最低成绩").fill("10000")
    desk.get_by_label("第 1 名数额").fill("2000")
    desk.get_by_role("button", name="保存草稿").click()
    expect(desk).to_have_url(re.compile(r"/contests/\d+/$"))
    desk.get_by_role("link", name="修改草稿").click()
    desk.get_by_label("第 2 名奖励").select_option(label="奖金")
    desk.get_by_label("第 2 名数额").fill("800")
    desk.get_by_role("button", name="保存草稿").click()
    return Contest.objects.latest("pk")


def test_a_spiff_from_the_draft_to_the_paid_prize(team, phone, desk, crm: Crm):
    wang, zhao = team["小王"], team["小赵"]
    contest = written(desk, team)
    sees(desk, "试算排名", "4 人参加", "第 1 名", "¥2,000.00", "¥800.00")
    desk.get_by_role("button", name="发布竞赛").click()
    sees(desk, "已发布", within="body")

    sign_in(phone, zhao)
    phone.goto(f"/contests/{contest.pk}/")
    sees(phone, "暂无名次", "再多 ¥1 万就进入排名")
    is_live(phone)
    assert crm.post(scenes.order(wang, "100000.00"))[0] == 201
    first = scenes.order(zhao, "60000.00")
    assert crm.post(first)[0] == 201
    sees(phone, "第 2 名", "再多 ¥4 万就追平第 1 名")
    second = scenes.order(zhao, "50000.00")
    assert crm.post(second)[0] == 201
    sees(phone, "您现在领先")
    expect(phone.locator(".places li").first).to_contain_text("小赵")
    assert "2,000" not in phone.locator(".places").inner_text()

    desk.reload()
    is_live(desk)
    desk.get_by_role("button", name="今天结束").click()
    sees(desk, "获奖者")
    winners = desk.get_by_role("list", name="获奖者")
    expect(winners).to_contain_text(re.compile("1小赵.*2小王", re.DOTALL), timeout=60_000)

    phone.goto("/")
    sees(phone, f"冲刺赛 {team.code}", "¥2,000.00")
    phone.locator("a[data-sheet]", has_text="¥2,000.00").first.click()
    expect(phone.locator("#sheet-body")).to_contain_text("竞赛奖金")
    assert scenes.total(zhao) == 2000 + 1650  # and 1.5 % of 110,000
    phone.goto("/months/")
    sees(phone, "¥1,650.00", f"冲刺赛 {team.code}", "¥2,000.00")

    order = scenes.order(zhao, None, number=f"X-{zhao.number}", type="order_cancelled", order=second["external_id"])
    for unknown in ("amount", "currency", "customer", "product"):
        del order[unknown]
    assert crm.post(order)[0] == 201
    expect(winners).to_contain_text(re.compile("1小王.*2小赵", re.DOTALL), timeout=60_000)
    eventually(lambda: scenes.total(zhao) == 800 + 900, what="the prize of the second place")
    assert scenes.total(wang) == 2000 + 1500


def test_what_cannot_be_run_is_said_before_it_is_published(team, desk, served):
    sign_in(desk, scenes.user(f"hr2-{team.code}", Role.HR).username)
    desk.goto("/contests/new/")
    desk.get_by_label("中文名称").fill("无人竞赛")
    desk.get_by_label("英文名称").fill("Nobody")
    desk.get_by_label("最后一天").fill("2020-01-01")
    desk.get_by_label("第 1 名数额").fill("0")
    desk.get_by_role("button", name="保存草稿").click()
    expect(desk.locator(".field .error")).to_have_count(1)
    desk.get_by_label("第 1 名数额").fill("500")
    desk.get_by_role("button", name="保存草稿").click()
    sees(desk, "发布之前", "竞赛的结束日早于开始日")
    expect(desk.get_by_role("button", name="发布竞赛")).to_have_count(0)
