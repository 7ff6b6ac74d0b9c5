"""Stating what motivates one, and choosing among rewards of equal worth.

Nothing here touches pay that is earned: that stays money (it is wages). What is chosen comes on top.
"""

from collections.abc import Collection
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db import transaction

from liji.access.models import User
from liji.base import clock
from liji.events.happenings import Happening
from liji.events.happenings import tell
from liji.facts import services as facts
from liji.people import queries as people
from liji.people import services as people_services
from liji.people.dated import span
from liji.people.models import Employee
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.preferences import following
from liji.preferences import happenings
from liji.preferences import queries
from liji.preferences.models import STRONGEST
from liji.preferences.models import Kind
from liji.preferences.models import Menu
from liji.preferences.models import Offer
from liji.preferences.models import Option
from liji.preferences.models import Preference

ATTRIBUTE = "preference"  # by which plans and rules know the first preference
SOURCE = "liji"
_STATEMENTS = 8460003  # of this kind of lock, beside the employee


@transaction.atomic
def state(
    employee: Employee, ranking: Sequence[tuple[str, int]], *, on: date, source: str, by: User | None = None
) -> bool:
    """From `on` these are the preferences: (kind's code, strength 1 to 5), the first one first. Whether that is new.

    What was stated for later days falls away: this is the newer word. Raises Refused with every problem: "missing"
    without a kind, "unknown_kind", "twice", "strength" outside 1 to 5, "not_employed" on the day.
    """
    known = {kind.code: kind for kind in queries.kinds()}
    if problems := _problems(employee, ranking, known, on):
        raise Refused(*problems)
    _one_at_a_time(employee.pk)
    before = queries.held(employee.pk, on)
    later = Preference.objects.filter(employee=employee, days__startswith__gt=on)
    if [(row.kind.code, row.strength) for row in before] == [*ranking] and not later.exists():
        return False
    later.delete()
    for row in before:
        if row.since == on:
            row.delete()
        else:
            row.days = span(row.since, on)
            row.save(update_fields=["days"])
    for rank, (code, strength) in enumerate(ranking, start=1):
        Preference.objects.create(
            employee=employee, kind=known[code], strength=strength, rank=rank, source=source, made_by=by, days=span(on)
        )
    _follow(employee, before[0].kind.code if before else "", ranking[0][0], on)
    following.follow([employee.pk], people.today())
    return True


