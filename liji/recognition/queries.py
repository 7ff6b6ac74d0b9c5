"""Reading the wall of fame: what was said and given, newest first; the public card of a person; the badges."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.db.models import Exists
from django.db.models import OuterRef
from django.db.models import Prefetch
from django.db.models import Q
from django.db.models import QuerySet
from django.db.models import Sum
from django.db.models import Value

from liji.access.models import User
from liji.facts import queries as facts
from liji.people import queries as people
from liji.people.models import Assignment
from liji.people.models import Employee
from liji.people.models import Employment
from liji.recognition import honours
from liji.recognition.built_in import ensure_built_in
from liji.recognition.models import Badge
from liji.recognition.models import Comment
from liji.recognition.models import Grant
from liji.recognition.models import PointsEntry
from liji.recognition.models import Praise
from liji.recognition.models import Thanks
from liji.recognition.models import WallSettings
from liji.recognition.words import public

BADGES = "badges"  # asked for as a kind: badges alone
NEWEST = 2  # comments that stand under a praise on the wall
MOST = 100  # praises on a card, holders of a badge


@dataclass(frozen=True)
class Entry:
    """A praise or a grant as the wall shows it. `unit` is where the person works today.

    `amount` is that of the deal of which it speaks, in the company's currency; None when the company hides it.
    `title` is the deal's customer and product, "" when it speaks of none. `text` are the words of the praise or the
    reason of the grant, "" where they tell more than everybody may read.
    """

    what: str  # praise or badge
    at: datetime
    it: Praise | Grant
    unit: str
    title: str
    amount: Decimal | None
    text: str


@dataclass(frozen=True)
class Card:
    """What everybody may see of a person's recognition."""

    employee: Employee
    unit: str
    badges: tuple[honours.Held, ...]
    praises: tuple[Entry, ...]
    points: int

    @property
    def empty(self) -> bool:
        """Nothing has been given yet, or all was withdrawn."""
        return not (self.badges or self.praises or self.points)


def settings(*, locked: bool = False) -> WallSettings:
    """What the company chose for its wall and its star of the month; unsaved before anybody has chosen.

    `locked`: until the end of the transaction nobody else changes it, so that of two who save neither is lost.
    """
    rows = WallSettings.objects.select_related("star_unit")
    rows = rows.select_for_update(of=("self",)) if locked else rows
    return rows.first() or WallSettings()


def feed(*, unit: int | None = None, kind: str = "") -> QuerySet[Any]:
    """What the wall shows, newest first, as (what, number, at): for a pager, then for `entries`.

    `unit` takes in the units below it, as of today; `kind` is one of praise, or BADGES.
    """
    praises, grants = Praise.objects.filter(deleted_at=None), Grant.objects.filter(withdrawn_at=None)
    if unit is not None:
        units, members = _members(unit)
        praises = praises.filter(employee__in=members)
        grants = grants.filter(Q(employee__in=members) | Q(unit__in=units))
    if kind:
        praises = praises.filter(kind=kind) if kind != BADGES else praises.none()
        grants = grants if kind == BADGES else grants.none()
    rows = [
        found.annotate(what=Value(what)).values_list("what", "pk", "at")
        for what, found in (("praise", praises), ("badge", grants))
    ]
    return rows[0].union(rows[1], all=True).order_by("-at", "-pk")


def _members(unit: int) -> tuple[set[int], QuerySet[Any]]:
    today = people.today()
    units = people.units_below([unit], today, today + timedelta(days=1))
    return units, Assignment.objects.on(today).filter(unit__in=units, main=True).values("employee")


def entries(heads: Iterable[tuple[str, int, datetime]], viewer: User) -> list[Entry]:
    """The praises and grants of a page of `feed`, in its order; each praise knows its thanks and newest comments.

    What has been taken off the wall since is left out.
    """
    wanted = list(heads)
    praises = said([pk for what, pk, _ in wanted if what == "praise"], viewer)
    given = Grant.objects.filter(pk__in=[pk for what, pk, _ in wanted if what == "badge"], withdrawn_at=None)
    grants = {grant.pk: grant for grant in given.select_related("badge", "employee", "unit", "by__employee")}
    things = {"praise": praises, "badge": grants}
    return _entries([(what, things[what][pk]) for what, pk, _ in wanted if pk in things[what]])


def said(numbers: Iterable[int], viewer: User, *, newest: int = NEWEST) -> dict[int, Praise]:
    """Praises that stand on the wall, by number.

    Each carries `said` and `thanked` (how many), `mine` (the viewer's thanks stand) and `newest`: its latest
    comments, latest first; the text of one from before the company hid amounts is "" when it tells one.
    """
    spoken = Comment.objects.filter(deleted_at=None).select_related("by__employee").order_by("-pk")
    rows = (
        Praise.objects.filter(pk__in=list(numbers), deleted_at=None)
        .select_related("employee", "by__employee")
        .annotate(
            said=Count("comments", filter=Q(comments__deleted_at=None), distinct=True),
            thanked=Count("thanks", distinct=True),
            mine=Exists(Thanks.objects.filter(praise=OuterRef("pk"), by=viewer)),
        )
        .prefetch_related(Prefetch("comments", spoken[:newest], to_attr="newest"))
    )
    amounts = settings().shows_amounts
    for row in rows:
        for each in row.newest:
            each.text = public(each.text, amounts=amounts)
    return {row.pk: row for row in rows}


