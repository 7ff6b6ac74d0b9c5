"""Who may see whose pay, as of a day. The one place where that is decided."""

from datetime import date

from liji.access.models import Role
from liji.access.models import User
from liji.base.gate.identity import identity
from liji.people import queries as people

SEES_ALL_PAY = {Role.HR, Role.FINANCE}


def roles(user: User) -> frozenset[str]:
    """The roles of a user; none for someone who is not signed in or no longer active."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if not hasattr(user, "_roles"):
        user._roles = frozenset(user.grants.values_list("role", flat=True))
    return user._roles


def has_role(user: User, *wanted: str) -> bool:
    """Whether the user holds one of the roles."""
    return bool(roles(user) & set(wanted))


def visible_payees(user: User, day: date) -> set[int] | None:
    """The employees whose pay the user may see on `day`; None stands for all of them.

    HR and finance see all (each look is audited); a manager the own subtree as it is on `day` and the own pay;
    everybody else the own pay alone. An admin or a plan designer sees no pay by that role.
    """
    if has_role(user, *SEES_ALL_PAY):
        return None
    if not roles(user) or user.employee_id is None:
        return set()
    own = {user.employee_id}
    return own | people.subtree(user.employee_id, day) if has_role(user, Role.MANAGER) else own


def may_see_pay(user: User, employee: int, day: date) -> bool:
    """Whether the user may see the pay of `employee` on `day`."""
    visible = visible_payees(user, day)
    return visible is None or employee in visible


def username_of(typed: str) -> str:
    """The user name that somebody means who typed one, or an employee number, in whatever case and width."""
    shown = identity(typed).shown
    if User.objects.filter(username__iexact=shown).exists():
        return shown
    employee = people.employee_by_number(typed)
    user = User.objects.filter(employee=employee).first() if employee else None
    return user.username if user else shown
