"""Reading rules, what they have done, and notices."""

from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta

from django.db.models import Count
from django.db.models import Max
from django.db.models import Q

from liji.access.models import User
from liji.base import clock
from liji.people.problems import Problem
from liji.reactions.documents import Rule as Document
from liji.reactions.documents import read
from liji.reactions.models import Firing
from liji.reactions.models import Notice
from liji.reactions.models import Rule
from liji.reactions.wording import body
from liji.reactions.wording import language
from liji.reactions.wording import subject

__all__ = ["about", "body", "failures", "firings", "notices", "standings", "subject", "unread"]


@dataclass(frozen=True)
class Standing:
    """A rule in the list: how often it fired in the last 30 days, how often that failed, when last."""

    rule: Rule
    name: str
    kind: str
    fired: int
    failed: int
    last: datetime | None
    newer: bool  # there is a version that is not in force
    problems: tuple[Problem, ...]  # why it does nothing although it is published


def standings() -> list[Standing]:
    """Every rule, by name."""
    since = clock.now() - timedelta(days=30)
    recent = Q(firings__at__gt=since)
    rows = Rule.objects.annotate(
        fired=Count("firings", filter=recent, distinct=True),
        failed=Count("firings", filter=recent & Q(firings__state=Firing.State.FAILED), distinct=True),
        last=Max("firings__at"),
        newest=Max("versions"),
    )
    found = [_standing(row) for row in rows.select_related("version").prefetch_related("versions")]
    return sorted(found, key=lambda one: (one.rule.state != Rule.State.PUBLISHED, one.name))


def _standing(row: Rule) -> Standing:
    shown = row.version or max(row.versions.all(), key=lambda version: version.number)
    document = read(shown.document)
    sound = isinstance(document, Document)
    called = shown.document.get("names") or {}
    name = called if isinstance(called, str) else called.get(language()) or called.get("zh") or row.code
    return Standing(
        rule=row,
        name=name,
        kind=str((shown.document.get("when") or {}).get("happens", "")),
        fired=row.fired,
        failed=row.failed,
        last=row.last,
        newer=row.version_id is not None and row.newest != row.version_id,
        problems=() if sound else tuple(document),
    )


def firings(rule: Rule, *, limit: int = 100) -> list[Firing]:
    """A rule's newest firings, newest first."""
    rows = rule.firings.select_related("employee", "version")
    return list(rows.order_by("-at", "-pk")[:limit])


def failures(*, limit: int = 100) -> list[Firing]:
    """What failed and was not tried again with success, newest first."""
    rows = Firing.objects.filter(state=Firing.State.FAILED).select_related("employee", "rule")
    return list(rows.order_by("-at", "-pk")[:limit])


def notices(user: User, *, limit: int = 50) -> list[Notice]:
    """The user's newest notices, newest first."""
    return list(Notice.objects.filter(user=user).order_by("-pk")[:limit])


def about(notice: Notice) -> int | None:
    """The employee of whom a rule's notice speaks: its occasion ends with the number."""
    number = notice.occasion.rpartition(":")[2]
    return int(number) if number.isdecimal() else None


def unread(user: User) -> int:
    """How many the user has not read."""
    return Notice.objects.filter(user=user, read_at=None).count()
