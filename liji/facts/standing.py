"""How a payee's records stand now: what is left of an order after corrections and returns, whether it was the first."""

from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.db.models import Q
from django.db.models import Sum

from liji.events.happenings import news_since
from liji.facts.models import Credit
from liji.facts.models import Fact


@dataclass(frozen=True)
class Standing:
    """A record as it counts for one payee. `left` is the whole amount less what was taken back, `credited` the payee's
    share of it, both in the fact's currency; 0 when it no longer counts for the payee.

    `asked` is the fact that was asked about: the record itself, an earlier version, or what takes it back.
    """

    asked: int
    id: int
    source: str
    external_id: str
    type: str
    at: datetime
    left: Decimal
    credited: Decimal
    title: str
    fields: dict[str, Any]
    first: bool


def facts(payee: int, asked: Sequence[int], *, old: Collection[int] = ()) -> dict[int, Standing]:
    """Fact id → how the record stands that the fact belongs to; each record once, by the newest fact asked about.

    What lies far back and came for the first time is left out, unless it is among `old`.
    """
    found: dict[tuple[int, str], tuple[int, Fact]] = {}
    if not asked:
        return {}
    rows = Fact.objects.filter(_tellable() | Q(pk__in=list(old)), pk__in=list(asked))
    for fact in rows.select_related("source").order_by("pk"):
        found[fact.source_id, fact.reversed_id or fact.external_id] = (fact.pk, fact)
    heads = {key: fact for key, (_, fact) in found.items() if fact.current and not fact.reversed_id}
    heads |= _heads(found.keys() - heads.keys())
    left = _left(payee, found)
    standings = {}
    for key, (number, fact) in found.items():
        head = heads.get(key, fact)
        whole, credited = left.get(key, (Decimal(0), Decimal(0)))
        if head.amount is None and key in left:
            whole = credited = Decimal(1)  # without an amount: it counts
        standings[number] = _standing(payee, number, head, whole, credited)
    return standings


def tellable(facts: Sequence[int]) -> set[int]:
    """Those of many facts that are no old records which came for the first time."""
    return set(Fact.objects.filter(_tellable(), pk__in=facts).values_list("pk", flat=True))


def _tellable() -> Q:
    return Q(version__gt=1) | Q(occurred_at__gte=news_since())


def _heads(keys: Collection[tuple[int, str]]) -> dict[tuple[int, str], Fact]:
    """The records that hold now, of those that are no newest themselves."""
    if not keys:
        return {}
    rows = Fact.objects.filter(current=True, external_id__in={name for _, name in keys}).select_related("source")
    return {(row.source_id, row.external_id): row for row in rows if (row.source_id, row.external_id) in keys}


def _left(payee: int, keys: Collection[tuple[int, str]]) -> dict[tuple[int, str], tuple[Decimal, Decimal]]:
    names = {name for _, name in keys}
    rows = (
        Credit.objects.filter(current=True, payee=payee, role="owner")
        .filter(Q(fact__external_id__in=names) | Q(fact__reversed_id__in=names))
        .values_list("fact__source_id", "fact__external_id", "fact__reversed_id")
        .annotate(whole=Sum("amount"), own=Sum(F("amount") * F("share")))
    )
    found: dict[tuple[int, str], tuple[Decimal, Decimal]] = {}
    for source, name, taken_back, whole, own in rows:
        key = (source, taken_back or name)
        before = found.get(key, (Decimal(0), Decimal(0)))
        found[key] = (before[0] + whole, before[1] + own)
    return found


def _standing(payee: int, asked: int, head: Fact, left: Decimal, credited: Decimal) -> Standing:
    named = [head.fields.get(name) for name in ("customer", "product")]
    earlier = Fact.objects.filter(owner=payee, type=head.type, current=True, occurred_at__lt=head.occurred_at)
    return Standing(
        asked=asked,
        id=head.pk,
        source=head.source.code,
        external_id=head.external_id,
        type=head.type,
        at=head.occurred_at,
        left=left,
        credited=credited,
        title=" · ".join(name for name in named if name) or head.external_id,
        fields=head.fields,
        first=not earlier.exists(),
    )
