"""`liji verify`: each kind of difference, planted in the database, is found and named; a clean one is clean."""

from collections.abc import Iterator
from datetime import date
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db.models import F

from liji.earnings import verification
from liji.earnings.models import PayeePeriod
from liji.earnings.services import recalculate_all
from liji.facts import services as facts
from liji.facts.models import Credit
from liji.people.dated import span
from liji.people.models import Assignment
from liji.people.models import Attribute
from liji.plan.periods import add_months
from liji.plans import services as plans
from liji.plans.models import PlanAssignment
from liji.plans.models import Quota
from tests import scenes

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("Asia/Shanghai"))

PLAN = """\
plan: verified
currency: CNY
attributes: {grade: text}
crediting:
  below: {of: [order_closed, order_returned], roll_up: [3%, 1%]}
measures:
  sales: {of: [order_closed, order_returned], sum: credit}
  before: {of: order_closed, sum: credit, window: previous}
  override: {of: below, sum: credit}
targets: {sales: {missing: none}}
tables:
  ladder: {bands: [{below: 1000, rate: 5%}, {beyond, rate: 7.5%}]}
components:
  commission: {formula: "sales * rate(ladder, sales) + override", floor: none}
  growth: {when: "AND(before > 0, sales > before)", formula: (sales - before) / 3}
  beyond_target: {when: attainment(sales) > 50%, formula: 10 * attainment(sales)}
  senior: {when: 'grade = "S"', formula: sales * 1%}
balances:
  bank: {closing: opening(bank) + total}
"""
GROUPED = """
values:
  place: rank(sales, all)
"""


@pytest.fixture(autouse=True)
def on_a_friday() -> Iterator[None]:
    with time_machine.travel(NOON):
        yield


@pytest.fixture
def team() -> scenes.Team:
    return played()


def played(more: str = "") -> scenes.Team:
    """Two reps under a manager with orders of three months, all worked out."""
    team = scenes.team("张伟", "李娜")
    version = plans.save_version(PLAN + more, by=None)
    plans.publish(version, since=date(2020, 1, 1), by=None)
    first = add_months(scenes.this_month(), -2)
    for member in [team.manager, *team.reps.values()]:
        plans.assign(version.plan, since=first, employee=member)
    one, other = team.reps.values()
    plans.set_quotas([(one, "sales", first, Decimal(900))])
    days = [f"{add_months(first, month)}T00:01:00+08:00" for month in range(3)]
    orders = [
        scenes.order(one, "1999.99", occurred_at=days[0]),
        scenes.order(other, "500", occurred_at=days[0]),
        scenes.order(one, "333.33", occurred_at=days[1]),
        scenes.order(other, "1000.01", occurred_at=days[1]),
        scenes.order(one, "2500", occurred_at=days[2]),
    ]
    assert {outcome.status for outcome in facts.record_many(orders)} == {"created"}
    recalculate_all()
    return team


def row_of(team: scenes.Team, name: str, month: int) -> PayeePeriod:
    who = team.manager if name == "manager" else team[name]
    return PayeePeriod.objects.get(payee=who, start=add_months(scenes.this_month(), -month))


def only() -> verification.Difference:
    found = verification.differences()
    assert len(found) == 1, [each.en for each in found]
    return found[0]


@pytest.mark.parametrize("more", ["", GROUPED], ids=["single", "grouped"])
def test_nothing_is_found_where_all_is_right(more: str):
    played(more)
    found = verification.verify()
    assert found.differences == [] and found.pending == 0 and found.late == [] and found.unread == []
    assert found.cells == 9


def test_a_changed_total_is_another_result_of_the_same_inputs(team: scenes.Team):
    row = row_of(team, "张伟", 1)
    PayeePeriod.objects.filter(pk=row.pk).update(total=F("total") + Decimal("0.01"))
    found = only()
    assert (found.kind, found.payee, found.start) == ("result", team["张伟"].number, row.start)
    assert found.right == row.total and found.stored == row.total + Decimal("0.01")
    assert "same inputs, other result" in found.en and "张伟" in found.zh and "录入相同" in found.zh


def test_a_changed_named_value_is_found_though_the_total_is_right(team: scenes.Team):
    row = row_of(team, "张伟", 0)
    row.result["values"]["sales"] = "2500.01"
    row.save(update_fields=["result"])
    found = only()
    assert found.kind == "result" and "sales 2500.01 → 2500.00" in found.en


