"""A company for measuring: reps under managers on one plan, with targets; as many as wanted."""

from datetime import date
from decimal import Decimal

from liji.access.models import Role
from liji.access.models import User
from liji.access.services import make_user
from liji.base.terms import writing
from liji.people import services as people
from liji.people.dated import span
from liji.people.models import Assignment
from liji.people.models import Employee
from liji.people.models import Employment
from liji.people.models import Unit
from liji.people.models import UnitParent
from liji.people.queries import today
from liji.plan import templates
from liji.plans import services as plans
from liji.plans.models import Quota
from liji.reactions.packs import publish_pack

START = date(2025, 1, 1)
TEAM = 10


def build(reps: int, *, users: int, units: bool = False) -> tuple[list[Employee], list[User], User]:
    """`reps` employees in teams of ten on the accelerator plan; the first `users` of them and one manager sign in.

    With `units` each team is a unit of its own, else all are in one.

    Returns the reps, the users of the first reps, and the manager of the first team.
    """
    people.save_company(name="Benchmark")
    root = people.unit("all", "All")
    seller, boss = people.position("rep", "Rep"), people.position("manager", "Manager")
    managers = _hire([f"M{n:05}" for n in range((reps + TEAM - 1) // TEAM)])
    sellers = _hire([f"R{n:05}" for n in range(reps)])
    teams = [root] * len(managers)
    if units:
        teams = Unit.objects.bulk_create(
            [Unit(code=f"U{n:05}", name=f"U{n:05}") for n in range(len(managers))], batch_size=2000
        )
        with writing():
            UnitParent.objects.bulk_create(
                [UnitParent(unit=team, parent=root, days=span(START)) for team in teams], batch_size=2000
            )
    jobs = [
        Assignment(employee=m, unit=team, position=boss, days=span(START))
        for m, team in zip(managers, teams, strict=True)
    ]
    jobs += [
        Assignment(
            employee=rep, unit=teams[n // TEAM], position=seller, manager=managers[n // TEAM], days=span(START)
        )
        for n, rep in enumerate(sellers)
    ]
    with writing():
        Assignment.objects.bulk_create(jobs, batch_size=2000)
    month = today().replace(day=1)
    with writing():
        Quota.objects.bulk_create(
            [Quota(employee=rep, measure="sales", start=month, amount=Decimal("666666.67")) for rep in sellers],
            batch_size=2000,
        )
    version = plans.save_version(dict(templates())["accelerator"], by=None)
    plans.publish(version, since=START, by=None)
    plans.assign(version.plan, since=START, unit=root)
    publish_pack()
    signed_in = [make_user(rep.number, [Role.REP], employee=rep) for rep in sellers[:users]]
    manager = make_user("manager", [Role.MANAGER], employee=managers[0])
    return sellers, signed_in, manager


def _hire(numbers: list[str]) -> list[Employee]:
    employees = Employee.objects.bulk_create([Employee(number=n, name=n) for n in numbers], batch_size=2000)
    with writing():
        Employment.objects.bulk_create(
            [Employment(employee=e, days=span(START)) for e in employees], batch_size=2000
        )
    return employees
