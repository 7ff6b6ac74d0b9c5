"""Preferences and menus of rewards."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from liji.people import queries as people
from liji.preferences import services
from liji.preferences.models import Kind
from liji.preferences.models import Menu
from liji.preferences.models import Offer

KNOWN = {
    "preferences/",
    "preferences/mine/",
    "preferences/mine/<int:offer>/",
    "preferences/people/<int:employee>/",
    "preferences/kinds/",
    "preferences/kinds/<slug:kind>/",
    "preferences/menus/",
    "preferences/menus/new/",
    "preferences/menus/<int:menu>/",
    "preferences/menus/<int:menu>/edit/",
}
PAGES = {
    "rep": [("my-preferences", "/preferences/mine/", "")],
    "hr": [
        ("preferences", "/preferences/", ""),
        ("preferences-person", "/preferences/people/{rep}/", ""),
        ("preference-kinds", "/preferences/kinds/", ""),
        ("preference-kind", "/preferences/kinds/promotion/", ""),
        ("menus", "/preferences/menus/", ""),
        ("menu-new", "/preferences/menus/new/", ""),
        ("menu", "/preferences/menus/{menu}/", ""),
    ],
}


def menu() -> Menu:
    """Three rewards worth 800 each, open for two weeks."""
    return services.save_menu(
        None,
        zh="季度自选奖励",
        en="Reward of the quarter",
        worth=Decimal(800),
        closes=people.today() + timedelta(days=14),
        options=[
            ("cash", "现金", "Money", Decimal(1), Decimal(800)),
            ("training", "谈判课程", "Course on negotiating", Decimal(1), Decimal(800)),
            ("flexible_hours", "弹性工时", "Hours off", Decimal(8), Decimal(100)),
        ],
        by=None,
    )


def ids(world: Any) -> dict[str, list[Any]]:
    made = menu()
    services.publish_menu(made, [person.employee.pk for person in world.persons.values()])
    return {
        "offer": [*Offer.objects.values_list("pk", flat=True), 999_999],
        "kind": [*Kind.objects.values_list("code", flat=True)[:2], "nonsense"],
        "menu": [made.pk, 999_999],
    }


def prepare(scene: Any) -> tuple[dict[str, object], tuple[str, ...]]:
    today = people.today()
    services.state(scene.rep, [("training", 5), ("cash", 3)], on=today - timedelta(days=30), source="entry")
    services.state(scene.rep, [("promotion", 5), ("training", 4)], on=today, source="self")
    made = menu()
    services.publish_menu(made, [scene.rep.pk])
    codes = ("flexible_hours", "training", "promotion", "preference", *Kind.objects.values_list("code", flat=True))
    # A form in which both languages' names are edited shows both.
    names = [name for kind in Kind.objects.all() for name in (kind.zh, kind.en, kind.zh_about, kind.en_about)]
    return {"menu": made.pk}, (*codes, *names)
