"""Reading what happened."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.db.models import Max

from liji.facts.models import Fact
from liji.facts.models import FactType


@dataclass(frozen=True)
class FactView:
    """A fact as pages show it. `amount` is in `currency`; `occurred_at` is aware."""

    id: int
    source: str
    external_id: str
    version: int
    type: str
    owner: int
    amount: Decimal | None
    currency: str
    occurred_at: datetime
    title: str
    fields: dict[str, Any]
    current: bool
    raw: dict[str, Any]


def _view(fact: Fact) -> FactView:
    named = [fact.fields.get(name) for name in ("customer", "product")]
    return FactView(
        id=fact.pk,
        source=fact.source.code,
        external_id=fact.external_id,
        version=fact.version,
        type=fact.type,
        owner=fact.owner_id,
        amount=fact.amount,
        currency=fact.currency,
        occurred_at=fact.occurred_at,
        title=" · ".join(name for name in named if name) or fact.external_id,
        fields=fact.fields,
        current=fact.current,
        raw=fact.raw.body,
    )


def facts(ids: Collection[int]) -> dict[int, FactView]:
    """Fact id → fact, with its raw record."""
    rows = Fact.objects.filter(pk__in=ids).select_related("source", "raw")
    return {row.pk: _view(row) for row in rows}


def fact(fact_id: int) -> FactView:
    """One fact. Raises Fact.DoesNotExist."""
    return _view(Fact.objects.select_related("source", "raw").get(pk=fact_id))


def versions(source: str, external_id: str) -> list[FactView]:
    """Every version of a record, oldest first."""
    rows = Fact.objects.filter(source__code=source, external_id=external_id).order_by("version")
    return [_view(row) for row in rows.select_related("source", "raw")]


def types() -> list[FactType]:
    """All fact types, built-in first."""
    return list(FactType.objects.order_by("-built_in", "code"))


def last_days(owners: Collection[int], kind: str) -> dict[int, datetime]:
    """Owner → when the newest fact of a type happened."""
    rows = Fact.objects.filter(current=True, owner__in=owners, type=kind)
    return dict(rows.values_list("owner").annotate(last=Max("occurred_at")))


def counts(owners: Collection[int], kind: str, *, since: date) -> dict[int, int]:
    """Owner → how many facts of a type are credited from a day on."""
    rows = Fact.objects.filter(current=True, owner__in=owners, type=kind, credit_date__gte=since)
    return dict(rows.values_list("owner").annotate(count=Count("id")))
