"""Importing files: taken in, looked at, carried out in chunks that survive any crash, taken back."""

import io
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import InterfaceError
from django.db import OperationalError
from django.db import transaction
from ruamel.yaml import YAML

from liji.access.models import User
from liji.access.services import audit
from liji.base import clock
from liji.base import internal
from liji.connectors.files import results as r
from liji.connectors.files import sources
from liji.connectors.files import uploads
from liji.connectors.files.foreseen import foresee
from liji.connectors.files.guess import compose
from liji.connectors.files.guess import guess
from liji.connectors.files.loading import load
from liji.connectors.files.mapping import Mapping as MappingDocument
from liji.connectors.files.mapping import MappingProblem
from liji.connectors.files.people import Foreseen
from liji.connectors.files.people import confirmed_by
from liji.connectors.files.rows import Row
from liji.connectors.files.rows import Source
from liji.connectors.files.rows import bind
from liji.connectors.files.tables import Unreadable
from liji.connectors.files.writers import Writer
from liji.connectors.files.writers import remember
from liji.connectors.files.writers import steps
from liji.connectors.files.writers import writer
from liji.connectors.heartbeat import beat
from liji.connectors.models import ImportRun
from liji.connectors.models import Mapping
from liji.connectors.models import RefusedRow
from liji.events.models import Event
from liji.events.services import publish
from liji.facts import queries as facts
from liji.facts import services as recording
from liji.people import imported
from liji.people.imported import Kept
from liji.people.places import Confirmed
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.plans import queries as plans

CHUNK = 2_000
NOTES = 100  # rows with a note that a run names
DRAFTS_STAY = timedelta(days=7)
Numbered = tuple[int, Row | None]


class MappingRefused(Exception):
    """A mapping document that cannot be used; `problems` say where and why."""

    def __init__(self, problems: Sequence[MappingProblem]) -> None:
        super().__init__("; ".join(f"line {p.line}: {p.en}" for p in problems))
        self.problems = tuple(problems)


def parse(text: str) -> MappingDocument:
    """The mapping that `text` describes. Raises MappingRefused."""
    loaded = load(text)
    if loaded.mapping is None:
        raise MappingRefused(loaded.problems)
    return loaded.mapping


def creating(text: str, kinds: Collection[str]) -> str:
    """A mapping document of people that also makes units or positions that are missing. Raises MappingRefused."""
    known, yaml, made = parse(text).create, YAML(), io.StringIO()
    document = yaml.load(text)
    document["create"] = sorted(known | set(kinds))
    yaml.dump(document, made)
    parse(made.getvalue())
    return made.getvalue()


def save_mapping(text: str, *, by: User | None) -> Mapping:
    """Keeps a mapping document under its code, replacing the one before. Raises MappingRefused."""
    document = parse(text)
    saved, _ = Mapping.objects.update_or_create(code=document.code, defaults={"name": document.zh, "text": text})
    audit(by, "mapping_saved", detail={"mapping": document.code})
    return saved


# --- taking in ----------------------------------------------------------------------------------------------


def receive(text: str, files: Iterable[uploads.Given], *, by: User | None) -> ImportRun:
    """Stores the files of an import that somebody may look at before it is started.

    Raises MappingRefused, or Unreadable when a file is missing or too large.
    """
    document = parse(text)
    return _received(text, document.what, document.files, files, by)


def propose(name: str, content: BinaryIO, what: str, *, kind: str = "", by: User | None) -> ImportRun:
    """Stores one file with a mapping that is guessed from it; `kind` is the fact type. Raises Unreadable.

    The mapping may lack needed fields: a person completes it.
    """
    run = _received("", what, ("",), [(name, content)], by)
    try:
        (path,) = uploads.paths(run.files)
        found = guess(path, name, what, own_fields=own_fields(kind), type=kind)
    except Unreadable:
        discard(run.pk)
        raise
    code = f"{what}-{run.pk}"
    own = f"upload-{run.pk}"

    def document(source: str) -> str:
        return compose(code, what, found.fields, reading=found.reading, name=Path(name).stem[:100], source=source)

    run.mapping = document(own)
    if what == "facts":
        run.mapping = document(_proposed_source(run, own))
    run.save(update_fields=["mapping"])
    return run


def _proposed_source(run: ImportRun, own: str) -> str:
    loaded = load(run.mapping)
    if loaded.draft is None or loaded.draft.joins:
        return own
    document = replace(loaded.draft, rules=tuple(rule for rule in loaded.draft.rules if rule.field == "external_id"))
    try:
        with bind(document, uploads.paths(run.files), own_fields()) as source:
            return sources.proposed(run, (row for _, row in source.rows()))
    except Unreadable:
        return own


