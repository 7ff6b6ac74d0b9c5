"""Acting on what happened: notices to the payee and the manager, once per occasion, in-app and by mail."""

import json
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from decimal import Decimal

from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone
from django.utils.translation import override

from liji.access.models import User
from liji.earnings.queries import Progress
from liji.earnings.queries import progress
from liji.earnings.services import Change
from liji.engine import Line
from liji.events.models import Event
from liji.facts import queries as facts
from liji.people import queries as people
from liji.reactions.models import Notice
from liji.reactions.wording import body
from liji.reactions.wording import subject

NEAR_TARGET = Decimal("0.8")  # S6
# What lies further back is history that is being loaded, not something that has just happened.
FRESH = timedelta(days=2)


@dataclass(frozen=True)
class Occasion:
    """Something worth telling one employee: `name` is the same however often it is worked out."""

    employee: int
    kind: str
    name: str
    values: dict[str, str]
    link: str = ""


def react(sender: object, change: Change, **_: object) -> list[Event]:
    """Called inside the calculating transaction: what is written here is there exactly when the result is.

    Returns the events that tell of it, for the caller to publish with its own.
    """
    today = people.today()
    row = change.payee_period
    if not row.start <= today < row.end:
        return []
    known = facts.facts([line.fact_id for line in change.new_lines])
    occasions = [
        occasion
        for line in change.new_lines
        if line.fact_id in known
        for occasion in _order(change, line, known[line.fact_id], today)
    ]
    return tell([*occasions, *_near_target(change)])


def _order(change: Change, line: Line, fact: facts.FactView, today: date) -> list[Occasion]:
    """S5: the order is credited: the rep is congratulated, the manager is prompted to praise in public."""
    if fact.type != "order_closed" or timezone.now() - fact.occurred_at > FRESH:
        return []
    payee = change.payee_period.payee_id
    values = {
        "name": change.payee_period.payee.name,
        "amount": str(fact.amount),
        "brought": str(line.total_brought),
        "currency": change.payee_period.currency,
        "title": fact.title,
    }
    told = [Occasion(payee, "order_credited", f"fact:{fact.source}:{fact.external_id}", values, "/")]
    held = people.assignment_on(payee, today)
    if held and held.manager_id:
        told.append(
            Occasion(
                held.manager_id,
                "praise_suggested",
                f"fact:{fact.source}:{fact.external_id}",
                values,
                "/team/",
            )
        )
    return told


def _near_target(change: Change) -> list[Occasion]:
    """S6: at 80 % of the target the rep is told what is done and what is to go; once in a period."""
    after = progress(change.payee_period, change.after)
    before = progress(change.payee_period, change.before) if change.before else None
    if after is None or not after.target or not _crossed(before, after):
        return []
    values = {
        "name": change.payee_period.payee.name,
        "done": str(after.value),
        "to_go": str(after.target - after.value),
        "currency": change.payee_period.currency,
        "percent": str(NEAR_TARGET),
    }
    return [
        Occasion(change.payee_period.payee_id, "near_target", f"period:{change.payee_period.pk}", values, "/")
    ]


def _crossed(before: Progress | None, after: Progress) -> bool:
    reached = NEAR_TARGET * after.target <= after.value < after.target
    return reached and not (before and before.target and before.value >= NEAR_TARGET * before.target)


def tell(occasions: list[Occasion]) -> list[Event]:
    """Writes the notices and queues their mails; not those written before, nor to employees who do not sign in.

    Returns the events to publish.
    """
    if not occasions:
        return []
    employees = {occasion.employee for occasion in occasions}
    readers = {
        user.employee_id: user
        for user in User.objects.filter(employee__in=employees, is_active=True).select_related("employee")
    }
    made = [
        notice
        for occasion in occasions
        if (user := readers.get(occasion.employee)) and (notice := _write(user, occasion))
    ]
    if mails := [{"notice": notice.pk} for notice in made if notice.mail == Notice.Mail.WAITING]:
        from liji.reactions.tasks import send_mail

        send_mail.batch_defer(*mails)
    return [Event(kind="notice", payee=n.user.employee_id, body={"notice": n.pk}) for n in made]


def _write(user: User, occasion: Occasion) -> Notice | None:
    """The new notice, or None when its occasion has been told before. The database decides, not a look before."""
    notice = Notice(
        user=user,
        kind=occasion.kind,
        occasion=occasion.name,
        values=occasion.values,
        link=occasion.link,
        mail=Notice.Mail.WAITING if user.email or user.employee.email else Notice.Mail.NONE,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO reactions_notice (user_id, kind, occasion, "values", link, made_at, mail) '
            "VALUES (%s, %s, %s, %s, %s, now(), %s) ON CONFLICT DO NOTHING RETURNING id",
            [user.pk, notice.kind, notice.occasion, json.dumps(notice.values), notice.link, notice.mail],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    notice.pk = row[0]
    return notice


def send(notice_id: int) -> None:
    """Sends a notice's mail in its reader's language. Raises OSError or SMTPException, for the job to try again."""
    notice = Notice.objects.select_for_update(of=("self",)).select_related("user__employee").get(pk=notice_id)
    if notice.mail == Notice.Mail.SENT:
        return
    user = notice.user
    with override(user.language):
        message = EmailMessage(subject(notice), body(notice), to=[user.email or user.employee.email])
    # The same id at each try, so that a receiver that got it already can tell.
    message.extra_headers["Message-ID"] = f"<notice-{notice.pk}@liji>"
    message.send()
    notice.mail = Notice.Mail.SENT
    notice.save(update_fields=["mail"])


def read(user: User, notice_ids: list[int] | None = None) -> None:
    """Marks the user's notices (or all of them) as read."""
    unread = Notice.objects.filter(user=user, read_at=None)
    if notice_ids is not None:
        unread = unread.filter(pk__in=notice_ids)
    unread.update(read_at=timezone.now())
