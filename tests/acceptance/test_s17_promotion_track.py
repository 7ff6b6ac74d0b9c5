"""S17: sales of 250,000 a month and leading a team of 3; “60 % done”, explained; then manager and HR decide."""

from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from liji.access.models import Role
from liji.people import queries as people
from liji.people import services as people_services
from liji.plan.periods import add_months
from liji.tracks import services
from liji.tracks.criteria import Draft
from liji.tracks.models import Membership
from liji.tracks.models import Promotion
from tests import scenes
from tests.pages import sees
from tests.pages import sign_in
from tests.server import Crm
from tests.server import eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def team(crm: Crm):
    """小李 prefers promotion and is on the way to supervisor: sales count 60, the team 40."""
    made = scenes.team("小李", "小王", "小赵", "小孙")
    services.save_track(
        "s17", "销售代表 → 销售主管", "Sales rep → supervisor", by=None,
        start=people_services.position("sales_rep", "sales_rep"),
        goal=people_services.position("s17_supervisor", "销售主管"),
        criteria=[
            Draft("月销售额 25 万", "250,000 a month", "sales", Decimal(250_000), months=1, weight=Decimal(60)),
            Draft("带 3 人团队", "Leads a team of 3", "team_size", Decimal(3), weight=Decimal(40)),
        ],
    )
    services.enter_track("s17", made["小李"].pk, occasion="preference", because={}, origin="preference")
    return made


def measured(rep, share: str) -> None:
    eventually(
        lambda: Membership.objects.filter(employee=rep, share=Decimal(share), dirty=False).exists(), what=f"{share}"
    )


def leads(team, *names: str) -> None:
    for name in names:
        post = people.assignment_on(team[name].pk, people.today())
        people_services.transfer(
            team[name], on=people.today(), unit=post.unit, position=post.position, manager=team["小李"]
        )


def test_an_order_makes_it_sixty_percent_and_the_page_says_why_and_what_is_missing(team, phone, crm: Crm):
    rep = team["小李"]
    sign_in(phone, rep)
    phone.goto("/growth/")
    expect(phone.locator(".ring text")).to_have_text("0%")
    sees(phone, "本月还差 ¥250,000.00", "还差 3")
    crm.post(scenes.order(rep, "250000.00"))
    measured(rep, "0.6")
    phone.reload()
    expect(phone.locator(".ring text")).to_have_text("60%")
    sees(phone, "1 / 2", "带 3 人团队", "还差 3")
    phone.locator("summary", has_text="60% 是怎么算的").click()
    row = phone.locator("tr", has_text="月销售额 25 万")
    expect(row).to_contain_text("100%")
    expect(row.locator("strong")).to_have_text("60%")


def test_part_of_the_way_is_named_in_money(team, phone, crm: Crm):
    rep = team["小李"]
    crm.post(scenes.order(rep, "200000.00"))
    measured(rep, "0.48")  # 80 % of 60
    sign_in(phone, rep)
    phone.goto("/growth/")
    sees(phone, "48%", "¥200,000.00 / ¥250,000.00", "¥50,000.00")


def test_a_completed_track_is_decided_by_the_manager_then_hr_and_changes_the_position(team, desk, crm: Crm):
    rep = team["小李"]
    crm.post(scenes.order(rep, "250000.00"))
    leads(team, "小王", "小赵", "小孙")
    measured(rep, "1")
    promotion = Promotion.objects.get(membership__employee=rep)
    sign_in(desk, team.manager)
    desk.goto("/growth/")
    desk.goto("/growth/team/")
    sees(desk, "建议 小李 晋升为销售主管", "100%")
    desk.get_by_role("link", name="去决定").click()
    desk.get_by_label("同意", exact=True).check()
    desk.locator("main form button.btn-primary").click()
    eventually(lambda: Promotion.objects.get(pk=promotion.pk).state == "hr", what="the manager's word")
    hr = scenes.user(f"hr-{team.code}", Role.HR)
    desk.context.clear_cookies()
    sign_in(desk, hr.username)
    desk.goto(f"/growth/promotions/{promotion.pk}/")
    desk.get_by_label("同意", exact=True).check()
    desk.locator("main form button.btn-primary").click()
    eventually(lambda: Promotion.objects.get(pk=promotion.pk).state == "agreed", what="HR's decision")
    on = add_months(scenes.this_month(), 1)
    assert people.assignment_on(rep.pk, on).position.name == "销售主管"
    assert people.assignment_on(rep.pk, on - timedelta(days=1)).position.code == "sales_rep"


def test_another_rep_does_not_find_it(team, phone):
    sign_in(phone, team["小王"])
    assert phone.goto(f"/growth/people/{team['小李'].pk}/").status == 403
    assert phone.goto("/growth/team/").status == 403
    phone.goto("/growth/")
    assert "小李" not in phone.content()
