"""The mapping document: which files are read how, and which column becomes which field.

Like a plan it is YAML under git or in the database; what is wrong with it comes back as values with a line.
"""

from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from dataclasses import field

KINDS = ("facts", "people", "quotas", "unit_targets", "preferences")
FORMATS = ("csv", "tsv", "xlsx")
PEOPLE_FIELDS = (
    "number", "name", "email", "phone", "entry", "last_day", "exit_reason", "unit", "unit_path", "position",
    "manager", "from", "until", "returns", "former_name",
)  # fmt: skip
QUOTA_FIELDS = ("employee", "measure", "month", "amount", "from", "reason")
UNIT_TARGET_FIELDS = ("unit", "measure", "month", "amount")
PREFERENCE_FIELDS = ("employee", "kind", "strength", "rank", "from")
REQUIRED = {
    "facts": ("external_id", "type", "occurred_at"),
    "people": ("number", "name", "entry"),
    "quotas": ("employee", "measure", "month", "amount"),
    "unit_targets": UNIT_TARGET_FIELDS,
    "preferences": ("employee", "kind"),
}
# What may be filled when it is not facts.
FIELDS = {
    "people": PEOPLE_FIELDS,
    "quotas": QUOTA_FIELDS,
    "unit_targets": UNIT_TARGET_FIELDS,
    "preferences": PREFERENCE_FIELDS,
}
CREATED = ("units", "positions")  # what a file of people may make besides people
EMPTY = ("keep", "clear")
TARGETS = ("quotas", "unit_targets")  # of one measure for the whole file, unless a column says which
DATES = {"occurred_at", "credit_date", "entry", "last_day", "from", "until", "month"}
NUMBERS = {"amount", "strength", "rank"}
_NUMERIC = {"number", "money", "rate", "count"}
LONGEST = 100_000  # characters of a mapping document


def kind_of(field: str, own_fields: MappingType[str, str]) -> str:
    """Whether a field is read as "date", "number" or "text"; `own_fields` says which type the fields of facts have."""
    if field in DATES or own_fields.get(field) == "date":
        return "date"
    return "number" if field in NUMBERS or own_fields.get(field) in _NUMERIC else "text"


@dataclass(frozen=True)
class MappingProblem:
    """What is wrong in a mapping document: its line (from 1), in Chinese and in English."""

    line: int
    zh: str
    en: str

    def message(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True)
class Reading:
    """How the cells of a file are found. Without a header the columns are called 1, 2, 3 or as `columns` says."""

    format: str = "csv"
    encoding: str = "auto"
    delimiter: str = ","
    row_end: str = ""
    quoting: bool = True
    header: bool = True
    columns: tuple[str, ...] = ()
    sheet: str = ""
    skip: int = 0


@dataclass(frozen=True)
class Condition:
    """A row counts only when the column has one of `values` (or, with `wanted` false, none of them)."""

    column: str
    values: frozenset[str]
    wanted: bool = True


@dataclass(frozen=True)
class Join:
    """A second file whose row with the same key adds its columns, called `name.Column`."""

    name: str
    file: str
    key: str  # the column in the second file
    on: str  # the column in the main file, or `name.Column` of a join before
    reading: Reading
    where: tuple[Condition, ...] = ()
    keep: str = ""  # first | last when a key stands there more than once; empty: that is a mistake


@dataclass(frozen=True)
class Rule:
    """How one field gets its value: a constant, a column, or a template of columns such as `{Order}-{Line}`."""

    field: str
    constant: str | None = None
    column: str = ""
    template: str = ""
    date: str = ""
    number: str = ""
    values: MappingType[str, str] = field(default_factory=dict)
    default: str = ""
    empty: str = "keep"  # what an empty cell does: keep what is recorded, or clear it
    line: int = 0


@dataclass(frozen=True)
class Mapping:
    """A mapping document that was understood. `file` is the expected name of the main file, or empty."""

    code: str
    zh: str
    en: str
    what: str
    source: str
    file: str
    reading: Reading
    joins: tuple[Join, ...]
    where: tuple[Condition, ...]
    rules: tuple[Rule, ...]
    create: frozenset[str] = frozenset()  # of people: units and positions that are made where missing, unasked

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the files in the order in which they are given, the main file first, each once."""
        return tuple(dict.fromkeys([self.file, *(join.file for join in self.joins)]))

    def rule(self, name: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.field == name), None)


@dataclass(frozen=True)
class Loaded:
    """The mapping, or None with the problems that say why; `draft` is what could be read of it all the same."""

    mapping: Mapping | None
    problems: tuple[MappingProblem, ...]
    draft: Mapping | None = None
