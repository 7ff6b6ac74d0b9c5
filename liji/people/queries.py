"""Asking about people, always as of a date."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from liji.base import clock
from liji.base import gate
from liji.base.gate.identity import identity
from liji.people.dated import span
from liji.people.kept import kept
from liji.people.keys import by_key
from liji.people.keys import of_key
from liji.people.models import Assignment
from liji.people.models import Company
from liji.people.models import Employee
from liji.people.models import Employment
from liji.people.models import Unit

LAYER = "layer"  # the attribute that the product itself writes: top, middle or bottom of those who sell
# Attributes that plans may name and that are kept from the person whom they are about: only those above see them.
UNTOLD = frozenset({LAYER})


@kept(5)
def company() -> Company:
    """The company of this installation; an unsaved one with defaults before the set-up. Not to be changed in place."""
    return Company.objects.first() or Company(name="")


def zone() -> ZoneInfo:
    """The company's time zone."""
    return ZoneInfo(company().time_zone)


clock.use_company_zone(zone)


def today() -> date:
    """The company's present day."""
    return clock.today(zone())


def day_limits() -> gate.Limits:
    """The days that records of the company may carry."""
    here = company()
    return gate.Limits.around(today(), first=here.first_day, years_ahead=here.years_ahead)


def local_day(moment: datetime) -> date:
    """The company's day on which `moment` (aware) falls."""
    return clock.local_day(moment, zone())


def ids_by_number(numbers: Collection[str]) -> dict[str, int]:
    """Employee number as given → id, for those that exist, whatever the case and width of its characters."""
    keys = {number: identity(number).key for number in numbers}
    rows = Employee.objects.filter(key__in=set(keys.values()), duplicate_of=None)
    found = dict(rows.values_list("key", "id"))
    return {number: found[key] for number, key in keys.items() if key in found}


def numbers(employees: Iterable[int]) -> dict[int, str]:
    """Employee id → employee number."""
    return dict(Employee.objects.filter(pk__in=set(employees)).values_list("id", "number"))


def employees_by_number(numbers: Collection[str]) -> dict[str, Employee]:
    """Employee number as given → employee, for those that exist."""
    return by_key(Employee.objects, numbers)


def employee_by_number(number: str) -> Employee | None:
    """The employee with a number, however it is written."""
    return of_key(Employee.objects, number)


def duplicate_numbers() -> int:
    """How many employees have, but for case and width, the number of another one who keeps it."""
    return Employee.objects.filter(duplicate_of__isnull=False).count()


def employed(employees: Iterable[int], day: date) -> set[int]:
    """Those of some employees who work here on a day."""
    rows = Employment.objects.on(day).filter(employee__in=set(employees))
    return set(rows.values_list("employee_id", flat=True))


def is_employed(employee: int, day: date) -> bool:
    """Whether the person works here on a day."""
    return Employment.objects.on(day).filter(employee=employee).exists()


def last_day_before(employee: int, day: date) -> date | None:
    """The last day of the person's latest employment that ended before a day; None when there was none."""
    ended = Employment.objects.filter(employee=employee, days__endswith__lte=day)
    return max((row.last_day for row in ended), default=None)


def employed_spans(employees: Collection[int]) -> dict[int, list[tuple[date | None, date | None]]]:
    """Employee id → the spans [from, until) in which each is employed."""
    spans: dict[int, list[tuple[date | None, date | None]]] = {}
    for employee, days in Employment.objects.filter(employee__in=employees).values_list(
        "employee_id", "days"
    ):
        spans.setdefault(employee, []).append((days.lower, days.upper))
    return spans


def assignment_on(employee: int, day: date) -> Assignment | None:
    """The main assignment of an employee on a day."""
    return (
        Assignment.objects.on(day)
        .filter(employee=employee, main=True)
        .select_related("unit", "position", "manager")
        .first()
    )


@dataclass(frozen=True)
class Card:
    """Who somebody is on a day: the codes of position and unit of the main assignment, the value of one attribute; ""
    where there is none.
    """

    name: str
    position: str
    unit: str
    attribute: str


