"""From the rows of files to the fields of records: joins, filters, constants, columns, templates, formats.

Everything that can be settled once is settled when the mapping is bound to the files; a row costs little.
"""

import re
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from contextlib import ExitStack
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from pathlib import Path

from liji.connectors.files import cells as c
from liji.connectors.files.mapping import Condition
from liji.connectors.files.mapping import Join
from liji.connectors.files.mapping import Mapping
from liji.connectors.files.mapping import Rule
from liji.connectors.files.mapping import kind_of
from liji.connectors.files.tables import Table
from liji.connectors.files.tables import Unreadable
from liji.connectors.files.tables import open_table
from liji.people.problems import Problem

Columns = dict[str, int]
# Puts a field's value (text) into the record, or notes what is wrong.
Filler = Callable[[Sequence[c.Cell], dict[str, str], list[Problem]], None]
_PLACE = re.compile(r"\{([^{}]+)\}")
# Fields of text that name nobody: what looks like a rounded number there is only odd.
_PROSE = frozenset(
    {"name", "email", "phone", "exit_reason", "reason", "position", "unit_path", "former_name", "returns"}
)
_REPLACED = "\ufffd"  # stands where bytes did not belong to the encoding


@dataclass(slots=True)
class Row:
    """One row of the main file: its number there, its cells as text, the record, and what is wrong with it."""

    number: int
    cells: list[c.Cell]
    record: dict[str, str]
    problems: list[Problem]

    def texts(self) -> list[str]:
        """The cells as they are kept and given back."""
        return [c.text(cell).replace("\x00", "␀") for cell in self.cells]


@dataclass
class Source:
    """A mapping bound to open files: the columns of the main file and its rows as records, in order."""

    mapping: Mapping
    table: Table
    joined: list["_Joined"]
    fillers: list[Filler]
    conditions: list[tuple[int, frozenset[str], bool]]
    clearing: tuple[str, ...] = ()  # the fields that an empty cell clears

    @property
    def columns(self) -> tuple[str, ...]:
        return self.table.columns

    def rows(self, *, after: int = 0) -> Iterator[tuple[int, Row | None]]:
        """The rows with a number above `after`, each with it; None for one that the mapping's filter passes over."""
        width = len(self.table.columns)
        for number, cells in self.table.rows:
            if number > after:
                yield number, self._row(number, cells, width)

    def _row(self, number: int, cells: list[c.Cell], width: int) -> Row | None:
        problems: list[Problem] = []
        record: dict[str, str] = {}
        full = cells if len(cells) == width else _to_width(cells, width, problems, self.table.is_sheet)
        if self.joined:
            full = [*full]
            for join in self.joined:
                join.extend(full, problems)
        for place, values, wanted in self.conditions:
            if (c.text(full[place]) in values) is not wanted:
                return None
        for fill in self.fillers:
            fill(full, record, problems)
        for name in self.clearing:
            if name not in record and not any(problem.field == name for problem in problems):
                record[name] = ""
        return Row(number, cells, record, problems)


def _to_width(cells: list[c.Cell], width: int, problems: list[Problem], is_sheet: bool) -> list[c.Cell]:
    """A row as wide as the header. Workbooks leave out empty cells at the end; text files must not."""
    if len(cells) > width:
        if any(cell not in (None, "") for cell in cells[width:]):
            problems.append(Problem("", "too_many_cells", {"value": str(len(cells)), "expected": str(width)}))
        return cells[:width]
    if not is_sheet:
        problems.append(Problem("", "too_few_cells", {"value": str(len(cells)), "expected": str(width)}))
    return [*cells, *[None] * (width - len(cells))]


# --- joins --------------------------------------------------------------------------------------------------


@dataclass
class _Joined:
    join: Join
    on: int
    rows: dict[str, tuple[c.Cell, ...]]
    width: int
    _blank: tuple[None, ...] = field(init=False)

    def __post_init__(self) -> None:
        self._blank = (None,) * self.width

    def extend(self, full: list[c.Cell], problems: list[Problem]) -> None:
        cell = full[self.on]
        key = cell.strip() if type(cell) is str else c.text(cell)
        found = self.rows.get(key)
        if found is None:
            if key:
                problems.append(Problem(self.join.on, "no_match", {"value": key[:200], "file": self.join.file}))
            found = self._blank
        full.extend(found)


