"""Rows into people: who they are, when they are employed, where they work under whom, and what is kept about them."""

from collections.abc import Collection
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime

from liji.base.gate import Limits
from liji.base.gate import Wrong
from liji.base.gate import text
from liji.base.gate.identity import identity
from liji.base.terms import writing
from liji.connectors.files import results as r
from liji.connectors.files.mapping import CREATED
from liji.connectors.files.mapping import Mapping
from liji.connectors.files.rows import Row
from liji.people import history
from liji.people import imported
from liji.people import newcomers
from liji.people import queries
from liji.people.places import Confirmed
from liji.people.places import Places
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.people.unchanged import unchanged

ATTRIBUTE = "attributes."
_LIMITS = {"number": 64, "name": 200, "email": 254, "phone": 40, "position": 200, "exit_reason": 200}
_LONGEST_VALUE = 500  # characters of an attribute's value, as on the page
_DAYS = ("entry", "last_day", "from", "until")
_YES = frozenset({"yes", "y", "true", "1", "是", "返聘", "√"})
_NO = frozenset({"", "no", "n", "false", "0", "否"})


@dataclass(frozen=True)
class Foreseen:
    """What a file of people would have to make, by code → name; the keys of the numbers that come with it, and of
    those who report to themselves.
    """

    units: MappingType[str, str]
    positions: MappingType[str, str]
    coming: frozenset[str]
    circles: frozenset[str]


class PeopleWriter:
    """Writes people: newcomers and who is as the file says in one go, others row by row; what is refused (an overlap)
    is that row's problem alone.

    The first pass leaves out managers who are not known yet; the second sets them. Whose manager is neither known nor
    coming with the file, by what was `foreseen` of it, is refused at once.
    """

    def __init__(
        self,
        mapping: Mapping,
        *,
        run: int | None,
        step: int,
        confirmed: Confirmed,
        foreseen: Foreseen | None = None,
    ) -> None:
        self.run, self.step, self.confirmed = run, step, confirmed
        self.foreseen = foreseen or Foreseen({}, {}, frozenset(), frozenset())
        # With an end column the file holds a history of stretches; without one, what holds from a day on.
        self.stretches = mapping.rule("until") is not None

    def __call__(self, rows: Sequence[Row]) -> list[r.Result]:
        limits = queries.day_limits()
        results = [r.refused(*problems) if (problems := problems_of(row.record, limits)) else None for row in rows]
        right = [at for at, result in enumerate(results) if result is None]
        people = [person_of(rows[at].record) for at in right]
        with writing():  # what the rows wake is marked once
            done = self._noted(people, [rows[at] for at in right])
        for at, result in zip(right, done, strict=True):
            results[at] = result
        return results

    def _noted(self, people: Sequence[history.Person], rows: Sequence[Row]) -> list[r.Result]:
        """Writes people, and notes what the run did to them so that it can be taken back."""
        write = self._entered if self.step == 0 else self._with_managers
        if self.run is None:
            return write(people)
        numbers = [one.number for one in people]
        known = queries.ids_by_number(numbers)
        before, places = imported.snapshots(imported.with_reports(known.values())), imported.places_there()
        done = write(people)
        known = queries.ids_by_number(numbers)
        noted = {known[one.number]: (row.number, row.texts()) for one, row in zip(people, rows, strict=True)
                 if one.number in known}  # fmt: skip
        imported.note(self.run, before, noted)
        imported.note_places(self.run, places)
        return done

    def _entered(self, people: Sequence[history.Person]) -> list[r.Result]:
        places = Places(self.confirmed)
        lost = self._without_manager(people)
        known = dict.fromkeys(unchanged(people, stretches=self.stretches, places=places), history.DUPLICATE)
        rest = [at for at in range(len(people)) if at not in known and at not in lost]
        made = newcomers.enter([people[at] for at in rest], stretches=self.stretches, places=places)
        known |= {rest[at]: history.CREATED for at in made}
        results = []
        for at, person in enumerate(people):
            if at in lost:
                results.append(r.refused(lost[at]))
                continue
            if at in known:
                results.append(r.Result(known[at]))
                continue
            before = len(places.made)
            results.append(self._one(person, places))
            if results[-1].status == r.REFUSED and len(places.made) > before:
                places = Places(self.confirmed)  # what the row had made is gone again
        return results

    def _with_managers(self, people: Sequence[history.Person]) -> list[r.Result]:
        """Sets the managers; whom the run created and who cannot get theirs is taken away again, row and all."""
        said = history.set_managers(people)
        lost = [one for one, each in zip(people, said, strict=True) if isinstance(each, Refused)]
        known = queries.ids_by_number([one.number for one in lost])
        undone = imported.take_back_created(self.run, known.values()) if self.run and known else set()
        return [
            r.Result(r.REFUSED, each.problems, undone=known.get(one.number) in undone)
            if isinstance(each, Refused)
            else r.Result(each)
            for one, each in zip(people, said, strict=True)
        ]

    def _without_manager(self, people: Sequence[history.Person]) -> dict[int, Problem]:
        """Place → what is wrong, of those whose manager is nowhere, or reports to them in this file."""
        known = queries.ids_by_number({one.manager for one in people if one.manager})
        found: dict[int, Problem] = {}
        for at, one in enumerate(people):
            if identity(one.number).key in self.foreseen.circles:
                values = {"value": one.manager or "", "day": one.since.isoformat()}
                found[at] = Problem("manager", "manager_circle", values)
            elif one.manager and one.manager not in known and identity(one.manager).key not in self.foreseen.coming:
                found[at] = Problem("manager", "unknown_employee", {"value": one.manager[:200]})
        return found

    def _one(self, person: history.Person, places: Places) -> r.Result:
        try:
            return r.Result(history.write(person, stretches=self.stretches, places=places))
        except Refused as refusal:
            return r.refused(*refusal.problems)


