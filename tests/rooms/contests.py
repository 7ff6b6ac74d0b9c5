"""Contests and the star of the month: their addresses, what fills them, their pages."""

from decimal import Decimal
from typing import Any

from liji.earnings.services import recalculate_all
from liji.people import queries as people
from liji.people.models import Unit
from liji.plan.periods import add_months
from liji.recognition import contests
from liji.recognition import stars
from liji.recognition.contests import Draft
from liji.recognition.models import Contest
from liji.recognition.models import Star
from liji.recognition.plan_text import Prize
from liji.recognition.plan_text import Terms
from tests import scenes

KNOWN = {
    "contests/",
    "contests/fragment",
    "contests/new/",
    "contests/stars/",
    "contests/stars/<int:star>/",
    "contests/<int:contest>/",
    "contests/<int:contest>/fragment",
    "contests/<int:contest>/edit/",
    "contests/<int:contest>/publish/",
    "contests/<int:contest>/end/",
    "contests/<int:contest>/cancel/",
}
PAGES = {
    "rep": [("contests", "/contests/", ""), ("contest", "/contests/{contest}/", "")],
    "manager": [("contests-team", "/contests/", "")],
    "hr": [
        ("contests-hr", "/contests/", ""),
        ("contest-hr", "/contests/{contest}/", ""),
        ("contest-draft", "/contests/{contest_draft}/", ""),
        ("contest-ended", "/contests/{contest_ended}/", ""),
        ("contest-edit", "/contests/{contest_draft}/edit/", ""),
        ("stars", "/contests/stars/", ""),
    ],
}
PRIZES = (Prize("money", Decimal(3000)), Prize("money", Decimal(1000)), Prize("points", Decimal(50)))


def draft(
    unit: Unit, zh: str = "月末冲刺赛", en: str = "Month-end sprint", prizes: tuple[Prize, ...] = PRIZES
) -> Contest:
    """A contest by sales, of this month up to today."""
    terms = Terms("sales", prizes, least=Decimal(10000), badge="contest_winner")
    days = scenes.this_month(), people.today()
    return contests.save(None, Draft(zh, en, *days, terms, [unit]), by=None)


def ids(world: Any) -> dict[str, list[Any]]:
    """One that runs, one that has ended, a draft; whoever has won is named in public, so nobody of the walk has."""
    rep = world.persons["甲壹"].employee
    unit = rep.assignments.order_by("days").last().unit
    running = contests.publish(draft(unit), by=None)
    ended = contests.end(contests.publish(draft(unit, prizes=(Prize("ticket", Decimal(1)),)), by=None), by=None)
    star = Star.objects.create(
        month=add_months(scenes.this_month(), -1), employee=rep, because={"measure": "sales", "value": "71717.17"}
    )
    recalculate_all()
    return {"contest": [draft(unit).pk, running.pk, ended.pk, 999_999], "star": [star.pk, 999_999]}


def prepare(scene: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A running contest with a ranking, an ended one with winners, a draft, stars proposed and confirmed."""
    unit = scene.rep.assignments.order_by("days").last().unit
    running = draft(unit)
    contests.publish(running, by=None)
    ended = contests.publish(draft(unit, "双十一冲刺赛", "Singles' Day sprint"), by=None)
    left = draft(unit, "新客户竞赛", "New customer contest")
    contests.end(ended, by=None)
    recalculate_all()
    contests.settle(ended)
    stars.set_rule(measure="sales", least_orders=1, unit=None, active=False, by_itself=False, by=None)
    month = add_months(scenes.this_month(), -1)
    because = {"measure": "sales", "value": "286000.00"}
    Star.objects.create(month=month, employee=scene.rep, because=because)
    held = Star.objects.create(month=add_months(month, -1), employee=scene.rep, because=because)
    stars.decide(held, confirm=True, by=None)
    names = ("月末冲刺赛", "双十一冲刺赛", "新客户竞赛")
    names += ("Month-end sprint", "Singles' Day sprint", "New customer contest")
    codes = ("amount", "share", *(f"contest-{each.pk}" for each in Contest.objects.all()))
    return {"contest": running.pk, "contest_ended": ended.pk, "contest_draft": left.pk}, names + codes
