"""How signing in differs here from what the library does by default."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from liji.access.acting import reason
from liji.access.models import User
from liji.access.queries import username_of
from liji.people import queries as people

log = logging.getLogger(__name__)


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

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sends a mail of the sign-in. Who asked learns nothing of it: neither that there is no mail server, nor that
        the server is down, nor, by either, which addresses are known. The log and `liji doctor` say it.
        """
        if not settings.EMAIL_CONFIGURED:
            log.warning("mail not sent: no mail server", extra={"template": template_prefix})
            return
        try:
            self.deliver(template_prefix, email, context)
        except (OSError, SMTPException):
            log.exception("mail not sent", extra={"template": template_prefix})

    def deliver(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sends a mail for an administrator, who may know what went wrong: raises OSError or SMTPException."""
        super().send_mail(template_prefix, email, context)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