def confirmed_by(mapping: Mapping, said: MappingType[str, Collection[str]]) -> Confirmed:
    """What may be made: all where the mapping says so, else what was confirmed (units, positions → codes)."""
    keys = {kind: frozenset(identity(code).key for code in said.get(kind, ())) for kind in CREATED}
    return Confirmed(*(None if kind in mapping.create else keys[kind] for kind in CREATED))


def problems_of(record: dict[str, str], limits: Limits) -> list[Problem]:
    """What is wrong with a row by itself."""
    found = [Problem(name, "missing") for name in ("number", "name", "entry") if not record.get(name)]
    for name, value in record.items():
        longest = _LONGEST_VALUE if name.startswith(ATTRIBUTE) else _LIMITS.get(name, 1000)
        wrong = text(value, longest)
        if isinstance(wrong, Wrong):
            found.append(Problem(name, wrong.code, wrong.values))
    days = {name: _day(record[name]) for name in _DAYS if record.get(name)}
    for name, day in days.items():
        if day is None:
            found.append(Problem(name, "not_a_date", {"value": record[name][:200]}))
        elif wrong := limits.check(day):
            found.append(Problem(name, wrong.code, wrong.values))
    if record.get("manager") and identity(record["manager"]).key == identity(record.get("number", "")).key:
        found.append(Problem("manager", "own_manager", {"value": record["number"]}))
    if record.get("returns", "").strip().casefold() not in _YES | _NO:
        found.append(Problem("returns", "not_yes_or_no", {"value": record["returns"][:200]}))
    for first, last in (("entry", "last_day"), ("from", "until")):
        start, end = days.get(first), days.get(last)
        if start and end and end < start:
            found.append(Problem(last, "ends_before", {"value": end.isoformat(), "start": start.isoformat()}))
    return found


def person_of(record: dict[str, str]) -> history.Person:
    """What a row without problems says."""
    entry = _day(record["entry"])
    return history.Person(
        number=record["number"],
        name=record["name"],
        email=record.get("email"),
        phone=record.get("phone"),
        entry=entry,
        last_day=_day(record.get("last_day")),
        stays=record.get("last_day") == "",
        exit_reason=record.get("exit_reason", ""),
        unit=record.get("unit", ""),
        unit_path=tuple(part.strip() for part in record.get("unit_path", "").split("/") if part.strip()),
        position=record.get("position", ""),
        manager=record.get("manager"),
        since=_day(record.get("from")) or entry,
        until=_day(record.get("until")),
        attributes={
            name.removeprefix(ATTRIBUTE): value for name, value in record.items() if name.startswith(ATTRIBUTE)
        },
        returns=record.get("returns", "").strip().casefold() in _YES,
        former_name=record.get("former_name", ""),
    )


def _day(value: str | None) -> date | None:
    """The day of a date or moment in ISO 8601; None for none."""
    try:
        return datetime.fromisoformat(value).date() if value else None
    except ValueError:
        return None
