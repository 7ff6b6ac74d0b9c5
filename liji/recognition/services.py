"""Giving recognition: badges, points, praise, thanks. Each act happens once per occasion, however often it is asked.

Everything is told in the caller's transaction. Recognition is public and is never money.
"""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.db import transaction

from liji.access.models import User
from liji.access.services import audit
from liji.base import clock
from liji.events.happenings import Happening
from liji.events.happenings import tell
from liji.people import queries as people
from liji.people.models import Employee
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.recognition import queries
from liji.recognition.built_in import KINDS
from liji.recognition.built_in import ensure
from liji.recognition.models import Badge
from liji.recognition.models import Comment
from liji.recognition.models import Grant
from liji.recognition.models import PointsEntry
from liji.recognition.models import Praise
from liji.recognition.models import Thanks
from liji.recognition.told import look_again
from liji.recognition.words import untold

LONGEST_PRAISE = 500  # characters
LONGEST_COMMENT = 300
LONGEST_REASON = 200


@transaction.atomic
def grant_badge(
    code: str,
    employee: int,
    *,
    occasion: str,
    because: Mapping[str, Any],
    by: User | None = None,
    reason: str = "",
) -> Grant | None:
    """Gives an employee a badge; None when it was given on this occasion before, or the person has left.

    Raises Refused "unknown_badge" for a code that is not in the catalogue or no longer given.
    """
    badge = _badge(code)
    if not people.is_employed(employee, people.today()):
        return None
    made = _granted(badge, {"employee_id": employee}, occasion, because, by, reason)
    if made:
        _tell_badge(made)
    return made


@transaction.atomic
def grant_team_badge(
    code: str, unit: int, *, occasion: str, because: Mapping[str, Any], by: User | None = None, reason: str = ""
) -> Grant | None:
    """Gives a unit a badge; None when it was given on this occasion before. Raises Refused as `grant_badge`."""
    return _granted(_badge(code), {"unit_id": unit}, occasion, because, by, reason)


def _granted(
    badge: Badge, whom: Mapping[str, int], occasion: str, because: Mapping[str, Any], by: User | None, reason: str
) -> Grant | None:
    _bounded("reason", reason, LONGEST_REASON)
    _public("reason", reason)
    values = {"because": dict(because), "by": by, "reason": reason}
    grant, made = Grant.objects.get_or_create(badge=badge, occasion=occasion, **whom, defaults=values)
    if not made:
        return None
    if by:
        detail = {"badge": badge.code, "reason": reason, "unit": whom.get("unit_id")}
        audit(by, "badge_granted", about=whom.get("employee_id"), detail=detail)
    look_again()
    return grant


@transaction.atomic
def withdraw_badge(code: str, employee: int, *, occasion: str, by: User | None = None) -> bool:
    """Takes back the badge of an occasion that no longer holds; the grant stays as history. False: nothing to do."""
    grant = (
        Grant.objects.select_for_update(of=("self",))
        .filter(badge__code=code, employee=employee, occasion=occasion, withdrawn_at=None)
        .select_related("badge")
        .first()
    )
    if grant is None:
        return False
    withdraw(grant, by=by)
    return True


@transaction.atomic
def withdraw(grant: Grant, *, by: User | None) -> None:
    """Takes back one grant; by hand it is audited."""
    grant.withdrawn_at = clock.now()
    grant.save(update_fields=["withdrawn_at"])
    if by:
        audit(by, "badge_withdrawn", about=grant.employee_id, detail={"badge": grant.badge.code})
    if grant.employee_id:
        _tell_badge(grant, retracted=True)
    look_again()


def _tell_badge(grant: Grant, *, retracted: bool = False) -> None:
    values = {"badge": grant.badge.code, "badge_name": grant.badge.zh}
    occasion = f"badge:{grant.badge.code}:{grant.occasion}"
    tell([Happening("badge_granted", occasion, grant.employee_id, clock.now(), values, retracted=retracted)])


@transaction.atomic
def give_points(employee: int, points: int, *, occasion: str, because: Mapping[str, Any]) -> PointsEntry | None:
    """Adds points (with a minus: takes them back); None when the occasion was counted before or the person has left."""
    if not people.is_employed(employee, people.today()):
        return None
    values = {"points": points, "because": dict(because)}
    entry, made = PointsEntry.objects.get_or_create(employee_id=employee, occasion=occasion, defaults=values)
    if made:
        look_again()
    return entry if made else None


