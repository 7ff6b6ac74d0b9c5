"""Asking about tracks: who is how far, what is missing, and which promotions wait for whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count
from django.db.models import Q
from django.db.models import QuerySet

from liji.access import queries as access
from liji.access.models import Role
from liji.access.models import User
from liji.people import queries as people
from liji.tracks.measuring import Measured
from liji.tracks.models import Criterion
from liji.tracks.models import Membership
from liji.tracks.models import Promotion
from liji.tracks.models import Track

OPEN = (Promotion.State.MANAGER, Promotion.State.HR)


@dataclass(frozen=True)
class Asked:
    """A criterion with what one person has reached of it. `part`: how much of the whole it is, `earned` of that."""

    criterion: Criterion
    measured: Measured | None
    part: Decimal

    @property
    def share(self) -> Decimal:
        return self.measured.share if self.measured else Decimal(0)

    @property
    def earned(self) -> Decimal:
        return self.part * self.share

    @property
    def months_missing(self) -> int:
        """Months in a row that are still missing; 0 where they do not count."""
        run = (self.measured.run if self.measured else 0) or 0
        return max(self.criterion.months - run, 0)


@dataclass(frozen=True)
class Standing:
    """Somebody on a track: the whole, each criterion, and the newest promotion."""

    membership: Membership
    criteria: tuple[Asked, ...]
    promotion: Promotion | None

    @property
    def share(self) -> Decimal:
        return self.membership.share

    @property
    def met_count(self) -> int:
        """How many criteria are reached."""
        return len(self.criteria) - len(self.missing)

    @property
    def missing(self) -> tuple[Asked, ...]:
        """What is not reached yet."""
        return tuple(one for one in self.criteria if not (one.measured and one.measured.met))


def standings(employees: Collection[int], *, ended: bool = False) -> list[Standing]:
    """Where these people stand, those furthest on first; with `ended` also the tracks behind them."""
    rows = Membership.objects.filter(employee__in=employees)
    if not ended:
        rows = rows.filter(ended_on=None)
    return _standings(rows)


def standing(membership: int) -> Standing | None:
    """One of them."""
    return next(iter(_standings(Membership.objects.filter(pk=membership))), None)


def _standings(rows: QuerySet[Membership]) -> list[Standing]:
    found = rows.select_related("track__goal", "track__start", "employee").prefetch_related(
        "track__criteria", "promotions"
    )
    return [_standing(row) for row in found.order_by("-share", "employee__number")]


def _standing(row: Membership) -> Standing:
    criteria = list(row.track.criteria.all())
    whole = sum((one.weight for one in criteria), Decimal(0))
    known = {one["criterion"]: Measured.from_json(one) for one in row.measured}
    asked = tuple(Asked(one, known.get(one.pk), one.weight / whole) for one in criteria)
    newest = max(row.promotions.all(), key=lambda one: one.pk, default=None)
    return Standing(row, asked, newest)


def tracks() -> list[Track]:
    """Every track with its criteria, and how many are on it (`on_it`)."""
    counted = Count("members", filter=Q(members__ended_on=None))
    found = Track.objects.annotate(on_it=counted).select_related("start", "goal")
    return list(found.prefetch_related("criteria").order_by("-active", "code"))


def open_promotions(user: User, day: date) -> list[Promotion]:
    """The promotions that wait for this user's word, the oldest first."""
    waiting = Promotion.objects.filter(state__in=OPEN).select_related(
        "membership__employee", "membership__track__goal"
    )
    return [one for one in waiting.order_by("pk") if may_decide(user, one, day)]


def promotions(employees: Collection[int] | None = None, *, limit: int = 100) -> list[Promotion]:
    """The newest promotions of these people, or of all."""
    found = Promotion.objects.select_related("membership__employee", "membership__track__goal", "manager_by", "hr_by")
    if employees is not None:
        found = found.filter(membership__employee__in=employees)
    return list(found.order_by("-pk")[:limit])


def may_place(user: User, employee: int, day: date) -> bool:
    """HR, and a manager for those of the dated subtree; nobody for themselves."""
    if user.employee_id == employee:
        return False
    if access.has_role(user, Role.HR):
        return True
    manages = access.has_role(user, Role.MANAGER) and user.employee_id is not None
    return manages and employee in people.subtree(user.employee_id, day)


def may_decide(user: User, promotion: Promotion, day: date) -> bool:
    """At the first step a manager above the person, at the second HR; nobody on their own promotion."""
    employee = promotion.membership.employee_id
    if user.employee_id == employee:
        return False
    if promotion.state == Promotion.State.HR:
        return access.has_role(user, Role.HR)
    manages = access.has_role(user, Role.MANAGER) and user.employee_id is not None
    above = manages and employee in people.subtree(user.employee_id, day)
    return promotion.state == Promotion.State.MANAGER and above
