"""Do the targets of people, teams and company add up, and if not, by how much?

A unit stands for what it has as its own target; below it stand its units (with their own target, or without one what
stands below them) and the people whose main assignment is in the unit on the period's first day, or later in it for
those who enter.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from liji.people.models import Assignment
from liji.people.models import Unit
from liji.people.models import UnitParent
from liji.plans.models import Quota
from liji.plans.models import UnitTarget


@dataclass(frozen=True)
class Sum:
    """A unit (None: the company) and what stands below it. `people` of them with a target, `without` one."""

    unit: Unit | None
    depth: int
    own: Decimal | None
    below: Decimal
    people: int
    without: int

    @property
    def difference(self) -> Decimal | None:
        """What stands below minus the own target; None without a target."""
        return None if self.own is None else self.below - self.own


def sums(measure: str, start: date, end: date) -> list[Sum]:
    """The company and every unit with people or targets, from the top down. For measures that can be summed up."""
    own = dict(UnitTarget.objects.filter(measure=measure, start=start).values_list("unit_id", "amount"))
    quotas = dict(Quota.objects.filter(measure=measure, start=start).values_list("employee_id", "amount"))
    members: dict[int, set[int]] = {}
    placed: set[int] = set()
    held = Assignment.objects.during(start, end).filter(main=True).order_by("days")
    for employee, unit in held.values_list("employee_id", "unit_id"):
        if employee not in placed:
            placed.add(employee)
            members.setdefault(unit, set()).add(employee)
    units = Unit.objects.in_bulk()
    above = dict(UnitParent.objects.during(start, end).order_by("days").values_list("unit_id", "parent_id"))
    children: dict[int | None, list[int]] = {}
    for unit in sorted(units, key=lambda one: units[one].name):
        children.setdefault(above.get(unit), []).append(unit)
    return _Tree(own, quotas, members, units, children).lines()


@dataclass
class _Tree:
    own: dict[int | None, Decimal]
    quotas: dict[int, Decimal]
    members: dict[int, set[int]]
    units: dict[int, Unit]
    children: dict[int | None, list[int]]

    def lines(self) -> list[Sum]:
        lines = self._under(None, 0)
        return [line for line in lines if line.unit is None or line.people + line.without or line.own is not None]

    def _under(self, unit: int | None, depth: int) -> Iterator[Sum]:
        mine = self.members.get(unit, set()) if unit is not None else set()
        given = [self.quotas[one] for one in mine if one in self.quotas]
        lines = [list(self._under(child, depth + 1)) for child in self.children.get(unit, [])]
        tops = [each[0] for each in lines]
        below = sum(given, Decimal(0)) + sum(
            (top.below if top.own is None else top.own for top in tops), Decimal(0)
        )
        people = len(given) + sum(top.people for top in tops)
        without = len(mine) - len(given) + sum(top.without for top in tops)
        yield Sum(self.units[unit] if unit else None, depth, self.own.get(unit), below, people, without)
        for each in lines:
            yield from each