def praise(number: int, viewer: User) -> Entry | None:
    """One praise with all its comments, newest first; None when it is not on the wall."""
    found = said([number], viewer, newest=1000)
    return _entries([("praise", found[number])])[0] if found else None


def _entries(things: Sequence[tuple[str, Praise | Grant]]) -> list[Entry]:
    units = _units_of({thing.employee_id for _, thing in things if thing.employee_id})
    amounts = settings().shows_amounts
    shown = _amounts([thing for _, thing in things]) if amounts else {}
    return [
        Entry(
            what,
            thing.at,
            thing,
            units.get(thing.employee_id or 0, ""),
            str(_values(thing).get("title") or ""),
            shown.get((type(thing), thing.pk)),
            public(thing.text if isinstance(thing, Praise) else thing.reason, amounts=amounts),
        )
        for what, thing in things
    ]


def _units_of(employees: set[int]) -> dict[int, str]:
    held = Assignment.objects.on(people.today()).filter(employee__in=employees, main=True)
    return dict(held.values_list("employee_id", "unit__name"))


def _values(thing: Praise | Grant) -> Mapping[str, Any]:
    """What the rule knew that gave it; only what says of which deal it speaks is ever shown, never the pay."""
    return thing.because.get("values") or {}


def _amounts(things: Sequence[Praise | Grant]) -> dict[tuple[type, int], Decimal]:
    about = {thing.about for thing in things if isinstance(thing, Praise) and thing.about}
    known = facts.facts(about) if about else {}
    found = {}
    for thing in things:
        told = _values(thing).get("amount")
        fact = known.get(thing.about) if isinstance(thing, Praise) and thing.about else None
        amount = Decimal(str(told)) if told not in (None, "") else fact.amount if fact else None
        if amount:
            found[type(thing), thing.pk] = amount
    return found


def card(employee: int, viewer: User, *, newest: int = MOST) -> Card | None:
    """A person's card with the newest praises; None when there is no such employee. It may be empty."""
    person = Employee.objects.filter(pk=employee).first()
    if person is None:
        return None
    praises = Praise.objects.filter(employee=person, deleted_at=None).order_by("-at")[:newest]
    heads = [("praise", pk, at) for pk, at in praises.values_list("pk", "at")]
    points = PointsEntry.objects.filter(employee=person).aggregate(sum=Sum("points"))["sum"] or 0
    unit = _units_of({employee}).get(employee, "")
    return Card(person, unit, tuple(honours.held(employee=employee)), tuple(entries(heads, viewer)), points)


def ledger(employee: int, *, limit: int = MOST) -> list[PointsEntry]:
    """A person's points, newest first."""
    return list(PointsEntry.objects.filter(employee=employee).order_by("-at", "-pk")[:limit])


def catalogue() -> list[Badge]:
    """Every badge with `holders`: how many people and units hold it. Those no longer given stand last."""
    ensure_built_in()
    there = Q(grants__withdrawn_at=None)
    persons = Count("grants__employee", filter=there, distinct=True)
    units = Count("grants__unit", filter=there, distinct=True)
    return list(Badge.objects.annotate(holders=persons + units).order_by("-active", "-holders", "pk"))


def badge(code: str) -> Badge | None:
    """A badge of the catalogue."""
    ensure_built_in()
    return Badge.objects.filter(code=code).first()


def holders(badge: Badge, *, limit: int = MOST) -> list[Grant]:
    """Who holds a badge: every grant that stands, newest first."""
    given = Grant.objects.filter(badge=badge, withdrawn_at=None).select_related("employee", "unit", "by__employee")
    return list(given.order_by("-at")[:limit])


def people_called(text: str) -> list[Employee]:
    """Who works here today and has exactly this name or number. Never part of a name: nobody is found by trying."""
    there = Employment.objects.on(people.today()).filter(employee=OuterRef("pk"))
    wanted = text.strip()
    return list(Employee.objects.filter(Exists(there), Q(name=wanted) | Q(number__iexact=wanted)).order_by("number"))


def on_the_wall(employee: int) -> bool:
    """Whether the person's name stands on the wall, where everybody reads it."""
    standing = Praise.objects.filter(employee=employee, deleted_at=None).exists()
    return standing or Grant.objects.filter(employee=employee, withdrawn_at=None).exists()


def this_month(day: date) -> tuple[int, int]:
    """How many praises and badges stand that were given in the month of `day` (company's clock)."""
    since = {"at__date__gte": day.replace(day=1)}
    praises = Praise.objects.filter(deleted_at=None, **since).count()
    return praises, Grant.objects.filter(withdrawn_at=None, **since).count()
