"""Handing rows over to the room that keeps them. Each runs inside the chunk's transaction."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence

from liji.access.models import User
from liji.connectors.files.mapping import Mapping
from liji.connectors.files.people import Foreseen
from liji.connectors.files.people import PeopleWriter
from liji.connectors.files.preferences import PreferenceWriter
from liji.connectors.files.quotas import QuotaWriter
from liji.connectors.files.quotas import UnitTargetWriter
from liji.connectors.files.results import Result
from liji.connectors.files.rows import Row
from liji.facts import services as facts
from liji.people.places import NOTHING
from liji.people.places import Confirmed

# Rows without problems → one result for each, in order.
Writer = Callable[[Sequence[Row]], list[Result]]


def writer(
    mapping: Mapping,
    *,
    run: int | None,
    step: int,
    by: User | None,
    confirmed: Confirmed = NOTHING,
    foreseen: Foreseen | None = None,
) -> Writer:
    """What takes over the rows of a mapping in one pass over the file; of people, see `PeopleWriter`."""
    if mapping.what == "people":
        return PeopleWriter(mapping, run=run, step=step, confirmed=confirmed, foreseen=foreseen)
    if mapping.what == "quotas":
        return QuotaWriter(by)
    if mapping.what == "unit_targets":
        return UnitTargetWriter(by)
    if mapping.what == "preferences":
        return PreferenceWriter(by)
    return FactWriter(mapping, run)


def steps(mapping: Mapping) -> int:
    """How often the file is read: people a second time, for managers who stand further down."""
    return 2 if mapping.what == "people" and mapping.rule("manager") else 1


def remember(write: Writer, rows: Iterable[Row | None]) -> None:
    """Lets a writer know of rows that were written before it began, or by another worker."""
    if isinstance(write, PreferenceWriter):
        write.remember([row for row in rows if row and not row.problems])


class FactWriter:
    """Records facts; the room of facts knows what is new, corrected, a duplicate or wrong."""

    def __init__(self, mapping: Mapping, run: int | None) -> None:
        self.source, self.run = mapping.source, run

    def __call__(self, rows: Sequence[Row]) -> list[Result]:
        for row in rows:
            row.record.setdefault("source", self.source)
        outcomes = facts.record_many([row.record for row in rows], run=self.run, words=True)
        return [Result(outcome.status, outcome.problems, outcome.notes) for outcome in outcomes]
