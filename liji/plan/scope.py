"""Which names a formula may use, and what they stand for."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from liji.plan.model import Named
from liji.plan.model import Table
from liji.plan.typed import Group
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.types import Kind

Dated = tuple[tuple[date, Decimal], ...]  # what holds from which day on, ascending


@dataclass(frozen=True)
class Scope:
    """Names (ids, Chinese and English) → what they stand for; tables, targets and balances stand apart.

    Over a period `groups` are the attributes by which payees can be grouped and `pools` what is divided among them; of
    a single fact `running` are the measures whose state before it may be asked, and `of_the_period` the names that it
    cannot use.

    `currency` is that of amounts that are written out; None: each row has its own, empty: it could not be read.
    `declared` are all names of the document with the sections in which they stand, and `sees` the sections whose names
    may be used here: what stands in one of them and is not known could not be read, which has been said.
    """

    names: Mapping[str, Reference]
    tables: Mapping[str, Table] = field(default_factory=lambda: MappingProxyType({}))
    targets: frozenset[str] = frozenset()
    balances: Mapping[str, Reference] = field(default_factory=lambda: MappingProxyType({}))
    groups: Mapping[str, str] | None = None
    pools: Mapping[str, Group] = field(default_factory=lambda: MappingProxyType({}))
    running: Mapping[str, Reference] | None = None
    of_the_period: frozenset[str] = frozenset()
    exchange: Mapping[str, Dated] = field(default_factory=lambda: MappingProxyType({}))
    weights: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    currency: str | None = None
    declared: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    sees: frozenset[str] = frozenset()

    def with_names(self, more: Mapping[str, Reference]) -> "Scope":
        """The same scope with further names."""
        return replace(self, names={**self.names, **more})


def spellings(named: Named) -> tuple[str, ...]:
    """The names under which a thing may be referred to; a name with spaces or signs cannot stand in a
    formula.
    """
    own = (named.id, named.called.zh, named.called.en)
    return tuple(dict.fromkeys(name for name in own if name.isidentifier()))


def referring(named: Named, role: Role, kind: Kind) -> dict[str, Reference]:
    """Every spelling of a thing → a reference to it."""
    return {name: Reference(role, named.id, kind) for name in spellings(named)}
