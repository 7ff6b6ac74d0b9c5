"""What tracks offer other rooms to change: tracks with their criteria, who is on them, promotions."""

import json
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from liji.access import services as access
from liji.access.models import User
from liji.base import clock
from liji.events.happenings import tell
from liji.people import queries as people
from liji.people import services as people_services
from liji.people.models import Assignment
from liji.people.models import Employee
from liji.people.models import Position
from liji.people.models import Unit
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.tracks import following
from liji.tracks import happenings as told
from liji.tracks.criteria import Draft
from liji.tracks.criteria import check
from liji.tracks.models import Criterion
from liji.tracks.models import Membership
from liji.tracks.models import Promotion
from liji.tracks.models import Track
from liji.tracks.queries import may_decide
from liji.tracks.queries import may_place

State = Promotion.State


@transaction.atomic
def save_track(
    code: str,
    zh: str,
    en: str,
    *,
    goal: Position,
    start: Position | None = None,
    criteria: Sequence[Draft],
    about: str = "",
    active: bool = True,
    by: User | None,
) -> Track:
    """Makes or changes a track; whoever is on it is measured anew. Audited.

    Raises Refused: "no_criteria", or "criteria" with what is wrong (see `criteria.check`, which says more).
    """
    kinds, slips = check(criteria)
    if not criteria:
        raise Refused(Problem("criteria", "no_criteria"))
    if slips:
        raise Refused(*(Problem(f"{slip.field}-{slip.place}", slip.code) for slip in slips))
    values = {"zh": zh, "en": en, "goal": goal, "start": start, "about": about, "active": active}
    track, _ = Track.objects.update_or_create(code=code, defaults=values)
    track.criteria.all().delete()
    Criterion.objects.bulk_create(
        Criterion(
            track=track, place=place, zh=one.zh, en=one.en, formula=one.formula, kind=kind, needed=one.needed,
            months=one.months, weight=one.weight,
        )
        for place, (one, kind) in enumerate(zip(criteria, kinds, strict=True))
    )
    asked = [{"formula": one.formula, "needed": _plain(one.needed), "months": one.months} for one in criteria]
    access.audit(by, "track_saved", detail={"track": code, "criteria": asked})
    following.mark(set(track.members.filter(ended_on=None).values_list("employee", flat=True)))
    return track


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


@transaction.atomic
def enter_track(
    code: str,
    employee: int,
    *,
    occasion: str,
    because: Mapping[str, Any],
    by: User | None = None,
    origin: str = Membership.Origin.RULE,
) -> Membership | None:
    """Puts an employee on a track, measures the progress at once and tells of it (`track_entered`).

    None, and nothing changes, when this occasion has done so before, when the person is on it already, holds its
    goal, or is not employed today. Raises Refused: "unknown_track", "not_for_position".
    """
    track = Track.objects.filter(code=code, active=True).select_related("goal", "start").first()
    if track is None:
        raise Refused(Problem("track", "unknown_track", {"value": code}))
    day = people.today()
    if not people.is_employed(employee, day):
        return None
    held = set(Assignment.objects.on(day).filter(employee=employee).values_list("position", flat=True))
    if track.goal_id in held:
        return None
    if track.start_id and track.start_id not in held:
        raise Refused(Problem("employee", "not_for_position", {"value": track.start.name}))
    Employee.objects.select_for_update(no_key=True).get(pk=employee)  # two at once follow one another
    there = Membership.objects.filter(track=track, employee=employee)
    if there.filter(occasion=occasion).exists() or there.filter(ended_on=None).exists():
        return None
    kept = json.loads(json.dumps(dict(because), default=str))
    made = Membership.objects.create(
        track=track, employee_id=employee, since=day, origin=origin, occasion=occasion, because=kept
    )
    access.audit(by, "track_entered", about=employee, detail={"track": code, "origin": str(origin)})
    tell([told.entered(made)])
    following.measure([employee])
    made.refresh_from_db()
    return made


@transaction.atomic
def enter_own_tracks(employee: int, *, occasion: str, because: Mapping[str, Any]) -> list[Membership]:
    """Puts an employee on every track that begins at a position held today; see `enter_track`."""
    held = Assignment.objects.on(people.today()).filter(employee=employee).values("position")
    codes = Track.objects.filter(active=True, start__in=held).values_list("code", flat=True)
    made = [enter_track(code, employee, occasion=occasion, because=because) for code in codes]
    return [one for one in made if one]


