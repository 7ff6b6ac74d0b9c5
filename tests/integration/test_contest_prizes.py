"""A contest's plan, published and assigned like any other: the prize stands in the earnings, to the cent."""

from datetime import timedelta
from decimal import Decimal

import pytest

from liji.earnings.models import PayeePeriod
from liji.earnings.services import recalculate_all
from liji.earnings.standings import settled
from liji.earnings.standings import standings
from liji.earnings.standings import worked_out
from liji.facts import services as facts
from liji.people import queries as people
from liji.plans import queries as plans
from liji.plans import services as plan_services
from liji.recognition.plan_text import Prize
from liji.recognition.plan_text import Terms
from liji.recognition.plan_text import document
from tests import scenes

pytestmark = pytest.mark.django_db
TERMS = Terms("sales", (Prize("money", Decimal(1000)), Prize("money", Decimal("500.01"))))


def published(team, terms=TERMS):
    """A contest of this month up to today, among a team."""
    start, end = scenes.this_month(), people.today() + timedelta(days=1)
    text = document("contest-1", ("冲刺", "Sprint"), start, end, terms, currency="CNY", period="month", year_starts=1)
    version = plan_services.save_version(text, by=None)
    plan_services.publish(version, since=start, by=None)
    plan_services.assign(version.plan, since=start, until=plans.month(start)[1], unit=team.unit)
    return version.plan


def sold(team, **amounts):
    for name, amount in amounts.items():
        outcome = facts.record(scenes.order(team[name], amount, number=f"C-{name}"))
        assert not outcome.problems
    recalculate_all()


def paid(plan, team):
    rows = PayeePeriod.objects.filter(plan=plan, payee__in=team.reps.values())
    return {row.payee.name: row.total for row in rows.select_related("payee")}


def test_the_first_and_the_second_are_paid_and_the_idle_are_not():
    team = scenes.team("甲", "乙", "丙")
    plan = published(team)
    sold(team, 甲="30000", 乙="20000")
    assert paid(plan, team) == {"甲": Decimal(1000), "乙": Decimal("500.01"), "丙": Decimal(0)}
    period = plans.month(scenes.this_month())
    places = {each.payee: each.result.values["place"] for each in standings(plan.pk, period)}
    assert [places[team[name].pk] for name in ("甲", "乙")] == [1, 2]
    assert settled(plan.pk, period)


def test_equals_share_the_prizes_of_their_places_to_the_last_cent():
    team = scenes.team("甲", "乙", "丙")
    plan = published(team)
    sold(team, 甲="20000", 乙="20000", 丙="1")
    won = paid(plan, team)
    assert won["甲"] + won["乙"] == Decimal("1500.01")
    assert abs(won["甲"] - won["乙"]) == Decimal("0.01")
    assert won["丙"] == 0


def test_a_cancelled_order_gives_the_prize_to_whom_it_then_belongs():
    team = scenes.team("甲", "乙", "丙")
    plan = published(team)
    sold(team, 甲="30000", 乙="20000")
    order = scenes.order(team["甲"], None, number="X-1", type="order_cancelled", order="C-甲")
    outcome = facts.record({name: order[name] for name in order.keys() - {"amount", "currency", "customer", "product"}})
    assert not outcome.problems
    recalculate_all()
    assert paid(plan, team) == {"甲": Decimal(0), "乙": Decimal(1000), "丙": Decimal(0)}


def test_a_ranking_can_be_worked_out_before_anything_is_published():
    team = scenes.team("甲", "乙")
    sold(team, 甲="10000", 乙="20000")
    start, end = scenes.this_month(), people.today() + timedelta(days=1)
    text = document("c", ("冲刺", "Sprint"), start, end, TERMS, currency="CNY", period="month", year_starts=1)
    version = plan_services.save_version(text, by=None)
    everybody = [rep.pk for rep in team.reps.values()]
    found = worked_out(plans.parsed(version), everybody, plans.month(start), [(start, end)])
    assert found[team["乙"].pk].values["place"] == 1
    assert found[team["甲"].pk].total == Decimal("500.01")
    assert not PayeePeriod.objects.filter(plan=version.plan).exists()


def test_without_participants_there_is_nothing_to_work_out():
    version = plan_services.save_version(
        document("c", ("空", "Empty"), scenes.this_month(), people.today() + timedelta(days=1), TERMS,
                 currency="CNY", period="month", year_starts=1), by=None)
    assert worked_out(plans.parsed(version), [], plans.month(scenes.this_month()), []) == {}
