"""Performance files, work on targets, layers."""

from decimal import Decimal
from typing import Any

from liji.access.models import User
from liji.people import queries as people
from liji.people.models import Employee
from liji.performance import services
from liji.plan.periods import add_months
from liji.plans import queries as plans
from liji.plans import targets
from liji.plans.models import TargetChange

KNOWN = {
    "performance/",
    "performance/definitions/",
    "performance/<int:employee>/",
    "performance/<int:employee>/<slug:indicator>/",
    "layers/",
    "targets/units/",
    "targets/check/",
    "targets/copy/",
    "targets/copy/<int:copy>/undo/",
    "targets/changes/",
    "targets/changes/<int:change>/",
    "targets/mine/",
}


def proposed(employee: Employee, by: User, after: str = "700000") -> TargetChange:
    """A change of this month's sales target, waiting."""
    start = people.today().replace(day=1)
    return targets.propose_change(
        employee.pk, "sales", start, add_months(start, 1), since=people.today(), after=Decimal(after),
        weighted_by_days=True, reason="新增大区客户", by=by,
    )  # fmt: skip


def ids(world: Any) -> dict[str, list[Any]]:
    by = world.users["hr"]
    change = proposed(world.persons["甲壹"].employee, by)
    start = people.today().replace(day=1)
    rows = targets.copy_preview(
        "sales", [world.persons["甲贰"].employee], start, add_months(start, 1), 1, growth=Decimal("0.1"),
        step=Decimal(1000),
    )  # fmt: skip
    services.set_layer_rule(by=by, indicator="sales", months=1, within="team", smallest=3)
    return {
        "indicator": ["sales", "conversion", "nonsense"],
        "change": [change.pk, 999_999],
        "copy": [targets.copy("sales", rows, by=by).pk, 999_999],
    }


PAGES = {
    "rep": [
        ("performance", "/performance/", ""),
        ("performance-records", "/performance/", "td a[data-sheet]"),
        ("my-targets", "/targets/mine/", ""),
    ],
    "manager": [("performance-of", "/performance/{rep}/", ""), ("target-changes-manager", "/targets/changes/", "")],
    "hr": [
        ("performance-hr", "/performance/{rep}/?indicator=conversion", ""),
        ("definitions", "/performance/definitions/", ""),
        ("unit-targets", "/targets/units/", ""),
        ("target-check", "/targets/check/", ""),
        ("target-copy", "/targets/copy/", ""),
        ("target-changes", "/targets/changes/", ""),
        ("layers", "/layers/", ""),
    ],
}


def prepare(scene: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    hr = User.objects.get(username=scene.hr)
    change = proposed(scene.rep, hr)
    targets.decide_change(change.pk, by=User.objects.get(username=scene.manager.number), approve=True)
    other = Employee.objects.get(name="李静", assignments__manager=scene.manager)
    if plans.quotas(other.pk, people.today().replace(day=1)):
        proposed(other, User.objects.get(username=scene.manager.number))
    services.set_layer_rule(by=hr, indicator="sales", months=1, within="team", smallest=3)
    return {}, ("新增大区客户", "SMART", "USD")
