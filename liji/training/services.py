"""What training offers other rooms to change: the catalogue, offers, results."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from datetime import time
from decimal import Decimal
from typing import Any

from django.db import transaction

from liji.access.models import User
from liji.base import clock
from liji.facts import services as facts
from liji.facts.services import Outcome
from liji.people import queries as people
from liji.people.models import Employee
from liji.people.models import Position
from liji.people.models import Unit
from liji.people.numbers import plain
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.training import results
from liji.training.models import Completion
from liji.training.models import Course
from liji.training.models import Path
from liji.training.models import PathStep
from liji.training.models import Proof
from liji.training.models import Skill
from liji.training.offers import choose
from liji.training.offers import end_offers
from liji.training.offers import offer_course
from liji.training.offers import offer_suited
from liji.training.offers import start
from liji.training.offers import withdraw

__all__ = [
    "choose", "complete", "end_offers", "offer_course", "offer_suited", "save_course", "save_path", "skill", "start",
    "withdraw",
]  # fmt: skip

SOURCE = "liji-training"


def skill(code: str, zh: str, en: str) -> Skill:
    """Makes or renames a skill."""
    return Skill.objects.update_or_create(code=code, defaults={"zh": zh, "en": en})[0]


@transaction.atomic
def save_course(
    code: str,
    *,
    requires: Sequence[str] = (),
    proves: Mapping[str, int | None] | None = None,
    positions: Sequence[Position] = (),
    units: Sequence[Unit] = (),
    **values: Any,
) -> Course:
    """Makes or changes an entry of the catalogue. `values`: kind, zh, en, about, link, hours, pass_mark, mandatory,
    active; `requires`: codes; `proves`: skill code → months for which it holds (None: for good).

    Results that came before are matched anew. Raises Refused: "unknown_course", "course_circle" with the circle
    spelt out, "course_taken" when a name or code means another entry, "only_exams_prove".
    """
    course = Course.objects.filter(code=code).first() or Course(code=code)
    renamed = {name: getattr(course, name) for name in _MATCHING}
    for name, value in values.items():
        setattr(course, name, value)
    _refuse_taken(course)
    if proves and course.kind != Course.Kind.EXAM:
        raise Refused(Problem("proves", "only_exams_prove"))
    course.save()
    needed = {one.code: one for one in Course.objects.filter(code__in=requires)}
    if unknown := [one for one in requires if one not in needed]:
        raise Refused(Problem("requires", "unknown_course", {"value": unknown[0]}))
    course.requires.set(needed.values())
    if circle := _circle(course):
        raise Refused(Problem("requires", "course_circle", {"circle": " → ".join(circle)}))
    course.positions.set(positions)
    course.units.set(units)
    skills = {one.code: one for one in Skill.objects.filter(code__in=proves or {})}
    course.proofs.exclude(skill__in=skills.values()).delete()
    for name, months in (proves or {}).items():
        Proof.objects.update_or_create(exam=course, skill=skills[name], defaults={"months": months})
    results.queue(_whom_it_touches(course, renamed))
    return course


_MATCHING = ("kind", "zh", "en", "code")


def _refuse_taken(course: Course) -> None:
    known = results.names_known()
    for field in ("code", "zh", "en"):
        word = getattr(course, field)
        other = known.get((course.kind, word.strip().casefold()))
        if other and other.pk != course.pk:
            raise Refused(Problem(field, "course_taken", {"value": word}))


def _circle(course: Course) -> list[str]:
    """The codes of a circle of prerequisites through this course, each requiring the next; empty without one."""
    requires: dict[str, list[str]] = {}
    for one, needed in Course.requires.through.objects.values_list("from_course__code", "to_course__code"):
        requires.setdefault(one, []).append(needed)
    seen: set[str] = set()
    ways = [[course.code]]
    while ways:
        way = ways.pop()
        for needed in requires.get(way[-1], []):
            if needed == course.code:
                return [*way, needed]
            if needed not in seen:
                seen.add(needed)
                ways.append([*way, needed])
    return []


def _whom_it_touches(course: Course, before: Mapping[str, Any]) -> set[int]:
    """Whoever has finished the course, or has results that may mean it only now."""
    touched = set(Completion.objects.filter(course=course).values_list("employee", flat=True))
    if before != {name: getattr(course, name) for name in _MATCHING}:
        touched |= results.owners_of({course.code, course.zh, course.en})
    return touched


@transaction.atomic
def save_path(code: str, zh: str, en: str, courses: Sequence[str], *, about: str = "") -> Path:
    """Makes or changes a certification path of these courses (codes), in order. Raises Refused("unknown_course")."""
    known = {one.code: one for one in Course.objects.filter(code__in=courses)}
    if unknown := [one for one in courses if one not in known]:
        raise Refused(Problem("courses", "unknown_course", {"value": unknown[0]}))
    path, _ = Path.objects.update_or_create(code=code, defaults={"zh": zh, "en": en, "about": about})
    path.steps.all().delete()
    PathStep.objects.bulk_create(
        PathStep(path=path, course=known[one], place=place) for place, one in enumerate(dict.fromkeys(courses))
    )
    return path


@transaction.atomic
def complete(
    code: str,
    employee: int,
    *,
    on: date | None = None,
    score: Decimal | None = None,
    hours: Decimal | None = None,
    by: User | None = None,
) -> Outcome:
    """Enters that somebody has finished a course or passed an exam: it becomes a fact of the source liji-training.

    Entered again for the same day it corrects what was entered. The outcome is that of `facts.services.record`
    (refused: not employed then, a closed period …). Raises Refused: "unknown_course", "needs_score", "below_mark".
    """
    course = Course.objects.filter(code=code).first()
    if course is None:
        raise Refused(Problem("course", "unknown_course", {"value": code}))
    exam = course.kind == Course.Kind.EXAM
    if exam and score is None:
        raise Refused(Problem("score", "needs_score"))
    if exam and course.pass_mark is not None and score < course.pass_mark:
        raise Refused(Problem("score", "below_mark", {"value": plain(score), "mark": plain(course.pass_mark)}))
    day = on or people.today()
    number = Employee.objects.values_list("number", flat=True).get(pk=employee)
    at = clock.now() if day == people.today() else datetime.combine(day, time(12), people.zone())
    body: dict[str, Any] = {
        "source": SOURCE,
        "external_id": f"{code}:{number}:{day:%Y%m%d}",
        "type": "exam_passed" if exam else "course_completed",
        "employee": number,
        "occurred_at": at.isoformat(timespec="seconds"),
        ("exam" if exam else "course"): code,
    }
    if exam:
        body["score"] = f"{score:f}"
    elif taken := hours if hours is not None else course.hours:
        body["hours"] = f"{taken:f}"
    body["if_old"] = "apply"  # whoever enters a result at a page sees the one before
    outcome = facts.record(body)
    if outcome.status in ("created", "corrected"):
        results.follow([employee])
    return outcome
