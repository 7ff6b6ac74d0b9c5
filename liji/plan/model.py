"""The plan as a value: what a document says once it has been read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from liji.plan.calendar import last_day
from liji.plan.currencies import MINOR_UNITS
from liji.plan.typed import Typed
from liji.plan.types import Kind

Scalar = Decimal | str | bool | date


@dataclass(frozen=True)
class Names:
    """A thing's name in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True)
class Named:
    """Anything that has an id and names."""

    id: str
    called: Names

    def names(self, lang: str) -> str:
        """The name in `zh` or `en`."""
        return self.called.en if lang == "en" else self.called.zh


@dataclass(frozen=True)
class Field(Named):
    """A field of facts, or an attribute of employees; `missing` is what stands in where a record has none."""

    kind: Kind
    missing: Scalar | None


class How(StrEnum):
    """How a measure sums up its facts."""

    SUM = "sum"
    COUNT = "count"
    COUNT_DISTINCT = "count distinct"
    MIN = "min"
    MAX = "max"
    LAST = "last"


@dataclass(frozen=True)
class Window:
    """Which periods' facts a measure sums up: those that lie from `first` to `last` periods before this one.

    With `to_date` (quarter or year), from the first period of that quarter or year up to this one; `years_ago`: of as
    many years before. `months`: the two count months, not periods.
    """

    first: int = 0
    last: int = 0
    to_date: str | None = None
    months: bool = False
    years_ago: int = 0


@dataclass(frozen=True)
class Measure(Named):
    """A typed value per payee and period over the credited facts of the types in `of` for which `where`
    holds.

    With `levels`, over the facts credited to those below in the tree of managers: what the direct reports bring counts
    with the first share, what comes from one level further down with the second, and so on.

    With `per`, a text field, the facts are summed up for each of its values by itself, and the measure is the sum of
    `then` over these, which names each one's as `each`; where `then` is a condition, the number for which it holds.

    `dated` are the types that count on the day in a field of theirs, each with that field; the others count on their
    credit date.
    """

    kind: Kind
    how: How
    of: tuple[str, ...]
    formula: Typed | None
    where: Typed | None
    levels: tuple[Decimal, ...] = ()
    window: Window | None = None
    per: str | None = None
    then: Typed | None = None
    dated: tuple[tuple[str, str], ...] = ()

    def entries(self) -> frozenset[tuple[str, str]]:
        """What is counted: types, each with the field that says on which day, empty for the credit date."""
        fields = dict(self.dated)
        return frozenset((kind, fields.get(kind, "")) for kind in self.of)

    @property
    def adds(self) -> How:
        """How what single facts bring makes up the measure: what is told for each value of a field adds up."""
        return self.how if self.per is None else How.SUM

    @property
    def formulas(self) -> tuple[Typed, ...]:
        """All that is asked of a fact."""
        own = (self.formula, self.where, self.then)
        return tuple(formula for formula in own if formula is not None)


@dataclass(frozen=True)
class Crediting(Named):
    """A rule by which facts of the types in `of` are credited: to whom of those named on it, with which share.

    `roles` empty: to all that are named; `levels`: to their managers, see Measure; `date`: the field of the fact that
    says on which day it counts.
    """

    of: tuple[str, ...]
    roles: tuple[str, ...]
    where: Typed | None
    share: Typed | None
    levels: tuple[Decimal, ...]
    date: str | None


class Missing(StrEnum):
    """What holds when a payee has no target: no attainment, or the calculation stops."""

    NONE = "none"
    ERROR = "error"


@dataclass(frozen=True)
class Target:
    """The quota of a measure. `missing` as a number is the attainment that counts when there is no target.

    The quota is multiplied by `factor` (a ramp, the days employed); `weight` is its share in the weighted score.
    """

    measure: str
    default: Decimal | None
    missing: Missing | Decimal
    factor: Typed | None = None
    weight: Decimal | None = None


@dataclass(frozen=True)
class Band:
    """Up to `edge` (None: without end), which belongs to the band when `through`; pays `value`.

    In a table that is asked with a text: for those in `texts`; for all others when there are none. With columns, it
    pays `values`, one for each of them.
    """

    edge: Decimal | None
    through: bool
    value: Decimal
    texts: tuple[str, ...] = ()
    values: tuple[Decimal, ...] = ()


class Reading(StrEnum):
    """All at the reached rate, each slice at its own, or at a rate on the straight line between two points."""

    WHOLE = "whole"
    MARGINAL = "marginal"
    INTERPOLATED = "interpolated"


@dataclass(frozen=True)
class Table(Named):
    """A rate table. Kind PLAIN as input fits any number.

    Read as INTERPOLATED, a band begins with its value and leads in a straight line to the next one's; the first and
    the last are level. With `columns` it is asked with a second value, of the kind `across`.
    """

    input: Kind
    gives: Kind
    reads: Reading
    bands: tuple[Band, ...]
    columns: tuple[Band, ...] = ()
    across: Kind = Kind.PLAIN