def _readable(source: Source) -> Iterator[Row | None]:
    with suppress(Unreadable):
        for _, row in source.rows():
            yield row


def counted_elsewhere(run: ImportRun) -> list[Problem]:
    """Warnings that the first rows of a draft would count twice: they are records of another source. A row that cannot
    be read ends the look; the import names it. Raises MappingRefused.
    """
    if run.what != "facts":
        return []
    document = parse(run.mapping)
    with bind(document, uploads.paths(run.files), own_fields()) as source:
        found = sources.counted_elsewhere(_readable(source), document.source)
    return [
        Problem("source", "counted_elsewhere", {"count": str(count), "source": code})
        for code, count in sorted(found.items())
    ]


def _received(
    text: str, what: str, wanted: Sequence[str], files: Iterable[uploads.Given], by: User | None
) -> ImportRun:
    run = ImportRun.objects.create(mapping=text, what=what, state=ImportRun.State.DRAFT, made_by=by)
    try:
        run.files = uploads.keep(run.pk, wanted, files)
    except Unreadable:
        run.delete()
        raise
    run.save(update_fields=["files"])
    return run


@transaction.atomic
def change_mapping(run: int, text: str) -> ImportRun:
    """Another mapping for a draft; its files stay. Raises MappingRefused, or Unreadable when it needs other files."""
    document = parse(text)
    draft = ImportRun.objects.select_for_update().get(pk=run, state=ImportRun.State.DRAFT)
    uploads.must_match(document.files, [each["name"] for each in draft.files])
    draft.mapping, draft.what = text, document.what
    draft.save(update_fields=["mapping", "what"])
    return draft


def keep_unfinished(run: int, text: str) -> None:
    """Keeps a mapping that cannot be used yet, so that somebody goes on with it."""
    ImportRun.objects.filter(pk=run, state=ImportRun.State.DRAFT).update(mapping=text)


def upload_limit() -> int:
    """The size in bytes that one file may have."""
    return settings.UPLOAD_LIMIT


@transaction.atomic
def begin(
    run: int,
    *,
    by: User | None,
    job: bool = True,
    confirmed: MappingType[str, Collection[str]] | None = None,
    twice: bool = False,
) -> ImportRun:
    """Starts a draft, or a failed import anew from where it stopped; without `job` the caller carries it out.

    `confirmed`: the codes of "units" and "positions" that a file of people may make.
    Raises MappingRefused when the mapping is not complete, and Refused("counted_elsewhere") when records of another
    source would count twice, unless `twice` says that they are other records.
    """
    from liji.connectors.tasks import carry_out as task

    row = ImportRun.objects.select_for_update().get(pk=run)
    if row.state not in (ImportRun.State.DRAFT, ImportRun.State.FAILED):
        return row
    parse(row.mapping)
    if row.state == ImportRun.State.DRAFT and not twice and (warnings := counted_elsewhere(row)):
        raise Refused(*warnings)
    row.state, row.message, row.ended_at = ImportRun.State.WAITING, {}, None
    row.confirmed |= {kind: sorted(codes) for kind, codes in (confirmed or {}).items()}
    row.save(update_fields=["state", "message", "ended_at", "confirmed"])
    audit(by, "import_started", detail={"run": row.pk, "files": [each["name"] for each in row.files]})
    if job:
        task.configure(lock=f"import-{row.pk}").defer(run=row.pk)
    _tell(row)
    return row


def start(
    text: str, files: Iterable[uploads.Given], *, by: User | None, job: bool = True, twice: bool = False
) -> ImportRun:
    """Takes files in and starts their import at once. Raises as `receive` and `begin` do."""
    return begin(receive(text, files, by=by).pk, by=by, job=job, twice=twice)


@transaction.atomic
def discard(run: int) -> None:
    """Removes a draft and its files."""
    row = ImportRun.objects.select_for_update().get(pk=run, state=ImportRun.State.DRAFT)
    row.delete()
    transaction.on_commit(lambda: uploads.forget(run))


def go_on(run: int, again: int, *, by: User | None) -> ImportRun:
    """Goes on with an import that was broken off, with the same files given once more in the draft `again`."""
    uploads.move(again, run)
    ImportRun.objects.filter(pk=again, state=ImportRun.State.DRAFT).delete()
    return begin(run, by=by, job=False)


