"""Writing notices: once per user, rule and occasion; when their mail may go out is settled here."""

import json
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db import transaction
from django.utils import timezone

from liji.access.models import User
from liji.events.models import Event
from liji.events.services import publish
from liji.reactions import manners
from liji.reactions.documents import both
from liji.reactions.models import Notice

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Message:
    """What one employee is told. `about_pay`: not gathered in a digest, not held back by a limit."""

    employee: int
    kind: str
    occasion: str
    words: Mapping[str, Any]
    values: Mapping[str, Any]
    link: str = ""
    mail: bool = False
    about_pay: bool = False


def words(act: Mapping[str, Any], types: Mapping[str, str]) -> dict[str, Any]:
    """Subject and body in both languages, with the types of the values that fill them."""
    subject, body = both(act["subject"]), both(act["body"])
    return {each: [subject[each], body[each]] for each in subject} | {"types": dict(types)}


def tell(messages: Iterable[Message]) -> list[int]:
    """Writes the notices and queues their mails; not those written before, nor to employees who do not sign in.

    Open pages hear of it when the transaction is committed. Returns the new notices' ids.
    """
    given = list(messages)
    users = User.objects.filter(employee__in={one.employee for one in given}, is_active=True)
    readers = {user.employee_id: user for user in users.select_related("employee")}
    made: list[int] = []
    heard: list[Event] = []
    for message in given:
        user = readers.get(message.employee)
        if user is None:
            continue
        own = manners.of(user)
        notice = _write(user, own, message)
        if notice is not None:
            made.append(notice.pk)
            heard += _heard(user, own, notice, message)
    if heard:
        transaction.on_commit(lambda: _publish(heard))
    return made


def _publish(events: list[Event]) -> None:
    with transaction.atomic():
        publish(events)


def _heard(user: User, own: manners.Manners, notice: Notice, message: Message) -> list[Event]:
    """The event for open pages; beyond the hour's limit a notice comes without one."""
    since = timezone.now() - HOUR
    recent = Notice.objects.filter(user=user, made_at__gt=since)
    if not message.about_pay and recent.count() > own.notices_an_hour:
        return []
    return [Event(kind="notice", payee=user.employee_id, body={"notice": notice.pk})]


def _write(user: User, own: manners.Manners, message: Message) -> Notice | None:
    """The new notice, or None when its occasion has been told before. The database decides, not a look before."""
    address = user.email or user.employee.email
    wanted = message.mail and address and own.by_mail
    after = _mail_after(user, own, message) if wanted else None
    notice = Notice(
        user=user,
        kind=message.kind,
        occasion=message.occasion,
        values={name: str(v) if isinstance(v, Decimal) else v for name, v in message.values.items()},
        words=dict(message.words),
        link=message.link,
        mail=Notice.Mail.WAITING if wanted else Notice.Mail.NONE,
        mail_after=after,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO reactions_notice (user_id, kind, occasion, "values", words, link, made_at, mail, mail_after) '
            "VALUES (%s, %s, %s, %s, %s, %s, now(), %s, %s) ON CONFLICT DO NOTHING RETURNING id",
            [user.pk, notice.kind, notice.occasion, json.dumps(notice.values, default=str), json.dumps(notice.words),
             notice.link, notice.mail, after],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    notice.pk = row[0]
    if after is not None:
        _queue(user.pk, after)
    return notice


def _mail_after(user: User, own: manners.Manners, message: Message) -> datetime:
    now = timezone.now()
    if message.about_pay:
        return manners.after_quiet(own, now)
    mailed = Notice.objects.filter(user=user, made_at__gt=now - HOUR).exclude(mail=Notice.Mail.NONE).count()
    return manners.when(own, now, too_many=mailed >= own.mails_an_hour)


def _queue(user: int, after: datetime) -> None:
    from liji.reactions.tasks import deliver

    deliver.configure(schedule_at=after if after > timezone.now() else None).defer(user=user)
