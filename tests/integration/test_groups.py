"""Groups in which one's result moves the others': all of them in one calculation, exactly what the engine says."""

import random
import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.db import transaction

from liji.base import clock
from liji.base.terms import writing
from liji.earnings import verification
from liji.earnings.models import PayeePeriod
from liji.earnings.services import recalculate
from liji.earnings.services import recalculate_all
from liji.earnings.standings import worked_out
from liji.earnings.verification.findings import Difference
from liji.earnings.waiting import mark_dirty
from liji.engine import Result
from liji.events.models import Event
from liji.facts import services as facts
from liji.plan.periods import add_months
from liji.plans import queries
from liji.plans import services as plans
from liji.plans.models import PlanAssignment
from tests import scenes
from tests.server import eventually

PLAN = """\
plan: group-{number}
currency: CNY
measures:
  sales: {{of: [order_closed, order_returned], sum: credit}}
  deals: {{of: order_closed, count: }}
targets: {{sales: {{missing: none}}}}
pools:
  dinner: {{amount: 1000, by: sales}}
values:
  place: rank(sales, all)
  share: DIVIDE(sales, total(sales, all), 0)
components:
  prize: {{when: place <= 3, formula: 300 / place}}
  feast: {{formula: pool(dinner)}}
{more}"""
CARRYING = """\
balances:
  bank: {closing: opening(bank) + total}
"""
DIVIDING = """\
  average: {formula: sales / (deals - 3)}
"""


def group(count: int, more: str = "") -> tuple[scenes.Team, int]:
    """A team of so many in a plan with ranks and a pool since last month."""
    team = scenes.team(*(f"成员{place}" for place in range(count)))
    version = plans.save_version(PLAN.format(number=team.code.lower(), more=more), by=None)
    plans.publish(version, since=date(2020, 1, 1), by=None)
    for rep in team.reps.values():
        plans.assign(version.plan, since=add_months(scenes.this_month(), -1), employee=rep)
    return team, version.plan_id


def sold(rep, amount: str | Decimal) -> None:
    assert not facts.record(scenes.order(rep, str(amount))).problems


def paid(plan: int) -> dict[int, Result]:
    rows = PayeePeriod.objects.filter(plan=plan, start=scenes.this_month(), result__isnull=False)
    return {row.payee_id: Result.from_json(row.result) for row in rows}


def verified() -> list[Difference]:
    """What `liji verify` finds."""
    return list(verification.verify().differences)


def by_the_engine(plan: int) -> dict[int, Result]:
    """Everybody's result as the engine works out the whole group at once."""
    period = queries.month(scenes.this_month())
    members = set(PayeePeriod.objects.filter(plan=plan, start=period[0]).values_list("payee_id", flat=True))
    version = queries.version_in_force(plan, period)
    return worked_out(queries.parsed(version), members, period, [period])


@pytest.mark.django_db
def test_when_the_last_becomes_the_first_one_calculation_moves_all():
    team, plan = group(12)
    reps = list(team.reps.values())
    for place, rep in enumerate(reps):
        sold(rep, 1000 - place)
    recalculate_all()
    sold(reps[-1], 5000)
    number = PayeePeriod.objects.get(payee=reps[-1], start=scenes.this_month()).pk
    seen = Event.objects.latest("pk").pk
    assert recalculate(number).after.values["place"] == 1
    assert not PayeePeriod.objects.filter(plan=plan, dirty_since__isnull=False).exists()
    assert paid(plan) == by_the_engine(plan)
    told = Event.objects.filter(pk__gt=seen, kind="earnings").values_list("payee", flat=True)
    assert sorted(told) == sorted(rep.pk for rep in reps), "each is told once"
    assert recalculate(number) is None


