"""Training, tracks and coaching: their addresses, what fills them, their pages."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from liji.coaching import services as coaching
from liji.coaching.models import Plan
from liji.coaching.models import Task
from liji.people import queries as people
from liji.people import services as people_services
from liji.people.models import Employee
from liji.tracks import services as tracks
from liji.tracks.criteria import Draft
from liji.tracks.models import Membership
from liji.tracks.models import Promotion
from liji.training import services as training
from liji.training.models import Offer

KNOWN = {
    "growth/",
    "growth/choose/",
    "growth/offers/<int:offer>/",
    "growth/team/",
    "growth/people/<int:employee>/",
    "growth/people/<int:employee>/<slug:what>/",
    "growth/propose/<int:membership>/",
    "growth/promotions/<int:promotion>/",
    "tasks/",
    "tasks/<int:task>/",
    "coaching/",
    "coaching/<int:coaching>/",
    "courses/",
    "courses/new/",
    "courses/skills/",
    "courses/results/",
    "courses/<slug:course>/edit/",
    "tracks/",
    "tracks/new/",
    "tracks/<slug:track>/edit/",
}
NOBODY = 999_999
GOAL = "主管岗"  # of the pictures' track


def catalogue() -> None:
    """A course that opens an exam that proves a skill; a path of both; a track and a coaching template."""
    training.skill("negotiating", "谈判能力", "Negotiating")
    training.skill("product", "产品知识", "Product knowledge")
    training.save_course("new_product", zh="新产品培训", en="New product training", hours=Decimal(4))
    training.save_course(
        "product_exam", kind="exam", zh="新产品考试", en="New product exam", pass_mark=Decimal(60),
        requires=["new_product"], proves={"product": 12},
    )
    training.save_course(
        "talks", kind="exam", zh="谈判考试", en="Negotiation exam", pass_mark=Decimal(60), proves={"negotiating": 6}
    )
    training.save_course("key_accounts", zh="大客户销售", en="Key accounts", requires=["product_exam"])
    training.save_path("advisor", "产品顾问认证", "Product advisor", ["new_product", "product_exam"])
    tracks.save_track(
        "supervisor", "销售主管通道", "Way to supervisor", goal=people_services.position("supervisor", GOAL),
        start=people_services.position("sales_rep", "sales_rep"), by=None,
        criteria=[
            Draft("月销售额 25 万", "250,000 a month", "sales", Decimal(250_000), months=3, weight=Decimal(60)),
            Draft("带 3 人团队", "Leads a team of 3", "team_size", Decimal(3), weight=Decimal(20)),
            Draft("通过谈判考试", "Negotiation exam passed", "passed_talks", weight=Decimal(20)),
        ],
    )
    coaching.save_template(
        "bottom", "达标辅导", days=60, goal="两个月内达成基础目标",
        steps=[("一对一面谈", 3, True), ("本周跟进 5 家客户", 7, False), ("中期复盘", 30, True)],
    )


def furnish(rep: Employee, other: Employee) -> Plan:
    """What the two have done: one is on the track, proposed, coached; skills that hold, expire and are expired."""
    today = people.today()
    training.complete("new_product", rep.pk, on=today - timedelta(days=40))
    training.complete("product_exam", rep.pk, on=today - timedelta(days=30), score=Decimal(88))
    training.complete("talks", rep.pk, on=today - timedelta(days=170), score=Decimal(75))
    training.complete("talks", other.pk, on=today - timedelta(days=300), score=Decimal(70))
    training.offer_course("new_product", other.pk, occasion="made", because={})
    training.choose("talks", other.pk)
    made = tracks.enter_track("supervisor", rep.pk, occasion="made", because={}, origin="preference")
    hr = people.assignment_on(rep.pk, today).manager
    tracks.propose(made, by=hr.user, reason="季度冠军")
    plan = coaching.open_plan(rep.pk, template="bottom", occasion="made", because={})
    coaching.check_in(plan, on=today, note="聊了开场白", by=hr.user)
    coaching.add_task(rep.pk, "给客户回电", due=today - timedelta(days=1), about=None, occasion="made", because={})
    return plan


def ids(world: Any) -> dict[str, list[Any]]:
    """Parameter → what fills it."""
    catalogue()
    furnish(world.persons["甲壹"].employee, world.persons["甲贰"].employee)
    return {
        "offer": [*Offer.objects.values_list("pk", flat=True), NOBODY],
        "membership": [*Membership.objects.values_list("pk", flat=True), NOBODY],
        "promotion": [*Promotion.objects.values_list("pk", flat=True), NOBODY],
        "task": [*Task.objects.values_list("pk", flat=True)[:2], NOBODY],
        "coaching": [*Plan.objects.values_list("pk", flat=True), NOBODY],
        "what": ["course", "track", "coaching", "task", "nonsense"],
        "course": ["product_exam", "nonsense"],
        "track": ["supervisor", "nonsense"],
    }


PAGES = {
    "rep": [("growth", "/growth/", ""), ("tasks", "/tasks/", ""), ("coaching-mine", "/coaching/{coaching}/", "")],
    "manager": [
        ("growth-team", "/growth/team/", ""),
        ("growth-person", "/growth/people/{rep}/", ""),
        ("growth-offer", "/growth/people/{rep}/course/", ""),
        ("promotion", "/growth/promotions/{promotion}/", ""),
        ("coaching", "/coaching/{coaching}/", ""),
        ("tasks-manager", "/tasks/", ""),
    ],
    "hr": [
        ("courses", "/courses/", ""),
        ("course", "/courses/product_exam/edit/", ""),
        ("course-skills", "/courses/skills/", ""),
        ("course-results", "/courses/results/?course=product_exam", ""),
        ("tracks", "/tracks/", ""),
        ("track", "/tracks/supervisor/edit/", ""),
        ("coaching-plans", "/coaching/", ""),
        ("growth-none", "/growth/", ""),
    ],
}


def prepare(scene: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What the pages show; what fills the addresses, and data that may stand in any language."""
    catalogue()
    other = Employee.objects.get(assignments__manager=scene.manager, name="李静")
    plan = furnish(scene.rep, other)
    data = ("达标辅导", "两个月内达成基础目标", "一对一面谈", "本周跟进 5 家客户", "中期复盘", "聊了开场白")
    data += ("给客户回电", "季度冠军", GOAL, "bottom", "liji-training", "made")
    promotion = Promotion.objects.get(membership__employee=scene.rep)
    return {"coaching": plan.pk, "promotion": promotion.pk}, data
