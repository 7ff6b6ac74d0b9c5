"""What a rule can do. A later room adds its own with `register`; the services that they call are those of each room."""

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liji.people import queries as people
from liji.people.models import Employee


@dataclass(frozen=True)
class Doing:
    """One action of a firing, to one employee. `occasion` makes it happen once; `text` is filled in."""

    about: int
    employee: int
    occasion: str
    because: Mapping[str, Any]
    settings: Mapping[str, Any]
    text: Callable[[str], str]
    link: str = ""


@dataclass(frozen=True)
class Setting:
    """Something that an action wants to know: `kind` is text, choice, number or words (in both languages).

    Where it is not `needed`, nothing said is the first of the choices.
    """

    name: str
    title: Any
    kind: str
    choices: Callable[[], dict[str, str]] | None = None  # code → what it is called
    needed: bool = True


@dataclass(frozen=True)
class Action:
    """Something that a rule can do. `undo` takes it back when its occasion no longer holds.

    `tells` are the kinds of happening that follow from it at once, with what is known of their values.
    """

    code: str
    title: Any
    settings: tuple[Setting, ...]
    do: Callable[[Doing], bool] | None  # whether something was done; None: the notices do it
    undo: Callable[[Doing], bool] | None = None
    tells: Callable[[Mapping[str, Any]], Mapping[str, Mapping[str, Any]]] = field(default=lambda settings: {})
    room: str = ""


_known: dict[str, Action] = {}


def register(*actions: Action) -> None:
    """Makes actions known. Raises ValueError for a code that is taken."""
    for action in actions:
        if _known.setdefault(action.code, action) != action:
            raise ValueError(f"two actions are called {action.code}")


def actions() -> dict[str, Action]:
    """The actions of the rooms that this installation has, by code."""
    return {code: action for code, action in _known.items() if not action.room or _has(action.room)}


def _has(room: str) -> bool:
    return find_spec(f"liji.{room}.services") is not None


def _service(room: str, name: str) -> Callable[..., Any]:
    return getattr(import_module(f"liji.{room}.services"), name)


def _catalogue(room: str, model: str, *, order: str = "code") -> Callable[[], dict[str, str]]:
    def ask() -> dict[str, str]:
        from liji.reactions.wording import language

        rows = getattr(import_module(f"liji.{room}.models"), model).objects.order_by(order)
        return {row.code: getattr(row, language(), "") or getattr(row, "title", "") or row.code for row in rows}

    return ask


def _badges() -> dict[str, str]:
    import_module("liji.recognition.built_in").ensure_built_in()
    return _catalogue("recognition", "Badge")()


def _in_whose_name() -> dict[str, str]:
    return {"company": gettext("The whole company"), "manager": gettext("The manager of whoever is praised")}


def _praise(doing: Doing) -> bool:
    """In the name of the manager, where the rule says so and there is one; else in the company's."""
    text, because = doing.text("text"), dict(doing.because)
    if doing.settings.get("by") == "manager":
        nearest = people.chain_above(doing.employee, people.today())[:1]
        if manager := Employee.objects.filter(pk__in=nearest).first():
            because["in_name_of"] = manager.name
    return bool(_service("recognition", "praise")(doing.employee, text, occasion=doing.occasion, because=because))


def _badge(doing: Doing) -> bool:
    grant = _service("recognition", "grant_badge")
    return bool(grant(doing.settings["badge"], doing.employee, occasion=doing.occasion, because=doing.because))


def _no_badge(doing: Doing) -> bool:
    withdraw = _service("recognition", "withdraw_badge")
    return bool(withdraw(doing.settings["badge"], doing.employee, occasion=doing.occasion))


def _points(doing: Doing) -> bool:
    give, points = _service("recognition", "give_points"), int(doing.settings["points"])
    return bool(give(doing.employee, points, occasion=doing.occasion, because=doing.because))


