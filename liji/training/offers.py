"""Offering courses: by a rule, a manager, HR, oneself, or because a finished course opens another.

One open offer of a course at a time; the same occasion offers it once, also after a replay.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection
from django.db import transaction

from liji.access.models import User
from liji.base import clock
from liji.events.happenings import tell
from liji.people import queries as people
from liji.people.models import Assignment
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.training import happenings as told
from liji.training.models import Completion
from liji.training.models import Course
from liji.training.models import Offer
from liji.training.models import SkillHeld

Origin = Offer.Origin


@transaction.atomic
def offer_course(
    code: str,
    employee: int,
    *,
    occasion: str,
    because: Mapping[str, Any],
    by: User | None = None,
    origin: str = Origin.RULE,
    due: date | None = None,
) -> Offer | None:
    """Offers a course or an exam of the catalogue to an employee and tells of it (`course_offered`).

    None, and nothing changes, when this occasion has offered it before, when it is offered or finished already, or
    when the person is not employed today. Raises Refused: "unknown_course"; "first_finish" naming prerequisites.
    """
    course = Course.objects.filter(code=code, active=True).first()
    if course is None:
        raise Refused(Problem("course", "unknown_course", {"value": code}))
    if not people.is_employed(employee, people.today()) or holds_for_now(employee, course):
        return None
    if missing := list(course.requires.exclude(pk__in=_passed(employee))):
        raise Refused(Problem("course", "first_finish", {"value": "、".join(one.code for one in missing)}))
    offer = _write(Offer(
        course=course, employee_id=employee, origin=origin, occasion=occasion, because=dict(because), by=by, due=due
    ))
    if offer:
        tell([told.offered(offer)])
    return offer


@transaction.atomic
def offer_suited(employee: int, *, occasion: str, because: Mapping[str, Any], most: int) -> list[Offer]:
    """Offers the first courses that are open to an employee (see `queries.open_to`), at most so many; tells of each.

    Nothing is offered when this occasion has offered something before, or when the person is not employed today.
    """
    from liji.training.queries import open_to

    day = people.today()
    if not people.is_employed(employee, day) or Offer.objects.filter(employee=employee, occasion=occasion).exists():
        return []
    made = [
        _write(Offer(course=course, employee_id=employee, origin=Origin.RULE, occasion=occasion, because=dict(because)))
        for course in open_to(employee, day)[:most]
    ]
    offers = [offer for offer in made if offer]
    tell([told.offered(offer) for offer in offers])
    return offers


def _write(offer: Offer) -> Offer | None:
    """The new offer, or None when there is one already. The database decides, not a look before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO training_offer (course_id, employee_id, origin, occasion, because, by_id, at, due) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id, at",
            [offer.course_id, offer.employee_id, offer.origin, offer.occasion,
             json.dumps(offer.because, default=str), offer.by_id, clock.now(), offer.due],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    offer.pk, offer.at = row
    offer._state.adding = False
    return offer


@transaction.atomic
def choose(code: str, employee: int) -> Offer | None:
    """The employee takes up a course by own choice; see `offer_course`."""
    occasion = f"self:{clock.now().isoformat()}"
    offer = offer_course(code, employee, occasion=occasion, because={}, origin=Origin.SELF)
    if offer:
        start(offer)
    return offer


def start(offer: Offer) -> None:
    """The person begins: from offered to under way."""
    offer.started_at = offer.started_at or clock.now()
    offer.save(update_fields=["started_at"])


def withdraw(offer: Offer) -> None:
    """Takes an open offer back."""
    offer.withdrawn_at = clock.now()
    offer.save(update_fields=["withdrawn_at"])


def end_offers(employee: int, *, occasion_prefix: str) -> int:
    """Takes back what was offered under occasions that begin so and is not begun; returns how many.

    For a scheme that no longer holds: who prefers promotion to training is offered no more courses for it.
    """
    open_ = Offer.objects.filter(employee=employee, finished=None, withdrawn_at=None, started_at=None)
    return open_.filter(occasion__startswith=occasion_prefix).update(withdrawn_at=clock.now())


def offer_next(completion: Completion) -> list[Offer]:
    """Offers what a finished course opens: whatever requires it, is meant for the person, and lacks nothing else."""
    employee, day = completion.employee_id, people.today()
    if not people.is_employed(employee, day):
        return []
    passed, made = _passed(employee), []
    for course in completion.course.opens.filter(active=True).prefetch_related("requires"):
        ready = all(one.pk in passed for one in course.requires.all())
        if not ready or holds_for_now(employee, course) or course.pk not in meant_for(employee, day):
            continue
        because = {"finished": completion.course.code, "record": completion.record}
        occasion = f"next:{completion.course.code}"
        made.append(_write(Offer(
            course=course, employee_id=employee, origin=Origin.NEXT, occasion=occasion, because=because
        )))
    return [offer for offer in made if offer]


def offer_renewal(held: SkillHeld) -> Offer | None:
    """Offers the exam again before what it proved expires."""
    course = held.completion.course
    if not course.active:
        return None
    because = {"skill": held.skill.code, "until": held.until.isoformat()}
    return _write(Offer(
        course=course, employee_id=held.employee_id, origin=Origin.RENEWAL, occasion=f"expires:{held.until}",
        because=because, due=held.until,
    ))


def holds_for_now(employee: int, course: Course) -> bool:
    """Whether the person has passed it; an exam counts no more when all that it proved to them has expired."""
    done = Completion.objects.filter(employee=employee, course=course, passed=True)
    if not done.exists():
        return False
    skills = SkillHeld.objects.filter(completion__in=done)
    return not skills.exists() or skills.exclude(until__lte=people.today()).exists()


def _passed(employee: int) -> set[int]:
    return set(Completion.objects.filter(employee=employee, passed=True).values_list("course", flat=True))


def meant_for(employee: int, day: date) -> set[int]:
    """The active courses that are meant for the person, by any of the positions held on the day."""
    held = list(Assignment.objects.on(day).filter(employee=employee))
    units = {one.unit_id: set(people.units_above(one.unit_id, day)) for one in held}
    found = set()
    for course in Course.objects.filter(active=True).prefetch_related("positions", "units"):
        positions = {one.pk for one in course.positions.all()}
        places = {one.pk for one in course.units.all()}
        if any(
            (not positions or one.position_id in positions) and (not places or places & units[one.unit_id])
            for one in held
        ):
            found.add(course.pk)
    return found
