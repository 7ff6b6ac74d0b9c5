"""Reading a mapping document from its text: every mistake is collected with its line, none is guessed away."""

import codecs
import io
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.error import YAMLError

from liji.connectors.files import mapping as m
from liji.connectors.files.cells import date_pattern
from liji.connectors.files.cells import number_pattern

_TRUTH = {"true": True, "yes": True, "on": True, "是": True, "false": False, "no": False, "off": False, "否": False}
_TOP = ("mapping", "name", "what", "source", "file", "read", "joins", "where", "create", "fields")
_READING = ("format", "encoding", "delimiter", "row_end", "quoting", "header", "columns", "sheet", "skip")
_JOIN = ("file", "key", "on", "read", "where", "keep")
_RULE = ("constant", "column", "template", "date", "number", "values", "default", "empty")
_PLACE = re.compile(r"\{([^{}]+)\}")


def load(text: str) -> m.Loaded:
    """The mapping that `text` describes, or what is wrong with it."""
    if len(text) > m.LONGEST:
        return m.Loaded(None, (m.MappingProblem(1, "映射文档过长。", "The mapping document is too long."),))
    try:
        document = YAML(typ="rt").load(io.StringIO(text))
    except (YAMLError, ValueError, RecursionError) as error:
        return m.Loaded(None, (_yaml_problem(error),))
    reader = _Document()
    found = reader.mapping(document)
    problems = tuple(sorted(reader.problems, key=lambda problem: problem.line))
    return m.Loaded(None if problems else found, problems, found)


def _yaml_problem(error: Exception) -> m.MappingProblem:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    what = error.problem if isinstance(error, MarkedYAMLError) else str(error)
    line = mark.line + 1 if mark else 1
    return m.MappingProblem(line, f"不是有效的 YAML：{what}", f"This is not valid YAML: {what}")


