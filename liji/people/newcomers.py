"""Many people who were never here before, taken over in a few statements: to the letter what `history.write` does.

Whoever is not plainly new is left to `history`, one at a time, and so is every row in which something is wrong.
"""

from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence

from liji.base.gate.identity import identity
from liji.base.terms import writes_terms
from liji.people import queries
from liji.people import services
from liji.people.dated import span
from liji.people.history import Person
from liji.people.history import after
from liji.people.keys import is_normal
from liji.people.models import Assignment
from liji.people.models import Attribute
from liji.people.models import AttributeKind
from liji.people.models import Employee
from liji.people.models import Employment
from liji.people.places import Places
from liji.people.problems import Refused


@writes_terms
def enter(people: Sequence[Person], *, stretches: bool, places: Places) -> dict[int, int]:
    """Takes over those who are plainly new; returns place among `people` → employee. `stretches`: see `history.write`.

    A manager who is not known yet is left out, as there.
    """
    known = queries.ids_by_number({each for one in people for each in (one.number, one.manager) if each})
    times = Counter(identity(one.number).key for one in people)
    kinds = _Kinds()
    fresh = {
        at: one
        for at, one in enumerate(people)
        if one.number not in known and times[identity(one.number).key] == 1 and _is_plain(one, kinds, places)
    }
    if not fresh:
        return {}
    employees = Employee.objects.bulk_create(
        Employee(number=identity(one.number).shown, name=one.name, email=one.email or "", phone=one.phone or "")
        for one in fresh.values()
    )
    both = list(zip(employees, fresh.values(), strict=True))
    Employment.objects.bulk_create(
        Employment(employee=employee, days=span(one.entry, after(one.last_day)), exit_reason=one.exit_reason)
        for employee, one in both
    )
    Assignment.objects.bulk_create(
        _assignment(employee, one, known, places, stretches=stretches) for employee, one in both if one.placed
    )
    Attribute.objects.bulk_create(each for employee, one in both for each in _attributes(employee, one, kinds))
    return {at: employee.pk for at, employee in zip(fresh, employees, strict=True)}


class _Kinds:
    """The kinds of attributes by code, however it is written."""

    def __init__(self) -> None:
        self._known = {kind.key: kind for kind in AttributeKind.objects.filter(duplicate_of=None)}

    def type_of(self, code: str) -> str:
        """The type of a kind; that of a new one is text."""
        known = self._known.get(identity(code).key)
        return known.type if known else "text"

    def made(self, code: str) -> AttributeKind:
        """The kind of a code, made where missing."""
        found = identity(code)
        if found.key not in self._known:
            self._known[found.key] = AttributeKind.objects.create(code=found.shown, name=found.shown)
        return self._known[found.key]


def _is_plain(one: Person, kinds: _Kinds, places: Places) -> bool:
    """Whether nothing of the row can be refused."""
    ends = [day for day in (one.last_day, one.until) if day is not None]
    told = ((code, kinds.type_of(code), value) for code, value in one.attributes.items() if value)
    fitting = not any(services.attribute_problem(code, type, value) for code, type, value in told)
    in_order = one.entry <= one.since and all(one.since <= end for end in ends)
    codes = (one.number, *one.attributes)
    once = len({identity(code).key for code in one.attributes}) == len(one.attributes)
    return in_order and fitting and once and all(is_normal(code) for code in codes) and _is_placed(one, places)


def _is_placed(one: Person, places: Places) -> bool:
    """Whether unit and position are there, or may be made; a row may also name neither."""
    if not one.placed:
        return True
    if not one.position or not (one.unit or one.unit_path):
        return False
    try:
        places.check(one.unit, one.unit_path, one.position)
    except Refused:
        return False
    return True


def _assignment(
    employee: Employee, one: Person, known: Mapping[str, int], places: Places, *, stretches: bool
) -> Assignment:
    return Assignment(
        employee=employee,
        unit=places.unit(one.unit, one.unit_path),
        position=places.position(one.position),
        manager_id=known.get(one.manager or ""),
        days=span(one.since, after((one.until if stretches else None) or one.last_day)),
    )


def _attributes(employee: Employee, one: Person, kinds: _Kinds) -> Iterator[Attribute]:
    for code, value in one.attributes.items():
        if value:
            days = span(one.since, after(one.last_day))
            yield Attribute(employee=employee, kind=kinds.made(code), value=value, days=days)
