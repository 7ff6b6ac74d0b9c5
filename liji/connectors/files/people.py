"""Rows into people: who they are, when they are employed, where they work under whom, and what is kept about them."""

from collections.abc import Sequence
from datetime import date
from datetime import datetime

from liji.base.gate.identity import identity
from liji.connectors.files import results as r
from liji.connectors.files.mapping import Mapping
from liji.connectors.files.rows import Row
from liji.people import history
from liji.people import newcomers
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.people.unchanged import unchanged

ATTRIBUTE = "attributes."
_LIMITS = {"number": 64, "name": 200, "email": 254, "phone": 40, "position": 200, "exit_reason": 200}


class PeopleWriter:
    """Writes people: newcomers and who is as the file says in one go, others row by row; what is refused (an overlap)
    is that row's problem alone.

    The first pass leaves out managers who are not known yet; the second sets them.
    """

    def __init__(self, mapping: Mapping, *, step: int) -> None:
        self.step = step
        # With an end column the file holds a history of stretches; without one, what holds from a day on.
        self.stretches = mapping.rule("until") is not None

    def __call__(self, rows: Sequence[Row]) -> list[r.Result]:
        results = [r.refused(*problems) if (problems := _problems(row.record)) else None for row in rows]
        right = [at for at, result in enumerate(results) if result is None]
        people = [_person(rows[at].record) for at in right]
        for at, result in zip(right, (self._entered if self.step == 0 else _with_managers)(people), strict=True):
            results[at] = result
        return results

    def _entered(self, people: Sequence[history.Person]) -> list[r.Result]:
        known = dict.fromkeys(unchanged(people, stretches=self.stretches), history.DUPLICATE)
        known |= dict.fromkeys(newcomers.enter(people, stretches=self.stretches), history.CREATED)
        return [r.Result(known[at]) if at in known else self._one(person) for at, person in enumerate(people)]

    def _one(self, person: history.Person) -> r.Result:
        try:
            return r.Result(history.write(person, stretches=self.stretches))
        except Refused as refusal:
            return r.refused(*refusal.problems)


def _with_managers(people: Sequence[history.Person]) -> list[r.Result]:
    said = history.set_managers(people)
    return [r.refused(*each.problems) if isinstance(each, Refused) else r.Result(each) for each in said]


def _problems(record: dict[str, str]) -> list[Problem]:
    found = [Problem(name, "missing") for name in ("number", "name", "entry") if not record.get(name)]
    found += [
        Problem(name, "too_long", {"limit": str(limit)})
        for name, limit in _LIMITS.items()
        if len(record.get(name, "")) > limit
    ]
    found += [
        Problem(name, "wrong_type", {"value": value.replace("\x00", "␀")[:200], "type": "text"})
        for name, value in record.items()
        if "\x00" in value
    ]
    if record.get("manager") and identity(record["manager"]).key == identity(record.get("number", "")).key:
        found.append(Problem("manager", "own_manager", {"value": record["number"]}))
    placed = bool(record.get("unit") or record.get("unit_path"))
    if placed != bool(record.get("position")):
        found.append(Problem("position" if placed else "unit", "missing"))
    for first, last in (("entry", "last_day"), ("from", "until")):
        if record.get(first) and record.get(last) and record[last] < record[first]:
            found.append(Problem(last, "ends_before", {"value": record[last], "start": record[first]}))
    return found


def _person(record: dict[str, str]) -> history.Person:
    entry = _day(record["entry"])
    return history.Person(
        number=record["number"],
        name=record["name"],
        email=record.get("email", ""),
        phone=record.get("phone", ""),
        entry=entry,
        last_day=_day(record.get("last_day")),
        exit_reason=record.get("exit_reason", ""),
        unit=record.get("unit", ""),
        unit_path=tuple(part.strip() for part in record.get("unit_path", "").split("/") if part.strip()),
        position=record.get("position", ""),
        manager=record.get("manager", ""),
        since=_day(record.get("from")) or entry,
        until=_day(record.get("until")),
        attributes={
            name.removeprefix(ATTRIBUTE): value for name, value in record.items() if name.startswith(ATTRIBUTE)
        },
    )


def _day(value: str | None) -> date | None:
    return datetime.fromisoformat(value).date() if value else None
