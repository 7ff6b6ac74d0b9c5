"""S7: a contract beyond 500,000: mail to rep, team and management, and the badge 销售明星 on the wall."""

import pytest
from playwright.sync_api import expect

from liji.access.models import Role
from liji.reactions.models import Firing
from liji.recognition.models import Grant
from tests import scenes
from tests.pages import is_live
from tests.pages import sees
from tests.pages import sign_in
from tests.server import Crm
from tests.server import Installation
from tests.server import eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def team(served: Installation):
    """Two reps, their manager, and the director above."""
    unit = scenes.team().unit
    director = scenes.employee(f"{unit.code}D", "林总监", unit, "sales_director", roles=[Role.MANAGER])
    made = scenes.team("小王", "小赵", plan="accelerator", target="2000000", above=director)
    made.reps["林总监"] = director
    return made


def mails(served: Installation, person, part: str):
    return [mail for mail in served.mail.to(person.email) if part in mail["Subject"]]


def test_rep_team_and_management_get_a_mail_and_the_badge_is_given(team, phone, crm: Crm, served: Installation):
    rep = team["小王"]
    assert crm.post(scenes.order(rep, "600000.00"))[0] == 201
    eventually(lambda: mails(served, rep, "¥600,000.00 的大单"), what="the rep's mail")
    eventually(lambda: mails(served, team["小赵"], "小王签下了"), what="the colleague's mail")
    eventually(lambda: mails(served, team.manager, "大单"), what="the manager's mail")
    eventually(lambda: mails(served, team["林总监"], "大单: 小王"), what="the director's mail")
    assert Grant.objects.get(employee=rep, badge__code="sales_star").withdrawn_at is None
    sign_in(phone, rep)
    phone.goto("/notices/")
    sees(phone, "销售明星")
    phone.locator("a.row-line", has_text="销售明星").click()
    sees(phone, "荣誉墙", "小王", "销售明星")


def test_exactly_half_a_million_is_no_big_deal_and_a_fen_more_is(team, crm: Crm):
    for amount, given in (("500000.00", 0), ("500000.01", 1)):
        crm.post(scenes.order(team["小王"], amount))
        eventually(lambda: scenes.total(team["小王"]))
        assert Grant.objects.filter(employee=team["小王"], badge__code="sales_star").count() == given


def test_an_order_that_shrinks_is_told_kindly_and_the_badge_withdrawn(team, crm: Crm, served: Installation):
    rep = team["小王"]
    order = scenes.order(rep, "600000.00")
    crm.post(order)
    eventually(lambda: Grant.objects.filter(employee=rep, badge__code="sales_star"), what="the badge")
    crm.post(order | {"amount": "400000.00"})
    eventually(lambda: mails(served, rep, "大单有变动") or _noted(rep, "大单有变动"), what="the kind word")
    assert Grant.objects.get(employee=rep, badge__code="sales_star").withdrawn_at
    assert Firing.objects.get(rule__code="big_deal", employee=rep).state == Firing.State.RETRACTED


def test_a_colleague_sees_the_badge_come_onto_the_wall_and_leave_it_with_the_cancelled_order(team, phone, crm: Crm):
    rep = team["小王"]
    sign_in(phone, team["小赵"])
    phone.goto(f"/wall/?unit={team.unit.pk}")
    is_live(phone)
    order = scenes.order(rep, "600000.00", customer="北辰制造")
    crm.post(order)
    star = phone.locator(".said", has_text="销售明星")
    expect(star).to_contain_text("小王", timeout=30_000)
    expect(star).to_contain_text("北辰制造")
    assert phone.evaluate("document.querySelector('.given img').naturalWidth") > 0
    star.get_by_role("link", name="小王").click()
    sees(phone, "小王", "销售明星")
    phone.goto(f"/wall/?unit={team.unit.pk}")
    is_live(phone)
    cancelled = {"source": "crm", "occurred_at": order["occurred_at"], "type": "order_cancelled"}
    crm.post(cancelled | {"external_id": "CX-" + order["external_id"], "order": order["external_id"]})
    expect(star).to_have_count(0, timeout=30_000)


def test_a_return_takes_it_back_too(team, crm: Crm):
    rep = team["小王"]
    order = scenes.order(rep, "600000.00")
    crm.post(order)
    eventually(lambda: Grant.objects.filter(employee=rep, badge__code="sales_star"), what="the badge")
    back = {"source": "crm", "occurred_at": order["occurred_at"], "type": "order_returned", "amount": "200000.00"}
    crm.post(back | {"external_id": "RT-" + order["external_id"], "order": order["external_id"]})
    eventually(lambda: Grant.objects.get(employee=rep, badge__code="sales_star").withdrawn_at, what="withdrawn")


def _noted(rep, words: str) -> bool:
    from liji.reactions.models import Notice

    notices = Notice.objects.filter(user__employee=rep, occasion__endswith=":back")
    return any(words in notice.words["zh"][0] for notice in notices)
