"""What a room tells the others: something worth a reaction has happened. Rooms tell; reactions listen.

A room declares the kinds that it tells with `declare` when it starts, so that whoever writes a rule can choose among
them and name their values in a condition.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import datetime
from datetime import timedelta
from decimal import Decimal

from django.dispatch import Signal

from liji.base import clock

Value = Decimal | str | bool | date | None

# What lies further back is history that is being loaded, not something that has just happened.
FRESH = timedelta(days=2)

# Sent inside the telling transaction with `happenings`: a list of Happening.
happened = Signal()


@dataclass(frozen=True)
class Named:
    """A value that comes with a happening. `type` is one of the plan language's: money, rate, number, count, date,
    text, true/false. `pay`: it is told to those alone who may see the person's pay."""

    name: str
    type: str
    zh: str
    en: str
    pay: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of happening: what it is called, and the values that come with it.

    `own` asks for further values, which this company has defined: fields of its fact types, names in its plans.
    """

    code: str
    zh: str
    en: str
    values: tuple[Named, ...] = ()
    own: Callable[[], tuple[Named, ...]] = tuple


@dataclass(frozen=True)
class Happening:
    """Something that happened to one employee. `occasion` is the same however often it is told: a replay, a
    recalculation or a crash tells it again, and nobody reacts twice.

    Amounts are Decimal in `values["currency"]`, rates are shares (0.8 is 80 %); `at` is when it happened (aware).
    A happening that is `retracted` tells that the one of the same occasion no longer holds.
    """

    kind: str
    occasion: str
    employee: int
    at: datetime
    values: Mapping[str, Value] = field(default_factory=dict)
    link: str = ""
    retracted: bool = False


_kinds: dict[str, Kind] = {}


def is_news(at: datetime) -> bool:
    """Whether a moment (aware) is so near that people want to hear of it."""
    return at >= news_since()


def news_since() -> datetime:
    """What happened before this moment is no news any more."""
    return clock.now() - FRESH


def declare(*kinds: Kind) -> None:
    """Makes kinds known. A code means one thing: declared again with other content it is refused (ValueError)."""
    for kind in kinds:
        if _kinds.setdefault(kind.code, kind) != kind:
            raise ValueError(f"two kinds of happening are called {kind.code}")


def kinds() -> dict[str, Kind]:
    """Every declared kind by code."""
    return dict(_kinds)


def tell(happenings: Iterable[Happening]) -> None:
    """Tells of what happened, inside the caller's transaction. Raises KeyError for a kind that nobody declared."""
    told = list(happenings)
    for happening in told:
        _kinds[happening.kind]
    if told:
        happened.send(sender=None, happenings=told)