def _one_at_a_time(employee: int) -> None:
    """Two statements of the same person at once must not both end the one before.

    A lock of its own, not the employee's row: a calculation that holds a payee-period may want that row for a rule's
    action, and here the payee-periods come after.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_STATEMENTS, employee])


def _problems(
    employee: Employee, ranking: Sequence[tuple[str, int]], known: dict[str, Kind], on: date
) -> list[Problem]:
    found = [] if ranking else [Problem("kind", "missing")]
    codes = [code for code, _ in ranking]
    words = ", ".join(known)
    unknown = [code for code in codes if code not in known]
    found += [Problem("kind", "unknown_kind", {"value": code[:60], "known": words}) for code in unknown]
    found += [Problem("kind", "twice", {"value": code}) for code in sorted(set(codes)) if codes.count(code) > 1]
    found += [
        Problem("strength", "out_of_steps", {"value": str(strength), "most": str(STRONGEST)})
        for _, strength in ranking
        if not 1 <= strength <= STRONGEST
    ]
    if not employee.employments.filter(days__contains=on).exists():
        found.append(Problem("on", "not_employed", {"value": employee.name, "day": on.isoformat()}))
    return found


def _follow(employee: Employee, before: str, after: str, on: date) -> None:
    """The scheme follows at once: plans and rules know the first preference as an attribute, the rooms hear of it."""
    if before == after:
        return
    people_services.set_attribute(employee, ATTRIBUTE, after, on=on)
    values = {"before": before, "after": after}
    occasion = f"preference:{employee.pk}:{on.isoformat()}:{after}"
    tell([Happening(happenings.CHANGED, occasion, employee.pk, clock.now(), values, "/preferences/mine/")])


# Kinds.


@transaction.atomic
def save_kind(
    code: str, *, zh: str, en: str, zh_about: str, en_about: str, elements: Sequence[str], active: bool
) -> Kind:
    """Adds a kind or changes one; a kind that somebody prefers is retired (`active` false), never deleted.

    What it brings is changed at once for those who prefer it.
    """
    values = {"zh": zh, "en": en, "zh_about": zh_about, "en_about": en_about, "elements": [*elements], "active": active}
    place = {"place": Kind.objects.count()}
    kind, new = Kind.objects.update_or_create(code=code, defaults=values, create_defaults=values | place)
    if not new:
        today = people.today()
        first = Preference.objects.on(today).filter(kind=kind, rank=1)
        following.follow(first.values_list("employee", flat=True), today)
    return kind


# Menus.


@transaction.atomic
def save_menu(
    menu: Menu | None,
    *,
    zh: str,
    en: str,
    worth: Decimal,
    closes: date,
    options: Sequence[tuple[str, str, str, Decimal, Decimal]],
    by: User | None,
) -> Menu:
    """Makes a menu, or changes one that is not published; options are (kind's code, zh, en, quantity, unit cost).

    Amounts are in the company's currency. Raises Refused: "published", or what `_menu_problems` finds: a menu is
    fair when every option is worth the same.
    """
    if menu and menu.published_at:
        raise Refused(Problem("menu", "published"))
    kinds = {kind.code: kind for kind in queries.kinds()}
    if problems := _menu_problems(worth, closes, options, kinds):
        raise Refused(*problems)
    made = menu or Menu(currency=people.company().currency, made_by=by)
    made.zh, made.en, made.worth, made.closes = zh, en, worth, closes
    made.save()
    made.options.all().delete()
    for code, own_zh, own_en, quantity, unit_cost in options:
        Option.objects.create(
            menu=made, kind=kinds[code], zh=own_zh, en=own_en, quantity=quantity, unit_cost=unit_cost
        )
    return made


def _menu_problems(worth: Decimal, closes: date, options: Sequence, kinds: dict[str, Kind]) -> list[Problem]:
    found = [] if len(options) > 1 else [Problem("options", "too_few")]
    if worth <= 0:
        found.append(Problem("worth", "not_positive", {"value": str(worth)}))
    if closes < people.today():
        found.append(Problem("closes", "past", {"value": closes.isoformat()}))
    for code, zh, _, quantity, unit_cost in options:
        if code not in kinds:
            found.append(Problem("kind", "unknown_kind", {"value": code[:60], "known": ", ".join(kinds)}))
        cost = quantity * unit_cost
        if cost != worth:
            found.append(Problem("options", "unequal", {"value": zh, "cost": f"{cost:.2f}", "worth": f"{worth:.2f}"}))
    return found


@transaction.atomic
def publish_menu(menu: Menu, employees: Collection[int]) -> int:
    """Offers a menu to these employees, those who are employed today; from then on it is not changed. Returns how many
    it is new to."""
    today = people.today()
    spans = people.employed_spans(employees)
    there = [
        who for who, days in spans.items()
        if any((start is None or start <= today) and (end is None or today < end) for start, end in days)
    ]  # fmt: skip
    known = set(menu.offers.values_list("employee_id", flat=True))
    new = [who for who in there if who not in known]
    Offer.objects.bulk_create(Offer(menu=menu, employee_id=who) for who in new)
    menu.published_at = menu.published_at or clock.now()
    menu.save(update_fields=["published_at"])
    values = {"menu": menu.zh, "closes": menu.closes}
    now = clock.now()
    tell(Happening(happenings.OFFERED, f"menu:{menu.pk}", who, now, values, "/preferences/mine/") for who in new)
    return len(new)


@transaction.atomic
def choose(offer: Offer, option: int) -> Offer:
    """Takes one option of an offered menu; up to the closing day the choice may be changed.

    The choice is recorded as a fact `reward_chosen` with its cost, kind and name: a plan pays what is money (see the
    template `chosen-rewards`), so that it stands in the earnings with its explanation. Raises Refused: "closed_menu"
    after the closing day, "unknown_option".
    """
    offer = Offer.objects.select_for_update(of=("self",)).select_related("menu", "employee").get(pk=offer.pk)
    if people.today() > offer.menu.closes:
        raise Refused(Problem("menu", "closed_menu", {"value": offer.menu.closes.isoformat()}))
    chosen = offer.menu.options.filter(pk=option).select_related("kind").first()
    if chosen is None:
        raise Refused(Problem("option", "unknown_option"))
    if offer.chosen_id == chosen.pk:
        return offer
    offer.chosen, offer.chosen_at = chosen, clock.now()
    offer.save(update_fields=["chosen", "chosen_at"])
    body = {
        "source": SOURCE,
        "external_id": f"menu-{offer.menu_id}-{offer.employee_id}",
        "type": "reward_chosen",
        "employee": offer.employee.number,
        "occurred_at": offer.chosen_at.astimezone(people.zone()).isoformat(timespec="seconds"),
        "amount": f"{chosen.cost:.2f}",
        "currency": offer.menu.currency,
        "kind": chosen.kind.code,
        "reward": chosen.zh,
    }
    body["if_old"] = "apply"  # a choice that is changed back is meant
    outcome = facts.record(body)
    if outcome.problems:
        raise Refused(*outcome.problems)
    values = {"menu": offer.menu.zh, "kind": chosen.kind.code}
    occasion = f"menu:{offer.menu_id}:{chosen.pk}"
    tell([Happening(happenings.CHOSEN, occasion, offer.employee_id, offer.chosen_at, values, "/preferences/mine/")])
    return offer