_CARDS = """
SELECT e.id, e.name, coalesce(p.code, ''), coalesce(u.code, ''), coalesce(v.value, '')
FROM people_employee e
LEFT JOIN people_assignment a ON a.employee_id = e.id AND a.main AND a.days @> %(day)s::date
LEFT JOIN people_position p ON p.id = a.position_id
LEFT JOIN people_unit u ON u.id = a.unit_id
LEFT JOIN people_attributekind k ON k.code = %(attribute)s
LEFT JOIN people_attribute v ON v.employee_id = e.id AND v.kind_id = k.id AND v.days @> %(day)s::date
WHERE e.id = ANY(%(employees)s)
"""


def cards(employees: Collection[int], day: date, *, attribute: str) -> dict[int, Card]:
    """Who some employees are on a day, by id, in one query; `attribute` is the code of the attribute asked about."""
    given = {"employees": list(employees), "day": day, "attribute": attribute}
    with connection.cursor() as cursor:
        cursor.execute(_CARDS, given)
        return {row[0]: Card(*row[1:]) for row in cursor.fetchall()}


_SUBTREE = """
WITH RECURSIVE below(id) AS (
    SELECT employee_id FROM people_assignment WHERE manager_id = %(manager)s AND days @> %(day)s::date
    UNION
    SELECT a.employee_id FROM people_assignment a JOIN below ON a.manager_id = below.id
    WHERE a.days @> %(day)s::date
)
SELECT id FROM below WHERE id <> %(manager)s
"""


def subtree(manager: int, day: date) -> set[int]:
    """All employees under a manager on a day, over every level, without the manager."""
    with connection.cursor() as cursor:
        cursor.execute(_SUBTREE, {"manager": manager, "day": day})
        return {row[0] for row in cursor.fetchall()}


def direct_reports(manager: int, day: date) -> list[Employee]:
    """Those whose main assignment names this manager on the day."""
    return list(
        Employee.objects.filter(
            assignments__in=Assignment.objects.on(day).filter(manager=manager, main=True)
        ).order_by("number")
    )


def anybody_reports(manager: int, since: date) -> bool:
    """Whether an assignment names this manager on any day from `since` on."""
    return Assignment.objects.filter(manager=manager, days__overlap=span(since, None)).exists()


_BELOW = """
WITH RECURSIVE below(root, id, level, days) AS (
    SELECT t.manager, a.employee_id, 1, a.days * t.days
    FROM unnest(%(managers)s::bigint[], %(days)s::daterange[]) AS t (manager, days)
    JOIN people_assignment a ON a.manager_id = t.manager AND a.main AND a.days && t.days
    UNION ALL
    SELECT below.root, a.employee_id, below.level + 1, a.days * below.days
    FROM people_assignment a JOIN below ON a.manager_id = below.id
    WHERE a.main AND a.days && below.days AND below.level < %(levels)s
)
SELECT root, id, level, lower(days), upper(days) FROM below WHERE id <> root
"""
_ABOVE = """
WITH RECURSIVE above(id, day, level) AS (
    SELECT a.manager_id, t.day, 1 FROM unnest(%(employees)s::bigint[], %(on)s::date[]) AS t (employee, day)
    JOIN people_assignment a ON a.employee_id = t.employee AND a.main AND a.days @> t.day
    WHERE a.manager_id IS NOT NULL
    UNION
    SELECT a.manager_id, above.day, above.level + 1 FROM people_assignment a JOIN above ON a.employee_id = above.id
    WHERE a.main AND a.manager_id IS NOT NULL AND a.days @> above.day AND above.level < %(levels)s
)
SELECT DISTINCT id, day FROM above
"""


# The main assignment says who stands above; where it names nobody, another one of the day does. Of somebody who has
# left the last one counts.
_CHAIN = """
WITH RECURSIVE chain(id, path) AS (
    SELECT %(employee)s::bigint, ARRAY[]::bigint[]
    UNION ALL
    SELECT above.manager_id, chain.path || chain.id FROM chain CROSS JOIN LATERAL (
        SELECT a.manager_id FROM people_assignment a
        WHERE a.employee_id = chain.id AND a.manager_id IS NOT NULL AND (
            a.days @> %(day)s::date OR a.main AND NOT EXISTS (
                SELECT 1 FROM people_employment e WHERE e.employee_id = chain.id AND e.days @> %(day)s::date
            )
        )
        ORDER BY a.days @> %(day)s::date DESC, a.main DESC, CASE WHEN a.days @> %(day)s::date THEN a.id END, a.days DESC
        LIMIT 1
    ) above
    WHERE above.manager_id <> ALL (chain.path || chain.id) AND cardinality(chain.path) < %(levels)s
)
SELECT id FROM chain WHERE cardinality(path) > 0 AND EXISTS (
    SELECT 1 FROM people_employment e WHERE e.employee_id = chain.id AND e.days @> %(day)s::date
) ORDER BY cardinality(path)
"""
_HIGHEST = 12  # levels of managers


