"""Whom a rule's action goes to. Whoever no longer works here gets nothing, and nobody gets it twice."""

from collections.abc import Callable
from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from liji.access.models import Role
from liji.access.models import RoleGrant
from liji.access.models import User
from liji.people import queries as people

NAMES = {
    "person": _("The person"),
    "manager": _("The manager"),
    "manager2": _("The manager's manager"),
    "team": _("The team"),
    "management": _("Everybody above"),
    "finance": _("Finance"),
    "hr": _("HR"),
    "designer": _("Plan designers"),
    "admin": _("Administrators"),
    "everybody": _("Everybody"),
}


def managers(employee: int, day: date) -> list[int]:
    """Those above an employee on a day, nearest first, without those who have left."""
    return people.chain_above(employee, day)


def _team(employee: int, day: date) -> set[int]:
    """Those who share the person's manager, and the person."""
    above = managers(employee, day)
    return {one.pk for one in people.direct_reports(above[0], day)} | {employee} if above else {employee}


def _role(role: str) -> set[int]:
    rows = RoleGrant.objects.filter(role=role, user__is_active=True, user__employee__isnull=False)
    return set(rows.values_list("user__employee_id", flat=True))


def _everybody(employee: int, day: date) -> set[int]:
    return set(User.objects.filter(is_active=True, employee__isnull=False).values_list("employee_id", flat=True))


_FOUND: dict[str, Callable[[int, date], Iterable[int]]] = {
    "person": lambda employee, day: [employee],
    "manager": lambda employee, day: managers(employee, day)[:1],
    "manager2": lambda employee, day: managers(employee, day)[1:2],
    "team": _team,
    "management": managers,
    "finance": lambda employee, day: _role(Role.FINANCE),
    "hr": lambda employee, day: _role(Role.HR),
    "designer": lambda employee, day: _role(Role.DESIGNER),
    "admin": lambda employee, day: _role(Role.ADMIN),
    "everybody": _everybody,
}


def those(to: str, employee: int, day: date) -> list[int]:
    """The employees whom a word stands for, about one employee on a day; by number of their row."""
    return sorted(people.employed(_FOUND[to](employee, day), day))