def _no_points(doing: Doing) -> bool:
    give, points = _service("recognition", "give_points"), int(doing.settings["points"])
    return bool(give(doing.employee, -points, occasion=f"{doing.occasion}:back", because=doing.because))


def _course(doing: Doing) -> bool:
    offer = _service("training", "offer_course")
    return bool(offer(doing.settings["course"], doing.employee, occasion=doing.occasion, because=doing.because))


def _courses(doing: Doing) -> bool:
    offer, most = _service("training", "offer_suited"), int(doing.settings["most"])
    return bool(offer(doing.employee, occasion=doing.occasion, because=doing.because, most=most))


def _no_courses(doing: Doing) -> bool:
    return bool(_service("training", "end_offers")(doing.employee, occasion_prefix=doing.occasion))


def _task(doing: Doing) -> bool:
    due = people.today() + timedelta(days=int(doing.settings["days"]))
    about = doing.about if doing.about != doing.employee else None
    add = _service("coaching", "add_task")
    return bool(
        add(doing.employee, doing.text("title"), due=due, about=about, occasion=doing.occasion, link=doing.link,
            because=doing.because)
    )


def _coaching(doing: Doing) -> bool:
    open_plan, template = _service("coaching", "open_plan"), doing.settings["template"]
    return bool(open_plan(doing.employee, template=template, occasion=doing.occasion, because=doing.because))


def _track(doing: Doing) -> bool:
    enter = _service("tracks", "enter_track")
    return bool(enter(doing.settings["track"], doing.employee, occasion=doing.occasion, because=doing.because))


def _own_tracks(doing: Doing) -> bool:
    enter = _service("tracks", "enter_own_tracks")
    return bool(enter(doing.employee, occasion=doing.occasion, because=doing.because))


def _no_tracks(doing: Doing) -> bool:
    return bool(_service("tracks", "leave_tracks")(doing.employee, occasion=doing.occasion))


_NAMED = Setting("by", _("In whose name"), "choice", _in_whose_name, needed=False)
_WORDS = (Setting("subject", _("Subject"), "words"), Setting("body", _("Text"), "words"))
register(
    Action("message", _("Message on the page"), _WORDS, None),
    Action("mail", _("Message and e-mail"), _WORDS, None),
    Action(
        "praise",
        _("Praise on the wall"),
        (Setting("text", _("Text"), "words"), _NAMED),
        _praise,
        tells=lambda settings: {"praised": {"kind": "result"}},
        room="recognition",
    ),
    Action(
        "badge",
        _("Badge"),
        (Setting("badge", _("Badge"), "choice", _badges),),
        _badge,
        _no_badge,
        tells=lambda settings: {"badge_granted": {"badge": settings.get("badge")}},
        room="recognition",
    ),
    Action("points", _("Points"), (Setting("points", _("Points"), "number"),), _points, _no_points, room="recognition"),
    Action(
        "course",
        _("Course offer"),
        (Setting("course", _("Course"), "choice", _catalogue("training", "Course")),),
        _course,
        tells=lambda settings: {"course_offered": {"course": settings.get("course")}},
        room="training",
    ),
    Action(
        "courses",
        _("Courses that suit the person"),
        (Setting("most", _("How many at most"), "number"),),
        _courses,
        _no_courses,
        tells=lambda settings: {"course_offered": {"origin": "rule"}},
        room="training",
    ),
    Action(
        "task",
        _("Task"),
        (Setting("title", _("Title"), "words"), Setting("days", _("Due in days"), "number")),
        _task,
        room="coaching",
    ),
    Action(
        "coaching",
        _("Coaching plan"),
        (Setting("template", _("Template"), "choice", _catalogue("coaching", "Template")),),
        _coaching,
        room="coaching",
    ),
    Action(
        "track",
        _("Step onto a track"),
        (Setting("track", _("Track"), "choice", _catalogue("tracks", "Track")),),
        _track,
        room="tracks",
    ),
    Action("tracks", _("Step onto the tracks of the own position"), (), _own_tracks, _no_tracks, room="tracks"),
)
