"""S13 自动化 workflow: the commission goes to finance for this month's pay; a finished course brings the next one."""

from decimal import Decimal

import pytest

from liji.access.models import Role
from liji.base import clock
from liji.reactions.models import Notice
from liji.training import services as training
from tests import scenes
from tests.pages import sees
from tests.pages import sign_in
from tests.server import Crm
from tests.server import eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def team(crm: Crm):
    made = scenes.team("小王", plan="accelerator", target="666666.67")
    made.reps["财务"] = scenes.employee(f"{made.code}F", "钱会计", made.unit, "accountant", roles=[Role.FINANCE])
    return made


def test_finance_is_told_of_the_commission_for_this_months_pay(team, desk, crm: Crm):
    """10 万 × 1.5 % = 1,500."""
    assert crm.post(scenes.order(team["小王"], "100000.00"))[0] == 201
    sign_in(desk, team["财务"])
    desk.goto("/notices/")
    sees(desk, "小王的佣金 ¥1,500.00 计入本月薪酬", "请随本月薪酬发放", within="#notices")


def test_a_finished_course_is_acknowledged_and_the_next_one_offered(team, phone, crm: Crm):
    rep = team["小王"]
    training.save_course("s13a_basic", zh="产品培训甲", en="Product training of S13", hours=Decimal(4))
    training.save_course("s13a_next", zh="客户谈判技巧甲", en="Negotiation of S13", requires=["s13a_basic"])
    done = {
        "source": "lms", "external_id": f"C-{rep.number}", "type": "course_completed", "employee": rep.number,
        "occurred_at": clock.local().isoformat(timespec="seconds"), "course": "产品培训甲",
    }
    assert crm.post(done)[0] == 201
    offered = Notice.objects.filter(user__employee=rep, kind="course_offered")
    eventually(offered.exists, what="the offer's notice")
    sign_in(phone, rep)
    phone.goto("/notices/")
    sees(phone, "学习完成", "为你推荐课程: 客户谈判技巧甲", within="#notices")
    crm.post(done)
    assert offered.count() == 1
