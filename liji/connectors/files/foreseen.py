"""A file of people read before anything is written: what it would have to make, and whose manager is nowhere."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from liji.base.gate.identity import identity
from liji.connectors.files.people import person_of
from liji.connectors.files.people import problems_of
from liji.connectors.files.rows import Row
from liji.people import queries
from liji.people.history import Person
from liji.people.places import Confirmed
from liji.people.places import Missing
from liji.people.places import Places
from liji.people.problems import Refused

_MOST = 200  # units and positions that are proposed at once


@dataclass(frozen=True)
class Foreseen:
    """What a file of people would have to make, by code → name, and the keys of the numbers that come with it."""

    units: dict[str, str]
    positions: dict[str, str]
    coming: frozenset[str]


def foresee(rows: Iterable[Row | None], confirmed: Confirmed, *, limit: int | None = None) -> Foreseen:
    """Reads rows, all or the first `limit`, without writing anything.

    A person whose manager is neither known nor in the file is not coming, nor is whoever reports to them: what is
    refused leaves nothing behind, also where the manager stands further down.
    """
    places, limits = Places(confirmed), queries.day_limits()
    units: dict[str, str] = {}
    positions: dict[str, str] = {}
    managers: dict[str, set[str]] = defaultdict(set)
    for row in islice(rows, limit):
        if row is None or row.problems or problems_of(row.record, limits):
            continue
        person = person_of(row.record)
        units |= _missing_units(person, places, units)
        positions |= _missing_position(person, places, positions)
        if _may_come(person, places):
            managers[identity(person.number).key].add(identity(person.manager or "").key)
    return Foreseen(units, positions, _coming(managers))


def _missing_units(person: Person, places: Places, known: dict[str, str]) -> dict[str, str]:
    if not (person.unit or person.unit_path) or len(known) >= _MOST:
        return {}
    found = places.find_unit(person.unit, person.unit_path)
    return {each.code: each.name for each in found} if isinstance(found, list) else {}


def _missing_position(person: Person, places: Places, known: dict[str, str]) -> dict[str, str]:
    if not person.position or len(known) >= _MOST:
        return {}
    found = places.find_position(person.position)
    return {found.code: found.name} if isinstance(found, Missing) else {}


def _may_come(person: Person, places: Places) -> bool:
    try:
        places.check(person.unit, person.unit_path, person.position)
    except Refused:
        return False
    return True


def _coming(managers: dict[str, set[str]]) -> frozenset[str]:
    """Those whose managers are known or coming; `managers`: key of a number → those of its managers, "" for none."""
    asked = {key for keys in managers.values() for key in keys if key}
    known = {identity(number).key for number in queries.ids_by_number(asked - managers.keys())}
    coming = set(managers)
    reports: dict[str, set[str]] = defaultdict(set)
    for key, above in managers.items():
        for manager in above:
            reports[manager].add(key)
    lost = [key for manager in asked - known - coming for key in reports[manager]]
    while lost:
        key = lost.pop()
        if key in coming:
            coming.discard(key)
            lost += reports[key]
    return frozenset(coming)
