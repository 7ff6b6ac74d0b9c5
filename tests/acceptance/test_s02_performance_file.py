"""S2: sales, conversion, contracts, follow-ups, meetings, courses and exam scores in one performance file a person."""

import pytest
from playwright.sync_api import expect

from liji.access.models import Role
from liji.people import queries as people
from liji.performance import queries
from tests import scenes
from tests.pages import sees
from tests.pages import sign_in
from tests.server import Crm
from tests.server import Installation

pytestmark = pytest.mark.browser


@pytest.fixture
def team(crm: Crm) -> scenes.Team:
    """What CRM, DingTalk and the training system have sent of this month."""
    made = scenes.team("小王", "小赵")
    rep, other = made["小王"], made["小赵"]
    at = scenes.earlier_this_month()
    count = 0

    def send(who, kind: str, source: str, **more) -> None:
        nonlocal count
        count += 1
        record = {"source": source, "external_id": f"{who.number}-{count}", "type": kind, "employee": who.number}
        assert crm.post(record | {"occurred_at": at, **more})[0] == 201

    for number, amount, customer in (("1", "100000", "华星"), ("2", "60000", "云帆"), ("3", "40000", "云帆")):
        order = scenes.order(rep, amount, f"{rep.number}-SO{number}", occurred_at=at, customer=customer)
        assert crm.post(order | {"new_customer": True})[0] == 201
    send(rep, "order_returned", "crm", order=f"{rep.number}-SO1", amount="20000", currency="CNY")
    for kind in ["opportunity_won"] * 3 + ["opportunity_lost"] * 7:
        send(rep, kind, "crm", amount="1000", currency="CNY")
    for _ in range(4):
        send(rep, "follow_up", "dingtalk", customer="云帆")
    send(rep, "meeting_attended", "dingtalk", meeting="周例会")
    send(other, "meeting_attended", "dingtalk", meeting="周例会")
    send(other, "meeting_attended", "dingtalk", meeting="复盘会")
    send(rep, "course_completed", "training", course="新产品培训")
    send(rep, "exam_passed", "training", exam="新产品", score="92")
    return made


def row(page, name: str):
    return page.locator("tr", has=page.get_by_role("rowheader", name=name, exact=True))


def test_one_page_shows_what_four_systems_sent_and_opens_the_records(team, phone):
    sign_in(phone, team["小王"])
    phone.goto("/performance/")
    for name, figure in {
        "销售额": "¥18 万", "转化率": "30%", "合同金额": "¥20 万", "新客户数": "2", "会议参与率": "50%",
        "课程完成率": "100%", "考试成绩": "92", "客户跟进次数": "4",
    }.items():  # fmt: skip
        expect(row(phone, name)).to_contain_text(figure)
    row(phone, "销售额").locator("a").first.click()
    sees(phone, "¥100,000.00", "¥20,000.00", "华星", within="#sheet")
    phone.locator("#sheet summary").first.click()
    sees(phone, "occurred_at", within="#sheet")


def test_conversion_by_amount_is_switched_by_hr_and_shown_beside_the_figure(team, desk, served: Installation):
    scenes.user(f"hr-{team.code}", Role.HR)
    sign_in(desk, f"hr-{team.code}")
    desk.goto("/performance/definitions/")
    desk.select_option("[name=conversion_by]", "amount")
    desk.click("form.box button.btn-primary")
    sees(desk, "赢单金额 ÷ (赢单金额 + 丢单金额)")
    desk.goto(f"/performance/{team['小王'].pk}/?indicator=conversion")
    sees(desk, "按金额", "30%")
    desk.goto("/performance/definitions/")
    desk.select_option("[name=conversion_by]", "count")
    desk.click("form.box button.btn-primary")
    sees(desk, "赢单数 ÷ (赢单数 + 丢单数)")


def test_a_colleague_is_refused_and_the_manager_is_not(team, phone, desk):
    address = f"/performance/{team['小王'].pk}/"
    sign_in(phone, team["小赵"])
    assert phone.goto(address).status == 403
    sign_in(desk, team.manager)
    assert desk.goto(address).status == 200
    sees(desk, "小王", "¥18 万")
    assert queries.values_on([team.manager.pk], people.today())[team.manager.pk]["team_size"] == 2
