"""What a transaction has changed in the terms, as the database noted it: triggers on the dated tables write it down."""

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field
from datetime import date

from django.db import connection

from liji.people import queries as people
from liji.plans.participation import Days


@dataclass
class Touched:
    """The changes of one transaction, as stretches of days; half-open, `date.min` and `date.max` are open ends.

    `payees`: whose own terms changed; `places`: whose place in the tree of managers did, in the old or the new tree;
    `links`: the (employee, manager, days) that no longer hold; `plans`: plans of which a publication changed;
    `members`: (plan, unit, days) of which the participation changed; `units`: (unit, days) that stand elsewhere.
    """

    payees: set[tuple[int, Days]] = field(default_factory=set)
    places: set[tuple[int, Days]] = field(default_factory=set)
    links: set[tuple[int, int, Days]] = field(default_factory=set)
    plans: set[tuple[int, Days]] = field(default_factory=set)
    members: set[tuple[int, int, Days]] = field(default_factory=set)
    units: set[tuple[int, Days]] = field(default_factory=set)
    year: bool = False
    causes: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.causes)


_TAKE = """
WITH mine AS (DELETE FROM earnings_touched WHERE tx = pg_current_xact_id() RETURNING id, what, old, new)
SELECT mine.id, what, side, r.id, employee_id, unit_id, manager_id, plan_id,
    main, lower(days), upper(days), start,
    jsonb_strip_nulls(to_jsonb(r)) - 'id' - 'days'
FROM mine
CROSS JOIN LATERAL (VALUES ('old', old), ('new', new)) AS sides (side, list)
LEFT JOIN LATERAL jsonb_to_recordset(coalesce(list, '[]')) AS r (
    id bigint, employee_id bigint, unit_id bigint, parent_id bigint, position_id bigint, manager_id bigint,
    main boolean, kind_id bigint, value text, plan_id bigint, version_id bigint, days daterange, measure text,
    start date, amount numeric
) ON true
ORDER BY mine.id
"""


@dataclass(frozen=True)
class _Row:
    """A row of a dated table before or after a statement; `says` is what it holds beside its days."""

    employee: int | None
    unit: int | None
    manager: int | None
    plan: int | None
    main: bool | None
    days: Days
    says: str


def take() -> Touched:
    """Reads what this transaction has changed in the terms, and clears it: it is handled once."""
    touched = Touched()
    changes: dict[tuple[int, str, int], dict[str, _Row]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE)
        for statement, what, side, number, employee, unit, manager, plan, *rest in cursor:
            touched.causes.add(what)
            if number is None:
                continue
            main, first, after, start, says = rest
            days = (start, date.fromordinal(start.toordinal() + 1)) if start else (first or date.min, after or date.max)
            row = _Row(employee, unit, manager, plan, main, days, says)
            changes.setdefault((statement, what, number), {})[side] = row
    touched.year = "people_company" in touched.causes
    for (_, what, _), sides in changes.items():
        _READERS[what](touched, sides.get("old"), sides.get("new"))
    return touched


def _differing(old: _Row | None, new: _Row | None) -> list[Days]:
    """The days on which it matters that `old` has become `new`."""
    if old is None or new is None or old.says != new.says:
        return [row.days for row in (old, new) if row]
    edges = sorted((*old.days, *new.days))
    parts = [(edges[0], edges[1]), (edges[2], edges[3])]
    return [part for part in parts if part[0] < part[1]]


def _sides(old: _Row | None, new: _Row | None) -> Iterable[_Row]:
    return [row for row in (old, new) if row]


def _employment(touched: Touched, old: _Row | None, new: _Row | None) -> None:
    for days in _differing(old, new):
        employee = (old or new).employee
        touched.payees.add((employee, days))
        touched.places.add((employee, days))


def _assignment(touched: Touched, old: _Row | None, new: _Row | None) -> None:
    if not any(row.main for row in _sides(old, new)):
        return
    for days in _differing(old, new):
        employee = (old or new).employee
        touched.payees.add((employee, days))
        if not old or not new or old.manager != new.manager or old.days != new.days:
            touched.places.add((employee, days))
            if old and old.manager:
                touched.links.add((employee, old.manager, old.days))


def _own(touched: Touched, old: _Row | None, new: _Row | None) -> None:
    touched.payees |= {((old or new).employee, days) for days in _differing(old, new)}


def _unit(touched: Touched, old: _Row | None, new: _Row | None) -> None:
    touched.units |= {((old or new).unit, days) for days in _differing(old, new)}


def _participation(touched: Touched, old: _Row | None, new: _Row | None) -> None:
    for row in _sides(old, new):
        for days in _differing(old, new):
            if row.employee:
                touched.payees.add((row.employee, days))
            else:
                touched.members.add((row.plan, row.unit, days))


def _publication(touched: Touched, old: _Row | None, new: _Row | None) -> None:
    touched.plans |= {((old or new).plan, days) for days in _differing(old, new)}


_READERS = {
    "people_employment": _employment,
    "people_assignment": _assignment,
    "people_attribute": _own,
    "people_unitparent": _unit,
    "plans_planassignment": _participation,
    "plans_publication": _publication,
    "plans_quota": _own,
}


def members_of(units: Iterable[tuple[int, Days]]) -> set[tuple[int, Days]]:
    """The (employee, days) of main assignments in units or below them on those days."""
    found: set[tuple[int, Days]] = set()
    for unit, days in units:
        found |= people.members_between([unit], *days)
    return found
