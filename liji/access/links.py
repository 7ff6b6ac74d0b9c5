"""One-time links with which people choose their password: mailed, or handed over where no mail reaches them.

A link holds for PASSWORD_RESET_TIMEOUT and until the password is set, by whatever link: its signature covers the
password. Making one therefore stores nothing; it is audited.
"""

from collections.abc import Iterable

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from liji.access.models import Role
from liji.access.models import User
from liji.access.services import audit
from liji.access.services import make_user
from liji.people import queries as people
from liji.people import staff
from liji.people.models import Employee

DAYS = settings.PASSWORD_RESET_TIMEOUT // 86_400  # for which a link holds


def password_link(user: User, *, by: HttpRequest | None) -> str:
    """The address at which the user chooses a password; that it was made is audited (see `audit` for `by`)."""
    key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    parts = {"uidb36": user_pk_to_url_str(user), "key": key}
    audit(by, "password_link_made", about=user.employee_id, detail={"user": user.username})
    return settings.BASE_URL + reverse("account_reset_password_from_key", kwargs=parts)


def is_taken(username: str, employee: Employee | None) -> bool:
    """Whether somebody has this user name, in whatever case, or the employee has an account already."""
    owned = Q(employee=employee) if employee else Q()
    return User.objects.filter(Q(username__iexact=username) | owned).exists()


@transaction.atomic
def invite(employees: Iterable[Employee], *, by: HttpRequest | None) -> list[tuple[User, str]]:
    """Makes accounts for employees who have none: (account, one-time link), in the order given.

    The user name is the employee number; who has an account already, or whose number is somebody's user name, is left
    out. Everybody is a rep; who has people under them today is a manager too.
    """
    day, made = people.today(), []
    for employee in employees:
        if is_taken(employee.number, employee):
            continue
        leads = bool(people.subtree(employee.pk, day))
        roles = [Role.REP, Role.MANAGER] if leads else [Role.REP]
        user = make_user(employee.number, roles, employee=employee)
        audit(by, "user_made", about=employee.pk, detail={"user": user.username, "roles": roles})
        made.append((user, password_link(user, by=by)))
    return made


def uninvited(*, search: str = "", unit: int | None = None) -> QuerySet[Employee]:
    """Who is employed today and has no account, by number; `search` is part of a name or number, `unit` (an id)
    takes in the units below it.
    """
    return staff.staff(people.today(), search=search, unit=unit).filter(user__isnull=True)