def tidy() -> int:
    """Removes drafts, with their files, that nobody has started for a week. Returns how many."""
    old = ImportRun.objects.filter(state=ImportRun.State.DRAFT, made_at__lt=clock.now() - DRAFTS_STAY)
    numbers = list(old.values_list("pk", flat=True))
    for number in numbers:
        discard(number)
    return len(numbers)


# --- carrying out -------------------------------------------------------------------------------------------


def carry_out(run: int, *, chunk: int = CHUNK, progress: Callable[[ImportRun], None] = lambda row: None) -> ImportRun:
    """Works through an import from where it stopped; every chunk is one transaction. Returns the run as it ended.

    Safe to call at any time and by two workers at once: a chunk is written by the one that finds it undone.
    """
    row = ImportRun.objects.get(pk=run)
    if row.state not in (ImportRun.State.WAITING, ImportRun.State.RUNNING):
        return row
    document = parse(row.mapping)
    beat(run)
    try:
        paths = uploads.paths(row.files)
        if row.rows_total is None:
            _estimate(row, document, paths[0])
        confirmed = confirmed_by(document, row.confirmed)
        foreseen = _foreseen(document, paths, confirmed)
        while row.step < steps(document):
            with bind(document, paths, own_fields()) as source:
                write = writer(
                    document, run=row.pk, step=row.step, by=row.made_by, confirmed=confirmed, foreseen=foreseen
                )
                row = _pass(row, source, write, chunk, progress)
            if row.state != ImportRun.State.RUNNING:
                return row
    except Unreadable as problem:
        return fail(run, {"zh": problem.zh, "en": problem.en})
    except (OperationalError, InterfaceError):  # the database is away: the job is tried again
        raise
    except Exception as error:
        made = internal.reference(error, f"import {run} stopped")
        zh = f"系统出错，导入停止；参考号 {made}，日志里有详情。可以从这里继续。"
        en = f"An error in the product stopped the import; reference {made}, the log says more. It can go on from here."
        return fail(run, {"zh": zh, "en": en})
    row = _finish(run)
    progress(row)
    return row


def _foreseen(document: MappingDocument, paths: Sequence[Path], confirmed: Confirmed) -> Foreseen | None:
    """Which people a file brings; nothing where it names no managers."""
    if document.what != "people" or document.rule("manager") is None:
        return None
    stretches = document.rule("until") is not None
    with bind(document, paths, own_fields()) as source:
        return foresee((row for _, row in source.rows()), confirmed, stretches=stretches)


def own_fields(code: str = "") -> dict[str, str]:
    """The fields of a fact type, or of all of them, with their types."""
    return {
        field["name"]: field["type"] for kind in facts.types() if code in ("", kind.code) for field in kind.fields
    }


def _estimate(row: ImportRun, document: MappingDocument, path) -> None:
    if document.reading.format != "xlsx":
        row.rows_total = uploads.line_count(path)
    row.state = ImportRun.State.RUNNING
    ImportRun.objects.filter(pk=row.pk, state=ImportRun.State.WAITING).update(
        state=row.state, rows_total=row.rows_total
    )


def _pass(
    row: ImportRun, source: Source, write: Writer, chunk: int, progress: Callable[[ImportRun], None]
) -> ImportRun:
    """One pass over the main file, from the row after `position`."""
    step, position = row.step, row.position
    if row.what == "preferences":  # the rows of a person belong together, also over a break
        rows = source.rows()
        remember(write, [each for _, each in islice(rows, row.rows_read)])
    else:
        rows = source.rows(after=position)
    while True:
        part = list(islice(rows, chunk))
        row = _chunk(row.pk, step, position, part, write, source)
        if row.state != ImportRun.State.RUNNING or not part:
            return row
        position = part[-1][0]
        progress(row)


@transaction.atomic
def _chunk(
    run: int, step: int, position: int, part: Sequence[Numbered], write: Writer, source: Source
) -> ImportRun:
    """Writes rows, refusals and progress in one transaction; does nothing when another worker was here before."""
    row = ImportRun.objects.select_for_update(of=("self",)).select_related("made_by").get(pk=run)
    if row.state == ImportRun.State.WAITING:
        row.state = ImportRun.State.RUNNING
    if row.state != ImportRun.State.RUNNING or (row.step, row.position) != (step, position):
        remember(write, [each for _, each in part])
        return row
    if not part:
        row.step, row.position = step + 1, 0
    else:
        row.columns = row.columns or list(source.columns)
        _count(row, step, part, outcomes(part, write))
        row.position = part[-1][0]
    row.save()
    beat(run)
    _tell(row)
    return row


