"""Taking over people from elsewhere with their dated history: what is there already is left, nothing is overwritten.

One person's row at a time, each in a savepoint of its own, so that a row which is refused leaves nothing behind.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date

from liji.base.gate.days import shift
from liji.base.gate.identity import identity
from liji.base.terms import writes_terms
from liji.people import queries
from liji.people import services
from liji.people.dated import span
from liji.people.identifying import New
from liji.people.identifying import identify
from liji.people.models import Assignment
from liji.people.models import Attribute
from liji.people.models import Employee
from liji.people.models import Employment
from liji.people.places import Places
from liji.people.problems import Problem
from liji.people.problems import Refused

CREATED, CORRECTED, DUPLICATE = "created", "corrected", "duplicate"


@dataclass(frozen=True)
class Person:
    """What a row says about one person. `last_day` and `until` are last days, inclusive; None is open.

    Of `email`, `phone` and `manager`, None says nothing and "" clears; so does an attribute whose value is "".
    `stays` takes a recorded exit back. `returns` and `former_name`: see `identify`. `unit` is a code or a name,
    `unit_path` the names from the top down.
    """

    number: str
    name: str
    entry: date
    since: date
    email: str | None = None
    phone: str | None = None
    last_day: date | None = None
    stays: bool = False
    exit_reason: str = ""
    unit: str = ""
    unit_path: tuple[str, ...] = ()
    position: str = ""
    manager: str | None = None
    until: date | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    returns: bool = False
    former_name: str = ""

    @property
    def placed(self) -> bool:
        """Whether the row says where the person works, or as what."""
        return bool(self.unit or self.unit_path or self.position)


@writes_terms
def write(person: Person, *, stretches: bool, places: Places) -> str:
    """Takes a person over: created, corrected or duplicate.

    With `stretches` the assignment holds from `since` to `until` and must not overlap another one; without, it
    holds from `since` on and ends the one before. A manager who is not known yet is left out (`set_managers`).
    Raises Refused with the problems.
    """
    places.check(person.unit, person.unit_path, person.position)
    employee, done = _who(person)
    changes = [_employment(employee, person), _assignment(employee, person, stretches, places)]
    changes += [_attribute(employee, person, code, value) for code, value in person.attributes.items()]
    if done == DUPLICATE and CREATED in changes:
        return CORRECTED if CORRECTED in changes else CREATED
    return CORRECTED if done == DUPLICATE and CORRECTED in changes else done


def _who(person: Person) -> tuple[Employee, str]:
    found = identify(
        person.number, person.name, entry=person.entry, returns=person.returns, former_name=person.former_name
    )
    if isinstance(found, Problem):
        raise Refused(found)
    told = {"email": person.email, "phone": person.phone}
    if isinstance(found, New):
        known = {name: value or "" for name, value in told.items()}
        return Employee.objects.create(number=found.number, name=person.name, **known), CREATED
    employee = found.employee
    new = {name: value for name, value in told.items() if value is not None and getattr(employee, name) != value}
    new |= {"name": person.name} if found.renamed else {}
    for name, value in new.items():
        setattr(employee, name, value)
    if new:
        employee.save(update_fields=list(new))
    return employee, CORRECTED if new else DUPLICATE


def _employment(employee: Employee, person: Person) -> str:
    mine = Employment.objects.filter(employee=employee)
    days = span(person.entry, after(person.last_day))
    known = mine.filter(days__startswith=person.entry).first()
    if known is None:
        row = Employment(employee=employee, days=days, exit_reason=person.exit_reason)
        services.insert(row, mine)
        return CREATED
    if person.stays and known.until is not None:
        services.stay(employee)
        return CORRECTED
    if known.days == days or person.last_day is None:
        return DUPLICATE
    services.leave(employee, last_day=person.last_day, reason=person.exit_reason)
    return CORRECTED


def _assignment(employee: Employee, person: Person, stretches: bool, places: Places) -> str:
    if stretches:
        return _stretch(employee, person, places) if person.placed else DUPLICATE
    held = Assignment.objects.on(person.since).filter(employee=employee, main=True).first()
    if held is None and not person.placed:
        return DUPLICATE
    _complete(person, held)
    unit = places.unit(person.unit, person.unit_path) if person.unit or person.unit_path else held.unit
    position = places.position(person.position) if person.position else held.position
    manager = _manager_of(person, held)
    if held and (held.unit_id, held.position_id) == (unit.pk, position.pk):
        if held.manager_id == (manager and manager.pk):
            return DUPLICATE
        if held.since == person.since or held.manager_id is None:
            return _set_manager(held, manager)
    services.transfer(employee, on=person.since, unit=unit, position=position, manager=manager)
    return CORRECTED if held else CREATED


def _stretch(employee: Employee, person: Person, places: Places) -> str:
    """One stretch of a history: exactly its days, beside those that are known."""
    _complete(person, None)
    mine = Assignment.objects.filter(employee=employee, main=True)
    unit, position = places.unit(person.unit, person.unit_path), places.position(person.position)
    days = span(person.since, after(person.until or person.last_day))
    known = mine.filter(unit=unit, position=position, days=days).first()
    manager = _manager_of(person, known)
    if known is not None:
        if known.manager_id == (manager and manager.pk):
            return DUPLICATE
        return _set_manager(known, manager)
    services.insert(Assignment(employee=employee, unit=unit, position=position, manager=manager, days=days), mine)
    return CREATED


def _complete(person: Person, held: Assignment | None) -> None:
    """Raises Refused when half of a first assignment is missing."""
    if held is None and not (person.unit or person.unit_path):
        raise Refused(Problem("unit", "missing"))
    if held is None and not person.position:
        raise Refused(Problem("position", "missing"))


def _manager_of(person: Person, held: Assignment | None) -> Employee | None:
    """Whom the row names; who it was where the row says nothing, or somebody who is not known yet."""
    known = held and held.manager
    if person.manager is None:
        return known
    return (queries.employee_by_number(person.manager) or known) if person.manager else None


def _set_manager(held: Assignment, manager: Employee | None) -> str:
    if manager and (day := queries.managers_in_a_circle(held.employee_id, manager.pk, held.days)):
        raise Refused(Problem("manager", "manager_circle", {"value": manager.number, "day": day.isoformat()}))
    held.manager = manager
    held.save(update_fields=["manager"])
    return CORRECTED


def _attribute(employee: Employee, person: Person, code: str, value: str) -> str:
    kept = Attribute.objects.on(person.since).filter(employee=employee, kind__duplicate_of=None)
    held = kept.filter(kind__key=identity(code).key).first()
    if (held.value if held else "") == value:
        return DUPLICATE
    if not value:
        services.withdraw_attribute(employee, code, on=person.since)
        return CORRECTED
    services.set_attribute(employee, code, value, on=person.since)
    return CORRECTED if held else CREATED


@writes_terms
def set_managers(people: Sequence[Person]) -> list[str | Refused]:
    """Sets the managers of the assignments that `write` made: for each corrected, duplicate, or why it is refused."""
    asked = {number for one in people for number in (one.number, one.manager) if number}
    known = queries.employees_by_number(asked)
    held: dict[int, list[Assignment]] = {}
    for row in Assignment.objects.filter(employee__in=known.values(), main=True):
        held.setdefault(row.employee_id, []).append(row)
    return [_manager(one, known, held) for one in people]


def _manager(
    person: Person, known: Mapping[str, Employee], held: Mapping[int, Sequence[Assignment]]
) -> str | Refused:
    if not person.manager:
        return DUPLICATE
    manager, employee = known.get(person.manager), known.get(person.number)
    if manager is None:
        return Refused(Problem("manager", "unknown_employee", {"value": person.manager[:200]}))
    day = person.since
    rows = held.get(employee.pk, ()) if employee else ()
    row = next((row for row in rows if row.since <= day and (row.until is None or day < row.until)), None)
    if row is None or row.manager_id == manager.pk:
        return DUPLICATE
    try:
        if row.since == day or row.manager_id is None:
            return _set_manager(row, manager)
        services.transfer(employee, on=day, unit=row.unit, position=row.position, manager=manager)
    except Refused as refusal:
        return refusal
    return CORRECTED


def after(last: date | None) -> date | None:
    """The day after a last day; None is open."""
    return last and shift(last, 1)