def chain_above(employee: int, day: date) -> list[int]:
    """Those above an employee on a day, nearest first, without those who have left."""
    with connection.cursor() as cursor:
        cursor.execute(_CHAIN, {"employee": employee, "day": day, "levels": _HIGHEST})
        return [row[0] for row in cursor.fetchall()]


def links_below(
    asked: Collection[tuple[int, date, date]], levels: int
) -> list[tuple[int, int, int, date, date]]:
    """Who stands how many levels under managers (1: reports directly), from which day until before which.

    `asked`: (manager, from, before); answers are (manager, employee, level, from, before), by main assignments.
    """
    if not asked:
        return []
    given = {"managers": [each[0] for each in asked], "days": [span(*each[1:]) for each in asked], "levels": levels}
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, given)
        return cursor.fetchall()


def managers_above(touched: Collection[tuple[int, date]], levels: int) -> set[tuple[int, date]]:
    """(employee, day) → the (manager, day) up to so many levels above them on that day."""
    if not touched:
        return set()
    employees, days = zip(*touched, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, {"employees": list(employees), "on": list(days), "levels": levels})
        return set(cursor.fetchall())


_CHAINS = """
WITH RECURSIVE links(employee, manager, days) AS (
    SELECT employee_id, manager_id, days FROM people_assignment WHERE main AND manager_id IS NOT NULL
    UNION ALL
    SELECT * FROM unnest(%(was)s::bigint[], %(under)s::bigint[], %(then)s::daterange[])
), above(id, days, level) AS (
    SELECT t.employee, t.days, 0 FROM unnest(%(employees)s::bigint[], %(days)s::daterange[]) AS t (employee, days)
    UNION
    SELECT links.manager, links.days * above.days, above.level + 1 FROM links JOIN above ON links.employee = above.id
    WHERE links.days && above.days AND above.level < %(levels)s
)
SELECT DISTINCT id, lower(days), upper(days) FROM above WHERE level > 0
"""


def chains_above(
    stretches: Collection[tuple[int, date, date]], levels: int, *, earlier: Collection[tuple[int, int, date, date]] = ()
) -> set[tuple[int, date, date]]:
    """(employee, from, before) → the (manager, from, before) up to so many levels above them on those days.

    `earlier`: links (employee, manager, from, before) that hold no longer and count beside those that do.
    """
    if not stretches or not levels:
        return set()
    asked = {
        "employees": [each[0] for each in stretches],
        "days": [span(*each[1:]) for each in stretches],
        "was": [each[0] for each in earlier],
        "under": [each[1] for each in earlier],
        "then": [span(*each[2:]) for each in earlier],
        "levels": levels,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CHAINS, asked)
        return {(number, first or date.min, after or date.max) for number, first, after in cursor.fetchall()}


_UNITS_BELOW = """
WITH RECURSIVE below(id) AS (
    SELECT unnest(%(units)s::bigint[])
    UNION
    SELECT p.unit_id FROM people_unitparent p JOIN below ON p.parent_id = below.id
    WHERE p.days && %(days)s
)
SELECT id FROM below
"""


def units_below(units: Collection[int], start: date, end: date) -> set[int]:
    """The units and all units below them on any day from `start` up to, not including, `end`."""
    with connection.cursor() as cursor:
        cursor.execute(_UNITS_BELOW, {"units": list(units), "days": span(start, end)})
        return {row[0] for row in cursor.fetchall()}


def members_between(units: Collection[int], start: date, end: date) -> set[tuple[int, tuple[date, date]]]:
    """The (employee, (from, before)) of main assignments in units, or below them, on days between two."""
    within = span(start, end)
    rows = Assignment.objects.filter(main=True, unit__in=units_below(units, start, end), days__overlap=within)
    return {
        (employee, (max(days.lower or start, start), min(days.upper or end, end)))
        for employee, days in rows.values_list("employee_id", "days")
    }