def _read_join(join: Join, path: Path, columns: Columns) -> _Joined:
    """A joined file as a table in memory, its columns added to `columns`."""
    with open_table(path, join.reading) as table:
        own = {name: place for place, name in enumerate(table.columns)}
        key = _place(own, join.key, join.file)
        conditions = _bind_conditions(join.where, own, join.file)
        width, rows = len(table.columns), {}
        for _number, cells in table.rows:
            cells = [*cells[:width], *[None] * (width - len(cells))]
            if any((c.text(cells[place]) in values) is not wanted for place, values, wanted in conditions):
                continue
            name = c.text(cells[key])
            if name in rows and join.keep != "last":
                if join.keep == "first":
                    continue
                raise Unreadable(
                    f"文件“{join.file}”里“{join.key}”的值“{name}”不止一行；用 where 选一行，或写 keep: first / last。",
                    f"In “{join.file}” more than one row has {join.key} “{name}”; choose one by where, or say keep: "
                    "first or last.",
                )
            rows[name] = tuple(cells)
    on = _place(columns, join.on, join.file)
    start = len(columns)
    columns.update({f"{join.name}.{name}": start + place for name, place in own.items()})
    if len(columns) != start + width:
        raise Unreadable(f"“{join.name}”的列名重复。", f"The columns of “{join.name}” have the same names.")
    return _Joined(join, on, rows, width)


def _place(columns: Columns, name: str, file: str) -> int:
    if name in columns:
        return columns[name]
    known = ", ".join(columns)[:400]
    raise Unreadable(
        f"文件{f'“{file}”' if file else ''}里没有列“{name}”，只有：{known}。",
        f"There is no column “{name}” in the file{f' “{file}”' if file else ''}; there are: {known}.",
    )


def _bind_conditions(conditions: Sequence[Condition], columns: Columns, file: str):
    return [(_place(columns, each.column, file), each.values, each.wanted) for each in conditions]


# --- fields -------------------------------------------------------------------------------------------------


def _filler(rule: Rule, columns: Columns, kind: str, file: str) -> Filler:
    """What fills one field; `kind` is "date", "number" or "text"."""
    if rule.constant is not None:
        return _constant(rule)
    if rule.template:
        return _template(rule, columns, file)
    place = _place(columns, rule.column, file)
    if kind == "text":
        return _text(rule, place)
    form = rule.date or c.ISO if kind == "date" else rule.number or c.PLAIN
    return _formatted(rule, place, kind, form)


def _constant(rule: Rule) -> Filler:
    name, value = rule.field, rule.constant

    def fill(cells, record, problems) -> None:
        record[name] = value

    return fill


def _checked(cell: c.Cell, value: str, name: str, problems: list[Problem]) -> bool:
    """Whether a cell holds a value at all: no error of a workbook, no bytes that did not decode."""
    if type(cell) is c.CellError:
        problems.append(Problem(name, "cell_error", {"value": value}))
        return False
    if _REPLACED in value:
        problems.append(Problem(name, "wrong_encoding", {"value": value[:200]}))
        return False
    return True


def _names(field: str) -> bool:
    """Whether a field of text names somebody or something by a number or code."""
    return field not in _PROSE and not field.startswith("attributes.")


def _text(rule: Rule, place: int) -> Filler:
    name, words, default, named = rule.field, rule.values, rule.default, _names(rule.field)

    def fill(cells, record, problems) -> None:
        cell = cells[place]
        value = cell.strip() if type(cell) is str else c.text(cell)
        if (type(cell) is not str or _REPLACED in value) and not _checked(cell, value, name, problems):
            return
        if named and "0" <= value[-1:] <= "9" and c.is_rounded(cell):
            problems.append(Problem(name, "rounded_id", {"value": _as_shown(cell)}))
            return
        value = words.get(value, value) or default
        if value:
            record[name] = value

    return fill


