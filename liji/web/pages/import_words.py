"""What the import pages say: fields, states and mistakes in the reader's words."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import quote

from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liji.connectors.builder import Builder
from liji.connectors.files.tables import Unreadable
from liji.connectors.models import ImportRun
from liji.connectors.preview import Preview
from liji.connectors.preview import PreviewRow
from liji.connectors.queries import Refusal
from liji.connectors.services import MappingRefused
from liji.facts import queries as facts
from liji.people.problems import Problem

FIELDS = {
    "source": gettext_lazy("Source"),
    "external_id": gettext_lazy("Record number"),
    "version": gettext_lazy("Version"),
    "type": gettext_lazy("Type"),
    "employee": gettext_lazy("Employee number"),
    "occurred_at": gettext_lazy("Date"),
    "credit_date": gettext_lazy("Counts on"),
    "amount": gettext_lazy("Amount"),
    "currency": gettext_lazy("Currency"),
    "number": gettext_lazy("Employee number"),
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "entry": gettext_lazy("Entry date"),
    "last_day": gettext_lazy("Last day of work"),
    "exit_reason": gettext_lazy("Reason of exit"),
    "unit": gettext_lazy("Unit code"),
    "unit_path": gettext_lazy("Unit"),
    "position": gettext_lazy("Position"),
    "manager": gettext_lazy("Manager's number"),
    "from": gettext_lazy("Holds from"),
    "until": gettext_lazy("Holds until"),
    "returns": gettext_lazy("Returns (yes/no)"),
    "former_name": gettext_lazy("Former name"),
    "measure": gettext_lazy("Measure"),
    "month": gettext_lazy("Month"),
    "kind": gettext_lazy("Kind"),
    "strength": gettext_lazy("Strength, 1 to 5"),
    "rank": gettext_lazy("Rank, 1 is first"),
    "reason": gettext_lazy("Reason"),
}
STATES = {
    "draft": gettext_lazy("Not started"),
    "waiting": gettext_lazy("Waiting"),
    "running": gettext_lazy("Running"),
    "done": gettext_lazy("Done"),
    "failed": gettext_lazy("Stopped"),
    "taken_back": gettext_lazy("Taken back"),
}
KINDS = {
    "facts": gettext_lazy("Facts"),
    "people": gettext_lazy("People"),
    "quotas": gettext_lazy("Targets"),
    "unit_targets": gettext_lazy("Targets of units"),
    "preferences": gettext_lazy("Preferences"),
}
STATUSES = {
    "created": gettext_lazy("new"),
    "corrected": gettext_lazy("corrects"),
    "proposed": gettext_lazy("to be approved"),
    "duplicate": gettext_lazy("known already"),
    "stale": gettext_lazy("old version, not applied"),
    "retracted": gettext_lazy("retracted"),
    "refused": gettext_lazy("refused"),
    "passed_over": gettext_lazy("left out"),
}


def chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def labels(fields: Iterable[str]) -> list[str]:
    """Fields in the reader's words; those of fact types have their own."""
    own = {each["name"]: each["zh" if chinese() else "en"] for kind in facts.types() for each in kind.fields}
    return [str(FIELDS.get(name) or own.get(name) or name.removeprefix("attributes.")) for name in fields]


def summary(run: ImportRun) -> dict[str, object]:
    """A run as the list and its own page show it."""
    share = Decimal(min(run.rows_read, run.rows_total)) / run.rows_total if run.rows_total else None
    return {
        "run": run,
        "files": ", ".join(str(each["name"]) for each in run.files),
        "kind": KINDS.get(run.what, run.what),
        "state": STATES.get(run.state, run.state),
        "active": run.state in ("waiting", "running"),
        "share": Decimal(1) if run.state in ("done", "taken_back") else share or Decimal(0),
        "takes_back": run.what in ("facts", "people")
        and run.state in ("done", "failed")
        and bool(run.created or run.corrected),
        "stays": run.what not in ("facts", "people") and run.state in ("done", "failed"),
    }


def notes(run: ImportRun) -> list[dict[str, object]]:
    """The rows that were kept with a note, such as a payment after the exit."""
    return [
        {"row": each["row"], "problems": [Problem.from_json(one) for one in each["problems"]]} for each in run.notes
    ]


def form(built: Builder) -> dict[str, object]:
    """The form of a mapping, with its labels."""
    return {
        "given": built,
        "kinds": [(kind.code, kind.zh if chinese() else kind.en) for kind in facts.types()],
        "lines": [
            {"given": line, "label": name}
            for line, name in zip(built.lines, labels(line.field for line in built.lines), strict=True)
        ],
    }


def preview_row(row: PreviewRow, fields: Iterable[str]) -> dict[str, object]:
    """A row of the preview: its values in the order of the fields, and what is wrong with which of them."""
    wrong = {problem.field for problem in row.problems}
    return {
        "number": row.number,
        "status": row.status,
        "word": STATUSES[row.status],
        "cells": [{"value": row.record.get(name, ""), "wrong": name in wrong} for name in fields],
        "problems": row.problems,
    }


def refusal(each: Refusal) -> dict[str, object]:
    return {"row": each.row, "cells": " · ".join(cell for cell in each.cells if cell)[:300], "problems": each.problems}


def stopped(run: ImportRun) -> str:
    """Why an import stopped, if it did."""
    return str(run.message.get("zh" if chinese() else "en", "")) if run.message else ""


def mistakes(problem: Unreadable | MappingRefused) -> list[str]:
    """What is wrong with a file or a mapping, one sentence each."""
    language = get_language() or "zh"
    if isinstance(problem, Unreadable):
        return [problem.message(language)]
    return [
        _("Line %(line)s: %(what)s") % {"line": each.line, "what": each.message(language)} for each in problem.problems
    ]


def to_confirm(seen: Preview) -> list[dict[str, object]]:
    """What a file of people would have to make: units and positions, each with its codes and names."""
    kinds = (("units", _("Units that are not there yet"), seen.units),
             ("positions", _("Positions that are not there yet"), seen.positions))  # fmt: skip
    return [{"kind": kind, "label": label, "rows": sorted(rows.items())} for kind, label, rows in kinds if rows]


def empties(seen: Preview) -> dict[str, object]:
    """What the empty cells of the rows that were looked at do, and which fields have no column, in words."""
    def told(counts: Mapping[str, int]) -> str:
        return ", ".join(f"{label} {count}" for label, count in zip(labels(counts), counts.values(), strict=True))

    return {
        "kept": told(seen.kept),
        "cleared": told(seen.cleared),
        "absent": ", ".join(labels(seen.absent)),
        "rows": seen.looked_at,
    }


def mistakes_of(seen: Preview) -> list[str]:
    if seen.unreadable:
        return mistakes(seen.unreadable)
    return mistakes(MappingRefused(seen.mistakes)) if seen.mistakes else []


def in_language(language: str | None, lines: Iterator[str]) -> Iterator[bytes]:
    """A stream that is written while the request is long over speaks the language of the request."""
    while True:
        with translation.override(language):
            line = next(lines, None)
        if line is None:
            return
        yield line.encode()


def attachment(name: str) -> str:
    """The header that names a file to download, whatever characters its name has."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
