"""Taking over people from elsewhere with their dated history: what is there already is left, nothing is overwritten.

One person's row at a time, each in a savepoint of its own, so that a row which is refused leaves nothing behind.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import timedelta

from liji.base.gate.identity import identity
from liji.base.terms import writes_terms
from liji.people import queries
from liji.people import services
from liji.people.dated import span
from liji.people.keys import normal
from liji.people.keys import of_key
from liji.people.models import Assignment
from liji.people.models import Attribute
from liji.people.models import Employee
from liji.people.models import Employment
from liji.people.models import Position
from liji.people.models import Unit
from liji.people.problems import Problem
from liji.people.problems import Refused

CREATED, CORRECTED, DUPLICATE = "created", "corrected", "duplicate"


@dataclass(frozen=True)
class Person:
    """What a row says about one person. `last_day` and `until` are last days, inclusive; None is open.

    `unit` is the code of a unit that exists, `unit_path` the names from the top down, made where missing.
    """

    number: str
    name: str
    entry: date
    since: date
    email: str = ""
    phone: str = ""
    last_day: date | None = None
    exit_reason: str = ""
    unit: str = ""
    unit_path: tuple[str, ...] = ()
    position: str = ""
    manager: str = ""
    until: date | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


@writes_terms
def write(person: Person, *, stretches: bool) -> str:
    """Takes a person over: created, corrected or duplicate.

    With `stretches` the assignment holds from `since` to `until` and must not overlap another one; without, it
    holds from `since` on and ends the one before. A manager who is not known yet is left out (`set_managers`).
    Raises Refused with the problems.
    """
    employee, done = _who(person)
    changes = [_employment(employee, person)]
    if person.position:
        changes.append(_assignment(employee, person, stretches))
    changes += [_attribute(employee, person, code, value) for code, value in person.attributes.items()]
    if done == DUPLICATE and CREATED in changes:
        return CORRECTED if CORRECTED in changes else CREATED
    return CORRECTED if done == DUPLICATE and CORRECTED in changes else done


def _who(person: Person) -> tuple[Employee, str]:
    told = {"name": person.name, "email": person.email, "phone": person.phone}
    employee = queries.employee_by_number(person.number)
    if employee is None:
        return Employee.objects.create(number=normal("number", person.number), **told), CREATED
    new = {name: value for name, value in told.items() if value and getattr(employee, name) != value}
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
    if known.days == days or person.last_day is None:
        return DUPLICATE
    services.leave(employee, last_day=person.last_day, reason=person.exit_reason)
    return CORRECTED


def _assignment(employee: Employee, person: Person, stretches: bool) -> str:
    mine = Assignment.objects.filter(employee=employee, main=True)
    unit, position = unit_of(person), position_of(person.position)
    manager = queries.employee_by_number(person.manager) if person.manager else None
    days = span(person.since, after(person.until or person.last_day))
    same = mine.filter(unit=unit, position=position)
    known = (same.filter(days=days) if stretches else same.filter(days__contains=person.since)).first()
    if known is not None:
        if manager is None or known.manager_id == manager.pk:
            return DUPLICATE
        if stretches or known.since == person.since or known.manager_id is None:
            known.manager = manager
            known.save(update_fields=["manager"])
            return CORRECTED
    if stretches:
        row = Assignment(employee=employee, unit=unit, position=position, manager=manager, days=days)
        services.insert(row, mine)
        return CREATED
    moved = mine.filter(days__contains=person.since).exists()
    services.transfer(employee, on=person.since, unit=unit, position=position, manager=manager)
    return CORRECTED if moved else CREATED


def _attribute(employee: Employee, person: Person, code: str, value: str) -> str:
    kept = Attribute.objects.on(person.since).filter(employee=employee, kind__duplicate_of=None)
    held = kept.filter(kind__key=identity(code).key).first()
    if held and held.value == value:
        return DUPLICATE
    services.set_attribute(employee, code, value, on=person.since)
    return CORRECTED if held else CREATED


@writes_terms
def set_managers(people: Sequence[Person]) -> list[str | Refused]:
    """Sets the managers of the assignments that `write` made: for each corrected, duplicate, or why it is refused."""
    asked = {number for one in people for number in (one.number, one.manager) if number}
    known = queries.ids_by_number(asked)
    held: dict[int, list[Assignment]] = {}
    for row in Assignment.objects.filter(employee__in=known.values(), main=True):
        held.setdefault(row.employee_id, []).append(row)
    return [_manager(one, known, held.get(known.get(one.number, 0), [])) for one in people]


def _manager(person: Person, known: Mapping[str, int], rows: Sequence[Assignment]) -> str | Refused:
    if not person.manager or not person.position:
        return DUPLICATE
    manager = known.get(person.manager)
    if manager is None:
        return Refused(Problem("manager", "unknown_employee", {"value": person.manager[:200]}))
    day = person.since
    held = next((row for row in rows if row.since <= day and (row.until is None or day < row.until)), None)
    if held is None or held.manager_id == manager:
        return DUPLICATE
    if met := queries.managers_in_a_circle(held.employee_id, manager, held.days):
        values = {"value": person.manager, "day": met.isoformat()}
        return Refused(Problem("manager", "manager_circle", values))
    held.manager_id = manager
    held.save(update_fields=["manager"])
    return CORRECTED


def unit_of(person: Person) -> Unit:
    """The unit that a row names; those of a path are made where missing. Raises Refused."""
    if person.unit:
        unit = of_key(Unit.objects, person.unit)
        if unit is None:
            raise Refused(Problem("unit", "unknown_unit", {"value": person.unit[:200]}))
        return unit
    parent: Unit | None = None
    for depth in range(1, len(person.unit_path) + 1):
        code = "/".join(person.unit_path[:depth])
        if len(code) > 64:
            raise Refused(Problem("unit_path", "too_long", {"limit": "64"}))
        unit = of_key(Unit.objects, code)
        parent = unit or services.unit(code, person.unit_path[depth - 1], parent=parent)
    return parent


def position_of(name: str) -> Position:
    """The position of a name, made where missing."""
    code = name[:64]
    return of_key(Position.objects, code) or services.position(code, name)


def after(last: date | None) -> date | None:
    """The day after a last day; None is open."""
    return last and last + timedelta(days=1)
