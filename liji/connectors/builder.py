"""A mapping as a form: which column fills which field. For the mappings that are no more than that."""

from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass

from liji.connectors import services
from liji.connectors.files import mapping as m
from liji.connectors.files import uploads
from liji.connectors.files.guess import compose
from liji.connectors.files.guess import guess_columns
from liji.connectors.files.guess import known_fields
from liji.connectors.files.loading import load
from liji.connectors.files.tables import open_table
from liji.connectors.models import ImportRun


@dataclass(frozen=True)
class Line:
    """One line of the form: the field, the column that fills it, and how a date or number is written there."""

    field: str
    kind: str  # text, date, number
    needed: bool
    column: str = ""
    format: str = ""


@dataclass(frozen=True)
class Builder:
    """The form. `kind` is the fact type, `measure` the measure of targets."""

    code: str
    name: str
    what: str
    source: str
    kind: str
    measure: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def builder(run: ImportRun) -> Builder | None:
    """The form for a draft; None when its mapping says more than a form can. Raises Unreadable."""
    draft = load(run.mapping).draft
    if draft is None or draft.joins or draft.where or any(_special(rule) for rule in draft.rules):
        return None
    with open_table(uploads.paths(run.files)[0], draft.reading) as table:
        columns = table.columns
    kind, measure = draft.rule("type"), draft.rule("measure")
    kind_code = kind.constant if kind and kind.constant is not None else ""
    own = services.own_fields(kind_code)
    rules = {rule.field: rule for rule in draft.rules if rule.constant is None}
    if draft.what in m.TARGETS and measure and measure.constant is None:
        return None
    fields = dict.fromkeys([*known_fields(draft.what, own), *rules])
    return Builder(
        code=draft.code,
        name=draft.zh,
        what=draft.what,
        source=draft.source,
        kind=kind_code,
        measure=measure.constant if measure and measure.constant is not None else "",
        columns=columns,
        lines=tuple(_line(each, rules.get(each), draft.what, own) for each in fields if each not in _FIXED),
    )


_FIXED = ("type", "measure")  # the same for every row of a file


def _special(rule: m.Rule) -> bool:
    fixed = rule.constant is not None and rule.field not in _FIXED
    return bool(fixed or rule.template or rule.values or rule.default)


def _line(name: str, rule: m.Rule | None, what: str, own: MappingType[str, str]) -> Line:
    return Line(
        field=name,
        kind=m.kind_of(name, own),
        needed=name in m.REQUIRED[what] or (what == "facts" and name == "employee"),
        column=rule.column if rule else "",
        format=(rule.date or rule.number) if rule else "",
    )


def rebuilt(
    run: ImportRun, *, name: str, source: str, kind: str, measure: str, lines: Sequence[tuple[str, str, str]]
) -> str:
    """The mapping document of a filled-in form; lines are (field, column, format).

    Where a column changes and no format is given, the format is guessed from the file anew.
    """
    draft = load(run.mapping).draft
    own = services.own_fields(kind)
    fields: dict[str, object] = {}
    if draft.what == "facts":
        fields["type"] = {"constant": kind}
    if draft.what in m.TARGETS:
        fields["measure"] = {"constant": measure}
    chosen = {field: column for field, column, form in lines if column and not form}
    guessed = guess_columns(uploads.paths(run.files)[0], draft.reading, chosen, own)
    for field, column, form in lines:
        if not column:
            continue
        way = "date" if m.kind_of(field, own) == "date" else "number"
        fields[field] = {"column": column, way: form} if form else guessed.get(field, column)
    return compose(draft.code, draft.what, fields, reading=draft.reading, name=name, source=source)
