"""Many people who were never here before, taken over in a few statements: to the letter what `history.write` does.

Whoever is not plainly new is left to `history`, one at a time, and so is every row in which something is wrong.
"""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence

from liji.base.gate.identity import identity
from liji.base.terms import writes_terms
from liji.people import queries
from liji.people.dated import span
from liji.people.history import Person
from liji.people.history import after
from liji.people.history import position_of
from liji.people.history import unit_of
from liji.people.keys import is_normal
from liji.people.models import Assignment
from liji.people.models import Attribute
from liji.people.models import AttributeKind
from liji.people.models import Employee
from liji.people.models import Employment
from liji.people.models import Unit
from liji.people.problems import Refused


@writes_terms
def enter(people: Sequence[Person], *, stretches: bool) -> set[int]:
    """Takes over those who are plainly new; returns their places among `people`. `stretches`: see `history.write`.

    A manager who is not known yet is left out, as there.
    """
    known = queries.ids_by_number({each for one in people for each in (one.number, one.manager) if each})
    times = Counter(identity(one.number).key for one in people)
    kinds = _Kinds()
    fresh = {
        at: one
        for at, one in enumerate(people)
        if one.number not in known and times[identity(one.number).key] == 1 and _is_plain(one, kinds)
    }
    there = _There(fresh.values(), known, kinds)
    pairs = [(at, one) for at, one in fresh.items() if not one.position or there.unit(one)]
    if not pairs:
        return set()
    new = [one for _, one in pairs]
    employees = Employee.objects.bulk_create(
        Employee(number=identity(one.number).shown, name=one.name, email=one.email, phone=one.phone) for one in new
    )
    both = list(zip(employees, new, strict=True))
    Employment.objects.bulk_create(
        Employment(employee=employee, days=span(one.entry, after(one.last_day)), exit_reason=one.exit_reason)
        for employee, one in both
    )
    Assignment.objects.bulk_create(
        there.assignment(employee, one, stretches=stretches) for employee, one in both if one.position
    )
    Attribute.objects.bulk_create(each for employee, one in both for each in there.attributes(employee, one))
    return {at for at, _ in pairs}


class _Kinds:
    """The kinds of attributes by code, however it is written."""

    def __init__(self) -> None:
        self._known = {kind.key: kind for kind in AttributeKind.objects.filter(duplicate_of=None)}

    def of(self, code: str) -> AttributeKind | None:
        return self._known.get(identity(code).key)

    def made(self, code: str) -> AttributeKind:
        """The kind of a code, made where missing."""
        found = identity(code)
        if found.key not in self._known:
            self._known[found.key] = AttributeKind.objects.create(code=found.shown, name=found.shown)
        return self._known[found.key]


def _is_plain(one: Person, kinds: _Kinds) -> bool:
    """Whether nothing of the row can be refused, but for a unit that is not there."""
    ends = [day for day in (one.last_day, one.until) if day is not None]
    known = ((kinds.of(code), value) for code, value in one.attributes.items())
    fitting = all(_fits(kind.type, value) for kind, value in known if kind)
    in_order = one.entry <= one.since and all(one.since <= end for end in ends)
    codes = (one.number, *one.attributes)
    return in_order and fitting and all(is_normal(code) for code in codes)


def _fits(kind: str, value: str) -> bool:
    try:
        queries.typed(kind, value)
    except (ValueError, ArithmeticError):
        return False
    return True


def _place(one: Person) -> Unit | None:
    """Where the row belongs; the units of a path are made where they are missing."""
    try:
        return unit_of(one)
    except Refused:
        return None


class _There:
    """What rows name: units, positions, kinds of attributes (made where missing) and managers, each asked for once."""

    def __init__(self, people: Iterable[Person], known: Mapping[str, int], kinds: _Kinds) -> None:
        self._managers, self._kinds = known, kinds
        self._units: dict[tuple[str, ...], Unit | None] = {}
        self._positions: dict[str, int] = {}
        for code in {code for one in people for code in one.attributes}:
            kinds.made(code)

    def unit(self, one: Person) -> Unit | None:
        key = (one.unit, *one.unit_path)
        if key not in self._units:
            self._units[key] = _place(one)
        return self._units[key]

    def _position(self, name: str) -> int:
        if name not in self._positions:
            self._positions[name] = position_of(name).pk
        return self._positions[name]

    def assignment(self, employee: Employee, one: Person, *, stretches: bool) -> Assignment:
        return Assignment(
            employee=employee,
            unit=self.unit(one),
            position_id=self._position(one.position),
            manager_id=self._managers.get(one.manager),
            days=span(one.since, after((one.until if stretches else None) or one.last_day)),
        )

    def attributes(self, employee: Employee, one: Person) -> Iterator[Attribute]:
        for code, value in one.attributes.items():
            days = span(one.since, after(one.last_day))
            yield Attribute(employee=employee, kind=self._kinds.made(code), value=value, days=days)
