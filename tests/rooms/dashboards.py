"""Dashboards and wall displays."""

from typing import Any

from django.core.signing import Signer

from liji.dashboards import display
from liji.dashboards.models import Display
from liji.dashboards.registry import ROLES
from liji.people import queries as people
from liji.plans import services as plan_services
from liji.recognition import services as recognition

KNOWN = {
    "dashboard/<slug:board>/",
    "company/",
    "company/fragment",
    "displays/",
    "displays/<int:display>/end/",
    "display/<str:token>/",
    "display/<str:token>/fragment",
    "live/<str:token>",
}


def token(made: Display) -> str:
    return display.address(made).removeprefix("/display/").removesuffix("/")


def ids(world: Any) -> dict[str, list[Any]]:
    """Displays that are open, ended, signed for something else, not signed at all; praise that speaks of pay."""
    hr = world.users["hr"]
    shown, over = display.make("前台", "zh-hans", by=hr), display.make("旧屏", "en", by=hr)
    display.end(over, by=hr)
    for person in world.persons.values():
        recognition.grant_badge("sales_star", person.employee.pk, occasion="walk", because={})
        recognition.praise(person.employee.pk, f"签下 ¥{person.sold}, 佣金 {person.paid}!", occasion="walk")
    return {
        "board": [*ROLES, "nonsense"],
        "token": [token(shown), token(over), Signer().sign(str(shown.pk)), str(shown.pk), "nonsense"],
        "display": [over.pk, 999_999],
    }


PAGES = {
    "": [("wall", "/display/{wall}/", ""), ("wall-en", "/display/{wall_en}/", ""), ("wall-ended", "/display/1/", "")],
    "rep": [("dashboard", "/", ""), ("arrange", "/dashboard/own/", "")],
    "manager": [("dashboard-team", "/team/", ""), ("arrange-team", "/dashboard/team/", "")],
    "hr": [
        ("dashboard-company", "/company/", ""),
        ("dashboard-team-hr", "/team/", ""),
        ("displays", "/displays/", ""),
    ],
}


def prepare(scene: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A target for new customers, badges and praise, a wall display in each language."""
    today = people.today()
    plan_services.set_quotas([(scene.rep, "new_customers", today.replace(day=1), 20)])
    others = [scene.rep.pk, *people.subtree(scene.manager.pk, today)]
    for code in ("sales_star", "learning", "target_reached"):
        recognition.grant_badge(code, scene.rep.pk, occasion="made", because={})
    for employee in others:
        recognition.grant_badge("team_spirit", employee, occasion="made", because={})
    words = "客户说从没见过这么快的回访"
    recognition.praise(scene.rep.pk, words, occasion="made")
    made = {name: token(display.make("前台", name, by=None)) for name in ("zh-hans", "en")}
    return {"wall": made["zh-hans"], "wall_en": made["en"]}, (words, "前台", "noreferrer")
