"""Who may act: the account is active, and its person works here today. Asked on every request and every sign-in."""

from datetime import date

from allauth.account.auth_backends import AuthenticationBackend
from django.utils.translation import gettext as _

from liji.access.models import User
from liji.people import queries as people


class ActingToday(AuthenticationBackend):
    """Finds the user of a request: nobody whose account is closed or whose employment has ended or not yet begun.

    An account without an employee (of a service or of the first administrator) needs none.
    """

    def user_can_authenticate(self, user: User) -> bool:
        return super().user_can_authenticate(user) and acts_on(user, people.today())


def acts_on(user: User, day: date) -> bool:
    """Whether the person of an account works here on a day of the company."""
    return user.employee_id is None or people.is_employed(user.employee_id, day)


def acts_now(user: int) -> bool:
    """Whether an account, by id, is active and its person works here today."""
    return ActingToday().get_user(user) is not None


def reason(user: User, day: date) -> str:
    """Why a person may not act on a day, in the reader's language; empty when nothing but the account is in the way."""
    if acts_on(user, day):
        return ""
    last = people.last_day_before(user.employee_id, day)
    if last is None:
        return _("Your employment has not begun yet. You can sign in from your first day.")
    return _("Your employment ended on %(day)s. You can no longer sign in.") % {"day": last.isoformat()}
