"""Credits in the product: shared deals, managers above, later months and team mates follow at once."""

from datetime import date
from decimal import Decimal

import pytest

from liji.earnings import queries
from liji.earnings.models import PayeePeriod
from liji.earnings.services import recalculate_all
from liji.engine import Node
from liji.facts import services as facts
from liji.plan.periods import add_months
from liji.plans import services as plans
from tests import scenes

pytestmark = pytest.mark.django_db

TEAM = """\
plan: team-{number}
currency: CNY
attributes: {{unit: text}}
crediting:
  below: {{of: [order_closed, order_returned], roll_up: [3%]}}
measures:
  sales: {{of: [order_closed, order_returned], sum: credit}}
  before: {{of: order_closed, sum: credit, window: previous}}
  override: {{of: below, sum: credit}}
values:
  growth: sales - before
components:
  commission: {{formula: sales * 10% + override, floor: none}}
  growth_bonus: {{when: "AND(before > 0, growth > 0)", formula: growth * 1%}}
  champion: {{when: "AND(sales > 0, rank(sales, all) = 1)", formula: 100}}
"""


def team(*names: str, more: str = "") -> scenes.Team:
    made = scenes.team(*names)
    version = plans.save_version(TEAM.format(number=made.code.lower()) + more, by=None)
    plans.publish(version, since=date(2020, 1, 1), by=None)
    for member in [made.manager, *made.reps.values()]:
        plans.assign(version.plan, since=add_months(scenes.this_month(), -1), employee=member)
    recalculate_all()
    return made


def record(*orders) -> None:
    outcomes = facts.record_many(orders)
    assert {outcome.status for outcome in outcomes} <= {"created", "corrected"}, outcomes
    recalculate_all()


def paid(employee, *, start: date | None = None) -> Decimal:
    return PayeePeriod.objects.get(payee=employee, start=start or scenes.this_month()).total


def nodes(node: Node):
    yield node
    for child in node.children:
        yield from nodes(child)


def test_a_shared_deal_pays_each_their_share_and_their_manager():
    made = team("张伟", "李娜")
    first, second = made.reps.values()
    credits = [
        {"employee": first.number, "share": "0.6"},
        {"employee": second.number, "share": "40%"},
    ]
    record(scenes.order(first, "1000", credits=credits))
    assert paid(first) == 60 + 100
    assert paid(second) == 40
    assert paid(made.manager) == 30
    tree = queries.why(PayeePeriod.objects.get(payee=made.manager, start=scenes.this_month()).pk, language="en")
    assert sum(node.value for node in nodes(tree) if node.fact_id) == 30


def test_a_corrected_share_moves_everybody_whom_it_touches():
    made = team("张伟", "李娜")
    first, second = made.reps.values()
    order = scenes.order(first, "1000", credits=f"{first.number}:60%; {second.number}:40%")
    record(order)
    record({**order, "credits": f"{second.number}"})
    assert paid(first) == 0
    assert paid(second) == 200
    assert paid(made.manager) == 30


def test_a_return_is_shared_as_its_order_was():
    made = team("张伟", "李娜")
    first, second = made.reps.values()
    order = scenes.order(first, "1000", credits=f"{first.number}:60%; {second.number}:40%")
    record(order)
    back = scenes.order(first, "500", type="order_returned", order=order["external_id"])
    back = {key: value for key, value in back.items() if key not in ("employee", "customer", "product")}
    record(back)
    assert (paid(first), paid(second), paid(made.manager)) == (130, 20, 15)


def test_a_late_order_moves_the_month_after_and_whose_rank_it_takes():
    made = team("张伟", "李娜")
    first, second = made.reps.values()
    month, before = scenes.this_month(), add_months(scenes.this_month(), -1)
    record(scenes.order(first, "300", occurred_at=scenes.at(month)))
    record(scenes.order(second, "200", occurred_at=scenes.at(month)))
    assert (paid(first), paid(second)) == (130, 20)
    record(scenes.order(first, "100", occurred_at=scenes.at(before)))
    assert paid(first) == 130 + 2
    assert paid(first, start=before) == 110
    record(scenes.order(second, "400", occurred_at=scenes.at(month, 13)))
    assert (paid(first), paid(second)) == (32, 160)


@pytest.mark.parametrize("told", ["nobody:60%", "E1:0%", "E1:x", "E1; E1", [{"share": 1}], 7, "E1:60%:Chef!"])
def test_credits_that_cannot_be_understood_are_refused(told):
    made = team("张伟")
    outcome = facts.record(scenes.order(made["张伟"], "1000", credits=told))
    assert outcome.status == "refused"
    assert [problem.field for problem in outcome.problems] == ["credits"]
