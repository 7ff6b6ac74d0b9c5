"""Reading what happened."""

from collections.abc import Collection
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.db.models import Max
from django.db.models import QuerySet
from django.db.models import Sum

from liji.base.gate.identity import identity
from liji.facts.models import Credit
from liji.facts.models import Fact
from liji.facts.models import FactType
from liji.facts.models import Source
from liji.people import queries as people


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


# What a view is made of, in the order of its columns here; plain rows, for a page shows many of them.
_COLUMNS = (
    *("pk", "source__code", "external_id", "version", "type", "owner", "amount", "currency"),
    *("occurred_at", "fields", "current", "raw__body"),
)


def _views(rows: QuerySet[Fact]) -> Iterator[FactView]:
    found = rows.values_list(*_COLUMNS)
    for number, source, external_id, version, kind, owner, amount, currency, at, fields, current, raw in found:
        named = [fields.get(name) for name in ("customer", "product")]
        yield FactView(
            id=number,
            source=source,
            external_id=external_id,
            version=version,
            type=kind,
            owner=owner,
            amount=amount,
            currency=currency,
            occurred_at=at,
            title=" · ".join(name for name in named if name) or external_id,
            fields=fields,
            current=current,
            raw=raw,
        )


def facts(ids: Collection[int]) -> dict[int, FactView]:
    """Fact id → fact, with its raw record."""
    return {view.id: view for view in _views(Fact.objects.filter(pk__in=ids))}


def current(owners: Collection[int], types: Collection[str]) -> list[FactView]:
    """The owners' current facts of some types, in the order in which they happened."""
    rows = Fact.objects.filter(current=True, owner__in=owners, type__in=types)
    return list(_views(rows.order_by("occurred_at", "pk")))


def told(kind: str, field: str) -> list[tuple[str, int, int]]:
    """What the current facts of a type say in one of their fields: (value, owner, how many of that owner's)."""
    rows = Fact.objects.filter(current=True, type=kind, fields__has_key=field)
    return list(rows.values_list(f"fields__{field}", "owner").annotate(count=Count("id")).order_by())


def fact(fact_id: int) -> FactView:
    """One fact. Raises Fact.DoesNotExist."""
    if view := next(_views(Fact.objects.filter(pk=fact_id)), None):
        return view
    raise Fact.DoesNotExist


def versions(source: str, external_id: str) -> list[FactView]:
    """Every version of a record, oldest first."""
    return list(_views(Fact.objects.filter(source__code=source, external_id=external_id).order_by("version")))


def search(
    *,
    number: str = "",
    type: str = "",
    external_id: str = "",
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[Fact]:
    """The current facts that fit, newest first: owner's number, type, external id, credited on which days."""
    found = Fact.objects.filter(current=True).select_related("source", "owner").order_by("-occurred_at", "-pk")
    if number:
        found = found.filter(owner__key=identity(number).key)
    if type:
        found = found.filter(type=type)
    if external_id:
        found = found.filter(external_id=external_id)
    if since:
        found = found.filter(credit_date__gte=since)
    return found.filter(credit_date__lte=until) if until else found


def sources_of(ids: Collection[str]) -> dict[str, int]:
    """Source → how many of some external ids it has current records of."""
    rows = Fact.objects.filter(current=True, external_id__in=list(ids), source__in=Source.objects.all())
    return dict(rows.values_list("source__code").annotate(count=Count("external_id", distinct=True)))


@dataclass(frozen=True)
class Held:
    """A current record: its source, its owner's number, its amount and the day on which it counts."""

    external_id: str
    source: str
    number: str
    amount: Decimal | None
    day: date


def elsewhere(ids: Collection[str], *, but: str) -> list[Held]:
    """The current records with some external ids in other sources than `but`."""
    rows = Fact.objects.filter(current=True, external_id__in=list(ids)).exclude(source__code=but)
    columns = ("external_id", "source__code", "owner__number", "amount", "credit_date")
    return [Held(*row) for row in rows.values_list(*columns)]


def versions_of(fact_id: int) -> list[FactView]:
    """Every version of the record that a fact is one of, oldest first; none when there is no such fact."""
    found = Fact.objects.filter(pk=fact_id).values_list("source__code", "external_id").first()
    return versions(*found) if found else []


@dataclass(frozen=True)
class CreditView:
    """A credit: to whom, on which day, how much. `amount` is in the fact's currency."""

    payee: int
    name: str
    day: date
    amount: Decimal
    share: Decimal
    current: bool


def credits(fact_id: int) -> list[CreditView]:
    """The credits that a fact made."""
    columns = ("payee", "payee__name", "credit_date", "amount", "share", "current")
    return [CreditView(*row) for row in Credit.objects.filter(fact=fact_id).values_list(*columns)]


def owner(fact_id: int) -> str:
    """The name of the employee whose fact it is."""
    return Fact.objects.values_list("owner__name", flat=True).get(pk=fact_id)


def credited_to(payee: int, kinds: Collection[str], start: date, end: date) -> list[FactView]:
    """The current facts of some types that are credited to a payee as owner from `start` up to, not including, `end`;
    newest first."""
    mine = Credit.objects.filter(
        payee=payee, current=True, role="owner", credit_date__gte=start, credit_date__lt=end, fact__type__in=kinds
    )
    return list(_views(Fact.objects.filter(pk__in=mine.values("fact_id")).order_by("-occurred_at", "-pk")))


def arriving(kinds: Collection[str], owners: Collection[int], since: date) -> set[str]:
    """Those of the types of which any fact of the owners is credited on or after a day."""
    found = Fact.objects.filter(current=True, owner__in=owners, type__in=kinds, credit_date__gte=since)
    return set(found.values_list("type", flat=True).distinct())


def types() -> list[FactType]:
    """All fact types, built-in first."""
    return list(FactType.objects.order_by("-built_in", "code"))


def credited_between(
    payees: Collection[int], start: date, end: date, kinds: Collection[str]
) -> list[tuple[int, date, str, Decimal]]:
    """(payee, day, type, amount × share) of every credit as owner from `start` up to, not including, `end`.

    In the company's currency only; what takes something back is negative.
    """
    rows = Credit.objects.filter(current=True, payee__in=payees, credit_date__gte=start, credit_date__lt=end)
    rows = rows.filter(role="owner", fact__type__in=kinds, fact__currency=people.company().currency)
    told = rows.values_list("payee_id", "credit_date", "fact__type", "amount", "share")
    return [(payee, day, kind, amount * share) for payee, day, kind, amount, share in told]


def last_days(owners: Collection[int], kind: str, *, until: date | None = None) -> dict[int, datetime]:
    """Owner → when the newest fact of a type happened, up to and with a day if one is given."""
    rows = Fact.objects.filter(current=True, owner__in=owners, type=kind)
    rows = rows.filter(credit_date__lte=until) if until else rows
    return dict(rows.values_list("owner").annotate(last=Max("occurred_at")))


def counts(owners: Collection[int], kind: str, *, since: date) -> dict[int, int]:
    """Owner → how many facts of a type are credited from a day on."""
    rows = Fact.objects.filter(current=True, owner__in=owners, type=kind, credit_date__gte=since)
    return dict(rows.values_list("owner").annotate(count=Count("id")))


def on_day(kind: str, day: date) -> tuple[int, Decimal]:
    """How many current facts of a type are credited on a day, and their sum in the company's currency."""
    rows = Fact.objects.filter(current=True, type=kind, credit_date=day)
    own = rows.filter(currency=people.company().currency)
    return rows.count(), own.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