def test_a_dropped_line_is_found_with_its_record(team: scenes.Team):
    row = row_of(team, "张伟", 0)
    row.lines = []
    row.save(update_fields=["lines"])
    found = only()
    assert found.kind == "stale" and found.cause == ("credits",) and "1 records not counted" in found.en


def test_a_changed_line_is_found(team: scenes.Team):
    row = row_of(team, "张伟", 0)
    row.lines[0]["brought"]["commission"] = "1.00"
    row.save(update_fields=["lines"])
    assert "what each record brought differs" in only().en


def test_a_missing_payee_period_is_found(team: scenes.Team):
    row = row_of(team, "李娜", 0)
    row.delete()
    found = only()
    assert (found.kind, found.payee, found.stored, found.right) == ("missing", team["李娜"].number, None, row.total)


def test_a_result_of_somebody_who_takes_no_part_is_extra(team: scenes.Team):
    row = row_of(team, "李娜", 0)
    PlanAssignment.objects.filter(employee=team["李娜"]).update(days=span(date(2020, 1, 1), row.start))
    found = [each for each in verification.differences() if each.kind == "extra"]
    assert [(each.payee, each.start, each.stored) for each in found] == [(team["李娜"].number, row.start, row.total)]


def test_a_result_of_days_that_are_no_period_of_the_plan_is_extra(team: scenes.Team):
    row = row_of(team, "李娜", 2)
    PayeePeriod.objects.filter(pk=row.pk).update(end=add_months(row.start, 3))
    kinds = {each.kind: each.en for each in verification.differences()}
    assert "no period of the plan" in kinds["extra"] and "missing" in kinds


def test_a_manager_changed_by_hand_is_found_and_named(team: scenes.Team):
    other = scenes.team("王芳")
    rep = team["李娜"]
    before = row_of(team, "manager", 1)
    Assignment.objects.filter(employee=rep).update(manager=other.manager)
    found = verification.differences(payee=team.manager.number)
    assert {each.kind for each in found} == {"stale"}
    stale = next(each for each in found if each.start == before.start)
    assert "tree" in stale.cause and f"{rep.name} ({rep.number}) belongs to {other.manager.name}" in stale.en
    assert stale.stored == before.total and stale.right < before.total


@pytest.mark.parametrize("part", ["target", "attribute", "balance", "credits"])
def test_each_input_is_named_as_the_cause(team: scenes.Team, part: str):
    rep, first = team["张伟"], add_months(scenes.this_month(), -2)
    if part == "target":
        Quota.objects.filter(employee=rep).update(amount=1000)
    elif part == "attribute":
        from liji.people.services import set_attribute

        set_attribute(rep, "grade", "B", on=date(2020, 1, 1))
        recalculate_all()
        Attribute.objects.filter(employee=rep).update(value="S")
    elif part == "balance":
        row = row_of(team, "张伟", 2)
        row.result["values"]["closing(bank)"] = "1.00"
        row.save(update_fields=["result"])
    else:
        Credit.objects.filter(payee=rep, credit_date=first).update(current=False)
    found = verification.differences(payee=rep.number)
    assert found and part in {cause for each in found for cause in each.cause}


def test_who_waits_is_pending_and_not_different(team: scenes.Team):
    facts.record_many([scenes.order(team["张伟"], "100")])
    found = verification.verify()
    assert found.differences == [] and found.pending >= 2 and found.oldest is not None


def test_where_a_member_of_a_group_waits_the_others_wait_too():
    team = played(GROUPED)
    facts.record_many([scenes.order(team["李娜"], "100000")])
    found = verification.verify()
    assert found.differences == [] and found.pending >= 2


def test_what_is_closed_is_late_and_not_different(team: scenes.Team):
    row = row_of(team, "张伟", 2)
    plans.close_period(row.start, row.end, by=None)
    PayeePeriod.objects.filter(pk=row.pk).update(total=0)
    found = verification.verify()
    assert found.differences == [] and [each.right for each in found.late] == [row.total]


def test_a_row_that_says_it_failed_though_it_does_not_is_found(team: scenes.Team):
    row = row_of(team, "张伟", 0)
    PayeePeriod.objects.filter(pk=row.pk).update(problem={"zh": "错", "en": "wrong"})
    assert only().kind == "failed"
