"""Who takes part in which plan on a day: asked for many days at once, the answer is that of each day alone."""

import random
from datetime import date
from datetime import timedelta

import pytest
from django.db import IntegrityError

from liji.base.terms import writing
from liji.people import queries as asking
from liji.people import services as people
from liji.people.dated import span
from liji.people.models import Assignment
from liji.people.models import UnitParent
from liji.plans.models import IncentivePlan
from liji.plans.models import PlanAssignment
from liji.plans.participation import Participation

pytestmark = pytest.mark.django_db
START, DAYS = date(2026, 1, 1), 60


def stretch(rng: random.Random):
    first = START + timedelta(days=rng.randrange(DAYS))
    return span(first, rng.choice([None, first + timedelta(days=rng.randrange(1, 30))]))


def attempt(row) -> None:
    try:
        with writing():
            row.save()
    except IntegrityError:
        pass


def asked_of_the_database(ids: set[int], day: date) -> dict[int, set[int]]:
    """The plain way: one question for each assignment, the tree of units walked by the database."""
    found: dict[int, set[int]] = {}
    for row in PlanAssignment.objects.on(day):
        if row.employee_id:
            members = {row.employee_id}
        else:
            below = asking.units_below([row.unit_id], day, day + timedelta(days=1))
            held = Assignment.objects.on(day).filter(main=True, unit__in=below)
            members = set(held.values_list("employee_id", flat=True))
        for employee in members & ids:
            found.setdefault(employee, set()).add(row.plan_id)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_many_days_at_once_answer_as_each_day_alone(seed):
    rng = random.Random(seed)
    units = [people.unit(f"u{n}", f"u{n}") for n in range(6)]
    position = people.position("rep", "rep")
    plans = [IncentivePlan.objects.create(code=f"p{n}", zh="p", en="p") for n in range(3)]
    staff = [people.enter(str(n), str(n), on=START) for n in range(5)]
    for _ in range(12):
        child, parent = sorted(rng.sample(range(6), 2))
        attempt(UnitParent(unit=units[parent], parent=units[child], days=stretch(rng)))
        attempt(
            Assignment(employee=rng.choice(staff), unit=rng.choice(units), position=position, days=stretch(rng))
        )
        attempt(PlanAssignment(plan=rng.choice(plans), unit=rng.choice(units), days=stretch(rng)))
        attempt(PlanAssignment(plan=rng.choice(plans), employee=rng.choice(staff), days=stretch(rng)))
    ids = {person.pk for person in staff}
    terms = Participation.load(ids, START, START + timedelta(days=DAYS))
    found = 0
    for offset in range(DAYS):
        day = START + timedelta(days=offset)
        alone = asked_of_the_database(ids, day)
        assert {who: terms.plans_on(who, day) for who in ids} == {who: alone.get(who, set()) for who in ids}
        found += len(alone)
    assert found
