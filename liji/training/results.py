"""Following the facts: completions, the skills that they prove, the offers that they end and the courses they open.

All of it is worked out from the current facts of a person, so that a correction, a withdrawal and a second run of
the same job come out right.
"""

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from liji.base import clock
from liji.events.happenings import Happening
from liji.events.happenings import tell
from liji.facts import queries as facts
from liji.facts.queries import FactView
from liji.people import queries as people
from liji.people.models import Employee
from liji.plan.periods import add_months
from liji.training import happenings as told
from liji.training.models import Completion
from liji.training.models import Course
from liji.training.models import Offer
from liji.training.models import Proof
from liji.training.models import SkillHeld
from liji.training.offers import offer_next
from liji.training.offers import offer_renewal

# Fact type → (what it finishes, the field that names it).
TYPES = {"course_completed": (Course.Kind.COURSE, "course"), "exam_passed": (Course.Kind.EXAM, "exam")}
AT_ONCE = 200  # employees a job
WARNING = timedelta(days=30)
# What lies further back is history that is being loaded: it opens courses, but nobody is told of each.
FRESH = timedelta(days=2)


def on_recorded(sender: object, facts: set[tuple[str, int]], **_: object) -> None:
    """Facts have changed: their owners' training is followed by a job of the same transaction."""
    queue(owner for kind, owner in facts if kind in TYPES)


def queue(employees: Collection[int]) -> None:
    """Queues jobs that follow these employees."""
    from liji.training.tasks import follow as task

    numbers = sorted(set(employees))
    if numbers:
        task.batch_defer(*({"employees": numbers[n : n + AT_ONCE]} for n in range(0, len(numbers), AT_ONCE)))


@dataclass(frozen=True)
class Finished:
    """What a current fact says about an entry of the catalogue."""

    fact: FactView
    course: Course

    @property
    def record(self) -> str:
        return f"{self.fact.source}/{self.fact.external_id}"

    @property
    def values(self) -> dict[str, object]:
        """The completion's columns; below the pass mark nothing is passed, whatever the source calls it."""
        score, hours = (_number(self.fact, name) for name in ("score", "hours"))
        mark = self.course.pass_mark
        return {
            "course": self.course,
            "employee_id": self.fact.owner,
            "fact_id": self.fact.id,
            "at": self.fact.occurred_at,
            "on": people.local_day(self.fact.occurred_at),
            "score": score,
            "hours": hours,
            "passed": mark is None or (score is not None and score >= mark),
        }


def _number(fact: FactView, name: str) -> Decimal | None:
    return Decimal(str(fact.fields[name])) if name in fact.fields else None


def names_known() -> dict[tuple[str, str], Course]:
    """(kind, code or name, without regard to case) → the entry of the catalogue that it means."""
    return {
        (course.kind, word.strip().casefold()): course
        for course in Course.objects.all()
        for word in (course.en, course.zh, course.code)
    }


def named(fact: FactView) -> tuple[str, str]:
    """What a fact says was finished: (kind, code or name, without regard to case)."""
    kind, field = TYPES[fact.type]
    return kind, str(fact.fields.get(field, "")).strip().casefold()


def owners_of(words: Collection[str]) -> set[int]:
    """The employees with a current fact that names one of these words as course or exam."""
    wanted = {word.strip().casefold() for word in words}
    return {
        owner
        for kind, (_, field) in TYPES.items()
        for word, owner, _ in facts.told(kind, field)
        if str(word).strip().casefold() in wanted
    }


@transaction.atomic
def follow(employees: Collection[int]) -> None:
    """Brings completions, skills and offers of these employees in line with their current facts."""
    locked = Employee.objects.select_for_update(no_key=True).filter(pk__in=employees).order_by("pk")
    numbers = [employee.pk for employee in locked]
    known = names_known()
    wanted = [
        Finished(fact, course)
        for fact in facts.current(numbers, TYPES)
        if (course := known.get(named(fact)))
    ]
    happened = _take_away(numbers, wanted)
    new, taken_back = _write(wanted)
    happened += [*taken_back, *(told.finished(one) for one in new), *_skills(numbers)]
    for one in new:
        Offer.objects.filter(employee=one.employee_id, course=one.course_id, finished=None, withdrawn_at=None).update(
            finished=one
        )
    for one in new:
        fresh = clock.now() - one.at <= FRESH
        happened += [told.offered(offer) for offer in offer_next(one) if fresh]
    tell(happened)


