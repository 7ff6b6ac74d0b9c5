"""A plan as a small tree: what is drawn, written out as a document, and worked out by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Expr:
    """A formula: an operator or function and what it is applied to (formulas, names, or the value of a literal).

    `kind` is its type; `fractional` says that it may be a quotient.
    """

    op: str
    args: tuple[Any, ...] = ()
    kind: str = ""
    fractional: bool = False


@dataclass(frozen=True)
class Band:
    """A band up to `edge` (None: beyond), a point at `edge`, or a row or column for `texts` (none: otherwise)."""

    edge: Decimal | None
    through: bool
    values: tuple[Decimal, ...]
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """`way` is bands, points or rows; it is asked with an `asked` and gives `gives` (rate, money or factor)."""

    name: str
    way: str
    asked: str
    gives: str
    bands: tuple[Band, ...]
    marginal: bool = False
    before: Decimal | None = None
    columns: tuple[Band, ...] = ()
    across: str = ""

    @property
    def sliced(self) -> bool:
        """Whether it can be read slice by slice."""
        edges = [band.edge for band in self.bands if band.edge is not None]
        return self.way == "bands" and not self.columns and all(edge > 0 for edge in edges)


@dataclass(frozen=True)
class Rule:
    """A rule of crediting."""

    name: str
    of: tuple[str, ...]
    roles: tuple[str, ...] = ()
    where: Expr | None = None
    share: Expr | None = None
    levels: tuple[Decimal, ...] = ()
    date: str | None = None


@dataclass(frozen=True)
class Measure:
    """`of` are fact types, or `rule` names the rule that says them; `then` is told for each value of `per`, a field."""

    name: str
    kind: str
    how: str
    of: tuple[str, ...]
    rule: Rule | None = None
    formula: Expr | None = None
    where: Expr | None = None
    window: str | None = None
    per: str | None = None
    then: Expr | None = None


@dataclass(frozen=True)
class Target:
    measure: str
    missing: str | Decimal = "none"
    default: Decimal | None = None
    factor: Expr | None = None
    weight: Decimal | None = None


@dataclass(frozen=True)
class Pool:
    name: str
    amount: Expr
    among: str
    who: Expr | None
    by: Expr | None


@dataclass(frozen=True)
class Clawback:
    of: str
    since: str
    within: int
    take: str | Decimal


@dataclass(frozen=True)
class Component:
    name: str
    formula: Expr | None
    when: Expr | None = None
    floor: Expr | str | None = None
    cap: Expr | None = None
    reward: str = "money"
    per: tuple[str, ...] = ()
    rule: Rule | None = None
    where: Expr | None = None
    clawback: Clawback | None = None
    instalments: tuple[Decimal, ...] = ()


@dataclass(frozen=True)
class Balance:
    name: str
    kind: str
    start: Decimal
    resets: str | None
    closing: Expr


@dataclass(frozen=True)
class Plan:
    """All of a plan; `period` and `year_starts` as the document says them."""

    currency: str = "CNY"
    period: str = "month"
    year_starts: int = 1
    eligible: Expr | None = None
    valid: tuple[date | None, date | None] = (None, None)
    exchange: dict[str, tuple[tuple[date | None, Decimal], ...]] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    measures: tuple[Measure, ...] = ()
    targets: tuple[Target, ...] = ()
    tables: tuple[Table, ...] = ()
    values: tuple[tuple[str, Expr], ...] = ()
    pools: tuple[Pool, ...] = ()
    components: tuple[Component, ...] = ()
    balances: tuple[Balance, ...] = ()

    @property
    def minor_unit(self) -> int:
        return {"CNY": 2, "JPY": 0, "KWD": 3}[self.currency]


# What every drawn plan declares; each entry is (kind, what stands in when a record has none).
FIELDS: dict[str, tuple[str, Any]] = {
    "cost": ("money", Decimal(0)),
    "margin": ("rate", Decimal("0.25")),
    "product": ("text", ""),
    "fresh": ("true/false", False),
    "paid_on": ("date", None),
    "sold_on": ("date", date(2025, 11, 30)),
}
ATTRIBUTES: dict[str, tuple[str, Any]] = {
    "team": ("text", ""),
    "level": ("text", "junior"),
    "grade": ("number", Decimal(1)),
    "ratio": ("rate", Decimal("0.5")),
    "hired_on": ("date", date(2025, 3, 31)),
    "left_on": ("date", date(2099, 12, 31)),
}
BUILT_IN: dict[str, tuple[str, Any]] = {
    "amount": ("money", Decimal(0)),
    "quantity": ("number", None),
    "credit_date": ("date", None),
    "type": ("text", ""),
    "external_id": ("text", ""),
    "share": ("rate", Decimal(1)),
    "currency": ("text", ""),
    "role": ("text", "owner"),
}


def inside(formula: Expr) -> Iterator[Expr]:
    """The formula and all formulas in it."""
    yield formula
    for arg in formula.args:
        if isinstance(arg, Expr):
            yield from inside(arg)
