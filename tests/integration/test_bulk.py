"""Many payee-periods in one calculation and one write: to the letter what one after another gives."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from liji.base import clock
from liji.base.terms import writing
from liji.earnings.models import PayeePeriod
from liji.earnings.services import recalculate
from liji.earnings.services import recalculate_all
from liji.earnings.services import recalculate_along
from liji.events.models import Event
from liji.facts import services as facts
from liji.plan.periods import add_months
from liji.plans import services as plans
from liji.plans.models import PlanAssignment
from tests import scenes

pytestmark = pytest.mark.django_db

REACHING = """\
plan: reaching-{number}
currency: CNY
attributes: {{unit: text}}
crediting:
  below: {{of: [order_closed, order_returned], roll_up: [3%, 1%]}}
measures:
  sales: {{of: [order_closed, order_returned], sum: credit}}
  before: {{of: order_closed, sum: credit, window: previous}}
  override: {{of: below, sum: credit}}
targets: {{sales: {{missing: none}}}}
tables:
  ladder: {{bands: [{{below: 1000, rate: 5%}}, {{beyond, rate: 7.5%}}]}}
components:
  commission: {{formula: "sales * rate(ladder, sales) + override", floor: none}}
  growth: {{when: "AND(before > 0, sales > before)", formula: (sales - before) / 3}}
  beyond_target: {{when: attainment(sales) > 50%, formula: 10 * attainment(sales)}}
"""
CARRYING = """
balances:
  bank: {{closing: opening(bank) + total}}
"""
COMPARING = """
values:
  place: rank(sales, all)
"""
DIVIDING = """
values:
  each: 100 / sales
"""


def played(more: str = "") -> list[int]:
    """Two reps under a manager with orders, a return and a shared deal in three months: their payee-periods, dirty."""
    team = scenes.team("张伟", "李娜")
    version = plans.save_version((REACHING + more).format(number=team.code.lower()), by=None)
    plans.publish(version, since=date(2020, 1, 1), by=None)
    first = add_months(scenes.this_month(), -2)
    for member in [team.manager, *team.reps.values()]:
        plans.assign(version.plan, since=first, employee=member)
    one, other = team.reps.values()
    plans.set_quotas([(one, "sales", first, 900)])
    shared = [{"employee": one.number, "share": "0.6"}, {"employee": other.number, "share": "0.4"}]
    days = [scenes.at(add_months(first, month)) for month in range(3)]
    sold = scenes.order(one, "1999.99", occurred_at=days[0])
    orders = [
        sold,
        scenes.order(one, "333.33", occurred_at=days[1], credits=shared),
        scenes.order(other, "1000.01", occurred_at=days[1]),
        scenes.order(one, "2500", occurred_at=days[2]),
    ]
    assert {outcome.status for outcome in facts.record_many(orders)} == {"created"}
    return list(PayeePeriod.objects.filter(plan=version.plan).order_by("start", "id").values_list("id", flat=True))


def worked_out(numbers: list[int], work: Callable[[], object]) -> tuple[list[Any], list[Any]]:
    """The rows and the events after all of them were worked out as if for the first time."""
    rows = PayeePeriod.objects.filter(pk__in=numbers)
    blank = {"version": None, "computed_at": None, "currency": "", "total": 0, "result": None, "lines": []}
    rows.update(dirty_since=clock.now(), problem=None, **blank)
    seen = max(Event.objects.values_list("pk", flat=True), default=0)
    work()
    columns = ("pk", "dirty_since", "version", "currency", "total", "result", "lines", "problem")
    told = Event.objects.filter(pk__gt=seen, kind="earnings").values_list("payee", "body")
    return list(rows.order_by("pk").values_list(*columns)), sorted(told, key=str)


@pytest.mark.parametrize("more", ["", CARRYING, COMPARING, DIVIDING], ids=["reaching", "balances", "groups", "failing"])
def test_all_at_once_is_what_one_after_another_is(more: str):
    numbers = played(more)

    def singly() -> None:
        dirty = PayeePeriod.objects.filter(dirty_since__isnull=False).order_by("start", "id")
        while found := list(dirty.values_list("id", flat=True)):
            for number in found:
                recalculate(number)

    at_once = worked_out(numbers, recalculate_all)
    assert at_once == worked_out(numbers, singly)
    assert len(numbers) == 9
    assert all(row[1] is None for row in at_once[0])


def test_who_has_no_exact_result_keeps_nobody_else_from_theirs():
    numbers = played(DIVIDING)
    rows, _ = worked_out(numbers, recalculate_all)
    failed = [row for row in rows if row[-1]]
    assert 0 < len(failed) < len(rows)
    assert all(row[5] for row in rows if not row[-1])


@pytest.mark.parametrize("more", ["", CARRYING, COMPARING, DIVIDING], ids=["reaching", "balances", "groups", "failing"])
def test_what_is_taken_along_is_what_one_after_another_is(more: str):
    numbers = played(more)

    def along() -> None:
        dirty = PayeePeriod.objects.filter(dirty_since__isnull=False).order_by("start", "id")
        while (number := dirty.values_list("id", flat=True).first()) is not None:
            recalculate_along(number)

    def singly() -> None:
        dirty = PayeePeriod.objects.filter(dirty_since__isnull=False).order_by("start", "id")
        while (number := dirty.values_list("id", flat=True).first()) is not None:
            recalculate(number)

    assert worked_out(numbers, along) == worked_out(numbers, singly)


def test_one_job_takes_along_those_of_its_period_and_leaves_the_others_to_theirs():
    numbers = played()
    rows = PayeePeriod.objects.filter(pk__in=numbers).order_by("start", "pk")
    first = rows[0]
    recalculate_along(first.pk)
    assert {row.start for row in rows.filter(dirty_since=None)} == {first.start}
    assert rows.filter(start=first.start, dirty_since__isnull=False).count() == 0
    assert rows.filter(dirty_since__isnull=False).count() == 6


def test_who_takes_no_part_any_more_has_no_payee_period():
    numbers = played()
    recalculate_all()
    rows = PayeePeriod.objects.filter(pk__in=numbers).order_by("pk")
    assert rows.filter(result=None).count() == 0
    payee = rows[0].payee_id
    with writing():
        PlanAssignment.objects.filter(plan=rows[0].plan, employee=payee).delete()
    rows.update(dirty_since=clock.now())
    seen = Event.objects.latest("pk").pk
    recalculate_all()
    assert not rows.filter(payee=payee).exists()
    assert rows.exclude(payee=payee).filter(result=None).count() == 0
    assert Event.objects.filter(pk__gt=seen, payee=payee).count() == 3
