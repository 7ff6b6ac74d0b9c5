"""S5: an order of 100,000: 60 % → 75 %, commission +1,500, the rep told, the manager prompted."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from liji.access.models import User
from tests import scenes
from tests.pages import is_live
from tests.pages import sees
from tests.pages import sign_in
from tests.server import Crm
from tests.server import Installation
from tests.server import eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def team(crm: Crm):
    """小王 has sold 400,000 of 666,666.67 (2,000,000 for a team of three)."""
    made = scenes.team("小王", "小赵", "小孙", plan="accelerator", target="666666.67")
    answer = crm.post(scenes.order(made["小王"], "400000.00", occurred_at=scenes.earlier_this_month()))
    assert answer[0] == 201
    eventually(lambda: scenes.total(made["小王"]) == 6000)
    return made


def test_an_order_moves_the_open_phone_page(team, phone, crm: Crm):
    rep = team["小王"]
    sign_in(phone, rep)
    sees(phone, "60%", "¥6,000.00")
    is_live(phone)
    order = scenes.order(rep, "100000.00")
    assert crm.post(order)[0] == 201
    sees(phone, "75%", "¥7,500.00", "+1,500.00", order["customer"])
    expect(phone.locator(".ring text")).to_have_text("75%")
    assert scenes.total(rep) == Decimal(7500)


def test_the_sum_is_explained_down_to_the_source_record(team, phone, crm: Crm):
    rep = team["小王"]
    order = scenes.order(rep, "100000.00")
    crm.post(order)
    sign_in(phone, rep)
    sees(phone, "¥7,500.00")
    phone.click("a.hero[data-sheet]")
    sheet = phone.locator("#sheet-body")
    expect(sheet).to_contain_text("1.5%")
    for closed in range(8):  # opens every level
        summaries = sheet.locator("details:not([open]) > summary:visible")
        if not summaries.count():
            break
        summaries.first.click()
        assert closed < 7
    expect(sheet).to_contain_text(order["external_id"])
    expect(sheet).to_contain_text("100,000")


def test_a_deal_opens_with_its_record_as_it_came(team, phone, crm: Crm):
    rep = team["小王"]
    order = scenes.order(rep, "100000.00")
    crm.post(order)
    sign_in(phone, rep)
    sees(phone, "¥7,500.00")
    phone.locator("li[id^=deal-] a", has_text="100,000.00").click()
    sheet = phone.locator("#sheet-body")
    expect(sheet).to_contain_text("+¥1,500.00")
    expect(sheet).to_contain_text("¥100,000.00 × 1.5%")
    expect(sheet).to_contain_text("crm")
    expect(sheet).to_contain_text(order["external_id"])
    sheet.locator("details summary").click()
    expect(sheet.locator("pre.raw")).to_contain_text('"100000.00"')


def test_the_manager_sees_it_live_and_is_prompted_to_praise(team, desk, crm: Crm):
    rep = team["小王"]
    sign_in(desk, team.manager)
    row = desk.locator(f"#member-{rep.pk}")
    expect(row).to_contain_text("60%")
    is_live(desk)
    crm.post(scenes.order(rep, "100000.00"))
    expect(row).to_contain_text("75%", timeout=30_000)
    expect(row).to_contain_text("¥7,500.00")
    sees(desk, "小王", "¥100,000.00", "表扬")
    desk.goto("/notices/")
    sees(desk, "小王", "¥100,000.00", "表扬")


def test_the_rep_is_congratulated_on_the_page_and_by_mail(team, phone, crm: Crm, served: Installation):
    rep = team["小王"]
    sign_in(phone, rep)
    phone.goto("/notices/")
    crm.post(scenes.order(rep, "100000.00"))
    sees(phone, "恭喜", "¥100,000.00", "¥1,500.00", within="#notices")
    eventually(lambda: served.mail.to(rep.email), what="the rep's mail")
    (mail,) = served.mail.to(rep.email)
    assert "恭喜" in mail["Subject"]
    assert "¥1,500.00" in mail.get_content()
    eventually(lambda: served.mail.to(team.manager.email), what="the manager's mail")
    assert "小王" in served.mail.to(team.manager.email)[0]["Subject"]


def test_each_reader_is_told_in_their_own_language(team, phone, crm: Crm, served: Installation):
    rep = team["小王"]
    User.objects.filter(employee=rep).update(language="en")
    crm.post(scenes.order(rep, "100000.00"))
    eventually(lambda: served.mail.to(rep.email), what="the mail")
    assert "Congratulations" in served.mail.to(rep.email)[0]["Subject"]
    sign_in(phone, rep)
    sees(phone, "75%", "¥7,500.00")
    assert not re.search(r"[一-鿿]", phone.locator(".reach").inner_text())


def test_the_page_that_was_away_catches_up(team, phone, crm: Crm):
    """Off line while the order came: back on line, it is there without a reload."""
    rep = team["小王"]
    sign_in(phone, rep)
    is_live(phone)
    phone.context.set_offline(True)
    crm.post(scenes.order(rep, "100000.00"))
    eventually(lambda: scenes.total(rep) == 7500)
    sees(phone, "¥6,000.00")
    phone.context.set_offline(False)
    sees(phone, "75%", "¥7,500.00")
