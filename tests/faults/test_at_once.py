"""Two at once: corrections, returns, posts, first visits. Each counts once, whatever the order."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import Sum

from liji.facts import services as facts
from liji.facts.models import Credit
from liji.facts.models import Fact
from liji.plans import services as plan_services
from tests import scenes
from tests.server import Crm
from tests.server import eventually


@pytest.fixture
def rep(served):
    return scenes.team("王晓阳", plan="accelerator", target="666666.67")["王晓阳"]


def at_once(*calls):
    """Runs the calls in threads that start together, each with a connection of its own."""
    start = Barrier(len(calls))

    def run(call):
        start.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(run, call) for call in calls]]


def credited(rep) -> Decimal:
    return Credit.objects.filter(payee=rep, current=True).aggregate(sum=Sum("amount"))["sum"]


@pytest.mark.parametrize("time", range(5))
def test_two_corrections_without_a_version_follow_one_another(rep, time):
    order = scenes.order(rep, "100")
    facts.record(order)
    outcomes = at_once(*(lambda a=amount: facts.record(order | {"amount": a}) for amount in ("200", "300")))
    assert sorted(outcome.version for outcome in outcomes) == [2, 3]
    newest = max(outcomes, key=lambda outcome: outcome.version)
    assert Fact.objects.get(owner=rep, external_id=order["external_id"], current=True).pk == newest.fact_id
    assert Credit.objects.filter(payee=rep, current=True).count() == 1
    assert credited(rep) in (200, 300)


@pytest.mark.parametrize("time", range(5))
def test_of_two_corrections_with_the_same_version_one_is_refused(rep, time):
    order = scenes.order(rep, "100", version=1)
    facts.record(order)
    outcomes = at_once(
        *(lambda a=amount: facts.record(order | {"amount": a, "version": 2}) for amount in ("200", "300"))
    )
    assert sorted(outcome.status for outcome in outcomes) == ["corrected", "refused"]
    refused = next(outcome for outcome in outcomes if outcome.status == "refused")
    assert refused.problems[0].code == "version_taken"


@pytest.mark.parametrize("time", range(5))
def test_two_returns_at_once_cannot_take_back_more_than_there_is(rep, time):
    order = scenes.order(rep, "100")
    facts.record(order)
    back = {name: order[name] for name in ("source", "occurred_at", "currency")}
    back |= {"type": "order_returned", "order": order["external_id"], "amount": "60"}
    outcomes = at_once(
        *(lambda n=n: facts.record(back | {"external_id": f"RT{n}-{order['external_id']}"}) for n in (1, 2))
    )
    assert sorted(outcome.status for outcome in outcomes) == ["created", "refused"]
    assert credited(rep) == 40


def test_the_same_order_posted_by_eight_at_once_counts_once(crm: Crm, rep):
    order = scenes.order(rep, "100000")
    answers = at_once(*[lambda: crm.post(order)] * 8)
    assert sorted(status for status, _ in answers) == [200] * 7 + [201]
    assert eventually(lambda: scenes.total(rep)) == Decimal(1500)
    assert Credit.objects.filter(payee=rep, current=True).count() == 1


def test_a_burst_of_orders_of_one_rep_adds_up_to_the_cent(crm: Crm, rep):
    def burst(part: int):
        return [crm.post(scenes.order(rep, "100.10"))[0] for _ in range(15)]

    statuses = at_once(*(lambda n=n: burst(n) for n in range(4)))
    assert statuses == [[201] * 15] * 4
    # 60 × 100.10 = 6,006.00; at 1.5 % 90.09
    assert credited(rep) == Decimal("6006")
    eventually(lambda: scenes.total(rep) == Decimal("90.09"), what="the sum of sixty orders")


RANKED = """
plan: ranked-at-once
names: {zh: 组内排名, en: Ranked in a group}
currency: CNY
measures: {sales: {of: order_closed, sum: amount}}
targets: {sales: {missing: 0%}}
components:
  place: {formula: "rank(sales, all) * 100"}
"""


def test_members_of_a_group_sell_and_get_targets_at_once_and_all_come_to_rest(served):
    team = scenes.team("组甲", "组乙", "组丙", "组丁")
    version = plan_services.save_version(RANKED, by=None)
    plan_services.publish(version, since=scenes.LONG_AGO, by=None)
    plan_services.assign(version.plan, since=scenes.this_month(), unit=team.unit)
    reps = list(team.reps.values())
    quotas = [(rep, "sales", scenes.this_month(), Decimal(1000)) for rep in reversed(reps)]

    def sell(place: int) -> None:
        for _ in range(3):
            facts.record(scenes.order(reps[place], str(100 * (4 - place))))

    at_once(*(lambda place=place: sell(place) for place in range(4)), lambda: plan_services.set_quotas(quotas))
    paid = [100, 200, 300, 400]
    eventually(lambda: [scenes.total(rep) for rep in reps] == paid, what="everybody's place")
