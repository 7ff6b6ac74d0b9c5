"""What must hold when everything is worked out: nothing waits, and all is what a full recomputation gives."""

from typing import Any

from django.db import transaction

from liji.base import clock
from liji.earnings import services as earnings
from liji.earnings import verification
from liji.earnings.models import PayeePeriod
from liji.earnings.verification.scope import Scope
from liji.earnings.verification.scope import stretches
from liji.earnings.verification.scope import taking_part

_COMPARED = ("version_id", "currency", "total", "result", "lines", "problem")


def wrong() -> list[str]:
    """What `liji verify` finds, and whether anything waits."""
    waiting = PayeePeriod.objects.filter(dirty_since__isnull=False).count()
    found = verification.verify()
    told = [f"{waiting} wait"] if waiting else []
    told += [f"{len(found.differences)} differences"] if found.differences else []
    return [*told, *found.unread, *(each.en for each in found.differences), *(each.en for each in found.late)]


def wrong_anew() -> list[str]:
    """Where what is stored is not what the live calculation gives when it begins with nothing."""
    before = _stored()
    with transaction.atomic():
        PayeePeriod.objects.all().delete()
        PayeePeriod.objects.bulk_create(_expected())
        earnings.recalculate_all()
        anew = _stored()
        transaction.set_rollback(True)
    return [
        _told(key, before.get(key), anew.get(key)) for key in before.keys() | anew if before.get(key) != anew.get(key)
    ]


def _expected() -> list[PayeePeriod]:
    """A payee-period that waits for everybody who takes part, in each period that has begun."""
    due = [each for each in stretches(Scope()) if each.due]
    return [
        PayeePeriod(payee_id=payee, plan_id=each.plan, start=each.start, end=each.end, dirty_since=clock.now())
        for each in due
        for payee in taking_part(each.plan, (each.start, each.end))
    ]


def _stored() -> dict[tuple, dict[str, Any]]:
    rows = PayeePeriod.objects.select_related("payee", "plan").order_by("start", "plan", "payee")
    return {
        (row.payee.number, row.plan.code, row.start, row.end): {name: getattr(row, name) for name in _COMPARED}
        for row in rows
        if row.result is not None or row.problem
    }


def _told(key: tuple, before: dict[str, Any] | None, anew: dict[str, Any] | None) -> str:
    names = [name for name in _COMPARED if before and anew and before[name] != anew[name]]
    stored, right = (None if each is None else each["total"] for each in (before, anew))
    return f"{' '.join(map(str, key))}: stored {stored}, anew {right} ({', '.join(names)})"
