"""Looking at an import before it is started: the first rows as they would be taken over, with their problems."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import transaction

from liji.connectors import services
from liji.connectors.files import cells as c
from liji.connectors.files import results as r
from liji.connectors.files import uploads
from liji.connectors.files.loading import columns_of
from liji.connectors.files.mapping import Mapping
from liji.connectors.files.mapping import MappingProblem
from liji.connectors.files.rows import Row
from liji.connectors.files.rows import Source
from liji.connectors.files.rows import bind
from liji.connectors.files.tables import Unreadable
from liji.connectors.files.writers import writer
from liji.connectors.models import ImportRun
from liji.people.problems import Problem

ROWS = 20
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
        rows=tuple(_rows(document, run, sample[:rows])),
        unused=tuple(column for column in source.columns if column not in used),
        ambiguous=tuple(_ambiguous(document, source, sample)),
    )


def _rows(document: Mapping, run: ImportRun, part: Sequence[services.Numbered]) -> list[PreviewRow]:
    """What would become of the rows: they are written for a moment, and taken away again."""
    with transaction.atomic():
        write = writer(document, run=None, step=0, by=run.made_by)
        done = {row.number: result for row, result in services.outcomes(part, write)}
        transaction.set_rollback(True)
    return [_row(number, row, done.get(number)) for number, row in part]


def _row(number: int, row: Row | None, result: r.Result | None) -> PreviewRow:
    if row is None or result is None:
        return PreviewRow(number, [], {}, "passed_over")
    return PreviewRow(number, row.texts(), row.record, result.status, result.problems)


def _ambiguous(document: Mapping, source: Source, sample: Sequence[services.Numbered]) -> list[AmbiguousDate]:
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