@dataclass(frozen=True)
class Value(Named):
    """A named formula."""

    formula: Typed


@dataclass(frozen=True)
class Due:
    """Payable on `day` of the month that comes `months_after` the period's last one."""

    day: int
    months_after: int


@dataclass(frozen=True)
class Instalment:
    """A part of a component's amount: payable `months_after` the period's last month, or when `milestone` is met."""

    share: Decimal
    months_after: int
    milestone: str | None


@dataclass(frozen=True)
class Pool(Named):
    """An amount that the members of a group divide among them: each by the weight, to the last cent."""

    amount: Typed
    over: str | None
    weight: Typed


@dataclass(frozen=True)
class Clawback:
    """Facts of the types in `of` take back what their original has earned, within so many months (`within`).

    The original is a fact of the types in `per` with the same text in the field `by`; without `by` the one that the
    later fact names (`original_id`), or else what stands on the day in the field `since`. `amount` is what a fact of
    those types earns, for which `where` holds. `take`: None is the part of the time that is left, else a share.
    """

    of: tuple[str, ...]
    per: tuple[str, ...]
    since: str | None
    by: str | None
    within: Decimal
    take: Decimal | None
    amount: Typed
    where: Typed | None
    taken: Measure


@dataclass(frozen=True)
class Component(Named):
    """A named incentive. `floor_none` says that the designer means it to become negative.

    One that is worked out per fact has its facts' rounded amounts summed up in the measure `each`, which is its
    formula then. Where `reward` is not money, the formula says how many of it (default: one) and the total leaves it
    out.
    """

    formula: Typed
    when: Typed | None
    cap: Typed | None
    floor: Typed | None
    floor_none: bool
    reward: str
    due: Due | None
    each: Measure | None = None
    instalments: tuple[Instalment, ...] = ()
    clawback: Clawback | None = None


@dataclass(frozen=True)
class Balance(Named):
    """A value that a payee carries from period to period: `closing` of one is the opening of the next.

    It begins with `start`, and begins anew at each `resets` (quarter, year). Money is kept in whole minor units, other
    numbers to 6 decimals.
    """

    kind: Kind
    start: Decimal
    resets: str | None
    closing: Typed


@dataclass(frozen=True)
class ExampleFact:
    """A fact of an example."""

    type: str
    amount: Decimal
    credit_date: date | None
    fields: Mapping[str, Scalar]


@dataclass(frozen=True)
class ExamplePayee:
    """One of those who take part in an example: what is given for them, and what they must come to (None: no value).

    `manager` is the name of another one.
    """

    name: str
    manager: str | None
    targets: Mapping[str, Decimal]
    balances: Mapping[str, Decimal]
    attributes: Mapping[str, Scalar]
    facts: tuple[ExampleFact, ...]
    expect: Mapping[str, Scalar | None]


@dataclass(frozen=True)
class Example:
    """A case inside the plan. `period` is any day of the period; `payees` are one, without a name, or several."""

    name: str
    line: int
    period: date | None
    payees: tuple[ExamplePayee, ...]


@dataclass(frozen=True)
class Plan(Named):
    """A whole plan; all mappings keep the order of the document. `digest` is the hash of its content."""

    currency: str
    period: str
    valid_from: date | None
    valid_to: date | None
    eligible: Typed | None
    attributes: Mapping[str, Field]
    fields: Mapping[str, Field]
    measures: Mapping[str, Measure]
    targets: Mapping[str, Target]
    tables: Mapping[str, Table]
    values: Mapping[str, Value]
    components: Mapping[str, Component]
    balances: Mapping[str, Balance] = field(default_factory=dict)
    crediting: Mapping[str, Crediting] = field(default_factory=dict)
    pools: Mapping[str, Pool] = field(default_factory=dict)
    exchange: Mapping[str, tuple[tuple[date, Decimal], ...]] = field(default_factory=dict)
    year_starts: int | None = None
    examples: tuple[Example, ...] = ()
    order: tuple[str, ...] = ()  # values and components, each after what it needs
    digest: str = field(default="")

    @property
    def paid(self) -> list[str]:
        """The components that are paid in money: what the total sums up."""
        return [name for name, component in self.components.items() if component.reward == "money"]

    def valid_in(self, start: date) -> bool:
        """Whether the plan is valid on any day of its period that begins on `start`."""
        if self.valid_to is not None and start > self.valid_to:
            return False
        return self.valid_from is None or last_day(start, self.period) >= self.valid_from

    @property
    def minor_unit(self) -> int:
        """Decimals of the currency's smallest unit: 2 for CNY."""
        return MINOR_UNITS[self.currency]
