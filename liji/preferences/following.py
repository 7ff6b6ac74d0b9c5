"""The scheme follows the first preference: what it brings begins, what it brought ends, and the rooms hear of both."""

from collections.abc import Collection
from datetime import date

from django.db import transaction

from liji.base import clock
from liji.events.happenings import Happening
from liji.events.happenings import tell
from liji.people.models import Employee
from liji.people.models import Employment
from liji.preferences import happenings
from liji.preferences.models import Preference
from liji.preferences.models import SchemePart
from liji.preferences.schemes import ELEMENTS

CHUNK = 500  # people a transaction


@transaction.atomic
def follow(employees: Collection[int], day: date) -> int:
    """Lets these people have what their first preferences of the day bring, and nothing else; returns what changed.

    Each beginning is told as `scheme_begins`, each end as the same, retracted. Who is not employed has no scheme. Asked
    again it changes nothing.
    """
    list(Employee.objects.select_for_update(no_key=True).filter(pk__in=employees).order_by("pk").values_list("pk"))
    rows = SchemePart.objects.filter(employee__in=employees, ended_at=None).order_by("pk")
    held = {(row.employee_id, row.element): row for row in rows}
    wanted = _wanted(employees, day)
    now = clock.now()
    ended = [row for key, row in held.items() if key not in wanted]
    for row in ended:
        row.ended_at = now
    SchemePart.objects.bulk_update(ended, ["ended_at"])
    begun = SchemePart.objects.bulk_create(
        SchemePart(employee_id=key[0], element=key[1], begun_at=now) for key in wanted if key not in held
    )
    tell([*(_told(row, retracted=True) for row in ended), *(_told(row) for row in begun)])
    return len(ended) + len(begun)


def follow_all(day: date) -> int:
    """The same for everybody: what was stated for this day begins, kinds have changed, people have left."""
    stated = set(Preference.objects.on(day).values_list("employee", flat=True))
    stated |= set(SchemePart.objects.filter(ended_at=None).values_list("employee", flat=True))
    everybody = sorted(stated)
    return sum(follow(everybody[at : at + CHUNK], day) for at in range(0, len(everybody), CHUNK))


def _wanted(employees: Collection[int], day: date) -> list[tuple[int, str]]:
    """(employee, element) as the preferences of the day want it, in the order of the elements of each kind."""
    employed = Employment.objects.on(day).filter(employee__in=employees).values("employee")
    firsts = Preference.objects.on(day).filter(employee__in=employed, rank=1).select_related("kind")
    return [
        (row.employee_id, element) for row in firsts.order_by("employee") for element in row.kind.elements
        if element in ELEMENTS
    ]  # fmt: skip


def _told(row: SchemePart, *, retracted: bool = False) -> Happening:
    element = ELEMENTS.get(row.element)
    called = (element.zh, element.en) if element else (row.element, row.element)
    values = {"element": row.element, "called": called[0], "called_en": called[1]}
    at, link = row.ended_at or row.begun_at, "/preferences/mine/"
    return Happening(happenings.BEGINS, f"scheme:{row.pk}", row.employee_id, at, values, link, retracted)