@transaction.atomic
def praise(
    employee: int,
    text: str,
    *,
    by: User | None = None,
    occasion: str = "",
    because: Mapping[str, Any] | None = None,
    kind: str = "result",
    about: int | None = None,
) -> Praise | None:
    """Praises somebody in public with plain text; None when it was done on this occasion before.

    `about` is the fact of which it speaks. Raises Refused: "has_left", "own_praise", "missing", "too_long_text",
    "tells_pay" or "tells_amount" (text), "unknown_kind". For a rule (`by` is None) somebody who has left is passed
    over: None.
    """
    text = text.strip()
    if not text:
        raise Refused(Problem("text", "missing"))
    _bounded("text", text, LONGEST_PRAISE)
    if kind not in KINDS:
        raise Refused(Problem("kind", "unknown_kind", {"value": kind}))
    if by:
        _public("text", text)
        if by.employee_id == employee:
            raise Refused(Problem("who", "own_praise"))
    if not people.is_employed(employee, people.today()):
        if by is None:
            return None
        name = Employee.objects.filter(pk=employee).values_list("name", flat=True).first() or ""
        raise Refused(Problem("who", "has_left", {"value": name}))
    values = {"text": text, "kind": kind, "about": about, "by": by, "because": dict(because or {})}
    occasion = occasion or f"by-hand:{uuid4()}"
    made, new = Praise.objects.get_or_create(employee_id=employee, occasion=occasion, defaults=values)
    if not new:
        return None
    told = {"kind": kind, "by": str(by) if by else ""}
    tell([Happening("praised", f"praise:{made.pk}", employee, clock.now(), told)])
    look_again()
    return made


@transaction.atomic
def delete_praise(made: Praise, *, by: User) -> None:
    """Takes a praise off the wall; audited, with its text."""
    made.deleted_at = clock.now()
    made.save(update_fields=["deleted_at"])
    audit(by, "praise_deleted", about=made.employee_id, detail={"praise": made.pk, "text": made.text})
    happening = Happening("praised", f"praise:{made.pk}", made.employee_id, clock.now(), retracted=True)
    tell([happening])
    look_again()


@transaction.atomic
def comment(made: Praise, text: str, *, by: User) -> Comment:
    """Adds a colleague's words to a praise. Raises Refused: "missing", "too_long_text", "praise_gone"."""
    _stands(made)
    text = text.strip()
    if not text:
        raise Refused(Problem("text", "missing"))
    _bounded("text", text, LONGEST_COMMENT)
    _public("text", text)
    look_again()
    return Comment.objects.create(praise=made, text=text, by=by)


@transaction.atomic
def delete_comment(said: Comment, *, by: User) -> None:
    """Takes a comment off the wall; audited, with its text."""
    said.deleted_at = clock.now()
    said.save(update_fields=["deleted_at"])
    audit(by, "comment_deleted", about=said.praise.employee_id, detail={"comment": said.pk, "text": said.text})
    look_again()


@transaction.atomic
def thank(made: Praise, *, by: User) -> bool:
    """One tap adds the user's thanks, the next takes them back; returns whether they stand now.

    Raises Refused "praise_gone" for one that was taken off the wall.
    """
    _stands(made)
    _, new = Thanks.objects.get_or_create(praise=made, by=by)
    if not new:
        Thanks.objects.filter(praise=made, by=by).delete()
    look_again()
    return new


def _stands(made: Praise) -> None:
    """Nobody takes it off the wall before this transaction is done."""
    if not Praise.objects.select_for_update().filter(pk=made.pk, deleted_at=None).exists():
        raise Refused(Problem("praise", "praise_gone"))


@transaction.atomic
def set_wall(*, shows_amounts: bool, by: User) -> None:
    """Whether the wall shows the amounts of deals; audited. The other settings stay."""
    there = queries.settings(locked=True)
    there.shows_amounts = shows_amounts
    there.save()
    audit(by, "wall_set", detail={"shows_amounts": shows_amounts})
    look_again()


def is_given(code: str) -> bool:
    """Whether a badge is in the catalogue and has not been retired."""
    badge = ensure(code)
    return badge is not None and badge.active


def _badge(code: str) -> Badge:
    badge = ensure(code)
    if badge is None or not badge.active:
        raise Refused(Problem("badge", "unknown_badge", {"value": code}))
    return badge


def _bounded(field: str, text: str, limit: int) -> None:
    if len(text) > limit:
        raise Refused(Problem(field, "too_long_text", {"limit": str(limit)}))


def _public(field: str, text: str) -> None:
    """Refuses words of somebody's own that everybody would read and should not; a rule's are left out when shown."""
    why = untold(text, amounts=queries.settings().shows_amounts)
    if why:
        raise Refused(Problem(field, why))
