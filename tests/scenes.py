"""Small companies for tests, made through the real services; every team has numbers of its own."""

import itertools
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from liji.access.models import Role
from liji.access.models import User
from liji.access.services import make_user
from liji.base import clock
from liji.earnings.models import PayeePeriod
from liji.facts.types import ensure_built_in
from liji.people import queries as people
from liji.people import services as people_services
from liji.people.models import Company
from liji.people.models import Employee
from liji.people.models import Unit
from liji.plan import templates
from liji.plans import queries as plans
from liji.plans import services as plan_services
from liji.plans.models import PlanVersion
from liji.reactions.packs import publish_pack

PASSWORD = "warm-grey-ground-42"
LONG_AGO = date(2020, 1, 1)
_count = itertools.count(1)


@dataclass
class Team:
    """A manager and reps, by the role that they play in a test."""

    code: str
    unit: Unit
    manager: Employee
    reps: dict[str, Employee] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Employee:
        return self.reps[name]


def company(**values: Any) -> Company:
    """The company of the installation, made when missing."""
    ensure_built_in()
    there = Company.objects.first()
    setup = {"done": True}
    made = there or people_services.save_company(name="测试公司", setup=setup, **values)
    publish_pack()
    return made


def team(
    *names: str, plan: str | None = None, target: str | None = None, above: Employee | None = None
) -> Team:
    """A team of reps with sign-ins; with `plan` (a template) they take part in it from this month on."""
    company()
    code = f"T{next(_count):03d}"
    unit = people_services.unit(code, f"{code} 队")
    manager = employee(f"{code}M", "陈经理", unit, "sales_manager", above, roles=[Role.MANAGER])
    made = Team(code, unit, manager)
    for place, name in enumerate(names, start=1):
        made.reps[name] = employee(f"{code}R{place}", name, unit, "sales_rep", manager, roles=[Role.REP])
    if plan:
        plan_services.assign(published(plan).plan, since=this_month(), unit=unit)
    if target:
        measure, amount = measure_of(plan), Decimal(target)
        plan_services.set_quotas([(rep, measure, this_month(), amount) for rep in made.reps.values()])
    return made


def employee(
    number: str,
    name: str,
    unit: Unit,
    position: str,
    manager: Employee | None = None,
    *,
    roles: list[str] = (),
) -> Employee:
    """An employee of long standing, with a sign-in when `roles` are given."""
    made = people_services.enter(number, name, on=LONG_AGO, email=f"{number.lower()}@test.example")
    post = people_services.position(position, position)
    people_services.transfer(made, on=LONG_AGO, unit=unit, position=post, manager=manager)
    if roles:
        user(number, *roles, employee=made)
    return made


def user(username: str, *roles: str, employee: Employee | None = None) -> User:
    """A user who signs in with PASSWORD; hashed once over, so that tests do not wait for it."""
    made = make_user(username, list(roles), employee=employee, email=employee.email if employee else "")
    made.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt-of-a-test", iterations=1)
    made.save(update_fields=["password"])
    return made


def published(template: str) -> PlanVersion:
    """The newest version of a template's plan, in force since long ago."""
    if (plan := plans.plan_by_code(load_id(template))) and (version := plan.versions.last()):
        return version
    version = plan_services.save_version(dict(templates())[template], by=None)
    plan_services.publish(version, since=LONG_AGO, by=None)
    return version


def load_id(template: str) -> str:
    """The id of a template's plan."""
    from liji.plan import load

    return load(dict(templates())[template]).plan.id


def measure_of(template: str) -> str:
    """The measure for which a template's plan has a target."""
    return next(iter(plans.parsed(published(template)).targets))


def this_month() -> date:
    return people.today().replace(day=1)


def order(rep: Employee, amount: Any, number: str | None = None, **more: Any) -> dict[str, Any]:
    """An order as a CRM sends it, closed just now."""
    return {
        "source": "crm",
        "external_id": number or f"SO-{rep.number}-{next(_count)}",
        "type": "order_closed",
        "employee": rep.number,
        "occurred_at": clock.local().isoformat(timespec="seconds"),
        "amount": amount,
        "currency": "CNY",
        "customer": "上海云帆科技有限公司",
        "product": "人事云 专业版",
        **more,
    }


def at(day: date, hour: int = 12) -> str:
    """An hour of a day in the company, or the present moment where that hour is still to come, as sources send it."""
    assert day <= people.today(), "no order is closed in the future"
    moment = datetime.combine(day, time(hour), people.zone())
    return min(moment, clock.local()).isoformat(timespec="seconds")


def earlier_this_month() -> str:
    """The earliest of this month that may be news no more: three days ago, or the month's first minute."""
    now = clock.local()
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return max(now - timedelta(days=3), first).isoformat(timespec="seconds")


def total(rep: Employee) -> Decimal | None:
    """What the rep has earned this month; None while it is being worked out."""
    rows = PayeePeriod.objects.filter(payee=rep, start=this_month())
    if not rows or any(row.dirty_since or row.result is None for row in rows):
        return None
    return sum((row.total for row in rows), Decimal(0))
