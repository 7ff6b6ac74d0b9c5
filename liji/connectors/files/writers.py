"""Handing rows over to the room that keeps them: facts, people or targets. Each runs inside the chunk's transaction."""

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from liji.access.models import User
from liji.connectors.files.mapping import Mapping
from liji.connectors.files.people import PeopleWriter
from liji.connectors.files.rows import Row
from liji.facts import services as facts
from liji.people import queries as people
from liji.people.problems import Problem
from liji.plans import queries as plans
from liji.plans import services as planning


@dataclass(frozen=True)
class Result:
    """What became of one row: created, corrected, duplicate or refused, the last with problems."""

    status: str
    problems: tuple[Problem, ...] = ()


# Rows without problems → one result for each, in order.
Writer = Callable[[Sequence[Row]], list[Result]]


def writer(mapping: Mapping, *, run: int | None, step: int, by: User | None) -> Writer:
    """What takes over the rows of a mapping in one pass over the file."""
    if mapping.what == "people":
        return PeopleWriter(mapping, step=step, result=Result)
    if mapping.what == "quotas":
        return QuotaWriter(by)
    return FactWriter(mapping, run)


def steps(mapping: Mapping) -> int:
    """How often the file is read: people a second time, for managers who stand further down."""
    return 2 if mapping.what == "people" and mapping.rule("manager") else 1


class FactWriter:
    """Records facts; the room of facts knows what is new, corrected, a duplicate or wrong."""

    def __init__(self, mapping: Mapping, run: int | None) -> None:
        self.source, self.run = mapping.source, run

    def __call__(self, rows: Sequence[Row]) -> list[Result]:
        for row in rows:
            row.record.setdefault("source", self.source)
        outcomes = facts.record_many([row.record for row in rows], run=self.run)
        return [Result(outcome.status, outcome.problems) for outcome in outcomes]


class QuotaWriter:
    """Sets targets; one that is already so is a duplicate."""

    def __init__(self, by: User | None) -> None:
        self.by = by

    def __call__(self, rows: Sequence[Row]) -> list[Result]:
        numbers = people.ids_by_number({row.record.get("employee", "") for row in rows})
        closed = plans.closed_spans()
        read = [_quota(row, numbers, closed) for row in rows]
        known = self._known(read)
        results, changed, here = [], {}, {}
        for each in read:
            if isinstance(each, list):
                results.append(Result("refused", tuple(each)))
                continue
            key, amount = each
            if key in here and here[key] != amount:
                twice = Problem("employee", "twice_in_file", {"value": f"{key[0]} {key[1]} {key[2]}"})
                results.append(Result("refused", (twice,)))
                continue
            here[key] = amount
            before = known.get(key)
            status = "created" if before is None else "duplicate" if before == amount else "corrected"
            results.append(Result(status))
            if status != "duplicate":
                changed[key] = amount
        if changed:
            planning.set_quotas([(*key, amount) for key, amount in changed.items()], by=self.by)
        return results

    def _known(self, read: Sequence) -> dict[tuple[int, str, date], Decimal]:
        found = {}
        keys = {each[0] for each in read if not isinstance(each, list)}
        for start in {key[2] for key in keys}:
            employees = {key[0] for key in keys if key[2] == start}
            for employee, measures in plans.quotas_of(employees, start).items():
                for measure, amount in measures.items():
                    found[employee, measure, start] = amount
        return found
