"""Asking about courses, what somebody has been offered and has finished, and who is able to do what."""

from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count
from django.db.models import Q
from django.utils.functional import cached_property

from liji.facts import queries as facts
from liji.people.models import Employee
from liji.training.models import Completion
from liji.training.models import Course
from liji.training.models import Offer
from liji.training.models import Path
from liji.training.models import Skill
from liji.training.models import SkillHeld
from liji.training.offers import meant_for
from liji.training.results import TYPES
from liji.training.results import WARNING
from liji.training.results import names_known


@dataclass(frozen=True)
class Held:
    """A skill of a person on a day. `until`: the first day without it, None for good.

    `state`: held, expiring (thirty days or less are left), expired, none (never proved).
    """

    skill: Skill
    state: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class PathProgress:
    """How far somebody is on a certification path: each course with whether it is passed."""

    path: Path
    steps: tuple[tuple[Course, bool], ...]

    @property
    def total(self) -> int:
        return len(self.steps)

    @cached_property
    def done(self) -> int:
        return sum(1 for _, passed in self.steps if passed)

    @property
    def share(self) -> Decimal:
        return Decimal(self.done) / self.total if self.total else Decimal(0)


@dataclass(frozen=True)
class Growth:
    """What training means to one person on a day."""

    offered: list[Offer]
    under_way: list[Offer]
    finished: list[Completion]
    skills: list[Held]
    paths: list[PathProgress]


def growth(employee: int, day: date) -> Growth:
    """Offers, what is under way and finished (newest first), skills and paths of one employee."""
    offers = Offer.objects.filter(employee=employee, finished=None, withdrawn_at=None).select_related("course")
    open_ = list(offers.order_by("due", "pk"))
    done = Completion.objects.filter(employee=employee, passed=True).select_related("course").order_by("-on", "-pk")
    finished = list(done)
    return Growth(
        [offer for offer in open_ if offer.started_at is None],
        [offer for offer in open_ if offer.started_at is not None],
        finished,
        [held for held in skills_of([employee], day)[employee] if held.state != "none"],
        _paths({one.course_id for one in finished}),
    )


def _paths(passed: set[int]) -> list[PathProgress]:
    found = []
    for path in Path.objects.prefetch_related("steps__course"):
        steps = tuple((step.course, step.course_id in passed) for step in path.steps.all())
        found.append(PathProgress(path, steps))
    return found


def open_to(employee: int, day: date) -> list[Course]:
    """What the employee may choose: meant for them, prerequisites passed, neither offered nor passed."""
    passed = set(Completion.objects.filter(employee=employee, passed=True).values_list("course", flat=True))
    taken = passed | set(
        Offer.objects.filter(employee=employee, finished=None, withdrawn_at=None).values_list("course", flat=True)
    )
    meant = Course.objects.filter(pk__in=meant_for(employee, day) - taken).prefetch_related("requires")
    return [course for course in meant if all(one.pk in passed for one in course.requires.all())]


def skills_of(employees: Collection[int], day: date) -> dict[int, list[Held]]:
    """Employee → every skill there is, each with its state on the day (see Held), in the catalogue's order."""
    best: dict[tuple[int, int], tuple[date, date]] = {}
    rows = SkillHeld.objects.filter(employee__in=employees, since__lte=day)
    for employee, skill, since, until in rows.values_list("employee", "skill", "since", "until"):
        key, lasting = (employee, skill), (until or date.max, since)
        best[key] = max(best.get(key, (date.min, since)), lasting)
    skills = list(Skill.objects.all())
    return {one: [_held(skill, best.get((one, skill.pk)), day) for skill in skills] for one in employees}


def _held(skill: Skill, lasting: tuple[date, date] | None, day: date) -> Held:
    if lasting is None:
        return Held(skill, "none")
    until, since = lasting
    if until == date.max:
        return Held(skill, "held", since)
    state = "expired" if until <= day else "expiring" if until <= day + WARNING else "held"
    return Held(skill, state, since, until)


@dataclass(frozen=True)
class SkillRow:
    """A person's cells in the picture of a team's skills, one for each skill."""

    employee: Employee
    cells: tuple[Held, ...]


@dataclass(frozen=True)
class SkillPicture:
    """Person × skill, and how many of the team hold each skill on the day."""

    skills: tuple[Skill, ...]
    rows: tuple[SkillRow, ...]

    @cached_property
    def holders(self) -> tuple[int, ...]:
        """For each skill how many hold it, expiring ones among them."""
        columns = range(len(self.skills))
        return tuple(sum(row.cells[n].state in ("held", "expiring") for row in self.rows) for n in columns)


def team_skills(employees: Sequence[Employee], day: date) -> SkillPicture:
    """The skills of a team on a day."""
    held = skills_of([one.pk for one in employees], day)
    rows = tuple(SkillRow(one, tuple(held[one.pk])) for one in employees)
    return SkillPicture(tuple(Skill.objects.all()), rows)


def finished_codes(employees: Collection[int]) -> dict[int, set[str]]:
    """Employee → the codes of what they have passed."""
    found: dict[int, set[str]] = {one: set() for one in employees}
    rows = Completion.objects.filter(employee__in=employees, passed=True)
    for employee, code in rows.values_list("employee", "course__code"):
        found[employee].add(code)
    return found


def open_offers(employees: Collection[int]) -> dict[int, int]:
    """Employee → how many offers are open, for those who have any."""
    rows = Offer.objects.filter(employee__in=employees, finished=None, withdrawn_at=None)
    return dict(rows.values_list("employee").annotate(count=Count("id")))


def catalogue() -> list[Course]:
    """Every entry, with how many people have passed it (`passed`) and have an open offer (`waiting`)."""
    passed = Count("completions__employee", filter=Q(completions__passed=True), distinct=True)
    waiting = Count("offers", filter=Q(offers__finished=None, offers__withdrawn_at=None), distinct=True)
    found = Course.objects.annotate(passed=passed, waiting=waiting).order_by("-active", "code")
    return list(found.prefetch_related("requires", "positions", "units", "proofs__skill"))


def courses() -> list[Course]:
    """The active entries by code."""
    return list(Course.objects.filter(active=True))


def skills() -> list[Skill]:
    """Every skill by code."""
    return list(Skill.objects.all())


def paths() -> list[Path]:
    """Every certification path with its courses."""
    return list(Path.objects.prefetch_related("steps__course"))


@dataclass(frozen=True)
class Unmatched:
    """A name in the facts that the catalogue does not know, and in how many results it stands."""

    kind: str
    name: str
    count: int


def unmatched() -> list[Unmatched]:
    """What results from outside name and the catalogue does not know, the most frequent first."""
    known, found = names_known(), {}
    for fact_type, (kind, field) in TYPES.items():
        for word, _, count in facts.told(fact_type, field):
            name = str(word).strip()
            if (kind, name.casefold()) not in known:
                found[kind, name] = found.get((kind, name), 0) + count
    return [Unmatched(kind, name, count) for (kind, name), count in sorted(found.items(), key=lambda one: -one[1])]
