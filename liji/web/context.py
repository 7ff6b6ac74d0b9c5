"""What every template knows: where one can go, how many notices are unread, the company, the theme."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from liji.access import queries as access
from liji.access.models import Role
from liji.facts import queries as facts
from liji.people import queries as people
from liji.reactions import queries as reactions

EVERYBODY = frozenset(Role.values)
THEMES = ("auto", "light", "dark")


ROLE_NAMES = {
    Role.REP: _("Sales rep"),
    Role.MANAGER: _("Sales manager"),
    Role.HR: _("HR"),
    Role.FINANCE: _("Finance"),
    Role.DESIGNER: _("Plan designer"),
    Role.ADMIN: _("Administrator"),
}


@dataclass(frozen=True)
class Place:
    """An entry of the navigation: who sees it, and whether it stands in the phone's tab bar."""

    name: str  # of the URL
    title: str
    icon: str
    roles: frozenset[str]
    tab: bool = True
    group: str = ""


# What the side of a wide page puts together under a heading; what has none stands first.
PEOPLE, PAY, HOUSE = _("People and growth"), _("Plans and records"), _("System")

PLACES = (
    Place("home", _("Today"), "flame", frozenset({Role.REP})),
    Place("company", _("Company"), "layout-dashboard", frozenset({Role.HR})),
    Place("team", _("Team"), "users", frozenset({Role.MANAGER, Role.HR, Role.FINANCE})),
    Place("growth", _("Growth"), "stairs-up", frozenset({Role.REP, Role.MANAGER})),
    Place("wall", _("Wall"), "trophy", EVERYBODY),
    Place("contests", _("Contests"), "podium", EVERYBODY, tab=False),
    Place("months", _("My months"), "receipt", frozenset({Role.REP, Role.MANAGER}), tab=False),
    Place("performance", _("Performance"), "chart-line", frozenset({Role.REP, Role.MANAGER, Role.HR}), tab=False),
    Place("tasks", _("Tasks"), "checklist", EVERYBODY, tab=False),
    Place("my_preferences", _("My preferences"), "adjustments-heart", frozenset({Role.REP}), tab=False),
    Place("my_surveys", _("My surveys"), "clipboard-list", EVERYBODY, tab=False),
    Place("staff", _("People"), "id-badge", frozenset({Role.HR, Role.ADMIN}), group=PEOPLE),
    Place(
        "plans", _("Plans"), "bulb", frozenset({Role.DESIGNER, Role.ADMIN, Role.FINANCE, Role.HR}), tab=False, group=PAY
    ),
    Place("rules", _("Reactions"), "bolt", frozenset({Role.HR, Role.DESIGNER, Role.ADMIN}), tab=False, group=PAY),
    Place("courses", _("Training"), "school", frozenset({Role.HR, Role.ADMIN}), tab=False, group=PEOPLE),
    Place("tracks", _("Tracks"), "route", frozenset({Role.HR, Role.ADMIN}), tab=False, group=PEOPLE),
    Place("preferences", _("Preferences"), "hearts", frozenset({Role.HR, Role.ADMIN}), tab=False, group=PEOPLE),
    Place("surveys", _("Surveys"), "clipboard-data", frozenset({Role.HR}), tab=False, group=PEOPLE),
    Place(
        "targets", _("Targets"), "target-arrow", frozenset({Role.HR, Role.DESIGNER, Role.ADMIN}), tab=False, group=PAY
    ),
    Place("periods", _("Periods"), "calendar-check", frozenset({Role.FINANCE, Role.ADMIN}), tab=False, group=PAY),
    Place("records", _("Records"), "stack-2", frozenset({Role.HR, Role.FINANCE}), tab=False, group=PAY),
    Place("imports", _("Imports"), "file-import", frozenset({Role.HR, Role.FINANCE, Role.ADMIN}), tab=False, group=PAY),
    Place("displays", _("Wall displays"), "device-tv", frozenset({Role.HR, Role.ADMIN}), tab=False, group=HOUSE),
    Place("setup_steps", _("Set up"), "settings", frozenset({Role.ADMIN}), tab=False, group=HOUSE),
    Place("admin", _("Administration"), "shield-lock", frozenset({Role.ADMIN}), group=HOUSE),
    Place("admin_audit", _("Audit"), "shield-lock", frozenset({Role.FINANCE}), tab=False, group=HOUSE),
    Place("notices", _("Notices"), "bell", EVERYBODY),
    Place("me", _("Me"), "user", EVERYBODY),
)


def places(request: HttpRequest) -> list[dict[str, Any]]:
    """Where the user may go, and which of them is here."""
    roles = access.roles(request.user)
    shown = []
    for place in PLACES:
        if not roles & place.roles:
            continue
        try:
            url = reverse(place.name)
        except NoReverseMatch:  # a room that this installation does not have
            continue
        here = request.path == url if url == "/" else request.path.startswith(url)
        shown.append({"place": place, "url": url, "here": here})
    return shown


def side(shown: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The same by heading, for the side of a wide page."""
    groups = {group: [entry for entry in shown if entry["place"].group == group] for group in ("", PEOPLE, PAY, HOUSE)}
    return [(group, entries) for group, entries in groups.items() if entries]


def _fact_types() -> dict[str, str]:
    english = (get_language() or "zh").startswith("en")
    return {kind.code: kind.en if english else kind.zh for kind in facts.types()}


def theme(request: HttpRequest) -> str:
    """The theme that was chosen on this device: auto, light or dark."""
    chosen = request.COOKIES.get("theme", "auto")
    return chosen if chosen in THEMES else "auto"


def everywhere(request: HttpRequest) -> dict[str, object]:
    """Called for every template; what costs a query is asked only where a template uses it."""
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    shown = SimpleLazyObject(lambda: places(request) if signed_in else [])
    return {
        "company": SimpleLazyObject(people.company),
        "theme": theme(request),
        "signed_in": signed_in,
        "places": shown,
        "side": SimpleLazyObject(lambda: side(shown)),
        "fact_types": SimpleLazyObject(_fact_types),
        "unread": SimpleLazyObject(lambda: reactions.unread(user) if signed_in else 0),
    }
