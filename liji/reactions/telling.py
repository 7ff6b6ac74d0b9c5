"""Writing notices: once per user, rule and occasion; when their mail may go out is settled here."""

import json
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count
from django.db.models import Q

from liji.access.models import User
from liji.base import clock
from liji.events.models import Event
from liji.events.services import publish_later
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


_WRITE = """
INSERT INTO reactions_notice (user_id, kind, occasion, "values", words, link, made_at, mail)
SELECT reader, kind, occasion, given::jsonb, words::jsonb, link, %s::timestamptz, mail
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
    AS written (reader, kind, occasion, given, words, link, mail)
ON CONFLICT DO NOTHING RETURNING id, user_id, kind, occasion
"""
_Key = tuple[int, str, str]  # user, kind, occasion


def tell(messages: Iterable[Message]) -> list[int]:
    """Writes the notices and queues their mails; not those written before, nor to employees who do not sign in.

    Open pages hear of it when the transaction is committed. Returns the new notices' ids.
    """
    given = list(messages)
    users = User.objects.filter(employee__in={one.employee for one in given}, is_active=True)
    readers = {user.employee_id: user for user in users.select_related("employee")}
    wanted: dict[_Key, Message] = {}
    for message in given:
        if user := readers.get(message.employee):
            wanted.setdefault((user.pk, message.kind, message.occasion), message)
    if not wanted:
        return []
    own = manners.of_each([user.pk for user in readers.values()])
    reachable = {user.pk for user in readers.values() if own[user.pk].by_mail and (user.email or user.employee.email)}
    made = _write(wanted, reachable)
    if made:
        _follow(made, wanted, own, reachable)
    return list(made.values())


def _write(wanted: Mapping[_Key, Message], reachable: Collection[int]) -> dict[_Key, int]:
    """The ids of the new notices. The database decides what has been told before, not a look before."""
    rows = [
        (*key, json.dumps(_plain(told.values), default=str), json.dumps(dict(told.words)), told.link,
         Notice.Mail.WAITING.value if told.mail and key[0] in reachable else Notice.Mail.NONE.value)
        for key, told in wanted.items()
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [clock.now(), *(list(column) for column in zip(*rows, strict=True))])
        found = {tuple(key): number for number, *key in cursor.fetchall()}
    return {key: found[key] for key in wanted if key in found}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()}


def _follow(
    made: Mapping[_Key, int],
    wanted: Mapping[_Key, Message],
    own: Mapping[int, manners.Manners],
    reachable: Collection[int],
) -> None:
    """What new notices bring with them: open pages move, unless there were too many, and mails have their time."""
    counts, heard = _before(made), []
    for (user, *_), number, message in [(key, number, wanted[key]) for key, number in made.items()]:
        count, told = counts[user], own[user]
        count.notices += 1
        if message.about_pay or count.notices <= told.notices_an_hour:
            heard.append(Event(kind="notice", payee=message.employee, body={"notice": number}))
        if message.mail and user in reachable:
            after = _mail_after(told, message, count)
            count.mails += 1
            Notice.objects.filter(pk=number).update(mail_after=after)
            _queue(user, after)
    publish_later(heard)


@dataclass
class _Count:
    """How many notices, and how many by mail, a user was given in the last hour."""

    notices: int = 0
    mails: int = 0


def _before(made: Mapping[_Key, int]) -> dict[int, _Count]:
    """The counts before the notices that are being made."""
    users = {user for user, *_ in made}
    rows = Notice.objects.filter(user__in=users, made_at__gt=clock.now() - HOUR).exclude(pk__in=made.values())
    mailed = Count("pk", filter=~Q(mail=Notice.Mail.NONE))
    counted = rows.values("user").annotate(notices=Count("pk"), mails=mailed)
    found = {row["user"]: _Count(row["notices"], row["mails"]) for row in counted}
    return {user: found.get(user, _Count()) for user in users}


def _mail_after(own: manners.Manners, message: Message, count: _Count) -> datetime:
    now = clock.now()
    if message.about_pay:
        return manners.after_quiet(own, now)
    return manners.when(own, now, too_many=count.mails >= own.mails_an_hour)


def _queue(user: int, after: datetime) -> None:
    from liji.reactions.tasks import deliver

    due = clock.machine_moment(after) if after > clock.now() else None
    deliver.configure(schedule_at=due).defer(user=user)
