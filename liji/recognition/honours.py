"""Reading recognition where there is little room: the badges that somebody holds, what is newest, who holds most."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.db.models import Count
from django.db.models import Max

from liji.recognition.drawing import draw
from liji.recognition.models import Badge
from liji.recognition.models import Grant


@dataclass(frozen=True)
class Held:
    """A badge with how often it was given and when last."""

    badge: Badge
    count: int
    at: datetime

    @property
    def picture(self) -> str:
        """The badge's picture as the address of an image."""
        return picture_of(self.badge)


def picture_of(badge: Badge) -> str:
    """The picture in the address itself: as an image, so that nothing of it meets another one on the page."""
    return "data:image/svg+xml," + quote(badge.picture or draw(badge.shape, badge.symbol, badge.colour))


def held(employee: int) -> list[Held]:
    """The badges that an employee holds, the newest first."""
    grants = Grant.objects.filter(employee=employee, withdrawn_at=None).values("badge")
    found = {row["badge"]: row for row in grants.annotate(count=Count("id"), last=Max("at"))}
    badges = Badge.objects.in_bulk(found)
    rows = [Held(badges[number], row["count"], row["last"]) for number, row in found.items()]
    return sorted(rows, key=lambda row: row.at, reverse=True)
