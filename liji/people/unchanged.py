"""Who is as the file says: of a list that comes every night most are, and nothing need be asked of them one by one."""

from collections.abc import Iterable
from collections.abc import Sequence
from datetime import date

from liji.people.dated import Dated
from liji.people.dated import span
from liji.people.history import Person
from liji.people.history import after
from liji.people.models import Assignment
from liji.people.models import Attribute
from liji.people.models import Employee
from liji.people.models import Employment


def unchanged(people: Sequence[Person], *, stretches: bool) -> set[int]:
    """The places of those rows for which `history.write` would find that all is there already, told in four queries.

    A person of whom any row is another matter is left out with all rows.
    """
    there = _There({one.number for one in people})
    changed = {one.number for one in people if not there.holds(one, stretches)}
    return {at for at, one in enumerate(people) if one.number not in changed}


class _There:
    """What is known of the people with some numbers."""

    def __init__(self, numbers: set[str]) -> None:
        known = Employee.objects.filter(number__in=numbers)
        self._people = {one.number: one for one in known}
        self._employed = _by_number(Employment.objects.filter(employee__in=known).select_related("employee"))
        held = Assignment.objects.filter(employee__in=known, main=True)
        self._held = _by_number(held.select_related("employee", "unit", "position", "manager"))
        self._told = _by_number(Attribute.objects.filter(employee__in=known).select_related("employee", "kind"))

    def holds(self, one: Person, stretches: bool) -> bool:
        known = self._people.get(one.number)
        if known is None or not self._is_employed(one):
            return False
        told = ((one.name, known.name), (one.email, known.email), (one.phone, known.phone))
        same = all(not new or new == old for new, old in told)
        return same and (not one.position or self._works(one, stretches)) and self._is_told(one)

    def _is_employed(self, one: Person) -> bool:
        days = span(one.entry, after(one.last_day))
        found = [row for row in self._employed.get(one.number, ()) if row.since == one.entry]
        return any(one.last_day is None or row.days == days for row in found)

    def _works(self, one: Person, stretches: bool) -> bool:
        days, place = span(one.since, after(one.until or one.last_day)), one.unit or "/".join(one.unit_path)
        for row in self._held.get(one.number, ()):
            here = row.days == days if stretches else _on(row, one.since)
            if here and row.unit.code == place and row.position.code == one.position[:64]:
                return not one.manager or (row.manager is not None and row.manager.number == one.manager)
        return False

    def _is_told(self, one: Person) -> bool:
        held = {row.kind.code: row.value for row in self._told.get(one.number, ()) if _on(row, one.since)}
        return all(held.get(code) == value for code, value in one.attributes.items())


def _on(row: Dated, day: date) -> bool:
    return row.since <= day and (row.until is None or day < row.until)


def _by_number(rows: Iterable[Dated]) -> dict[str, list]:
    found: dict[str, list] = {}
    for row in rows:
        found.setdefault(row.employee.number, []).append(row)
    return found
