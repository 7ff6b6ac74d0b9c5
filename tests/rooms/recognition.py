"""The wall of fame: praise, badges, cards."""

from typing import Any

from liji.access.models import Role
from liji.recognition import services
from tests import scenes

KNOWN = {
    "wall/",
    "wall/fragment",
    "wall/settings/",
    "wall/<int:employee>/",
    "wall/praise/",
    "wall/praise/<int:praise>/",
    "wall/praise/<int:praise>/thanks/",
    "wall/praise/<int:praise>/comment/",
    "wall/praise/<int:praise>/delete/",
    "wall/comments/<int:comment>/delete/",
    "wall/badges/",
    "wall/badges/new/",
    "wall/badges/drawn.svg",
    "wall/badges/drawn/",
    "wall/badges/<slug:badge>.svg",
    "wall/badges/<slug:badge>/",
    "wall/badges/<slug:badge>/edit/",
    "wall/badges/<slug:badge>/grant/",
    "wall/grants/<int:grant>/withdraw/",
}
PAGES = {
    "rep": [
        ("wall", "/wall/", ""),
        ("wall-badges-only", "/wall/?kind=badges", ""),
        ("wall-nothing", "/wall/?kind=courage", ""),
        ("wall-praise", "/wall/praise/{praise}/", ""),
        ("wall-praise-sheet", "/wall/", "a[data-sheet]"),
        ("wall-praise-new", "/wall/praise/", ""),
        ("wall-card", "/wall/{rep}/", ""),
        ("badges", "/wall/badges/", ""),
        ("badge", "/wall/badges/sales_star/", ""),
    ],
    "manager": [("wall-card-blank", "/wall/{manager}/", ""), ("wall-praise-to", "/wall/praise/?to={rep}", "")],
    "hr": [
        ("badge-hr", "/wall/badges/sales_star/", ""),
        ("badge-new", "/wall/badges/new/", ""),
        ("badge-edit", "/wall/badges/mentor/edit/", ""),
        ("wall-settings", "/wall/settings/", ""),
    ],
}


def ids(world: Any) -> dict[str, list[Any]]:
    """Recognition of the director alone: what stands on the wall is public, and the others' names are not."""
    director, by = world.users["director"].employee, world.users["hr"]
    made = services.praise(director.pk, "带队拿下了年度大客户", by=by)
    said = services.comment(made, "学习了", by=world.users["manager"])
    given = services.grant_badge("mentor", director.pk, occasion="walk", because={}, by=by, reason="带出三位新人")
    return {
        "praise": [made.pk, 999_999],
        "comment": [said.pk, 999_999],
        "badge": ["mentor", "sales_star", "nonsense"],
        "grant": [given.pk, 999_999],
    }


def prepare(scene: Any) -> tuple[dict[str, object], tuple[str, ...]]:
    rep, manager = scene.rep, scene.manager
    hr = scenes.user("the-people-desk", Role.HR)
    texts = ("把丢了半年的客户谈了回来, 一单就追平了差距。", "帮我改了三遍方案, 客户当场点头!", "恭喜!", "怎么谈的")
    because = {"rule": "big_deal", "values": {"title": "上海云帆科技有限公司", "amount": "600000.00"}}
    services.grant_badge("sales_star", rep.pk, occasion="pictures", because=because)
    services.grant_badge("mentor", rep.pk, occasion="pictures", because={}, by=hr, reason="带出了三位新同事")
    services.grant_team_badge("team_of_month", _unit(rep), occasion="pictures", because={}, by=hr, reason="全队达标")
    services.give_points(rep.pk, 50, occasion="pictures", because={"reason": "分享一堂课"})
    services.give_points(rep.pk, -10, occasion="pictures:back", because={})
    services.praise(rep.pk, texts[1], by=hr, kind="teamwork")
    made = services.praise(rep.pk, texts[0], by=manager.user)
    for text in texts[2:]:
        services.comment(made, text, by=hr)
    services.thank(made, by=hr)
    services.thank(made, by=rep.user)
    data = (*texts, "带出了三位新同事", "全队达标", "分享一堂课", "the-people-desk", "big_deal", "SVG", "KB")
    return {"praise": made.pk, "manager": manager.pk}, data


def _unit(employee: Any) -> int:
    return employee.assignments.get(main=True).unit_id

