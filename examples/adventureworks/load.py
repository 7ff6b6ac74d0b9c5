"""Loading AdventureWorks into an empty installation, and asking the database what has become of it."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import connection

from examples.adventureworks import files
from liji.connectors import services as imports
from liji.connectors.models import ImportRun
from liji.earnings import services as earnings
from liji.earnings.models import PayeePeriod
from liji.facts.types import ensure_built_in
from liji.people import services as people
from liji.people.models import Unit
from liji.plan import templates
from liji.plans import queries as plans
from liji.plans import services as planning
from liji.plans.models import IncentivePlan

FIRST, AFTER = date(2017, 7, 1), date(2020, 6, 1)  # the first month with sales, and the month after the last
SALES = "Sales and Marketing/Sales"
PLAN = "attainment-margin"


def company() -> None:
    """The company: American, in US dollars."""
    ensure_built_in()
    people.save_company(
        name="AdventureWorks", currency="USD", time_zone="America/Los_Angeles", setup={"done": True}
    )


def load(data: Path, *, progress: Callable[[ImportRun], None] = lambda row: None) -> dict[str, ImportRun]:
    """Imports people, targets and order lines by the mappings of this folder, as `liji import` would."""
    runs = {}
    for name in files.MAPPINGS:
        text = (files.HERE / f"{name}.yaml").read_text(encoding="utf-8")
        with ExitStack() as stack:
            paths = [files.find(data, wanted) for wanted in imports.parse(text).files]
            given = [(path.name, stack.enter_context(path.open("rb"))) for path in paths]
            run = imports.start(text, given, by=None, job=False)
        runs[name] = imports.carry_out(run.pk, progress=progress)
    return runs


def credits() -> dict[files.Key, Decimal]:
    """What is credited in the database, per person and month."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.number, to_char(c.credit_date, 'YYYY-MM'), sum(c.amount) FROM facts_credit c "
            "JOIN people_employee e ON e.id = c.payee_id WHERE c.current GROUP BY 1, 2"
        )
        return {(number, month): amount for number, month, amount in cursor.fetchall()}


def quotas() -> dict[files.Key, Decimal]:
    """The targets in the database, per person and month."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.number, to_char(q.start, 'YYYY-MM'), q.amount FROM plans_quota q "
            "JOIN people_employee e ON e.id = q.employee_id WHERE q.measure = 'sales'"
        )
        return {(number, month): amount for number, month, amount in cursor.fetchall()}


def plan_text() -> str:
    """The plan of the templates, in the company's currency and from its first month on."""
    text = dict(templates())[PLAN]
    return text.replace("currency: CNY", "currency: USD").replace("2025-01-01", FIRST.isoformat())


def pay() -> IncentivePlan:
    """Publishes the plan for everybody in sales, from the first month with orders to the last, and works it out."""
    version = planning.save_version(plan_text(), by=None)
    if plans.version_in_force(version.plan_id, (FIRST, AFTER)) != version:
        planning.publish(version, since=FIRST, by=None)
    if not plans.assigned_to(version.plan_id):
        planning.assign(version.plan, since=FIRST, until=AFTER, unit=Unit.objects.get(code=SALES))
    earnings.recalculate_all()
    return version.plan


def results(plan: IncentivePlan) -> dict[files.Key, PayeePeriod]:
    """The results, per person and month."""
    rows = PayeePeriod.objects.filter(plan=plan, start__gte=FIRST, start__lt=AFTER).select_related("payee")
    return {(row.payee.number, f"{row.start:%Y-%m}"): row for row in rows}
