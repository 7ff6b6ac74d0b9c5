"""Reading recognition where there is little room: the badges that somebody holds, what is newest, who holds most."""

from dataclasses import dataclass
from datetime import date
from datetime import datetime
from urllib.parse import quote

from django.db.models import Count
from django.db.models import Max

from liji.recognition.catalogue import picture_of
from liji.recognition.models import Badge
from liji.recognition.models import Grant
from liji.recognition.models import Praise

PICTURES = 4  # of somebody's badges


@dataclass(frozen=True)
class Held:
    """A badge with how often it was given and when last."""

    badge: Badge
    count: int
    at: datetime


def _in_place(badge: Badge) -> str:
    """The picture in the address itself: a wall display is not signed in and fetches no other."""
    return "data:image/svg+xml," + quote(picture_of(badge))


def held(**whom: int) -> list[Held]:
    """The badges that a person (`employee=`) or a unit (`unit=`) holds, the newest first."""
    grants = Grant.objects.filter(withdrawn_at=None, **whom).values("badge")
    found = {row["badge"]: row for row in grants.annotate(count=Count("id"), last=Max("at"))}
    badges = Badge.objects.in_bulk(found)
    rows = [Held(badges[number], row["count"], row["last"]) for number, row in found.items()]
    return sorted(rows, key=lambda row: row.at, reverse=True)


@dataclass(frozen=True)
class Newest:
    """Something to be glad about: a badge (then without words) or praise. `name` is a person's or a unit's."""

    name: str
    badge: Badge | None
    text: str
    at: datetime

    @property
    def picture(self) -> str:
        """The badge's picture; empty for praise."""
        return _in_place(self.badge) if self.badge else ""


def newest(since: datetime, limit: int) -> list[Newest]:
    """Badges and praise since a moment, the newest first."""
    grants = Grant.objects.filter(withdrawn_at=None, at__gte=since).select_related("badge", "employee", "unit")
    praises = Praise.objects.filter(deleted_at=None, at__gte=since).select_related("employee")
    found = [
        Newest((one.employee or one.unit).name, one.badge, "", one.at) for one in grants.order_by("-at")[:limit]
    ]
    found += [Newest(one.employee.name, None, one.text, one.at) for one in praises.order_by("-at")[:limit]]
    return sorted(found, key=lambda one: one.at, reverse=True)[:limit]


@dataclass(frozen=True)
class Top:
    """Somebody with how many badges, and their pictures, the newest first."""

    name: str
    count: int
    pictures: tuple[str, ...]


def most_badges(since: date, limit: int) -> list[Top]:
    """Who was given most badges from a day on; among equals who was first to have so many."""
    grants = Grant.objects.filter(withdrawn_at=None, employee__isnull=False, at__date__gte=since)
    counted = grants.values("employee").annotate(count=Count("id"), last=Max("at")).order_by("-count", "last")[:limit]
    own: dict[int, list[Grant]] = {}
    rows = grants.filter(employee__in=[row["employee"] for row in counted]).select_related("badge", "employee")
    for grant in rows.order_by("-at"):
        own.setdefault(grant.employee_id, []).append(grant)
    return [
        Top(
            own[row["employee"]][0].employee.name,
            row["count"],
            tuple(_in_place(grant.badge) for grant in own[row["employee"]][:PICTURES]),
        )
        for row in counted
    ]
