"""Rows into preferences: employee, kind, strength, rank, from which day; the rows of a person are one word."""

from collections.abc import Sequence
from datetime import date
from datetime import datetime

from liji.access.models import User
from liji.connectors.files import results as r
from liji.connectors.files.rows import Row
from liji.people import queries as people
from liji.people.models import Employee
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.preferences import queries as preferences
from liji.preferences import services
from liji.preferences.models import Kind
from liji.preferences.models import Preference

USUAL = 3  # the strength of who names a kind without one
_UNRANKED = 1000
Said = tuple[Employee, date, str, int, int]  # who, from when, kind, rank, strength


class PreferenceWriter:
    """States what the rows of each person say together; what was stated before ends where that begins."""

    def __init__(self, by: User | None) -> None:
        self.by = by
        # (employee, day) → kind → (rank, strength): a person's rows may lie in two chunks.
        self.seen: dict[tuple[int, date], dict[str, tuple[int, int]]] = {}

    def __call__(self, rows: Sequence[Row]) -> list[r.Result]:
        read = self._read(rows)
        results = [each if isinstance(each, r.Result) else self._kept(each) for each in read]
        touched: dict[tuple[int, date], list[int]] = {}
        for place, each in enumerate(read):
            if not isinstance(each, r.Result) and results[place].status != r.REFUSED:
                touched.setdefault((each[0].pk, each[1]), []).append(place)
        for (_, day), places in touched.items():
            outcome = self._stated(read[places[0]][0], day)
            for place in places:
                results[place] = outcome
        return results

    def remember(self, rows: Sequence[Row]) -> None:
        """Takes note of rows that are stated already: those that follow of the same person join them."""
        for each in self._read(rows):
            if not isinstance(each, r.Result):
                self._kept(each)

    def _read(self, rows: Sequence[Row]) -> list[Said | r.Result]:
        numbers = {row.record.get("employee", "") for row in rows}
        employees = people.employees_by_number(numbers)
        kinds = _kinds()
        return [_read(row.record, employees, kinds) for row in rows]

    def _kept(self, read: Said) -> r.Result:
        employee, day, kind, rank, strength = read
        known = self.seen.setdefault((employee.pk, day), {})
        if known.setdefault(kind, (rank, strength)) != (rank, strength):
            return r.refused(Problem("kind", "twice_in_file", {"value": f"{employee.number} · {kind}"}))
        return r.Result(r.CREATED)

    def _stated(self, employee: Employee, day: date) -> r.Result:
        wanted = self.seen[employee.pk, day]
        order = sorted(wanted, key=lambda kind: (wanted[kind][0], -wanted[kind][1]))
        ranking = [(kind, wanted[kind][1]) for kind in order]
        before = preferences.held(employee.pk, day)
        try:
            new = services.state(employee, ranking, on=day, source=Preference.Source.IMPORT, by=self.by)
        except Refused as refusal:
            return r.refused(*refusal.problems)
        if not new:
            return r.Result(r.DUPLICATE)
        return r.Result(r.CORRECTED if before else r.CREATED)


def _kinds() -> dict[str, Kind]:
    """Code, Chinese and English name → kind."""
    found: dict[str, Kind] = {}
    for kind in preferences.kinds():
        found |= {word.strip().lower(): kind for word in (kind.zh, kind.en, kind.code)}
    return found


def _read(
    record: dict[str, str], employees: dict[str, Employee], kinds: dict[str, Kind]
) -> Said | r.Result:
    problems = [Problem(name, "missing") for name in ("employee", "kind") if not record.get(name)]
    if problems:
        return r.refused(*problems)
    employee = employees.get(record["employee"])
    if employee is None:
        problems.append(Problem("employee", "unknown_employee", {"value": record["employee"][:200]}))
    kind = kinds.get(record["kind"].strip().lower())
    if kind is None:
        words = ", ".join(each.zh for each in preferences.kinds())
        problems.append(Problem("kind", "unknown_kind", {"value": record["kind"][:60], "known": words}))
    whole = {name: _whole(record.get(name)) for name in ("strength", "rank")}
    problems += [
        Problem(name, "not_whole", {"value": record[name][:60]}) for name, value in whole.items() if value is None
    ]
    if problems or employee is None or kind is None:
        return r.refused(*problems)
    day = datetime.fromisoformat(record["from"]).date() if record.get("from") else people.today()
    return employee, day, kind.code, whole["rank"] or _UNRANKED, whole["strength"] or USUAL


def _whole(value: str | None) -> int | None:
    """A whole number above zero; 0 for nothing, None for something else."""
    if not value:
        return 0
    text = value.removesuffix(".0")
    return int(text) if text.isdecimal() and text.isascii() and 0 < int(text) < _UNRANKED else None