class _Document:
    """Walks the document and notes every mistake on the way."""

    def __init__(self) -> None:
        self.problems: list[m.MappingProblem] = []

    def wrong(self, line: int, zh: str, en: str) -> None:
        self.problems.append(m.MappingProblem(line, zh, en))

    # --- small pieces ---------------------------------------------------------------------------------

    def table(self, value: Any, line: int, name: str, known: Iterable[str] | None) -> CommentedMap:
        """`value` as a table whose keys are among `known`."""
        if value is None:
            return CommentedMap()
        if not isinstance(value, CommentedMap):
            self.wrong(line, f"“{name}”应当是“键: 值”的表。", f"“{name}” must be a table of “key: value”.")
            return CommentedMap()
        allowed = tuple(known or ())
        for key in value:
            if known is not None and str(key) not in allowed:
                words = ", ".join(allowed)
                self.wrong(
                    _line(value, key, line),
                    f"“{name}”里没有“{key}”，可以用：{words}。",
                    f"“{key}” is not known in “{name}”; use one of: {words}.",
                )
        return value

    def word(self, table: CommentedMap, key: str, line: int, default: str = "") -> str:
        value = table.get(key)
        if value is None:
            return default
        if isinstance(value, (list, dict)):
            self.wrong(_line(table, key, line), f"“{key}”应当是一个值。", f"“{key}” must be a single value.")
            return default
        return str(value)

    def choice(self, table: CommentedMap, key: str, line: int, among: Iterable[str], default: str) -> str:
        value, among = self.word(table, key, line, default), tuple(among)
        if value not in among:
            words = ", ".join(word for word in among if word)
            self.wrong(
                _line(table, key, line),
                f"“{key}”不能是“{value}”，可以用：{words}。",
                f"“{key}” cannot be “{value}”; use one of: {words}.",
            )
            return default
        return value

    def truth(self, table: CommentedMap, key: str, line: int, default: bool) -> bool:
        value = self.word(table, key, line, str(default)).strip().lower()
        if value not in _TRUTH:
            self.wrong(_line(table, key, line), f"“{key}”应当是 yes 或 no。", f"“{key}” must be yes or no.")
        return _TRUTH.get(value, default)

    # --- the document ---------------------------------------------------------------------------------

    def mapping(self, document: Any) -> m.Mapping:
        top = self.table(document, 1, "mapping", _TOP)
        code = self.word(top, "mapping", 1)
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", code):
            self.wrong(
                _line(top, "mapping", 1),
                "“mapping”应当是映射的代码（字母、数字、- 和 _）。",
                "“mapping” must be the code of the mapping (letters, digits, - and _).",
            )
        if isinstance(top.get("name"), CommentedMap):
            names = self.table(top["name"], _line(top, "name", 1), "name", ("zh", "en"))
            zh, en = self.word(names, "zh", 1, code), self.word(names, "en", 1, code)
        else:
            zh = en = self.word(top, "name", 1, code)
        what = self.choice(top, "what", _line(top, "what", 1), m.KINDS, "facts")
        if "what" not in top:
            self.wrong(1, f"缺少“what”：{'、'.join(m.KINDS)}。", f"“what” is missing: {', '.join(m.KINDS)}.")
        reading = self.reading(top.get("read"), _line(top, "read", 1))
        file = self.word(top, "file", 1)
        joins = self.joins(top, reading)
        where = self.conditions(top.get("where"), _line(top, "where", 1))
        rules = self.rules(top, what)
        self.references(top, reading, joins, where, rules)
        source, create = self.word(top, "source", 1, code), self.created(top, what)
        return m.Mapping(code, zh, en, what, source, file, reading, joins, where, rules, create)

    def created(self, top: CommentedMap, what: str) -> frozenset[str]:
        """What a file of people may make without being asked: units, positions."""
        value, line = top.get("create"), _line(top, "create", 1)
        names = [str(each) for each in (value if isinstance(value, list) else [value] if value else [])]
        if wrong := [name for name in names if name not in m.CREATED or what != "people"]:
            words = ", ".join(m.CREATED)
            self.wrong(
                line,
                f"“create”不能是“{wrong[0]}”；导入人员时可以写：{words}。",
                f"“create” cannot be “{wrong[0]}”; files of people may say: {words}.",
            )
        return frozenset(names) & frozenset(m.CREATED)

    def reading(self, value: Any, line: int, default: m.Reading | None = None) -> m.Reading:
        if value is None and default:
            return replace(default, columns=(), sheet="", skip=0)  # those belong to the main file alone
        table = self.table(value, line, "read", _READING)
        form = self.choice(table, "format", line, m.FORMATS, "csv")
        delimiter = self.word(table, "delimiter", line, "\t" if form == "tsv" else ",")
        delimiter = {"\\t": "\t", "tab": "\t"}.get(delimiter, delimiter)
        if not delimiter or "\n" in delimiter or "\r" in delimiter:
            self.wrong(_line(table, "delimiter", line), "“delimiter”不能为空。", "“delimiter” must not be empty.")
        columns = table.get("columns") or []
        names = tuple(str(name) for name in columns) if isinstance(columns, list) else ()
        if not isinstance(columns, list) or len(set(names)) != len(names):
            self.wrong(
                _line(table, "columns", line),
                "“columns”应当是各不相同的列名。",
                "“columns” must be a list of different column names.",
            )
        return m.Reading(
            format=form,
            encoding=self.encoding(table, line),
            delimiter=delimiter or ",",
            row_end=self.word(table, "row_end", line),
            quoting=self.truth(table, "quoting", line, True),
            header=self.truth(table, "header", line, not names),
            columns=names,
            sheet=self.word(table, "sheet", line),
            skip=self.count(table, "skip", line),
        )

    def encoding(self, table: CommentedMap, line: int) -> str:
        value = self.word(table, "encoding", line, "auto").lower()
        value = {"gbk": "gb18030", "gb2312": "gb18030", "utf8": "utf-8"}.get(value, value)
        try:
            known = value == "auto" or codecs.lookup(value)._is_text_encoding
        except (LookupError, ValueError):
            known = False
        if not known:
            self.wrong(
                _line(table, "encoding", line),
                f"没有“{value}”这种编码，可以用 auto、utf-8、gb18030、utf-16 等。",
                f"There is no encoding “{value}”; use auto, utf-8, gb18030, utf-16 or another one.",
            )
        return value if known else "auto"

    def count(self, table: CommentedMap, key: str, line: int) -> int:
        value = self.word(table, key, line, "0")
        if not re.fullmatch(r"\d{1,6}", value, re.ASCII):
            self.wrong(_line(table, key, line), f"“{key}”应当是行数。", f"“{key}” must be a number of rows.")
            return 0
        return int(value)

    def joins(self, top: CommentedMap, reading: m.Reading) -> tuple[m.Join, ...]:
        line = _line(top, "joins", 1)
        found = []
        for name, value in self.table(top.get("joins"), line, "joins", None).items():
            here = _line(top["joins"], name, line)
            table = self.table(value, here, str(name), _JOIN)
            for needed in ("file", "key", "on"):
                if needed not in table:
                    self.wrong(here, f"“{name}”缺少“{needed}”。", f"“{name}” lacks “{needed}”.")
            found.append(
                m.Join(
                    name=str(name),
                    file=self.word(table, "file", here),
                    key=self.word(table, "key", here),
                    on=self.word(table, "on", here),
                    reading=self.reading(table.get("read"), _line(table, "read", here), reading),
                    where=self.conditions(table.get("where"), _line(table, "where", here)),
                    keep=self.choice(table, "keep", here, ("", "first", "last"), ""),
                )
            )
        return tuple(found)

    def conditions(self, value: Any, line: int) -> tuple[m.Condition, ...]:
        found = []
        table = self.table(value, line, "where", None)
        for column, wanted in table.items():
            positive = True
            if isinstance(wanted, CommentedMap):
                here = _line(table, column, line)
                wanted, positive = self.table(wanted, here, str(column), ("not",)).get("not"), False
            values = wanted if isinstance(wanted, list) else [wanted]
            texts = frozenset("" if each is None else str(each) for each in values)
            found.append(m.Condition(str(column), texts, positive))
        return tuple(found)

    def rules(self, top: CommentedMap, what: str) -> tuple[m.Rule, ...]:
        line = _line(top, "fields", 1)
        table = self.table(top.get("fields"), line, "fields", None)
        rules = tuple(self.rule(str(name), table[name], _line(table, name, line), what) for name in table)
        for needed in m.REQUIRED[what]:
            if needed not in {rule.field for rule in rules}:
                self.wrong(line, f"“fields”里缺少“{needed}”。", f"“fields” lacks “{needed}”.")
        return rules

    def rule(self, name: str, value: Any, line: int, what: str) -> m.Rule:
        self.field(name, line, what)
        if not isinstance(value, CommentedMap):
            given = "" if value is None or isinstance(value, list) else str(value)
            if not given:
                self.wrong(line, f"“{name}”没有写列名。", f"“{name}” names no column.")
            kind = "template" if _PLACE.search(given) else "column"
            return m.Rule(name, **{kind: given}, line=line)
        table = self.table(value, line, name, _RULE)
        ways = [way for way in ("constant", "column", "template") if table.get(way) is not None]
        if len(ways) != 1:
            self.wrong(
                line,
                f"“{name}”应当有 constant、column、template 中的一个。",
                f"“{name}” must have exactly one of constant, column, template.",
            )
        date, number = self.word(table, "date", line), self.word(table, "number", line)
        if date and date_pattern(date, whole=name != "month") is None:
            self.wrong(_line(table, "date", line), f"“{date}”不是日期格式，写法如 YYYY/MM/DD。",
                       f"“{date}” is not a date format; write it like YYYY/MM/DD.")  # fmt: skip
        if number and number_pattern(number) is None:
            self.wrong(_line(table, "number", line), f"“{number}”不是数字格式，写法如 1,234.56 或 1.234,56。",
                       f"“{number}” is not a number format; write it like 1,234.56 or 1.234,56.")  # fmt: skip
        words = self.table(table.get("values"), _line(table, "values", line), "values", None)
        return m.Rule(
            name,
            **{way: self.word(table, way, line) for way in ways},
            date=date,
            number=number,
            values={str(key): "" if word is None else str(word) for key, word in words.items()},
            default=self.word(table, "default", line),
            empty=self.choice(table, "empty", line, m.EMPTY, "keep"),
            line=line,
        )

    def field(self, name: str, line: int, what: str) -> None:
        known = m.FIELDS.get(what)
        if known is None or name in known or (what == "people" and name.startswith("attributes.")):
            return
        words = ", ".join(known) + (", attributes.…" if what == "people" else "")
        self.wrong(line, f"没有字段“{name}”，可以用：{words}。", f"There is no field “{name}”; use one of: {words}.")

    def references(self, top: CommentedMap, reading: m.Reading, joins, where, rules) -> None:
        """Columns that a join or the list of columns makes known must exist; the header is checked with the file."""
        names = {join.name for join in joins}
        line = _line(top, "joins", 1)
        own = [(join.on, _line(top.get("joins"), join.name, line)) for join in joins]
        own += [(condition.column, _line(top, "where", 1)) for condition in where]
        own += [(column, rule.line) for rule in rules for column in columns_of(rule)]
        for column, at in own:
            prefix, dot, rest = column.partition(".")
            known = {join.name: join.reading.columns for join in joins}.get(prefix) if dot else reading.columns
            if dot and prefix not in names:
                known = reading.columns
                rest = column
            wanted = rest if dot else column
            if known and wanted not in known:
                self.wrong(at, f"没有列“{column}”。", f"There is no column “{column}”.")
        seen: set[str] = set()
        for join in joins:
            prefix, dot, _ = join.on.partition(".")
            if dot and prefix in names and prefix not in seen:
                self.wrong(
                    _line(top.get("joins"), join.name, line),
                    f"“{join.name}”用到的“{prefix}”要写在它前面。",
                    f"“{join.name}” uses “{prefix}”, which must stand before it.",
                )
            seen.add(join.name)


def columns_of(rule: m.Rule) -> list[str]:
    """The columns that a rule reads."""
    if rule.template:
        return _PLACE.findall(rule.template)
    return [rule.column] if rule.column else []


def _line(table: Any, key: Any, otherwise: int) -> int:
    """The line (from 1) of a key in a table."""
    try:
        return table.lc.key(key)[0] + 1
    except (AttributeError, KeyError, TypeError):
        return otherwise
