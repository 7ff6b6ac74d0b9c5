"""S14, its first half: satisfaction with transparency, strength and timeliness, asked so that nobody can be told."""

import csv
from datetime import timedelta
from io import BytesIO
from io import StringIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from liji.access.models import AuditEntry
from liji.access.models import Role
from liji.people import queries as people
from liji.surveys import services
from liji.surveys.answers import answer
from liji.surveys.built_in import BUILT_IN
from liji.surveys.models import Invitation
from liji.surveys.models import Survey
from tests import scenes
from tests.pages import sees
from tests.pages import sign_in

pytestmark = pytest.mark.browser
NAMES = [f"{family}小安" for family in "赵钱孙李周吴"]
QUESTIONS = next(one["questions"] for one in BUILT_IN if one["kind"] == Survey.Kind.SATISFACTION)


@pytest.fixture
def team(served):
    """Six reps who are asked anonymously, and HR."""
    made = scenes.team(*NAMES)
    made.reps["人事"] = scenes.employee(f"{made.code}H", "何人事", made.unit, "hr", roles=[Role.HR])
    draft = services.Draft(
        zh=f"{made.code} 满意度", en=f"{made.code} satisfaction", questions=QUESTIONS, anonymous=True,
        starts=people.today() - timedelta(days=1), units=[made.unit.pk],
    )  # fmt: skip
    services.publish(services.save(None, draft, by=None), by=None)
    return made


def asked(rep) -> Invitation:
    return Invitation.objects.get(employee=rep, wave__anonymous=True, wave__survey__kind=Survey.Kind.OWN)


def answers(team, count: int) -> None:
    for place, name in enumerate(NAMES[:count]):
        answer(asked(team[name]).pk, {"transparency": 80 + place, "strength": 60, "timeliness": 90, "words": "=1+1"})


def test_a_rep_answers_on_the_phone_once_and_bad_input_stays_on_the_page(team, phone):
    rep = team[NAMES[0]]
    sign_in(phone, rep)
    phone.goto("/my-surveys/")
    phone.click(f"text={team.code} 满意度")
    sees(phone, "没有人能认出哪份是你填的")
    phone.locator("#id_transparency").fill("101")
    phone.get_by_role("slider").nth(1).fill("72")
    expect(phone.locator("#id_strength")).to_have_value("72")  # the slider says its number
    phone.get_by_role("button", name="提交").click()
    sees(phone, "“101”不在 1 到 100 之间", "这一题还没有回答")
    expect(phone.locator("#id_transparency")).to_have_value("101")
    expect(phone.locator("#id_strength")).to_have_value("72")
    phone.locator("#id_transparency").fill("85")
    phone.get_by_role("slider").nth(2).focus()
    phone.keyboard.press("ArrowRight")
    expect(phone.locator("#id_timeliness")).to_have_value("51")
    phone.get_by_role("button", name="提交").click()
    sees(phone, "谢谢你的填写", "已经混入其他答卷")
    phone.goto(f"/my-surveys/{asked(rep).pk}/")
    sees(phone, "谢谢你的填写")
    phone.goto("/my-surveys/")
    sees(phone, "没有待填的问卷", "已填写")


def test_hr_sees_figures_of_five_after_closing_and_exports_them_safely(team, desk):
    answers(team, 5)
    wave = asked(team[NAMES[0]]).wave
    sign_in(desk, team["人事"])
    desk.goto(f"/surveys/waves/{wave.pk}/")
    sees(desk, "8", "5", "62.5%", "截止之后才显示结果")
    expect(desk.locator(".survey-mean")).to_have_count(0)
    desk.get_by_role("button", name="现在截止").click()
    expect(desk.locator(".survey-mean .hero").first).to_have_text("82.0")
    sees(desk, "=1+1")
    with desk.expect_download() as got:
        desk.click("text=CSV")
    rows = list(csv.reader(StringIO(got.value.path().read_text("utf-8-sig"))))
    assert ["力度: 激励足以让我更努力", "全部组织单元", "", "5", "60.0"] in rows
    assert [row[2] for row in rows].count("'=1+1") == 5
    with desk.expect_download() as got:
        desk.click("text=Excel")
    sheet = load_workbook(BytesIO(got.value.path().read_bytes())).active
    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}, "a formula"
    formats = AuditEntry.objects.filter(action="survey_exported", detail__wave=wave.pk)
    assert {entry.detail["format"] for entry in formats} == {"csv", "xlsx"}


def test_four_answers_are_never_shown_on_any_page_or_in_any_file(team, desk):
    answers(team, 4)
    wave = asked(team[NAMES[0]]).wave
    services.close(wave)
    sign_in(desk, team["人事"])
    desk.goto(f"/surveys/waves/{wave.pk}/")
    sees(desk, "不足 5 份答卷")
    for address in (f"/surveys/waves/{wave.pk}/", f"/surveys/{wave.survey_id}/", "/surveys/"):
        desk.goto(address)
        text = desk.content()
        assert not [figure for figure in ("81.5", "60.0", "90.0", "=1+1") if figure in text], address
    for ending in ("csv", "xlsx"):
        with desk.expect_download() as got:
            desk.evaluate("address => { location.href = address }", f"/surveys/waves/{wave.pk}/results.{ending}")
        kept = got.value.path().read_bytes()
        if ending == "xlsx":
            rows = list(load_workbook(BytesIO(kept)).active.iter_rows(values_only=True))
        else:
            rows = list(csv.reader(StringIO(kept.decode("utf-8-sig"))))
        assert len(rows) == 1, "the head alone"


def test_hr_writes_a_survey_with_a_choice_and_keeps_what_was_typed(team, desk):
    sign_in(desk, team["人事"])
    desk.goto("/surveys/new/")
    desk.fill("[name=zh]", "食堂")
    desk.fill("[name=en]", "Canteen")
    desk.fill("[name=starts]", people.today().isoformat())
    desk.fill("[name='zh-0']", "哪个菜?")
    desk.fill("[name='en-0']", "Which dish?")
    desk.select_option("[name='type-0']", label="选择题")
    desk.locator("summary", has_text="可选答案").first.click()
    desk.fill("[name='options_zh-0']", "面\n饭")
    desk.fill("[name='options_en-0']", "Noodles")
    desk.get_by_role("button", name="再加一题").click()
    expect(desk.locator("[name='zh-0']")).to_have_value("哪个菜?")
    expect(desk.locator("[name='zh-3']")).to_have_count(1)
    desk.get_by_role("button", name="保存").click()
    sees(desk, "“哪个菜?”的中英文选项数量不同")
    desk.fill("[name='options_en-0']", "Noodles\nRice")
    desk.locator("label", has_text=team.unit.name).click()
    desk.get_by_role("button", name="保存").click()
    sees(desk, "草稿", "面 · 饭", team.unit.name)
    desk.get_by_role("button", name="发布").click()
    sees(desk, "使用中", "0 / 8")
    services.end(Survey.objects.get(zh="食堂"))
