"""What this room tells: that a record came, of whatever type."""

from collections.abc import Iterable

from liji.events.happenings import Happening
from liji.events.happenings import Kind
from liji.events.happenings import Named
from liji.events.happenings import Value
from liji.events.happenings import declare
from liji.facts.ledger import Planned
from liji.facts.models import Fact
from liji.facts.named import BUILT_IN_FIELDS
from liji.facts.named import fields_beside
from liji.facts.named import own_of
from liji.facts.named import told

_VALUES = (
    Named("type", "text", "类型", "Type"),
    Named("amount", "money", "金额", "Amount"),
    Named("currency", "text", "币种", "Currency"),
    *(Named(own.name, own.type, own.zh.split("(")[0], own.en.replace(" ", "_")) for own in BUILT_IN_FIELDS.values()),
)
_fields = fields_beside(_VALUES)
KIND = Kind("fact", "收到一条记录", "A record comes", _VALUES, own_of(_fields, _VALUES))


def declare_kinds() -> None:
    """Makes it known to whoever writes rules."""
    declare(KIND)


def of_recorded(planned: Iterable[Planned], sources: dict[int, str]) -> list[Happening]:
    """One happening for each record that counts now."""
    return [
        _happening(sources[p.source_id], p.record.external_id, p.owner_id, p.record, p.record.occurred_at)
        for p in planned
        if p.current
    ]


def of_the_past(facts: Iterable[Fact]) -> list[Happening]:
    """The same of stored facts, with their source."""
    return [_happening(fact.source.code, fact.external_id, fact.owner_id, fact, fact.occurred_at) for fact in facts]


def _happening(source, external_id, owner, record, at) -> Happening:
    values: dict[str, Value] = {"type": record.type, "amount": record.amount, "currency": record.currency}
    values |= told(_fields(), record.type, record.fields)
    return Happening("fact", f"fact:{source}:{external_id}", owner, at, values)

