"""S8: Li prefers training, later promotion: the scheme follows at once; menus of equal cost; preferences from Excel."""

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page
from playwright.sync_api import expect

from liji.access.models import Role
from liji.people import queries as people
from liji.people import services as people_services
from liji.preferences import queries
from liji.preferences import services
from liji.recognition.models import Grant
from liji.tracks import services as tracks
from liji.tracks.criteria import Draft
from liji.training import services as training
from tests import scenes
from tests.acceptance.test_s13_training import result
from tests.pages import sees
from tests.pages import sign_in
from tests.server import Crm
from tests.server import eventually

pytestmark = pytest.mark.browser
COURSES = {"s08_product": "新产品培训课", "s08_follow_up": "客户跟进技巧课"}


@pytest.fixture
def team(crm: Crm) -> scenes.Team:
    """小李 and a colleague in a catalogue of two courses for their unit, and the way to supervisor from their post."""
    made = scenes.team("小李", "小赵", plan="ladder", target="200000")
    post = people_services.position(f"rep-{made.code}", "销售代表")
    for rep in made.reps.values():
        people_services.transfer(rep, on=people.today(), unit=made.unit, position=post, manager=made.manager)
    for code, name in COURSES.items():
        names = {"zh": f"{name}{made.code}", "en": f"{code} {made.code}"}
        training.save_course(f"{code}_{made.code}", **names, hours=Decimal(4), units=[made.unit])
    tracks.save_track(
        f"s08-{made.code}", "销售代表 → 销售主管", "Sales rep → supervisor", by=None, start=post,
        goal=people_services.position("s08_supervisor", "销售主管"),
        criteria=[
            Draft("月销售额 25 万", "250,000 a month", "sales", Decimal(250_000), months=1, weight=Decimal(60)),
            Draft("带 3 人团队", "Leads a team of 3", "team_size", Decimal(3), weight=Decimal(40)),
        ],
    )
    scenes.user(f"hr-{made.code}", Role.HR)
    return made


def prefers(page: Page, kind: str) -> None:
    """Says on the page what matters most."""
    page.goto("/preferences/mine/")
    page.locator("label.pick", has_text=kind).click()
    page.get_by_role("button", name="保存").click()
    sees(page, "已保存，从今天起生效。", within="body")


def offers(page: Page, team: scenes.Team):
    """What the growth page offers of this team's courses."""
    page.goto("/growth/")
    course = page.locator("section[aria-labelledby=courses] > ul li", has_text=team.code)
    return course.filter(has=page.get_by_role("button", name="开始学习"))


def test_li_chooses_training_and_gets_courses_and_a_learning_badge_later_promotion_and_sees_the_criteria(
    team, phone, crm: Crm
):
    li = team["小李"]
    crm.post(scenes.order(li, "150000.00"))
    eventually(lambda: scenes.total(li) == 2250)
    sign_in(phone, li)
    prefers(phone, "培训成长")
    sees(phone, "课程推荐", "学习勋章")
    expect(offers(phone, team)).to_have_count(2)
    sees(phone, "还没有晋升通道")
    assert crm.post(result(li, "course_completed", course=f"{COURSES['s08_product']}{team.code}", hours="4"))[0] == 201
    eventually(lambda: Grant.objects.filter(employee=li, badge__code="learning").exists(), what="the badge")
    expect(offers(phone, team)).to_have_count(1)
    prefers(phone, "晋升")
    turn = phone.locator("section[aria-labelledby=turn]")
    for text in ("从今天起", "新增：主管晋升标准与进度", "结束：课程推荐", "结束：学习勋章"):
        expect(turn).to_contain_text(text)
    expect(offers(phone, team)).to_have_count(0)
    sees(phone, "销售代表 → 销售主管", "月销售额 25 万", "带 3 人团队", "本月还差 ¥100,000.00")
    assert Grant.objects.filter(employee=li, badge__code="learning", withdrawn_at=None).exists()
    phone.goto("/")
    sees(phone, "¥2,250.00")
    assert scenes.total(li) == 2250


def test_rewards_of_equal_cost_are_offered_and_hr_sees_the_mix_and_what_it_costs(team, desk, phone):
    for name, kind in (("小李", "training"), ("小赵", "cash")):
        services.state(team[name], [(kind, 5)], on=people.today(), source="survey")
    sign_in(desk, f"hr-{team.code}")
    desk.goto("/preferences/menus/new/")
    name = f"季度自选 {team.code}"
    for field, value in {"zh": name, "en": name, "worth": "800", "closes": people.today().isoformat()}.items():
        desk.fill(f"[name={field}]", value)
    rewards = (("cash", "现金", "1", "800"), ("training", "课程", "2", "350"))
    for place, (kind, called, many, each) in enumerate(rewards):
        desk.select_option(f"[name=kind-{place}]", kind)
        desk.fill(f"[name=zh-{place}]", called)
        desk.fill(f"[name=quantity-{place}]", many)
        desk.fill(f"[name=unit_cost-{place}]", each)
    save = desk.get_by_role("button", name="保存")
    save.click()
    sees(desk, "700.00", "800.00")  # two courses at 350 are not worth 800: the menu is not fair
    desk.fill("[name=unit_cost-1]", "400")
    save.click()
    desk.select_option("[name=unit]", str(team.unit.pk))
    desk.get_by_role("button", name="提供").click()
    for rep, choice in (("小李", "课程"), ("小赵", "现金")):
        sign_in(phone, team[rep])
        phone.goto("/preferences/mine/")
        phone.locator("button.option", has_text=choice).click()
        sees(phone, "在薪酬之外另给", within="body")
        phone.context.clear_cookies()
    desk.goto(f"/preferences/?unit={team.unit.pk}")
    for kind in ("现金", "培训成长"):
        expect(desk.locator("#mix-table tr", has_text=kind).locator("td").nth(1)).to_have_text("1")
    cost = desk.locator("section[aria-labelledby=costs] tr", has_text=name).locator("td")
    for place, text in enumerate(("3", "2", "¥1,600.00", "¥2,400.00"), start=1):  # the manager has not chosen yet
        expect(cost.nth(place)).to_have_text(text)


def test_hr_brings_preferences_from_excel_and_unknown_people_and_kinds_are_refused_row_by_row(
    team, desk, tmp_path: Path
):
    li, zhao = team["小李"], team["小赵"]
    book = openpyxl.Workbook()
    rows = [
        ("工号", "偏好", "强度", "排序"), (li.number, "培训成长", 5, 1), ("NOBODY", "现金", 3, 1),
        (li.number, "现金", 2, 2), (zhao.number, "股票期权", 5, 1), (zhao.number, "团队", 4, 1),
    ]  # fmt: skip
    for row in rows:
        book.active.append(row)
    path = tmp_path / "偏好.xlsx"
    book.save(path)
    sign_in(desk, f"hr-{team.code}")
    desk.goto("/imports/new/")
    desk.set_input_files("#files", str(path))
    desk.select_option("#how", "preferences")
    desk.click("form.box .btn-primary")
    sees(desk, "NOBODY", "股票期权")
    assert queries.preferred(li.pk, people.today()) is None
    desk.click(".head-side .btn-primary")
    expect(desk.locator("#row-3")).to_contain_text("NOBODY", timeout=30_000)
    expect(desk.locator("#row-5")).to_contain_text("股票期权")
    expect(desk.locator("#stat-created")).to_have_text("3")
    expect(desk.locator("#stat-refused")).to_have_text("2")
    assert [row.kind.code for row in queries.held(li.pk, people.today())] == ["training", "cash"]
    assert [row.kind.code for row in queries.held(zhao.pk, people.today())] == ["team"]