@pytest.mark.django_db
def test_whatever_the_order_of_calculations_everybody_has_what_the_engine_says():
    team, plan = group(8)
    dice = random.Random(7)
    reps = list(team.reps.values())
    for _ in range(6):
        for rep in dice.sample(reps, 2):
            sold(rep, Decimal(dice.randrange(100, 90000)) / 100)
        dirty = list(PayeePeriod.objects.filter(plan=plan, dirty_since__isnull=False).values_list("pk", flat=True))
        for number in dice.sample(dirty, len(dirty)):
            recalculate(number)
        assert paid(plan) == by_the_engine(plan)
        total = sum(result.amounts["feast"] for result in paid(plan).values())
        assert total == 1000, "the pool is divided to the cent"


@pytest.mark.django_db
def test_who_has_no_exact_result_is_left_out_of_the_group_until_there_is_one():
    team, plan = group(3, DIVIDING)
    one, two, three = team.reps.values()
    for rep, amount in ((one, 100), (two, 200), (three, 300)):
        sold(rep, amount)
    recalculate_all()
    for _ in range(2):
        sold(one, 500)  # the third deal divides by nought
    recalculate_all()
    rows = {row.payee_id: row for row in PayeePeriod.objects.filter(plan=plan, start=scenes.this_month())}
    assert rows[one.pk].problem and rows[one.pk].dirty_since is None
    assert not rows[two.pk].problem and not rows[three.pk].problem
    assert paid(plan)[three.pk].values["place"] == 1
    assert paid(plan)[three.pk].values["share"] == Decimal("0.6"), "300 of 500: of those who have a result"
    assert sum(paid(plan)[rep.pk].amounts["feast"] for rep in (two, three)) == 1000
    assert verified() == []
    sold(two, 1000)
    recalculate_all()
    assert paid(plan)[two.pk].values["place"] == 1
    assert verified() == []
    sold(one, 1)
    recalculate_all()
    assert not PayeePeriod.objects.get(pk=rows[one.pk].pk).problem
    assert paid(plan) == by_the_engine(plan)
    assert verified() == []


@pytest.mark.django_db
def test_when_somebody_leaves_the_group_the_others_move_up_at_once():
    team, plan = group(3)
    one, two, three = team.reps.values()
    for rep, amount in ((one, 300), (two, 200), (three, 100)):
        sold(rep, amount)
    recalculate_all()
    with writing():
        PlanAssignment.objects.filter(plan=plan, employee=one).delete()
    PayeePeriod.objects.filter(plan=plan, payee=one).update(dirty_since=clock.now())
    recalculate_all()
    found = paid(plan)
    assert one.pk not in found
    assert [found[rep.pk].values["place"] for rep in (two, three)] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_a_calculation_that_carries_on_and_a_post_that_marks_later_months_first_do_not_wait_for_each_other():
    """The post has marked the following month of one and then marks this month of another, while the group is worked
    out and wants to pass on to the following months."""
    team, plan = group(2, CARRYING)
    one, two = team.reps.values()
    before, now = add_months(scenes.this_month(), -1), scenes.this_month()
    spans = {start: (start, add_months(start, 1)) for start in (before, now)}
    mark_dirty((rep.pk, plan, *spans[start]) for rep in (one, two) for start in (before, now))
    recalculate_all()
    at = scenes.at(before)
    assert not facts.record(scenes.order(one, "700", occurred_at=at)).problems
    number = PayeePeriod.objects.get(plan=plan, payee=one, start=before).pk
    failed: list[Exception] = []

    def work() -> None:
        try:
            recalculate(number)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    with transaction.atomic():
        mark_dirty([(one.pk, plan, *spans[now])])
        thread.start()
        eventually(_somebody_waits, what="the calculation comes upon the marked row")
        mark_dirty([(two.pk, plan, *spans[before])])
    thread.join(30)
    assert not failed and not thread.is_alive()
    recalculate_all()
    rows = PayeePeriod.objects.filter(plan=plan).order_by("payee", "start")
    banks = [Result.from_json(row.result).values["closing(bank)"] for row in rows if row.payee_id == one.pk]
    assert banks == [1300, 1300 + rows.filter(payee=one).last().total]


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0
