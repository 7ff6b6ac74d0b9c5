"""When people are told: quiet hours, digest and limits, the company's and each user's own."""

from collections.abc import Collection
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from datetime import time
from datetime import timedelta
from typing import Any

from django.db.models import Q

from liji.access.models import User
from liji.people import queries as people
from liji.reactions.models import Manners as Row

PARTS = ("by_mail", "quiet_from", "quiet_to", "digest", "mails_an_hour", "notices_an_hour")


@dataclass(frozen=True)
class Manners:
    """How one user is told; see the model."""

    by_mail: bool = True
    quiet_from: time | None = None
    quiet_to: time | None = None
    digest: time | None = None
    mails_an_hour: int = 20
    notices_an_hour: int = 60


def of_company() -> Manners:
    """The company's."""
    return _as_value(Row.objects.filter(user=None).first())


def of(user: User) -> Manners:
    """A user's: what they have chosen, else the company's. The limits are the company's."""
    return of_each([user.pk])[user.pk]


def of_each(users: Collection[int]) -> dict[int, Manners]:
    """Those of many users, by their ids."""
    asked = Q(user__in=list(users)) | Q(user=None)
    rows = {row.user_id: row for row in Row.objects.filter(asked)}
    company = _as_value(rows.get(None))
    return {user: _own(company, rows.get(user)) for user in users}


def _own(company: Manners, own: Row | None) -> Manners:
    if own is None:
        return company
    return replace(company, by_mail=own.by_mail, quiet_from=own.quiet_from, quiet_to=own.quiet_to, digest=own.digest)


def _as_value(row: Row | None) -> Manners:
    return Manners(**{part: getattr(row, part) for part in PARTS}) if row else Manners()


def save(user: User | None, **values: Any) -> None:
    """Sets the company's (None) or a user's own."""
    Row.objects.update_or_create(user=user, defaults=values)


def after_quiet(own: Manners, moment: datetime) -> datetime:
    """The moment itself, or the end of the quiet hours in which it lies (company's clock)."""
    if own.quiet_from is None or own.quiet_to is None or own.quiet_from == own.quiet_to:
        return moment
    local = moment.astimezone(people.zone())
    here, start, end = local.time(), own.quiet_from, own.quiet_to
    quiet = start <= here < end if start < end else here >= start or here < end
    return _next(local, end) if quiet else moment


def when(own: Manners, moment: datetime, *, too_many: bool = False) -> datetime:
    """When a mail that is written now may go out: at the digest's hour, after the hour's limit, not in quiet hours."""
    local = moment.astimezone(people.zone())
    if own.digest is not None:
        return after_quiet(own, _next(local, own.digest))
    return after_quiet(own, moment + timedelta(hours=1) if too_many else moment)


def _next(local: datetime, at: time) -> datetime:
    """The next moment at which the company's clock shows `at`; where the clock is put forward over it, an hour on."""
    day = local.date() if local.time() < at else local.date() + timedelta(days=1)
    return datetime.combine(day, at, local.tzinfo)
