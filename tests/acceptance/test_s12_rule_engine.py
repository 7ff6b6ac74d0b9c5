"""S12: HR builds a rule without a programmer (docs/reactions.md, click by click) and sees it fire."""

import pytest
from playwright.sync_api import expect

from liji.access.models import Role
from liji.people import queries as people
from liji.people import services as people_services
from liji.reactions import services
from liji.reactions.models import Firing
from liji.reactions.models import Rule
from liji.recognition.models import Praise
from tests import scenes
from tests.pages import sees
from tests.pages import sign_in
from tests.server import Crm
from tests.server import eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def team(crm: Crm):
    """Somebody who started this month, beside HR."""
    made = scenes.team("小老", plan="accelerator", target="200000")
    newcomer = people_services.enter(f"{made.code}N", "小新", on=people.today().replace(day=1))
    post = people_services.position("sales_rep", "sales_rep")
    people_services.transfer(newcomer, on=newcomer_day(), unit=made.unit, position=post, manager=made.manager)
    scenes.user(newcomer.number, Role.REP, employee=newcomer)
    made.reps["小新"] = newcomer
    made.reps["人事"] = scenes.employee(f"{made.code}H", "何人事", made.unit, "hr", roles=[Role.HR])
    return made


def newcomer_day():
    return people.today().replace(day=1)


def test_hr_writes_the_rule_of_the_documentation_and_it_fires(team, desk, crm: Crm):
    sign_in(desk, team["人事"])
    desk.goto("/rules/")
    desk.click("text=新建规则")
    desk.fill("[name=names_zh]", "新人首单, 经理表扬")
    desk.fill("[name=names_en]", "First order praise")
    desk.select_option("[name=ready]", label="新同事的第一单")
    expect(desk.locator("[name=if]")).to_have_value("AND(type = \"order_closed\", first_order, tenure_days <= 90)")
    desk.select_option("[name=act-0-action]", label="荣誉墙表扬")
    desk.select_option("[name=act-0-to]", label="本人")
    desk.select_option("[name=act-0-by]", label="被表扬者的经理")
    desk.fill("[name=act-0-text_zh]", "{name}的第一单 {amont}!")
    sees(desk, "amont", "amount", within="#rule-found")  # it is checked while one writes, and the mend is named
    desk.fill("[name=act-0-text_zh]", "{name}的第一单 {amount}!")
    sees(desk, "没有问题", within="#rule-found")
    desk.select_option("[name=month]", index=1)
    desk.click("button[value=preview]")
    sees(desk, "本会触发", within="#rule-found")
    desk.click("button[value=publish]")
    sees(desk, "已发布", "还没有触发")
    for name in ("小老", "小新"):
        assert crm.post(scenes.order(team[name], "12300.00"))[0] == 201
    eventually(lambda: Praise.objects.filter(employee=team["小新"], text__contains="¥12,300.00"), what="the praise")
    desk.reload()
    sees(desk, "小新", "小新的第一单 ¥12,300.00!")
    desk.goto("/wall/")
    sees(desk, "来自 陈经理, 由规则送出")
    assert not Firing.objects.filter(rule__code="first_order_praise", employee=team["小老"])
    services.pause(Rule.objects.get(code="first_order_praise"), by=team["人事"].user)


def test_a_circle_is_refused_on_the_page_and_spelt_out(team, desk):
    sign_in(desk, team["人事"])
    desk.goto("/rules/new/")
    desk.fill("[name=names_zh]", "表扬引来表扬")
    desk.fill("[name=names_en]", "Praise for praise")
    desk.select_option("[name=happens]", label="受到表扬")
    desk.select_option("[name=act-0-action]", label="荣誉墙表扬")
    desk.fill("[name=act-0-text_zh]", "{name}")
    desk.click("button[value=publish]")
    sees(desk, "互相触发", "表扬引来表扬 → 表扬引来表扬", within="#rule-found")
    assert not Rule.objects.filter(code="praise_for_praise").exists()


def test_a_rep_chooses_quiet_hours_on_the_phone(team, phone):
    sign_in(phone, team["小老"])
    phone.goto("/me/")
    phone.click("text=通知方式")
    phone.fill("[name=quiet_from]", "22:00")
    phone.fill("[name=quiet_to]", "08:00")
    phone.click("main button.btn-primary")
    expect(phone.locator("[name=quiet_from]")).to_have_value("22:00")
