"""Asking what motivates whom, as of a day, and what that brings them."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Avg
from django.db.models import Count
from django.db.models import Q

from liji.people import queries as people
from liji.people.models import Employee
from liji.people.models import Employment
from liji.preferences.models import Kind
from liji.preferences.models import Menu
from liji.preferences.models import Offer
from liji.preferences.models import Preference
from liji.preferences.models import SchemePart
from liji.preferences.schemes import ELEMENTS
from liji.preferences.schemes import Element


@dataclass(frozen=True)
class Change:
    """What the newest change of somebody's preferences has brought (`begins`) and taken away (`ends`), from a day."""

    since: date
    begins: tuple[Element, ...]
    ends: tuple[Element, ...]


@dataclass(frozen=True)
class Part:
    """One kind in the mix: how many have it first, how many name it at all, and how strongly on average (1 to 5)."""

    kind: Kind
    first: int
    named: int
    strength: Decimal | None


@dataclass(frozen=True)
class Mix:
    """What motivates a group of people. `silent` have not been asked, or have not answered."""

    parts: tuple[Part, ...]
    people: int
    silent: int


def kinds() -> list[Kind]:
    """The kinds that people may prefer, in their order."""
    return list(Kind.objects.filter(active=True))


def names() -> dict[str, Kind]:
    """Every kind by its code, also those that are no longer offered."""
    return {kind.code: kind for kind in Kind.objects.all()}


def held(employee: int, day: date) -> list[Preference]:
    """Somebody's preferences on a day, the first one first."""
    rows = Preference.objects.on(day).filter(employee=employee)
    return list(rows.select_related("kind").order_by("rank"))


def preferred(employee: int, day: date) -> Kind | None:
    """The kind that somebody prefers to all others on a day."""
    first = Preference.objects.on(day).filter(employee=employee, rank=1).select_related("kind").first()
    return first and first.kind


def scheme(employee: int, day: date) -> list[Element]:
    """What holds for somebody on a day because of the first preference; nothing for who has named none."""
    return _elements(preferred(employee, day))


def _elements(kind: Kind | None) -> list[Element]:
    return [ELEMENTS[code] for code in kind.elements if code in ELEMENTS] if kind else []


def last_change(employee: int) -> Change | None:
    """The newest change of somebody's scheme; None when there was none but the first statement."""
    parts = list(SchemePart.objects.filter(employee=employee))
    newest = max((moment for part in parts for moment in (part.begun_at, part.ended_at) if moment), default=None)
    begins = [part for part in parts if part.begun_at == newest]
    if newest is None or len(begins) == len(parts):
        return None
    ends = [part for part in parts if part.ended_at == newest]
    return Change(people.local_day(newest), _called(begins), _called(ends))


def _called(parts: Iterable[SchemePart]) -> tuple[Element, ...]:
    held = {part.element for part in parts}
    return tuple(element for code, element in ELEMENTS.items() if code in held)


def history(employee: int) -> list[Preference]:
    """All that somebody has ever stated, newest first."""
    rows = Preference.objects.filter(employee=employee).select_related("kind", "made_by")
    return list(rows.order_by("-days__startswith", "rank"))


def mix(day: date, *, unit: int | None = None) -> Mix:
    """What motivates those who are employed on a day: everybody, or a unit and those below it."""
    there = Employment.objects.on(day).values("employee")
    staff = Employee.objects.filter(pk__in=there)
    if unit is not None:
        units = people.units_below([unit], day, date.fromordinal(day.toordinal() + 1))
        staff = staff.filter(assignments__unit__in=units, assignments__main=True, assignments__days__contains=day)
    rows = Preference.objects.on(day).filter(employee__in=staff)
    counted = rows.values("kind").annotate(
        first=Count("id", filter=Q(rank=1)), named=Count("id"), strength=Avg("strength")
    )
    found = {row["kind"]: row for row in counted}
    parts = tuple(_part(kind, found.get(kind.pk)) for kind in Kind.objects.all() if kind.active or kind.pk in found)
    total, asked = staff.count(), rows.filter(rank=1).count()
    return Mix(parts, total, total - asked)


def _part(kind: Kind, row: Mapping[str, object] | None) -> Part:
    if row is None:
        return Part(kind, 0, 0, None)
    return Part(kind, row["first"], row["named"], round(Decimal(str(row["strength"])), 1))


def firsts(employees: Collection[int], day: date) -> dict[int, Kind]:
    """Employee → the kind preferred to all others on a day."""
    rows = Preference.objects.on(day).filter(employee__in=employees, rank=1).select_related("kind")
    return {row.employee_id: row.kind for row in rows}


# Menus.


@dataclass(frozen=True)
class MenuCost:
    """A menu and what it costs: how many were offered it, how many have chosen, by kind, in the menu's currency."""

    menu: Menu
    offered: int
    chosen: int
    by_kind: tuple[tuple[Kind, int, Decimal], ...]

    @property
    def cost(self) -> Decimal:
        """What has been chosen so far costs."""
        return sum((cost for _, _, cost in self.by_kind), Decimal(0))

    @property
    def at_most(self) -> Decimal:
        """What it costs when all have chosen: the same whatever they choose, which is the point of a menu."""
        return self.menu.worth * self.offered


def menus() -> list[Menu]:
    """Every menu, newest first."""
    return list(Menu.objects.order_by("-pk").prefetch_related("options__kind"))


def menu(number: int) -> Menu | None:
    """One menu with its options."""
    return Menu.objects.filter(pk=number).prefetch_related("options__kind").first()


def cost_of(menu: Menu) -> MenuCost:
    """What a menu costs."""
    offers = Offer.objects.filter(menu=menu)
    counted = dict(offers.exclude(chosen=None).values_list("chosen").annotate(count=Count("id")))
    found: dict[int, tuple[Kind, int, Decimal]] = {}
    for option in menu.options.all():
        kind, count, cost = found.get(option.kind_id, (option.kind, 0, Decimal(0)))
        many = counted.get(option.pk, 0)
        found[option.kind_id] = (kind, count + many, cost + many * option.cost)
    return MenuCost(menu, offers.count(), sum(counted.values()), tuple(found.values()))


def offers(employee: int) -> list[Offer]:
    """The menus offered to somebody, those that are still open first."""
    rows = Offer.objects.filter(employee=employee).select_related("menu", "chosen__kind")
    return list(rows.prefetch_related("menu__options__kind").order_by("chosen_at", "menu__closes"))
