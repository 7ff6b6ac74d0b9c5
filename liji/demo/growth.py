"""The demo company's training, tracks and coaching: a catalogue that its own results match, and people on their way."""

from datetime import date
from decimal import Decimal

from liji.coaching import services as coaching
from liji.coaching.models import Plan
from liji.demo.names import COURSES
from liji.demo.roster import REP
from liji.facts import queries as facts
from liji.people import services as people_services
from liji.people.models import Assignment
from liji.people.models import Employee
from liji.people.models import Position
from liji.plan.periods import add_months
from liji.tracks import services as tracks
from liji.tracks.criteria import Draft
from liji.tracks.models import Membership
from liji.training import results
from liji.training import services as training
from liji.training.models import Course

TRACK, TEMPLATE = "supervisor", "reach_target"
ON_TRACK = ("E1001", "E1010")
# code, Chinese name (as results name it), English name, what is to be finished first, the skill that the exam proves
_COURSES = (
    ("new_product", COURSES[0], "New product training", (), ("product", "产品知识", "Product knowledge")),
    ("negotiation", COURSES[1], "Negotiating with customers", (), ("negotiating", "客户谈判", "Negotiating")),
    ("follow_up", COURSES[2], "Following up customers", (), ("following_up", "客户跟进", "Following up")),
    ("key_accounts", COURSES[3], "Selling to key accounts", ("negotiation_exam",), None),
    ("success", COURSES[4], "Renewal and customer success", ("follow_up_exam",), None),
    ("product_advanced", COURSES[5], "Advanced product training", ("new_product_exam",), None),
)


def fill(day: date) -> None:
    """The catalogue, what its people have done so far, the way to supervisor, one coaching plan."""
    if not Course.objects.exists():
        _catalogue()
    sellers = Employee.objects.filter(assignments__in=Assignment.objects.on(day).filter(position__code=REP))
    results.follow([employee.pk for employee in sellers.order_by("number")])
    if not Membership.objects.exists():
        _track()
    if not Plan.objects.exists():
        _coaching(day)


def _catalogue() -> None:
    for code, zh, en, requires, skill in _COURSES:
        training.save_course(code, zh=zh, en=en, hours=Decimal(4), requires=requires)
        if skill:
            training.skill(*skill)
        proves = {skill[0]: 12} if skill else {}
        training.save_course(
            f"{code}_exam", kind=Course.Kind.EXAM, zh=zh, en=en, pass_mark=Decimal(60), requires=[code], proves=proves
        )
    steps = ["new_product", "new_product_exam", "negotiation", "negotiation_exam", "key_accounts"]
    training.save_path("advisor", "高级销售顾问认证", "Senior sales advisor", steps)


def _track() -> None:
    goal = people_services.position("sales_supervisor", "销售主管")
    tracks.save_track(
        TRACK, "销售代表 → 销售主管", "Sales rep → sales supervisor", goal=goal, by=None,
        start=Position.objects.get(code=REP),
        criteria=[
            Draft("月销售额 25 万", "Sales of 250,000 a month", "sales", Decimal(250_000), months=3, weight=Decimal(50)),
            Draft("带 3 人团队", "Leads a team of 3", "team_size", Decimal(3), weight=Decimal(30)),
            Draft("通过客户谈判考试", "Negotiation exam passed", "passed_negotiation_exam", weight=Decimal(20)),
        ],
    )
    for employee in Employee.objects.filter(number__in=ON_TRACK):
        tracks.enter_track(
            TRACK, employee.pk, occasion="demo", because={"preference": "promotion"},
            origin=Membership.Origin.PREFERENCE,
        )


def _coaching(day: date) -> None:
    coaching.save_template(
        TEMPLATE, "达标辅导计划", days=60, goal="两个月内达成基础目标; 达成当月另奖 1,000 元。",
        steps=[
            ("一对一面谈: 本月卡在哪里", 3, True),
            ("每周跟进 3 家以上客户, 记录在客户系统里", 7, False),
            ("陪访一次, 当场复盘", 14, True),
            ("中期复盘", 30, True),
            ("总结并记录结果", 58, True),
        ],
    )
    held = Assignment.objects.on(day).filter(position__code=REP, main=True, manager__isnull=False)
    sellers = list(held.order_by("employee__number").values_list("employee", flat=True))
    orders = facts.counts(sellers, "order_closed", since=add_months(day, -1))
    for employee in sorted(sellers, key=lambda one: orders.get(one, 0))[:1]:  # who sells least
        coaching.open_plan(employee, template=TEMPLATE, occasion="demo", because={"layer": "bottom"}, on=day)