def outcomes(part: Sequence[Numbered], write: Writer) -> list[tuple[Row, r.Result]]:
    """What becomes of the rows; those with problems of their own are not handed over."""
    rows = [row for _, row in part if row is not None]
    good = iter(write([row for row in rows if not row.problems]))
    return [(row, r.refused(*row.problems) if row.problems else next(good)) for row in rows]


def _count(row: ImportRun, step: int, part: Sequence[Numbered], done: Sequence[tuple[Row, r.Result]]) -> None:
    refused = [(each, result) for each, result in done if result.status == r.REFUSED]
    stored = RefusedRow.objects.bulk_create(
        [
            RefusedRow(
                run=row, row=each.number, cells=each.texts(), problems=[p.as_json() for p in result.problems]
            )
            for each, result in refused
        ],
        ignore_conflicts=step > 0,  # refused in the first pass already
    )
    if step > 0:
        row.created -= sum(result.undone for _, result in refused)
        row.refused = RefusedRow.objects.filter(run=row).count()
        return
    row.rows_read += len(part)
    row.passed_over += sum(each is None for _, each in part)
    row.refused += len(stored)
    for each, result in done:
        if result.notes and len(row.notes) < NOTES:
            row.notes.append({"row": each.number, "problems": [note.as_json() for note in result.notes]})
    for status in (r.CREATED, r.CORRECTED, r.DUPLICATE, r.PROPOSED, r.STALE, r.RETRACTED):
        setattr(row, status, getattr(row, status) + sum(result.status == status for _, result in done))


@transaction.atomic
def _finish(run: int) -> ImportRun:
    row = ImportRun.objects.select_for_update().get(pk=run)
    if row.state == ImportRun.State.RUNNING:
        row.state, row.rows_total, row.ended_at = ImportRun.State.DONE, row.rows_read, clock.now()
        row.save(update_fields=["state", "rows_total", "ended_at"])
        _tell(row)
        transaction.on_commit(lambda: uploads.forget(run))
    return row


@transaction.atomic
def fail(run: int, message: dict[str, str]) -> ImportRun:
    """Ends a run as failed; `message` says why in both languages ("zh", "en")."""
    row = ImportRun.objects.select_for_update().get(pk=run)
    row.state, row.message, row.ended_at = ImportRun.State.FAILED, message, clock.now()
    row.save(update_fields=["state", "message", "ended_at"])
    _tell(row)
    return row


def _tell(row: ImportRun) -> None:
    counts = (
        "rows_read", "rows_total", "created", "corrected", "duplicate", "stale", "retracted", "proposed", "refused",
    )  # fmt: skip
    body = {"run": row.pk, "state": row.state, **{name: getattr(row, name) for name in counts}}
    publish([Event(kind="import", body=body)])


# --- taking back --------------------------------------------------------------------------------------------


@transaction.atomic
def take_back(run: int, *, by: User | None, reversals: bool = False) -> int:
    """Takes back all facts that an import brought, or what it did to people; returns how many records or people. With
    `reversals`, what others brought to take the facts back is retracted with them.

    Of people, those stay who have been changed since or are named elsewhere: their rows are listed as refused, and
    the import stays as it is. Raises Refused when a record of another import takes a fact back, when a fact lies in a
    closed period, or when the import brought targets: these may have been changed since by hand, so they are
    corrected by importing the right values.
    """
    row = ImportRun.objects.select_for_update().get(pk=run)
    if row.state not in (ImportRun.State.DONE, ImportRun.State.FAILED):
        raise Refused(Problem("run", "not_ended"))
    if row.what not in ("facts", "people"):
        raise Refused(Problem("run", "stays", {"value": row.what}))
    kept: list[Kept] = []
    if row.what == "facts":
        count = recording.withdraw_run(row.pk, by=str(by or "command"), reversals=reversals)
    else:
        undone, kept = imported.take_back(row.pk, closed=plans.closed_spans())
        count = len(undone)
        _list_kept(row, kept)
    if not kept:
        row.state, row.ended_at = ImportRun.State.TAKEN_BACK, clock.now()
    row.save(update_fields=["state", "ended_at", "refused"])
    audit(by, "import_taken_back", detail={"run": row.pk, row.what: count, "kept": len(kept)})
    _tell(row)
    transaction.on_commit(lambda: uploads.forget(run))
    return count


def _list_kept(row: ImportRun, kept: Sequence[Kept]) -> None:
    """The rows that could not be taken back stand among the refused ones, with the cause."""
    for each in kept:
        told = {"problems": [each.problem.as_json()], "cells": each.cells}
        RefusedRow.objects.update_or_create(run=row, row=each.row, defaults=told)
    row.refused = RefusedRow.objects.filter(run=row).count()
