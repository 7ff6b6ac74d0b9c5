"""Looking at an import before it is started: the first rows as they would be taken over, with their problems."""

from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from itertools import chain
from itertools import islice

from django.db import transaction

from liji.connectors import services
from liji.connectors.files import cells as c
from liji.connectors.files import results as r
from liji.connectors.files import uploads
from liji.connectors.files.foreseen import foresee
from liji.connectors.files.loading import columns_of
from liji.connectors.files.mapping import PEOPLE_FIELDS
from liji.connectors.files.mapping import Mapping as Document
from liji.connectors.files.mapping import MappingProblem
from liji.connectors.files.people import Foreseen
from liji.connectors.files.rows import Row
from liji.connectors.files.rows import Source
from liji.connectors.files.rows import bind
from liji.connectors.files.tables import Unreadable
from liji.connectors.files.writers import writer
from liji.connectors.models import ImportRun
from liji.people.places import EVERYTHING
from liji.people.problems import Problem

ROWS = 20
_FORESEEN = 20_000  # rows of a file of people that are read for what it would have to make
_SAMPLE = 500  # rows that are looked at for dates which could be read in two ways


@dataclass(frozen=True)
class PreviewRow:
    """A row as it would be taken over: status created, corrected, duplicate, proposed, refused or passed_over."""

    number: int
    cells: list[str]
    record: dict[str, str]
    status: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class AmbiguousDate:
    """A date column in whose first rows day and month could be exchanged."""

    field: str
    column: str
    format: str
    example: str


@dataclass(frozen=True)
class Preview:
    """The first rows; or, in `mistakes` (of the mapping) or `unreadable` (of the file), why there are none."""

    columns: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    encoding: str = ""
    rows: tuple[PreviewRow, ...] = ()
    unused: tuple[str, ...] = ()  # columns that the mapping does not read
    ambiguous: tuple[AmbiguousDate, ...] = ()
    mistakes: tuple[MappingProblem, ...] = ()
    unreadable: Unreadable | None = None
    # Of people: units and positions that the file names and that are not there, code → name.
    units: Mapping[str, str] = field(default_factory=dict)
    positions: Mapping[str, str] = field(default_factory=dict)
    # Of the rows that were looked at (`looked_at`): field → empty cells that keep what is recorded, or clear it.
    looked_at: int = 0
    kept: Mapping[str, int] = field(default_factory=dict)
    cleared: Mapping[str, int] = field(default_factory=dict)
    absent: tuple[str, ...] = ()  # fields of people without a column: they stay as they are

    @property
    def good(self) -> bool:
        """Whether the import can be started."""
        return not self.mistakes and self.unreadable is None


def preview(run: ImportRun, *, rows: int = ROWS) -> Preview:
    """The first rows of a draft as they would be taken over now; nothing is kept."""
    try:
        document = services.parse(run.mapping)
        with bind(document, uploads.paths(run.files), services.own_fields()) as source:
            sample = list(islice(source.rows(), _SAMPLE))
            foreseen = _foreseen(document, [row for _, row in sample], source)
    except services.MappingRefused as refusal:
        return Preview(mistakes=refusal.problems)
    except Unreadable as problem:
        return Preview(unreadable=problem)
    used = {column for rule in document.rules for column in columns_of(rule)}
    used |= {condition.column for condition in document.where} | {join.on for join in document.joins}
    return Preview(
        columns=source.columns,
        fields=tuple(rule.field for rule in document.rules if rule.constant is None),
        encoding=source.table.encoding,
        rows=tuple(_rows(document, run, sample[:rows], foreseen)),
        units={} if "units" in document.create else foreseen.units,
        positions={} if "positions" in document.create else foreseen.positions,
        **_empties(document, [row for _, row in sample if row]),
        unused=tuple(column for column in source.columns if column not in used),
        ambiguous=tuple(_ambiguous(document, source, sample)),
    )


def _foreseen(document: Document, sample: Sequence[Row | None], source: Source) -> Foreseen:
    """What a file of people would have to make; of other files nothing. The rows after the sample are read here."""
    if document.what != "people":
        return Foreseen({}, {}, frozenset(), frozenset())
    rest = (row for _, row in source.rows())
    return foresee(
        chain(sample, rest), EVERYTHING, stretches=document.rule("until") is not None, limit=_FORESEEN
    )


def _empties(document: Document, sample: Sequence[Row]) -> dict[str, object]:
    """What the empty cells of some rows do, and which fields of people have no column."""
    rules = [rule for rule in document.rules if rule.constant is None]
    kept, cleared = Counter[str](), Counter[str]()
    for row in sample:
        wrong = {problem.field for problem in row.problems}
        for rule in rules:
            if not row.record.get(rule.field) and rule.field not in wrong:
                (cleared if rule.empty == "clear" else kept)[rule.field] += 1
    named = {rule.field for rule in document.rules}
    absent = PEOPLE_FIELDS if document.what == "people" else ()
    absent = tuple(name for name in absent if name not in named | {"returns", "former_name", "from", "until"})
    if named & {"unit", "unit_path"}:
        absent = tuple(name for name in absent if name not in ("unit", "unit_path"))
    return {"looked_at": len(sample), "kept": dict(kept), "cleared": dict(cleared), "absent": absent}


def _rows(
    document: Document, run: ImportRun, part: Sequence[services.Numbered], foreseen: Foreseen
) -> list[PreviewRow]:
    """What would become of the rows: they are written for a moment, and taken away again."""
    with transaction.atomic():
        write = writer(
            document, run=None, step=0, by=run.made_by,
            confirmed=EVERYTHING, foreseen=foreseen,
        )  # fmt: skip
        done = {row.number: result for row, result in services.outcomes(part, write)}
        transaction.set_rollback(True)
    return [_row(number, row, done.get(number)) for number, row in part]


def _row(number: int, row: Row | None, result: r.Result | None) -> PreviewRow:
    if row is None or result is None:
        return PreviewRow(number, [], {}, "passed_over")
    return PreviewRow(number, row.texts(), row.record, result.status, result.problems)


def _ambiguous(document: Document, source: Source, sample: Sequence[services.Numbered]) -> list[AmbiguousDate]:
    found = []
    place = {column: number for number, column in enumerate(source.columns)}
    for rule in document.rules:
        if not rule.date or rule.column not in place:
            continue
        cells = [row.cells[place[rule.column]] for _, row in sample if row and len(row.cells) > place[rule.column]]
        texts = [cell for cell in cells if type(cell) is str and cell.strip()]
        if c.ambiguous(rule.date, texts):
            found.append(AmbiguousDate(rule.field, rule.column, rule.date, texts[0].strip()))
    return found
