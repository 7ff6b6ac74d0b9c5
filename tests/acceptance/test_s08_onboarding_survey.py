"""S8: a new colleague gets the onboarding form by mail, answers on the phone, and the scheme follows at once."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from liji.access.models import Role
from liji.people import queries as people
from liji.people import services as people_services
from liji.preferences.models import Preference
from liji.surveys import services as surveys
from liji.surveys.models import Invitation
from liji.surveys.models import Survey
from liji.surveys.models import Wave
from tests import scenes
from tests.pages import sees
from tests.pages import sign_in
from tests.server import eventually

pytestmark = pytest.mark.browser
A_MINUTE_AND_SOME = 100  # the form is sent every minute


@pytest.fixture
def team(served):
    """HR beside a team that somebody joins; the form is not in use, whatever other tests have done with it."""
    Wave.objects.filter(survey__kind=Survey.Kind.ENTRY).delete()
    Survey.objects.filter(kind=Survey.Kind.ENTRY).update(state=Survey.State.DRAFT)
    made = scenes.team("小李")
    made.reps["人事"] = scenes.employee(f"{made.code}H", "何人事", made.unit, "hr", roles=[Role.HR])
    yield made
    surveys.end(Survey.objects.get(kind=Survey.Kind.ENTRY))


def joins(team, name: str, number: str):
    email = f"{team.code}{number}@test.example".lower()
    new = people_services.enter(f"{team.code}{number}", name, on=people.today(), email=email)
    post = people_services.position("sales_rep", "sales_rep")
    people_services.transfer(new, on=people.today(), unit=team.unit, position=post, manager=team.manager)
    scenes.user(new.number, Role.REP, employee=new)
    return new


def test_a_new_colleague_is_asked_by_mail_and_prefers_promotion_on_the_phone(team, desk, phone, served):
    sign_in(desk, team["人事"])
    desk.goto("/surveys/")
    desk.click("text=入职表")
    desk.click("text=编辑")
    desk.fill("[name=starts]", people.today().isoformat())
    desk.get_by_role("button", name="保存").click()
    sees(desk, "已保存", within="body")
    desk.get_by_role("button", name="发布").click()
    sees(desk, "使用中", "还没有新同事需要填写")

    new = joins(team, "小新", "N1")
    (mail,) = eventually(
        lambda: [one for one in served.mail.to(new.email) if "请填写: 入职表" in one["Subject"]],
        patience=A_MINUTE_AND_SOME,
        what="the mail with the form",
    )
    asked = Invitation.objects.get(employee=new)
    assert "我的问卷" in mail.get_body(("plain",)).get_content()

    sign_in(phone, new)
    phone.goto("/notices/")
    phone.click("text=请填写: 入职表")
    sees(phone, "入职表", "什么最能激励你?")
    phone.fill("[name=wishes]", "希望有师傅带")
    phone.get_by_role("button", name="提交").click()
    sees(phone, "还没有提交", "这一题还没有回答")  # and what was typed has stayed
    expect(phone.locator("[name=wishes]")).to_have_value("希望有师傅带")
    phone.locator("label.pick", has_text="晋升").click()
    phone.locator("[name='preferences-strength-promotion'][value='5']").check(force=True)
    phone.locator("[name='preferences-strength-cash'][value='3']").check(force=True)
    phone.get_by_role("button", name="提交").click()
    sees(phone, "谢谢你的填写", "1. 晋升", "2. 现金")
    phone.click("text=查看现在的方案")
    sees(phone, "晋升", "5 / 5")

    stated = Preference.objects.get(employee=new, rank=1)
    assert (stated.kind.code, stated.strength, stated.since, stated.source) == ("promotion", 5, people.today(), "entry")
    assert people.attributes_on(new.pk, people.today())["preference"] == "promotion"
    phone.goto(f"/my-surveys/{asked.pk}/")
    sees(phone, "谢谢你的填写")  # not asked twice

    desk.goto(f"/surveys/waves/{asked.wave_id}/")
    sees(desk, "小新", "晋升 5 > 现金 3", "希望有师傅带")


def test_the_ranking_is_filled_in_by_keyboard_alone_and_kept_as_a_draft(team, desk, served):
    entry = Survey.objects.get(kind=Survey.Kind.ENTRY)
    entry.starts = people.today() - timedelta(days=1)
    entry.save()
    surveys.publish(entry, by=None)
    new = joins(team, "小键", "N2")
    surveys.run(people.today())
    asked = Invitation.objects.get(employee=new)
    sign_in(desk, new)
    desk.goto(f"/my-surveys/{asked.pk}/")
    desk.locator("[name='preferences-first']").first.focus()
    desk.keyboard.press("ArrowDown")  # training
    desk.keyboard.press("ArrowDown")  # promotion
    desk.keyboard.press("Tab")
    desk.keyboard.press("ArrowRight")  # cash: 1
    desk.get_by_role("button", name="稍后再填").focus()
    desk.keyboard.press("Enter")
    sees(desk, "有草稿")
    desk.goto(f"/my-surveys/{asked.pk}/")
    expect(desk.locator("[name='preferences-first'][value=promotion]")).to_be_checked()
    desk.get_by_role("button", name="提交").focus()
    desk.keyboard.press("Enter")
    sees(desk, "谢谢你的填写", "1. 晋升", "2. 现金")
