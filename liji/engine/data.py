"""What goes into the engine and what comes out of it; money and rates are Decimal, in JSON they are text."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from liji.plan.numbers import EXACT

# A named value of a result; None is "there is none", as an attainment without a target.
Answer = Decimal | str | bool | date | None
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class PayeePeriod:
    """A payee in the period that starts on `period`: targets by measure, attributes of the employee, and the
    balances brought forward (without one, it begins with its start).

    `groups` are the values over groups, by name, where the others are not there to be asked.
    """

    payee: int
    period: date
    targets: Mapping[str, Decimal] = field(default_factory=lambda: _NOTHING)
    attributes: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    balances: Mapping[str, Decimal] = field(default_factory=lambda: _NOTHING)
    groups: Mapping[str, Decimal] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True)
class Link:
    """`above` stands so many levels over `payee` (1: the manager), from `since` until the day before `until`."""

    payee: int
    above: int
    level: int
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Fact:
    """A credited fact; `seq` orders the facts of one day. `fields` may hold numbers as text.

    `period` is the first day of the fact's own period. In a payee's frame stand also the facts of those below, with
    their `level`, and those of other periods.

    Where a crediting rule counts the fact on another day, that of the field `dated_by`, the same fact stands there a
    second time, with that day as its `credit_date` and its own period.
    """

    payee: int
    period: date
    id: int
    seq: int
    type: str
    credit_date: date
    amount: Decimal
    fields: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    level: int = 0
    dated_by: str = ""


@dataclass(frozen=True)
class Result:
    """One payee-period worked out: every named value, the amount of each component, their sum."""

    payee: int
    period: date
    values: dict[str, Answer]
    amounts: dict[str, Decimal]
    total: Decimal
    eligible: bool

    def to_json(self) -> dict[str, Any]:
        """For storing: decimals and dates as text, marked where text could be mistaken for them."""
        return {
            "payee": self.payee,
            "period": self.period.isoformat(),
            "values": {name: _out(value) for name, value in self.values.items()},
            "amounts": {name: f"{amount:f}" for name, amount in self.amounts.items()},
            "total": f"{self.total:f}",
            "eligible": self.eligible,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Result":
        """What `to_json` gave."""
        return cls(
            payee=stored["payee"],
            period=date.fromisoformat(stored["period"]),
            values={name: _in(value) for name, value in stored["values"].items()},
            amounts={name: Decimal(amount) for name, amount in stored["amounts"].items()},
            total=Decimal(stored["total"]),
            eligible=stored["eligible"],
        )


@dataclass(frozen=True)
class Line:
    """What one fact brought to each component: `own` at the rate then reached, `rerated` on the facts before
    it.

    `brought` is own + rerated; over all facts it sums up to the result's amount less what the plan pays on no
    facts. `rates` are the lookups and `values` all named values at this fact.
    """

    fact_id: int
    brought: dict[str, Decimal]
    own: dict[str, Decimal]
    rerated: dict[str, Decimal]
    rates: dict[str, Decimal | None]
    values: dict[str, Answer]

    @property
    def total_brought(self) -> Decimal:
        """Over all components."""
        total = Decimal(0)
        for amount in self.brought.values():
            total = EXACT.add(total, amount)
        return total

    def to_json(self, *, values: bool = True) -> dict[str, Any]:
        """For storing; decimals as text. Without `values` only what the fact brought and the rates at it."""
        return {
            "fact_id": self.fact_id,
            "brought": {name: f"{amount:f}" for name, amount in self.brought.items()},
            "own": {name: f"{amount:f}" for name, amount in self.own.items()},
            "rerated": {name: f"{amount:f}" for name, amount in self.rerated.items()},
            "rates": {name: None if rate is None else f"{rate:f}" for name, rate in self.rates.items()},
            "values": {name: _out(value) for name, value in self.values.items()} if values else {},
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Line":
        """What `to_json` gave."""
        return cls(
            fact_id=stored["fact_id"],
            brought=_decimals(stored["brought"]),
            own=_decimals(stored["own"]),
            rerated=_decimals(stored["rerated"]),
            rates={name: None if rate is None else Decimal(rate) for name, rate in stored["rates"].items()},
            values={name: _in(value) for name, value in stored["values"].items()},
        )


@dataclass(frozen=True)
class Node:
    """A step of an explanation. `unit` is a currency, `%`, a count's measure or empty; a leaf may name a
    fact.
    """

    name: str
    label: str
    sentence: str
    value: Answer
    unit: str
    children: tuple["Node", ...] = ()
    fact_id: int | None = None


@dataclass(frozen=True)
class Step:
    """How far the next edge is. `distance` is in the unit of `measure`; `gain` is the change of the whole pay
    there.

    kind is `band` (of a table), `target` (100 %) or `gate` (a component's condition); `edge` is as the plan
    states it and `rate` what the table gives beyond it.
    """

    kind: str
    label: str
    sentence: str
    measure: str
    distance: Decimal
    gain: Decimal | None
    edge: Decimal
    rate: Decimal | None


# A stored number is plain text; stored text and dates carry a mark, so that "0012" stays text.
def _out(value: Answer) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str):
        return {"text": value}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return value


def _in(value: Any) -> Answer:
    if isinstance(value, str):
        return Decimal(value)
    if isinstance(value, dict):
        return date.fromisoformat(value["date"]) if "date" in value else str(value["text"])
    return bool(value) if value is not None else None


def _decimals(stored: Mapping[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(value) for name, value in stored.items()}
