"""Reading imports: how far they are, what was refused, the error file."""

from collections.abc import Iterator
from dataclasses import dataclass

from liji.base import clock
from liji.connectors.files import returned
from liji.connectors.models import ImportRun
from liji.connectors.models import Mapping
from liji.connectors.models import RefusedRow
from liji.people.problems import Problem


@dataclass(frozen=True)
class Refusal:
    """A refused row: its number in the file, its cells as they came, what is wrong and how to mend it."""

    row: int
    cells: list[str]
    problems: list[Problem]


def runs(limit: int = 100) -> list[ImportRun]:
    """The imports, newest first."""
    return list(ImportRun.objects.select_related("made_by__employee").order_by("-pk")[:limit])


def run(number: int) -> ImportRun | None:
    """One import."""
    return ImportRun.objects.select_related("made_by__employee").filter(pk=number).first()


def mappings() -> list[Mapping]:
    """The saved mapping documents, by code."""
    return list(Mapping.objects.order_by("code"))


def mapping(code: str) -> Mapping | None:
    return Mapping.objects.filter(code=code).first()


def broken_off(like: ImportRun) -> ImportRun | None:
    """An unfinished import of the same files by the same mapping, other than `like`, that no job carries out."""
    digests = [each["digest"] for each in like.files]
    unfinished = ImportRun.objects.filter(
        mapping=like.mapping,
        state__in=(ImportRun.State.WAITING, ImportRun.State.RUNNING, ImportRun.State.FAILED),
        made_by=None,
    ).exclude(pk=like.pk)
    return next(
        (each for each in unfinished.order_by("-pk") if [file["digest"] for file in each.files] == digests), None
    )


def refused(number: int, *, limit: int | None = None, after: int = 0) -> Iterator[Refusal]:
    """The refused rows of an import, in the order of the file, those after the row `after`."""
    rows = RefusedRow.objects.filter(run=number, row__gt=after).order_by("row")
    for row in rows[:limit] if limit else rows.iterator(chunk_size=2_000):
        yield Refusal(row.row, row.cells, [Problem.from_json(each) for each in row.problems])


def error_file(row: ImportRun) -> Iterator[str]:
    """The error file of an import as lines of text: CSV in UTF-8 with its mark."""
    refusals = refused(row.pk)
    return returned.lines(row.columns, ((each.row, each.cells, each.problems) for each in refusals))


def error_file_name(row: ImportRun) -> str:
    stem = str(row.files[0]["name"]).rpartition(".")[0] if row.files else "import"
    return f"{stem or 'import'}-{clock.today():%Y%m%d}-{row.pk}.csv"
