"""Asking about the staff as HR does: who is there on a day, a person's file, entries and exits."""

from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from decimal import Decimal

from django.db.models import Exists
from django.db.models import OuterRef
from django.db.models import Q
from django.db.models import QuerySet
from django.db.models import Subquery

from liji.base.gate.identity import identity
from liji.people import queries as people
from liji.people.models import Assignment
from liji.people.models import Attribute
from liji.people.models import Employee
from liji.people.models import Employment
from liji.people.models import Unit
from liji.people.models import UnitParent
from liji.plan.periods import add_months

STATES = ("employed", "left", "all")
# The days that may be asked about and written: further off there is nobody, and calendars end.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True)
class Line:
    """One employee on one day; `held` is the main assignment then, or the last one of somebody who has left.

    `employment` is the one that holds or the last; `there` says whether it holds.
    """

    employee: Employee
    held: Assignment | None
    employment: Employment | None
    there: bool

    @property
    def last_day(self) -> date | None:
        """The last day of employment; None while it is open, or before it."""
        return self.employment.last_day if self.employment else None


@dataclass(frozen=True)
class Entry:
    """Something dated in a person's file: kind is employment, assignment or attribute. `until` is the last day."""

    kind: str
    since: date | None
    until: date | None
    row: Employment | Assignment | Attribute


@dataclass(frozen=True)
class Movement:
    """Entries and exits of one month, and who was employed on its last day (today, in the present month)."""

    month: date
    entries: int
    exits: int
    employed: int


@dataclass(frozen=True)
class Turnover:
    """Twelve months up to a day. `rate` = exits ÷ mean of the months' head counts; None when nobody was there."""

    employed: int
    entries: int
    exits: int
    rate: Decimal | None
    months: tuple[Movement, ...]

    @property
    def newest_first(self) -> tuple[Movement, ...]:
        """The months as tables show them."""
        return self.months[::-1]


def staff(day: date, *, search: str = "", unit: int | None = None, state: str = "employed") -> QuerySet[Employee]:
    """Employees by number. `search` is part of a name or number; `unit` takes in the units below it.

    Who has left is found in the unit of the last assignment.
    """
    there = Employment.objects.on(day).filter(employee=OuterRef("pk"))
    found = Employee.objects.order_by("number")
    if state == "employed":
        found = found.filter(Exists(there))
    elif state == "left":
        found = found.filter(~Exists(there), employments__days__startswith__lte=day).distinct()
    if search:
        known = Q(name__icontains=search) | Q(number__icontains=search)
        if key := identity(search).key:
            known |= Q(key__contains=key)
        found = found.filter(known)
    if unit is not None:
        units = people.units_below([unit], day, day + timedelta(days=1))
        held = Assignment.objects.filter(employee=OuterRef("pk"), main=True, days__startswith__lte=day)
        last = Subquery(held.order_by("-days").values("unit")[:1])
        found = found.alias(last_unit=last).filter(last_unit__in=units)
    return found


def lines(employees: list[Employee], day: date) -> list[Line]:
    """What the list shows of them on the day; in the order given."""
    begun = {"employee__in": employees, "days__startswith__lte": day}
    posts = Assignment.objects.filter(main=True, **begun).select_related("unit", "position", "manager")
    held = {row.employee_id: row for row in posts.order_by("days")}
    employed = {row.employee_id: row for row in Employment.objects.filter(**begun).order_by("days")}
    return [_line(one, held.get(one.pk), employed.get(one.pk), day) for one in employees]


def _line(employee: Employee, held: Assignment | None, employment: Employment | None, day: date) -> Line:
    there = bool(employment and (employment.until is None or employment.until > day))
    gone = bool(held and held.until and held.until <= day)
    return Line(employee, None if there and gone else held, employment, there)


def exit_of(employee: Employee) -> Employment | None:
    """The last employment, when it has an end: an exit that may still be moved or taken back."""
    last = Employment.objects.filter(employee=employee).order_by("-days").first()
    return last if last and last.until else None


def line(employee: Employee, day: date) -> Line:
    """One employee on the day."""
    return lines([employee], day)[0]


def timeline(employee: Employee) -> list[Entry]:
    """All that is dated in a person's file, what began last first."""
    rows: list[tuple[str, Employment | Assignment | Attribute]] = [
        *(("employment", row) for row in Employment.objects.filter(employee=employee)),
        *(
            ("assignment", row)
            for row in Assignment.objects.filter(employee=employee).select_related("unit", "position", "manager")
        ),
        *(("attribute", row) for row in Attribute.objects.filter(employee=employee).select_related("kind")),
    ]
    entries = [Entry(kind, row.since, row.last_day, row) for kind, row in rows]
    return sorted(entries, key=lambda entry: (entry.since or date.min, entry.kind), reverse=True)


def turnover(day: date) -> Turnover:
    """Entries and exits of the twelve months that end with the month of `day`, counted up to `day`.

    An exit counts on the last day of employment. The rate is the usual one: exits in the year ÷ mean head count.
    """
    first = add_months(day.replace(day=1), -11)
    spans = [(days.lower, days.upper) for days in Employment.objects.values_list("days", flat=True)]
    months = []
    for place in range(12):
        start = add_months(first, place)
        end = min(add_months(start, 1) - timedelta(days=1), day)
        months.append(
            Movement(
                start,
                sum(1 for since, _ in spans if since and start <= since <= end),
                sum(1 for _, after in spans if after and start <= after - timedelta(days=1) <= end),
                sum(1 for since, after in spans if (not since or since <= end) and (not after or end < after)),
            )
        )
    mean = Decimal(sum(month.employed for month in months)) / 12
    exits = sum(month.exits for month in months)
    return Turnover(
        months[-1].employed,
        sum(month.entries for month in months),
        exits,
        exits / mean if mean else None,
        tuple(months),
    )


@dataclass(frozen=True)
class Branch:
    """A unit in the tree on a day: `own` heads in it, `heads` with all units below."""

    unit: Unit
    depth: int
    own: int
    heads: int


def tree(day: date) -> list[Branch]:
    """The organisation on a day, each unit before those below it, siblings by name."""
    parents = dict(UnitParent.objects.on(day).values_list("unit", "parent"))
    own: dict[int, int] = {}
    for unit in Assignment.objects.on(day).filter(main=True).values_list("unit", flat=True):
        own[unit] = own.get(unit, 0) + 1
    below: dict[int | None, list[Unit]] = {}
    for unit in people.units():
        below.setdefault(parents.get(unit.pk), []).append(unit)
    return _branches(below, own, None, 0)


def _branches(below: dict[int | None, list[Unit]], own: dict[int, int], parent: int | None, depth: int) -> list[Branch]:
    found: list[Branch] = []
    for unit in below.get(parent, []):
        under = _branches(below, own, unit.pk, depth + 1)
        here = own.get(unit.pk, 0)
        heads = here + sum(branch.own for branch in under)
        found += [Branch(unit, depth, here, heads), *under]
    return found
