"""Sending notices by mail: in order for each person; a mail server that is down loses nothing and doubles nothing."""

import logging
from datetime import timedelta
from smtplib import SMTPException
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import ngettext
from django.utils.translation import override

from liji.base import clock
from liji.people import queries as people
from liji.reactions.models import Notice
from liji.reactions.wording import body
from liji.reactions.wording import subject

log = logging.getLogger(__name__)
# Any constant will do; it must only differ from other advisory locks of the product.
_ONE_AT_A_TIME = 8460002
GATHERED = timedelta(minutes=1)  # a mail that waited longer than this was held back, and goes with the others that were
GIVE_UP = timedelta(days=7)


def deliver(user_id: int) -> int:
    """Sends what waits for a user and is due, oldest first; stops at the first that cannot be sent. Returns how many.

    Without a mail server everything stays waiting: it is readable on the page.
    """
    sent = 0
    while settings.EMAIL_CONFIGURED:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_ONE_AT_A_TIME, user_id])
            due = Notice.objects.filter(user=user_id, mail=Notice.Mail.WAITING, mail_after__lte=clock.now())
            waiting = list(due.select_related("user__employee").order_by("pk")[:100])
            if not waiting:
                return sent
            if _has_left(waiting[0]):
                due.update(mail=Notice.Mail.NONE)
                return sent
            batch = _batch(waiting)
            try:
                _message(batch).send()
                state = Notice.Mail.SENT
            except SMTPRecipientsRefused:
                log.warning("an address is refused", extra={"user": user_id, "notice": batch[0].pk})
                state = Notice.Mail.FAILED
            except (OSError, SMTPException) as error:
                log.warning("mail not sent", extra={"user": user_id, "error": str(error)})
                return sent
            Notice.objects.filter(pk__in=[notice.pk for notice in batch]).update(mail=state)
            sent += state == Notice.Mail.SENT
    return sent


def _has_left(notice: Notice) -> bool:
    """Whether whoever waits for it works here no more: what was held back for them is not sent."""
    who = notice.user.employee_id
    return who is not None and not people.is_employed(who, people.today())


def _batch(waiting: list[Notice]) -> list[Notice]:
    """The oldest alone; with all that were held back like it, if it was."""
    held = [notice for notice in waiting if notice.mail_after - notice.made_at > GATHERED]
    return held if waiting[0] in held else waiting[:1]


def _message(batch: list[Notice]) -> EmailMessage:
    user = batch[0].user
    with override(user.language):
        if len(batch) == 1:
            title, text = subject(batch[0]), body(batch[0])
        else:
            count = len(batch)
            title = ngettext("%(count)s notice", "%(count)s notices", count) % {"count": count}
            text = "\n\n".join(f"{subject(notice)}\n{body(notice)}" for notice in batch)
        text += f"\n\n{gettext('Liji')} · {people.company().name}"
        message = EmailMessage(title, text, to=[user.email or user.employee.email])
    # The same id at each try, so that a receiver that got it already can tell.
    message.extra_headers["Message-ID"] = f"<notice-{batch[0].pk}@liji>"
    return message


def left_behind() -> list[int]:
    """The users for whom mail is due that was not sent yet: a crash, or a server that is down."""
    now = clock.now()
    rows = Notice.objects.filter(mail=Notice.Mail.WAITING, mail_after__lt=now, made_at__gt=now - GIVE_UP)
    return list(rows.order_by("user_id").values_list("user_id", flat=True).distinct())

