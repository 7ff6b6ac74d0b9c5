"""How signing in differs here from what the library does by default."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


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

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
