"""The first step of an empty installation: the company and its first admin."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection
from django.db import transaction

from liji.access.models import Role
from liji.access.models import User
from liji.access.services import make_user
from liji.people.services import save_company

_LOCK = 8460002


class AlreadySetUp(Exception):
    """There is a user already, so nobody may make the first one any more."""


@transaction.atomic
def set_up(company: str, username: str, email: str, password: str) -> User:
    """Makes the company and the first admin.

    Raises AlreadySetUp when there is any user, ValueError when the password is too weak (the message says why).
    """
    with connection.cursor() as cursor:  # two first visits at once must not make two admins
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    if User.objects.exists():
        raise AlreadySetUp("这套系统已经初始化 / This installation is set up already: sign in as its admin.")
    try:
        validate_password(password, User(username=username, email=email))
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from error
    save_company(name=company)
    return make_user(username, [Role.ADMIN, Role.HR, Role.DESIGNER], password=password, email=email)
