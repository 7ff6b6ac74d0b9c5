"""The demo company's definitions, targets of units, layers, and one change of a target that was approved."""

from datetime import date
from decimal import Decimal

from liji.access.models import User
from liji.demo.case import CODE
from liji.demo.roster import TEAMS
from liji.people.models import Employee
from liji.people.models import Unit
from liji.performance import layering
from liji.performance import services
from liji.plan.periods import add_months
from liji.plans import queries as plans
from liji.plans import targets
from liji.plans.adding_up import sums
from liji.plans.models import TargetChange
from liji.plans.models import UnitTarget

CHANGED = "E1010"  # the rep of S6, last month


def fill(day: date) -> None:
    """Each part finds out by itself whether it is there."""
    month = day.replace(day=1)
    hr = User.objects.filter(grants__role="hr").order_by("pk").first()
    manager = User.objects.filter(employee__number=next(t.manager for t in TEAMS if t.code == "HD2")).first()
    if not UnitTarget.objects.filter(start=month).exists():
        _unit_targets(month)
    if layering.rule() is None:
        services.set_layer_rule(by=hr, indicator="sales", months=3, within="team", smallest=5)
    if layering.due(day):
        services.write_layers(month, by=None)
    if manager and hr and not TargetChange.objects.exists():
        _change(add_months(month, -1), by=manager, decided_by=hr)


def _unit_targets(month: date) -> None:
    """The teams' targets are what stands below them, rounded up to the next 10,000; the company's is their sum."""
    lines = {line.unit.code: line.below for line in sums("sales", month, add_months(month, 1)) if line.unit}
    step = Decimal(10000)
    rows: list[tuple[Unit | None, str, date, Decimal]] = [
        (Unit.objects.get(code=code), "sales", month, -(-lines.get(code, Decimal(0)) // step) * step)
        for code in (*(team.code for team in TEAMS), CODE)
    ]
    targets.set_unit_targets([*rows, (None, "sales", month, sum((row[3] for row in rows), Decimal(0)))])


def _change(start: date, *, by: User, decided_by: User) -> None:
    employee = Employee.objects.filter(number=CHANGED).first()
    before = plans.quotas(employee.pk, start).get("sales") if employee else None
    if before:
        made = targets.propose_change(
            employee.pk, "sales", start, add_months(start, 1), since=start.replace(day=16), after=before * 11 / 10,
            weighted_by_days=True, reason="接手同事移交的客户", by=by,
        )  # fmt: skip
        targets.decide_change(made.pk, by=decided_by, approve=True)
