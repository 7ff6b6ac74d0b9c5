"""Who is as the file says: of a list that comes every night most are, and nothing need be asked of them one by one."""

from collections.abc import Iterable
from collections.abc import Sequence
from datetime import date

from liji.base.gate.identity import identity
from liji.people.dated import Dated
from liji.people.dated import span
from liji.people.history import Person
from liji.people.history import after
from liji.people.identifying import same_name
from liji.people.models import Assignment
from liji.people.models import Attribute
from liji.people.models import Employee
from liji.people.models import Employment
from liji.people.places import Places


def unchanged(people: Sequence[Person], *, stretches: bool, places: Places) -> set[int]:
    """The places of those rows for which `history.write` would find that all is there already, told in four queries.

    A person of whom any row is another matter is left out with all rows.
    """
    keys = [identity(one.number).key for one in people]
    there = _There(set(keys), places)
    changed = {key for key, one in zip(keys, people, strict=True) if not there.holds(key, one, stretches)}
    return {at for at, key in enumerate(keys) if key not in changed}


class _There:
    """What is known of the people with some numbers, by the key of the number."""

    def __init__(self, numbers: set[str], places: Places) -> None:
        known = Employee.objects.filter(key__in=numbers, duplicate_of=None)
        self._places = places
        self._people = {one.key: one for one in known}
        self._employed = _by_key(Employment.objects.filter(employee__in=known).select_related("employee"))
        held = Assignment.objects.filter(employee__in=known, main=True)
        self._held = _by_key(held.select_related("employee", "manager"))
        self._told = _by_key(Attribute.objects.filter(employee__in=known).select_related("employee", "kind"))

    def holds(self, key: str, one: Person, stretches: bool) -> bool:
        """Whether all that a row says of the person with the key is so."""
        known = self._people.get(key)
        if known is None or not self._is_employed(key, one):
            return False
        told = ((one.email, known.email), (one.phone, known.phone))
        same = same_name(one.name, known.name) and all(new is None or new == old for new, old in told)
        return same and self._works(key, one, stretches) and self._is_told(key, one)

    def _is_employed(self, key: str, one: Person) -> bool:
        days = span(one.entry, after(one.last_day))
        found = [row for row in self._employed.get(key, ()) if row.since == one.entry]
        return any(row.days == days or (one.last_day is None and not one.stays) for row in found)

    def _works(self, key: str, one: Person, stretches: bool) -> bool:
        if not one.placed and (stretches or one.manager is None):
            return True
        days = span(one.since, after(one.until or one.last_day))
        for row in self._held.get(key, ()):
            if (row.days == days if stretches else _on(row, one.since)) and self._is_here(row, one):
                return one.manager is None or (row.manager.key if row.manager else "") == identity(one.manager).key
        return False

    def _is_here(self, row: Assignment, one: Person) -> bool:
        unit = self._places.find_unit(one.unit, one.unit_path) if one.unit or one.unit_path else None
        position = self._places.find_position(one.position) if one.position else None
        here = unit is None or (not isinstance(unit, list) and unit.pk == row.unit_id)
        return here and (position is None or getattr(position, "pk", None) == row.position_id)

    def _is_told(self, key: str, one: Person) -> bool:
        held = {row.kind.key: row.value for row in self._told.get(key, ()) if _on(row, one.since)}
        return all(held.get(identity(code).key, "") == value for code, value in one.attributes.items())


def _on(row: Dated, day: date) -> bool:
    return row.since <= day and (row.until is None or day < row.until)


def _by_key(rows: Iterable[Dated]) -> dict[str, list]:
    found: dict[str, list] = {}
    for row in rows:
        found.setdefault(row.employee.key, []).append(row)
    return found
