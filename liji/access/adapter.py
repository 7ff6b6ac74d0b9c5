"""How signing in differs here from what the library does by default."""

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from liji.access.acting import reason
from liji.access.models import User
from liji.access.queries import username_of
from liji.people import queries as people


class NoSignUp(DefaultAccountAdapter):
    """Users are made by an admin or an import; nobody signs up by themselves."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("The employee number or the password is wrong."),
        "email_password_mismatch": _("The e-mail address or the password is wrong."),
        "too_many_login_attempts": _(
            "Too many failed attempts. Wait five minutes, or set a new password by e-mail."
        ),
        "account_inactive": _("This account is not active. Ask your admin or HR."),
    }

    def authenticate(self, request: HttpRequest, **credentials: str) -> User | None:
        """Signs in by the employee number however it is written: e1012 and Ｅ１０１２ are E1012.

        Raises ValidationError with the reason for a right password of somebody who does not work here today.
        """
        if typed := credentials.get("username"):
            credentials["username"] = username_of(typed)
        user = super().authenticate(request, **credentials)
        if user and (why := reason(user, people.today())):
            raise ValidationError(why, code="not_employed")
        return user

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
