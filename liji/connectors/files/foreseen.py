"""A file of people read before anything is written: what it would have to make, and whose manager is nowhere."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import islice

from liji.base.gate.identity import identity
from liji.connectors.files.people import Foreseen
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


def foresee(
    rows: Iterable[Row | None], confirmed: Confirmed, *, stretches: bool, limit: int | None = None
) -> Foreseen:
    """Reads rows, all or the first `limit`, without writing anything. `stretches`: see `history.write`.

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
    circles = frozenset() if stretches else _circles(managers)
    return Foreseen(units, positions, _coming(managers, circles), circles)


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


def _circles(managers: dict[str, set[str]]) -> frozenset[str]:
    """Those who, over any number of others, report to themselves; of a file that names one manager for each."""
    above = {key: next(iter(keys)) for key, keys in managers.items() if len(keys) == 1}
    found: set[str] = set()
    seen: set[str] = set()
    for start in above:
        path: dict[str, int] = {}
        here = start
        while here in above and here not in seen:
            seen.add(here)
            path[here] = len(path)
            here = above[here]
        if here in path:
            found |= {key for key, place in path.items() if place >= path[here]}
    return frozenset(found)


def _coming(managers: dict[str, set[str]], circles: frozenset[str]) -> frozenset[str]:
    """Those whose managers are known or coming; `managers`: key of a number → those of its managers, "" for none."""
    asked = {key for keys in managers.values() for key in keys if key}
    known = {identity(number).key for number in queries.ids_by_number(asked)}
    coming = set(managers)
    reports: dict[str, set[str]] = defaultdict(set)
    for key, above in managers.items():
        for manager in above:
            reports[manager].add(key)
    lost = [*circles, *(key for manager in asked - known - coming for key in reports[manager])]
    while lost:
        key = lost.pop()
        if key in coming:
            coming.discard(key)
            lost += [] if key in known else reports[key]
    return frozenset(coming)