@transaction.atomic
def leave_tracks(employee: int, *, occasion: str) -> int:
    """Takes somebody off the tracks that were entered on an occasion; returns how many."""
    held = Membership.objects.filter(employee=employee, occasion=occasion, ended_on=None)
    return sum(leave_track(code, employee) for code in held.values_list("track__code", flat=True))


@transaction.atomic
def leave_track(code: str, employee: int, *, by: User | None = None) -> bool:
    """Takes somebody off a track: the preference has changed, or the manager has decided so. Whether they were on."""
    held = Membership.objects.filter(track__code=code, employee=employee, ended_on=None).first()
    if held is None:
        return False
    following.end(held, Membership.Ended.LEFT_TRACK, on=people.today())
    access.audit(by, "track_left", about=employee, detail={"track": code})
    return True


@transaction.atomic
def propose(membership: Membership, *, by: User, reason: str) -> Promotion:
    """Proposes a promotion by hand, before the track is completed or after one was declined.

    Raises Refused: "not_yours", "no_reason", "open_already".
    """
    if not may_place(by, membership.employee_id, people.today()):
        raise Refused(Problem("reason", "not_yours"))
    if not reason.strip():
        raise Refused(Problem("reason", "no_reason"))
    Membership.objects.select_for_update().get(pk=membership.pk)
    if membership.ended_on or membership.promotions.filter(state__in=(State.MANAGER, State.HR)).exists():
        raise Refused(Problem("reason", "open_already"))
    promotion = following.propose_for(membership, by=by, reason=reason)
    detail = {"track": membership.track.code, "reason": reason}
    access.audit(by, "promotion_proposed", about=membership.employee_id, detail=detail)
    tell([told.proposed(promotion)])
    return promotion


@transaction.atomic
def decide(
    promotion: Promotion,
    *,
    by: User,
    agree: bool,
    reason: str = "",
    on: date | None = None,
    unit: Unit | None = None,
    manager: Employee | None = None,
) -> Promotion:
    """The manager's word, then HR's decision; declining needs a reason. Audited.

    When HR agrees, the person holds the goal's position from `on` (first of next month) in `unit` under `manager`
    (both as they are when not given): a dated transfer. Raises Refused: "not_yours", "decided", "no_reason", and what
    `people.services.transfer` refuses; "not_employed" on that day.
    """
    row = Promotion.objects.select_for_update(of=("self",)).select_related("membership__track__goal").get(
        pk=promotion.pk
    )
    if row.state not in (State.MANAGER, State.HR):
        raise Refused(Problem("agree", "decided"))
    if not may_decide(by, row, people.today()):
        raise Refused(Problem("agree", "not_yours"))
    if not agree and not reason.strip():
        raise Refused(Problem("reason", "no_reason"))
    step, member = row.state, row.membership
    if step == State.MANAGER:
        row.manager_by, row.manager_at, row.manager_reason = by, clock.now(), reason
    else:
        row.hr_by, row.hr_at, row.hr_reason = by, clock.now(), reason
    if not agree:
        row.state = State.DECLINED
    elif step == State.MANAGER:
        row.state = State.HR
    else:
        row.state, row.effective = State.AGREED, on or _first_of_next_month()
        _promote(member, row.effective, unit, manager)
    row.save()
    detail = {"track": member.track.code, "step": str(step), "agreed": agree, "reason": reason}
    if row.effective:
        detail["effective"] = row.effective.isoformat()
    access.audit(by, "promotion_decided", about=member.employee_id, detail=detail)
    tell([told.proposed(row) if row.state == State.HR else told.decided(row)])
    return row


def _first_of_next_month() -> date:
    today = people.today()
    return date(today.year + today.month // 12, today.month % 12 + 1, 1)


def _promote(member: Membership, on: date, unit: Unit | None, manager: Employee | None) -> None:
    employee = Employee.objects.get(pk=member.employee_id)
    if not people.is_employed(employee.pk, on):
        raise Refused(Problem("on", "not_employed", {"value": employee.name, "day": on.isoformat()}))
    held = people.assignment_on(employee.pk, on)
    where, above = unit or (held and held.unit), manager or (held and held.manager)
    if where is None:
        raise Refused(Problem("unit", "missing"))
    people_services.transfer(employee, on=on, unit=where, position=member.track.goal, manager=above)
    following.end(member, Membership.Ended.PROMOTED, on=people.today())
