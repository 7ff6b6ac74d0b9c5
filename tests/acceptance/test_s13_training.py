"""S13: who passes the exam of the product training has the skill in the file and is offered the next course."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from liji.access.models import Role
from liji.base import clock
from liji.facts.models import Fact
from liji.training import services
from liji.training.models import SkillHeld
from tests import scenes
from tests.pages import sees
from tests.pages import sign_in
from tests.server import Crm
from tests.server import eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def team(crm: Crm):
    """小王, and a catalogue: product training → its exam (pass mark 60, proves a skill for a year) → negotiation."""
    made = scenes.team("小王", "小赵")
    services.skill("s13_product", "产品知识认证", "Product skill")
    services.save_course("s13_training", zh="产品培训", en="Product training", hours=Decimal(4))
    services.save_course(
        "s13_exam", kind="exam", zh="产品培训", en="Product training", pass_mark=Decimal(60),
        requires=["s13_training"], proves={"s13_product": 12},
    )
    services.save_course("s13_negotiation", zh="进阶:客户谈判技巧", en="Negotiation", requires=["s13_exam"])
    return made


def result(rep, kind: str, **fields) -> dict:
    """What a training system sends, just now."""
    at = clock.local().isoformat(timespec="seconds")
    return {"source": "lms", "external_id": f"{kind}-{rep.number}", "type": kind, "employee": rep.number,
            "occurred_at": at, **fields}


def test_results_from_outside_update_the_skill_file_and_offer_the_advanced_course(team, phone, crm: Crm):
    rep = team["小王"]
    assert crm.post(result(rep, "course_completed", course="产品培训", hours="4"))[0] == 201
    assert crm.post(result(rep, "exam_passed", exam="产品培训", score="88"))[0] == 201
    eventually(lambda: SkillHeld.objects.filter(employee=rep).exists(), what="the skill")
    sign_in(phone, rep)
    phone.goto("/growth/")
    sees(phone, "产品知识认证", "具备", "进阶:客户谈判技巧", "学完后解锁")
    phone.get_by_role("button", name="开始学习").click()
    sees(phone, "进行中")


def test_a_corrected_score_below_the_mark_takes_the_skill_back(team, phone, crm: Crm):
    rep = team["小王"]
    exam = result(rep, "exam_passed", exam="产品培训", score="88")
    crm.post(exam)
    eventually(lambda: SkillHeld.objects.filter(employee=rep).exists(), what="the skill")
    crm.post(exam | {"score": "41"})
    eventually(lambda: not SkillHeld.objects.filter(employee=rep).exists(), what="the skill taken back")
    sign_in(phone, rep)
    phone.goto("/growth/")
    sees(phone, "还没有技能认证")


def test_hr_enters_results_for_many_and_the_manager_sees_who_is_able_to_do_what(team, desk, served):
    hr = scenes.user(f"hr-{team.code}", Role.HR)
    sign_in(desk, hr.username)
    desk.goto(f"/courses/results/?course=s13_exam&unit={team.unit.pk}")
    desk.get_by_label("小王", exact=True).fill("91")
    desk.get_by_label("小赵", exact=True).fill("55")
    desk.get_by_role("button", name="记录").click()
    sees(desk, "小赵: 55 低于及格分 60", "已记录 1 条结果", within="body")
    fact = Fact.objects.get(owner=team["小王"], type="exam_passed")
    assert (fact.source.code, fact.fields["score"]) == ("liji-training", "91")
    desk.goto(f"/growth/team/?manager={team.manager.pk}")
    row = desk.locator(".heat tbody tr", has_text="小王")
    expect(row.locator(".heat-held")).to_have_count(1)
    expect(desk.locator(".heat tbody tr", has_text="小赵").locator(".heat-held")).to_have_count(0)


def test_prerequisites_in_a_circle_are_refused_with_the_circle(team, desk, served):
    hr = scenes.user(f"hr2-{team.code}", Role.HR)
    sign_in(desk, hr.username)
    desk.goto("/courses/s13_training/edit/")
    desk.get_by_role("checkbox", name="进阶:客户谈判技巧").check()
    desk.get_by_role("button", name="保存").click()
    sees(desk, "s13_training → s13_negotiation → s13_exam → s13_training")
