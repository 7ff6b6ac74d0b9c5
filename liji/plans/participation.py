"""Who takes part in which plan on which days, for many people and days in one query.

Someone takes part by an assignment of the own, or because the unit where they work, or one above it on that day, is
assigned; and only while employed. Everything is dated: who changes teams in the middle of a month takes part in each
plan for its own days.
"""

from collections.abc import Collection
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from datetime import date

from django.db import connection

from liji.people.dated import span

Days = tuple[date, date]  # from, up to (exclusive)
DEEPEST = 50  # levels of units; an organisation that goes in a circle must not hang a calculation


_RECORDED = """
SELECT 'own', employee_id, plan_id, lower(days) AS first, upper(days) FROM plans_planassignment
WHERE employee_id IS NOT NULL AND days && %(days)s::daterange
    AND (%(employees)s::bigint[] IS NULL OR employee_id = ANY(%(employees)s::bigint[]))
UNION ALL
SELECT 'unit', unit_id, plan_id, lower(days), upper(days) FROM plans_planassignment
WHERE unit_id IS NOT NULL AND days && %(days)s::daterange
UNION ALL
SELECT 'works', employee_id, unit_id, lower(days), upper(days) FROM people_assignment
WHERE main AND days && %(days)s::daterange
    AND (%(employees)s::bigint[] IS NULL OR employee_id = ANY(%(employees)s::bigint[]))
    AND EXISTS (SELECT 1 FROM plans_planassignment WHERE unit_id IS NOT NULL AND days && %(days)s::daterange)
UNION ALL
SELECT 'stands', unit_id, parent_id, lower(days), upper(days) FROM people_unitparent
WHERE days && %(days)s::daterange
    AND EXISTS (SELECT 1 FROM plans_planassignment WHERE unit_id IS NOT NULL AND days && %(days)s::daterange)
UNION ALL
SELECT 'employed', employee_id, 0, lower(days), upper(days) FROM people_employment
WHERE days && %(days)s::daterange
    AND (%(employees)s::bigint[] IS NULL OR employee_id = ANY(%(employees)s::bigint[]))
ORDER BY first NULLS FIRST
"""


@dataclass
class Participation:
    """What is recorded about some employees (None: all) between two days."""

    days: Days
    own: dict[int, list[tuple[int, Days]]] = field(default_factory=dict)  # employee → (plan, days)
    of_unit: dict[int, list[tuple[int, Days]]] = field(default_factory=dict)  # unit → (plan, days)
    works_in: dict[int, list[tuple[int, Days]]] = field(default_factory=dict)  # employee → (unit, days)
    stands_under: dict[int, list[tuple[int, Days]]] = field(default_factory=dict)  # unit → (unit above, days)
    employed: dict[int, list[tuple[int, Days]]] = field(default_factory=dict)  # employee → (0, days)

    @classmethod
    def load(cls, employees: Collection[int] | None, start: date, end: date) -> "Participation":
        """Reads what holds on any day from `start` up to, not including, `end`."""
        made = cls((start, end))
        kept = {"own": made.own, "unit": made.of_unit, "works": made.works_in, "stands": made.stands_under,
                "employed": made.employed}  # fmt: skip
        asked = {"days": span(start, end), "employees": None if employees is None else list(employees)}
        with connection.cursor() as cursor:
            cursor.execute(_RECORDED, asked)
            for what, key, value, first, after in cursor.fetchall():
                if both := within((first or date.min, after or date.max), made.days):
                    kept[what].setdefault(key, []).append((value, both))
        return made

    def of(self, employee: int) -> Iterator[tuple[int, Days]]:
        """Each (plan, days) of an employee; the same plan may come more than once, also for the same days."""
        for _, employed in self.employed.get(employee, ()):
            for plan, days in self._assigned(employee):
                if both := within(days, employed):
                    yield plan, both

    def _assigned(self, employee: int) -> Iterator[tuple[int, Days]]:
        yield from self.own.get(employee, ())
        for unit, days in self.works_in.get(employee, ()):
            yield from self._through(unit, days, 0)

    def _through(self, unit: int, days: Days, depth: int) -> Iterator[tuple[int, Days]]:
        for plan, assigned in self.of_unit.get(unit, ()):
            if both := within(assigned, days):
                yield plan, both
        if depth < DEEPEST:
            for parent, stands in self.stands_under.get(unit, ()):
                if both := within(stands, days):
                    yield from self._through(parent, both, depth + 1)

    def plans_on(self, employee: int, day: date) -> set[int]:
        """The plans in which an employee takes part on a day."""
        return {plan for plan, (start, end) in self.of(employee) if start <= day < end}

    def spans(self, employee: int, plan: int, period: Days) -> list[Days]:
        """The days of a period on which an employee takes part in a plan: spans in order, without overlap."""
        found = [
            both for number, days in self.of(employee) if number == plan and (both := within(days, period))
        ]
        merged: list[Days] = []
        for start, end in sorted(found):
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        return merged

    def employees(self) -> set[int]:
        """Everybody who was read and may take part in something."""
        return set(self.own) | set(self.works_in)


def within(days: Days, limits: Days) -> Days | None:
    """What two spans share; None when they share no day."""
    start, end = max(days[0], limits[0]), min(days[1], limits[1])
    return (start, end) if start < end else None