def _take_away(employees: list[int], wanted: list[Finished]) -> list[Happening]:
    """Deletes the completions that no current fact makes any more, with the skills that they proved."""
    stays = {one.record: (one.fact.owner, one.course.pk) for one in wanted}
    there = Completion.objects.filter(Q(employee__in=employees) | Q(record__in=stays)).select_related("course")
    gone = [one for one in there if stays.get(one.record) != (one.employee_id, one.course_id)]
    skills = SkillHeld.objects.filter(completion__in=gone).select_related("skill", "completion")
    happened = [told.finished(one, retracted=True) for one in gone if one.passed]
    happened += [told.proved(held, retracted=True) for held in skills]
    Completion.objects.filter(pk__in=[one.pk for one in gone]).delete()
    return happened


def _write(wanted: list[Finished]) -> tuple[list[Completion], list[Happening]]:
    """Returns what is passed from now on, and what is told of those no longer passed: a corrected score."""
    there = Completion.objects.in_bulk([one.record for one in wanted], field_name="record")
    new, taken_back = [], []
    for one in wanted:
        before = there.get(one.record)
        passed = before is not None and before.passed
        made = before or Completion(record=one.record)
        if before is not None and before.fact_id == one.fact.id and passed == one.values["passed"]:
            continue
        for name, value in one.values.items():
            setattr(made, name, value)
        made.save()
        if made.passed and not passed:
            new.append(made)
        elif passed and not made.passed:
            made.offers.update(finished=None)
            taken_back.append(told.finished(made, retracted=True))
    return new, taken_back


def _skills(employees: list[int]) -> list[Happening]:
    """Writes what the passed exams prove, as the catalogue says today."""
    there = {
        (held.completion_id, held.skill_id): held
        for held in SkillHeld.objects.filter(employee__in=employees).select_related("skill", "completion")
    }
    proofs: dict[int, list[Proof]] = {}
    for proof in Proof.objects.select_related("skill"):
        proofs.setdefault(proof.exam_id, []).append(proof)
    happened = []
    for completion in Completion.objects.filter(employee__in=employees, passed=True, course__in=proofs):
        for proof in proofs[completion.course_id]:
            until = proof.months and months_later(completion.on, proof.months)
            held = there.pop((completion.pk, proof.skill_id), None)
            if held is None:
                held = SkillHeld(completion=completion, employee_id=completion.employee_id, skill=proof.skill)
                happened.append(held)
            elif (held.since, held.until) == (completion.on, until):
                continue
            held.since, held.until = completion.on, until
            held.save()
    SkillHeld.objects.filter(pk__in=[held.pk for held in there.values()]).delete()
    return [told.proved(held, retracted=True) for held in there.values()] + [told.proved(held) for held in happened]


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or that month's last."""
    first = add_months(day, months)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


@transaction.atomic
def warn_of_expiry(day: date) -> int:
    """Tells once of each skill that ends within thirty days, and offers its exam again; returns how many.

    Not of one that a later exam has proved anew, and to nobody who has left.
    """
    ending = SkillHeld.objects.select_for_update(of=("self",)).filter(
        warned=False, until__gt=day, until__lte=day + WARNING, employee__employments__days__contains=day
    )
    happened: list[Happening] = []
    warned = 0
    for held in ending.select_related("skill", "completion__course"):
        held.warned = True
        held.save(update_fields=["warned"])
        later = SkillHeld.objects.filter(employee=held.employee_id, skill=held.skill_id)
        if later.filter(Q(until=None) | Q(until__gt=held.until)).exists():
            continue
        warned += 1
        happened.append(told.expiring(held))
        offer = offer_renewal(held)
        happened += [told.offered(offer)] if offer else []
    tell(happened)
    return warned
