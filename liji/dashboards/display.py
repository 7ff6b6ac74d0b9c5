"""The wall display: what a sales floor may read on a screen that anybody in the room sees. There is no pay in it.

Its address is a number with a signature of this installation: nobody can guess one; one that is ended opens nothing.
"""

from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import datetime
from datetime import timedelta
from decimal import Decimal

from django.core.signing import BadSignature
from django.core.signing import Signer
from django.db import transaction

from liji.access.models import User
from liji.access.services import audit
from liji.base import clock
from liji.dashboards.company import units
from liji.dashboards.look import Look
from liji.dashboards.models import Display
from liji.facts import queries as facts
from liji.people import queries as people
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.recognition import honours
from liji.recognition import queries as recognition
from liji.recognition.words import public

_SIGNED = Signer(salt="liji.display")
NEWEST_DAYS, NEWEST = 14, 6
TOP = 5
TEAMS = 6
LEAST = 2  # people with a target, so that a team's attainment is not one person's
LONGEST = 60


@dataclass(frozen=True)
class TeamLine:
    """A team and how far it is, a share of all its targets; nothing about money."""

    name: str
    attainment: Decimal


@dataclass(frozen=True)
class Wall:
    """What the screen shows. `amount` is the value of today's orders; None where the company shows no amounts."""

    day: date
    orders: int
    amount: Decimal | None
    currency: str
    teams: tuple[TeamLine, ...]
    newest: tuple[honours.Newest, ...]
    top: tuple[honours.Top, ...]

    @property
    def team_pages(self) -> list[tuple[TeamLine, ...]]:
        """The teams, as many together as fit on the screen; one page is shown after the other."""
        return [self.teams[at : at + TEAMS] for at in range(0, len(self.teams), TEAMS)]


def wall(day: date) -> Wall:
    """The screen as of now. Teams stand by name, or by attainment where the company shows rankings."""
    amounts = recognition.settings().shows_amounts
    count, amount = facts.on_day("order_closed", day)
    look = Look(None, day)
    lines = [
        TeamLine(line.name, line.sum.attainment)
        for line in units(look)["units"]
        if line.sum.attainment is not None and line.sum.measured >= LEAST
    ]
    if look.rankings:
        lines.sort(key=lambda line: line.attainment, reverse=True)
    return Wall(
        day=day,
        orders=count,
        amount=amount if amounts else None,
        currency=people.company().currency,
        teams=tuple(lines),
        newest=tuple(
            replace(one, text=public(one.text, amounts=amounts))
            for one in honours.newest(_days_ago(NEWEST_DAYS), NEWEST)
        ),
        top=tuple(honours.most_badges(day.replace(day=1), TOP)),
    )


def _days_ago(days: int) -> datetime:
    return clock.now() - timedelta(days=days)


def displays() -> list[Display]:
    """Every display, the newest first."""
    return list(Display.objects.select_related("made_by").order_by("-pk"))


def address(display: Display) -> str:
    """The path under which the display opens, as long as it is not ended."""
    return f"/display/{_SIGNED.sign(str(display.pk))}/"


def opened(token: str) -> Display | None:
    """The display that an address opens; None when it is not signed by this installation, or was ended."""
    try:
        number = _SIGNED.unsign(token)
    except BadSignature:
        return None
    return Display.objects.filter(pk=int(number), ended_at=None).first()


@transaction.atomic
def make(name: str, language: str, *, by: User | None) -> Display:
    """A new display with an address of its own. Raises Refused "missing" or "too_long_text" (name)."""
    name = name.strip()
    if not name:
        raise Refused(Problem("name", "missing"))
    if len(name) > LONGEST:
        raise Refused(Problem("name", "too_long_text", {"limit": str(LONGEST)}))
    made = Display.objects.create(name=name, language="en" if language == "en" else "zh-hans", made_by=by)
    audit(by, "display_made", detail={"display": made.pk, "name": name})
    return made


@transaction.atomic
def end(display: Display, *, by: User) -> None:
    """From now on its address opens nothing."""
    if display.ended_at is None:
        display.ended_at = clock.now()
        display.save(update_fields=["ended_at"])
        audit(by, "display_ended", detail={"display": display.pk, "name": display.name})