def _as_shown(cell: c.Cell) -> str:
    """A number as a spreadsheet shows it."""
    return f"{cell:.5E}" if isinstance(cell, Decimal) else str(cell).strip()[:200]


def _template(rule: Rule, columns: Columns, file: str) -> Filler:
    name, parts = rule.field, _PLACE.split(rule.template)
    places = [_place(columns, part, file) for part in parts[1::2]]
    shape = "%s".join(part.replace("%", "%%") for part in parts[0::2])
    words, default, named = rule.values, rule.default, _names(rule.field)

    def fill(cells, record, problems) -> None:
        if named and (rounded := [cells[place] for place in places if c.is_rounded(cells[place])]):
            problems.append(Problem(name, "rounded_id", {"value": _as_shown(rounded[0])}))
            return
        values = [c.text(cells[place]) for place in places]
        if not any(values):
            if default:
                record[name] = default
            return
        for place, value in zip(places, values, strict=True):
            if (_REPLACED in value or type(cells[place]) is c.CellError) and not _checked(
                cells[place], value, name, problems
            ):
                return
        value = (shape % tuple(values)).strip()
        record[name] = words.get(value, value)

    return fill


def _formatted(rule: Rule, place: int, kind: str, form: str) -> Filler:
    name, words, default = rule.field, rule.values, rule.default
    read = c.date_reader(form) if kind == "date" else c.number_reader(form)
    if kind == "date" and not rule.date:
        read = _iso_moment(read)

    def fill(cells, record, problems) -> None:
        cell = cells[place]
        if cell is None or cell == "":
            if default:
                record[name] = default
            return
        value = read(cell)
        if value is None:
            _misfit(cell, record, problems)
        else:
            record[name] = value

    def _misfit(cell, record, problems) -> None:
        shown = c.text(cell)
        if not shown or shown in words:
            if given := words.get(shown, "") or default:
                record[name] = given
        elif not _checked(cell, shown, name, problems):
            return
        elif kind == "date":
            problems.append(Problem(name, "mixed_dates", {"value": shown[:200], "format": form}))
        else:
            problems.append(Problem(name, "wrong_number", {"value": shown[:200], "format": form}))

    return fill


def _iso_moment(read: c.Reader) -> c.Reader:
    """Without a format a date may also carry a time, as ISO 8601 writes it."""
    moment = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII)

    def either(cell: c.Cell) -> str | None:
        found = read(cell)
        return cell.strip() if found is None and type(cell) is str and moment.fullmatch(cell.strip()) else found

    return either


# --- binding ------------------------------------------------------------------------------------------------


@contextmanager
def bind(mapping: Mapping, paths: Sequence[Path], own_fields: MappingType[str, str]) -> Iterator[Source]:
    """Opens the files (in the order of `mapping.files`) and binds the mapping to their columns.

    `own_fields` says which type the fields of facts have. Raises Unreadable when file and mapping do not fit.
    """
    by_name = dict(zip(mapping.files, paths, strict=True))
    with ExitStack() as stack:
        table = stack.enter_context(open_table(by_name[mapping.file], mapping.reading))
        columns: Columns = {name: place for place, name in enumerate(table.columns)}
        if len(columns) != len(table.columns):
            twice = next(name for name in table.columns if table.columns.count(name) > 1)
            raise Unreadable(f"列名“{twice}”出现了两次。", f"The column name “{twice}” stands there twice.")
        joined = [_read_join(join, by_name[join.file], columns) for join in mapping.joins]
        fillers = [
            _filler(rule, columns, _kind(rule, own_fields), mapping.file) for rule in mapping.rules
        ]
        conditions = _bind_conditions(mapping.where, columns, mapping.file)
        clearing = tuple(rule.field for rule in mapping.rules if rule.empty == "clear")
        yield Source(mapping, table, joined, fillers, conditions, clearing)


def _kind(rule: Rule, own_fields: MappingType[str, str]) -> str:
    return "date" if rule.date else "number" if rule.number else kind_of(rule.field, own_fields)
