"""Making users, granting roles, keeping secrets, writing the audit."""

import base64
import hashlib
import secrets
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from liji.access.models import ApiKey
from liji.access.models import AuditEntry
from liji.access.models import Role
from liji.access.models import RoleGrant
from liji.access.models import User
from liji.base import clock
from liji.people.models import Employee


def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(settings.SECRET_KEY.encode()).digest()))


def seal(secret: str) -> bytes:
    """A secret encrypted for keeping at rest."""
    return _box().encrypt(secret.encode())


def unseal(sealed: bytes) -> str:
    """The secret that `seal` encrypted. Raises cryptography.fernet.InvalidToken when the key has changed."""
    return _box().decrypt(bytes(sealed)).decode()


@transaction.atomic
def make_user(
    username: str,
    roles: list[str],
    *,
    password: str | None = None,
    email: str = "",
    employee: Employee | None = None,
    language: str = "zh-hans",
) -> User:
    """Makes a user with roles. Without a password the user sets one by the reset mail.

    Without an address of the user's own, the employee's is taken: the reset mail must reach somebody.
    """
    email = email or (employee.email if employee else "")
    user = User(username=username, email=email, employee=employee, language=language)
    user.set_password(password) if password else user.set_unusable_password()
    user.save()
    RoleGrant.objects.bulk_create([RoleGrant(user=user, role=role) for role in roles])
    return user


class LastAdmin(Exception):
    """The change would leave nobody to administer."""


@transaction.atomic
def change_user(
    user: User, *, by: User | None, email: str, language: str, roles: list[str], active: bool, employee: Employee | None
) -> None:
    """Changes what a user is. Raises LastAdmin when no active administrator would remain."""
    stays = active and Role.ADMIN in roles
    others = RoleGrant.objects.filter(role=Role.ADMIN, user__is_active=True).exclude(user=user)
    if not stays and RoleGrant.objects.filter(user=user, role=Role.ADMIN).exists() and not others.exists():
        raise LastAdmin
    user.email, user.language, user.is_active, user.employee = email, language, active, employee
    user.save(update_fields=["email", "language", "is_active", "employee"])
    set_roles(user, roles, by=by)
    audit(by, "user_changed", about=user.employee_id, detail={"user": user.username, "active": active})


@transaction.atomic
def set_roles(user: User, roles: list[str], *, by: User | None) -> None:
    """Replaces the roles of a user; audited."""
    user.grants.all().delete()
    RoleGrant.objects.bulk_create([RoleGrant(user=user, role=role) for role in roles])
    audit(by, "roles_changed", about=user.employee_id, detail={"user": user.username, "roles": sorted(roles)})


def end_sessions(user: User) -> None:
    """Signs a user out everywhere."""
    for session in UserSession.objects.filter(user=user):
        session.end()


def make_api_key(
    name: str, *, by: User | None, reads_pay: bool = False, sources: Sequence[str] = ()
) -> tuple[ApiKey, str]:
    """A new key and its secret, which is shown this once and kept encrypted.

    It writes facts of the sources that are given, else of one of its own name.
    """
    secret = secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        key=f"lk_{secrets.token_hex(12)}", name=name, secret=seal(secret), made_by=by, reads_pay=reads_pay,
        sources=[*sources] or [name[:64]],
    )
    audit(by, "api_key_made", detail={"key": key.key, "name": name})
    return key, secret


def bind_api_key(key: ApiKey, sources: Sequence[str], *, by: User | None) -> None:
    """From now on the key writes facts of these sources alone."""
    key.sources = [*dict.fromkeys(source.strip()[:64] for source in sources if source.strip())]
    key.save(update_fields=["sources"])
    audit(by, "api_key_bound", detail={"key": key.key, "sources": ", ".join(key.sources)})


def end_api_key(key: ApiKey, *, by: User | None) -> None:
    """From now on the key opens nothing."""
    key.ended_at = clock.now()
    key.save(update_fields=["ended_at"])
    audit(by, "api_key_ended", detail={"key": key.key})


# Who acts where no user does: the product by itself, unless `acting_as` says otherwise.
_acting: ContextVar[str] = ContextVar("acting", default="system")


@contextmanager
def acting_as(name: str) -> Iterator[None]:
    """What is done inside without a user stands in the audit under this name: a command, the demo company."""
    before = _acting.set(name)
    try:
        yield
    finally:
        _acting.reset(before)


def audit(
    who: HttpRequest | User | None, action: str, *, about: int | None = None, detail: dict | None = None
) -> None:
    """Records a look at or a change of pay, or of what leads to pay. `about` is an employee id."""
    request = who if isinstance(who, HttpRequest) else None
    user = request.user if request else who
    AuditEntry.objects.create(
        user=user if user and user.is_authenticated else None,
        actor=user.username if user and user.is_authenticated else _acting.get(),
        action=action,
        about_id=about,
        detail=detail or {},
        address=request.META.get("REMOTE_ADDR") if request else None,
    )
