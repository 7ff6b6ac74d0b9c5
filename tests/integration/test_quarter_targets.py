"""A plan by the quarter over targets that are set by month, and by the quarter."""

from datetime import date
from decimal import Decimal

import pytest

from liji.earnings.models import PayeePeriod
from liji.earnings.services import recalculate_all
from liji.engine import Result
from liji.facts import services as facts
from liji.people import queries as people
from liji.plan.periods import add_months
from liji.plan.periods import period_of
from liji.plans import services as plans
from tests import scenes

pytestmark = pytest.mark.django_db

PLAN = """\
plan: by-{period}-{number}
currency: CNY
period: {period}
measures:
  sales: {{of: order_closed, sum: credit}}
  deals: {{of: order_closed, count: }}
  largest: {{of: order_closed, max: credit}}
targets: {{sales: {{missing: none}}, deals: {{missing: none}}, largest: {{missing: none}}}}
components:
  bonus: {{formula: 1000 * attainment(sales)}}
  deal_bonus: {{formula: 100 * attainment(deals)}}
"""


@pytest.fixture
def rep():
    team = scenes.team("小王")
    since = quarter()[0]
    for period in ("month", "quarter"):
        version = plans.save_version(PLAN.format(period=period, number=team.code.lower()), by=None)
        plans.publish(version, since=date(2020, 1, 1), by=None)
        plans.assign(version.plan, since=since, employee=team["小王"])
    assert not facts.record(scenes.order(team["小王"], "60000")).problems
    return team["小王"]


def quarter() -> tuple[date, date]:
    return period_of(people.today(), "quarter")


def values(rep, plan: str = "quarter") -> dict:
    recalculate_all()
    row = PayeePeriod.objects.get(payee=rep, plan__code__startswith=f"by-{plan}", end__gt=people.today())
    return Result.from_json(row.result).values


def set_by_month(rep, measure: str, *amounts: int) -> None:
    rows = [(rep, measure, add_months(quarter()[0], at), Decimal(amount)) for at, amount in enumerate(amounts)]
    plans.set_quotas(rows)


def test_targets_by_month_add_up_to_that_of_the_quarter(rep):
    set_by_month(rep, "sales", 10000, 20000, 30000)
    set_by_month(rep, "deals", 1, 1, 2)
    found = values(rep)
    assert (found["target(sales)"], found["attainment(sales)"], found["bonus"]) == (60000, 1, 1000)
    assert (found["target(deals)"], found["attainment(deals)"]) == (4, Decimal("0.25"))
    at = (people.today().month - quarter()[0].month) % 12
    assert values(rep, "month")["target(sales)"] == (at + 1) * 10000


def test_a_target_on_the_first_day_alone_is_that_of_the_quarter(rep):
    set_by_month(rep, "sales", 60000)
    assert values(rep)["target(sales)"] == 60000


def test_a_month_that_lies_ahead_moves_the_running_quarter(rep):
    set_by_month(rep, "sales", 10000, 20000, 30000)
    assert values(rep)["target(sales)"] == 60000
    plans.set_quotas([(rep, "sales", add_months(quarter()[0], 2), Decimal(90000))])
    assert values(rep)["target(sales)"] == 120000


def test_the_largest_deal_has_the_target_of_the_first_day(rep):
    set_by_month(rep, "largest", 50000, 50000, 50000)
    assert values(rep)["target(largest)"] == 50000