def units_above(unit: int, day: date) -> list[int]:
    """The unit itself and the units above it on a day, nearest first."""
    chain, here = [], unit
    parents = dict(Unit.objects.filter(parents__days__contains=day).values_list("id", "parents__parent_id"))
    while here is not None and here not in chain:
        chain.append(here)
        here = parents.get(here)
    return chain


# Goes up from `above`, keeping to the days on which every step of the way holds, and looks whether it meets `own`.
_CIRCLE = """
WITH RECURSIVE up(id, days, path) AS (
    SELECT %(above)s::bigint, %(days)s::daterange, ARRAY[%(above)s::bigint]
    UNION ALL
    SELECT held.{above}, held.days * up.days, up.path || held.{above}
    FROM {table} held JOIN up ON held.{own} = up.id
    WHERE held.{above} <> ALL (up.path) AND held.days && up.days AND up.id <> %(own)s
)
SELECT min(lower(days)) FROM up WHERE id = %(own)s
"""


def units_in_a_circle(unit: int, parent: int, days: DateRange) -> date | None:
    """The first of some days on which a unit below `parent` also stands above it; None when there is none."""
    return _circle(_CIRCLE.format(table="people_unitparent", own="unit_id", above="parent_id"), unit, parent, days)


def managers_in_a_circle(employee: int, manager: int, days: DateRange) -> date | None:
    """The first of some days on which a manager reports, over any number of others, to the employee; or None."""
    query = _CIRCLE.format(table="people_assignment", own="employee_id", above="manager_id")
    return _circle(query, employee, manager, days)


def _circle(query: str, own: int, above: int, days: DateRange) -> date | None:
    with connection.cursor() as cursor:
        cursor.execute(query, {"own": own, "above": above, "days": days})
        return cursor.fetchone()[0]


_ATTRIBUTES = """
WITH asked AS (SELECT * FROM unnest(%(employees)s::bigint[], %(days)s::date[]) AS t (employee, day))
SELECT 0, employee, k.code, k.type, v.value FROM asked
JOIN people_attribute v ON v.employee_id = employee AND v.days @> day JOIN people_attributekind k ON k.id = v.kind_id
UNION ALL
SELECT 1, employee, 'position', 'text', p.code FROM asked
JOIN people_assignment a ON a.employee_id = employee AND a.main AND a.days @> day
JOIN people_position p ON p.id = a.position_id
UNION ALL
SELECT 1, employee, 'unit', 'text', u.code FROM asked
JOIN people_assignment a ON a.employee_id = employee AND a.main AND a.days @> day JOIN people_unit u ON u.id = a.unit_id
ORDER BY 1
"""


def attributes_of(days: Mapping[int, date]) -> dict[int, dict[str, str | Decimal | date]]:
    """Employee → attribute code → value on a day of the employee's own, typed; position and unit (their codes) are
    among them.
    """
    found: dict[int, dict[str, str | Decimal | date]] = {employee: {} for employee in days}
    with connection.cursor() as cursor:
        cursor.execute(_ATTRIBUTES, {"employees": list(days), "days": list(days.values())})
        for _, employee, code, kind, value in cursor.fetchall():
            found[employee][code] = typed(kind, value)
    return found


def attributes_on(employee: int, day: date) -> dict[str, str | Decimal | date]:
    """Attribute code → value of one employee on a day; see `attributes_of`."""
    return attributes_of({employee: day})[employee]


def typed(kind: str, value: str) -> str | Decimal | date:
    if kind == "number":
        return Decimal(value)
    if kind == "date":
        return date.fromisoformat(value)
    return value


def managers(day: date) -> list[Employee]:
    """Those to whom anybody reports on a day, by number."""
    named = Assignment.objects.on(day).filter(main=True, manager__isnull=False).values("manager_id")
    return list(Employee.objects.filter(pk__in=named).order_by("number"))


def units() -> list[Unit]:
    """Every unit, by name."""
    return list(Unit.objects.order_by("name"))


def anybody() -> bool:
    """Whether any employee has been entered."""
    return Employee.objects.exists()
