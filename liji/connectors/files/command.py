"""`liji import`: a file by a mapping document, in this process, with its progress on the terminal."""

import sys
import time
from collections.abc import Collection
from contextlib import ExitStack
from pathlib import Path

from liji.connectors import queries
from liji.connectors import services
from liji.connectors.files.tables import Unreadable
from liji.connectors.models import ImportRun
from liji.people.problems import Problem
from liji.people.problems import Refused


def run(mapping: Path, files: list[Path], *, create: Collection[str] = (), twice: bool = False) -> int:
    """Imports; returns 0 when every row was taken over, 1 when some were refused, 2 when nothing could be read.

    `create`: "units" and "positions" that a file of people may make, as if its mapping said so. `twice`: rows that
    look like records of another source are other records.
    """
    try:
        text = mapping.read_text(encoding="utf-8-sig")
        text = services.creating(text, create) if create else text
        row = _begun(text, mapping, files, twice)
    except services.MappingRefused as refusal:
        for problem in refusal.problems:
            print(f"{mapping}:{problem.line}: {problem.zh} / {problem.en}", file=sys.stderr)
        return 2
    except Unreadable as problem:
        print(f"{problem.zh} / {problem.en}", file=sys.stderr)
        return 2
    except Refused as refusal:
        for problem in refusal.problems:
            print(f"{problem.message} {problem.mend} (--other-records)", file=sys.stderr)
        return 2
    except (OSError, UnicodeDecodeError) as error:
        print(error, file=sys.stderr)
        return 2
    started = time.monotonic()
    row = services.carry_out(row.pk, progress=_show)
    return _report(row, time.monotonic() - started)


def take_back(number: int, *, reversals: bool = False) -> int:
    """Takes an import back (`reversals`: see `services.take_back`).

    Returns 0 when all of it was taken back, 1 when some rows stay, 2 when it could not be done at all.
    """
    if queries.run(number) is None:
        print(f"✗ import {number}: 没有这次导入 / there is no such import", file=sys.stderr)
        return 2
    try:
        count = services.take_back(number, by=None, reversals=reversals)
    except Refused as refusal:
        for problem in refusal.problems:
            print(f"✗ import {number}: {problem.message} {problem.mend}", file=sys.stderr)
        return 2
    whole = queries.run(number).state == ImportRun.State.TAKEN_BACK
    print(f"{'✓' if whole else '✗'} import {number}: {count:,} taken back")
    if not whole:
        _show_refused(number, queries.run(number).refused)
    return 0 if whole else 1


def _begun(text: str, mapping: Path, files: list[Path], twice: bool) -> ImportRun:
    """A new run; or the one that was broken off with the same mapping and files, to go on with it."""
    document = services.parse(text)
    files = files or [mapping.parent / name for name in document.files if name]
    with ExitStack() as stack:
        given = [(path.name, stack.enter_context(path.open("rb"))) for path in files]
        row = services.receive(text, given, by=None)
    if broken := queries.broken_off(row):
        print(f"↻ import {broken.pk}: goes on after row {broken.position}")
        return services.go_on(broken.pk, row.pk, by=None)
    try:
        return services.begin(row.pk, by=None, job=False, twice=twice)
    except Refused:
        services.discard(row.pk)
        raise


def _show(row: ImportRun) -> None:
    share = f"{100 * row.rows_read // row.rows_total:3d} %" if row.rows_total else "…"
    end = "\n" if row.state == ImportRun.State.DONE else "\r" if sys.stdout.isatty() else None
    if end:
        print(f"{share}  {row.rows_read:,} rows, {row.refused:,} refused", end=end, flush=True)


def _report(row: ImportRun, seconds: float) -> int:
    if row.state == ImportRun.State.FAILED:
        print(f"✗ import {row.pk}: {row.message['zh']} / {row.message['en']}", file=sys.stderr)
        return 2
    print(
        f"✓ import {row.pk}: {row.rows_read:,} rows in {seconds:.1f} s; {row.created:,} new, "
        f"{row.corrected:,} corrected, {row.duplicate:,} known already, {row.refused:,} refused"
        + (f", {row.stale:,} old versions not applied" if row.stale else "")
        + (f", {row.retracted:,} retracted" if row.retracted else "")
        + (f", {row.proposed:,} wait for approval" if row.proposed else "")
    )
    for note in row.notes[:10]:
        for problem in note["problems"]:
            print(f"  row {note['row']}: {Problem.from_json(problem).message}")
    _show_refused(row.pk, row.refused)
    return 1 if row.refused else 0


def _show_refused(run: int, count: int) -> None:
    for refused in queries.refused(run, limit=10):
        for problem in refused.problems:
            print(f"  row {refused.row}: {problem.message} {problem.mend}")
    if count > 10:
        print(f"  … {count - 10:,} more")
