"""Which facts count on the server: on which day, in which currency, on which days of the plan."""

from datetime import date
from datetime import timedelta
from decimal import Decimal

import pytest

from liji.earnings import queries
from liji.earnings.models import PayeePeriod
from liji.earnings.services import recalculate_all
from liji.engine import Node
from liji.facts import services as facts
from liji.facts.models import FactType
from liji.plan.periods import add_months
from liji.plans import services as plans
from tests import scenes

pytestmark = pytest.mark.django_db

PLAN = """\
plan: counts-{number}
currency: CNY
{more}
fields: {{paid_on: date}}
crediting: {{cash: {{of: order_closed, date: paid_on}}}}
measures:
  sold: {{of: order_closed, sum: amount}}
  collected: {{of: cash, sum: amount}}
components:
  on_sale: {{formula: sold * 10%}}
  on_cash: {{formula: collected * 1%}}
  fixed: {{formula: 1}}
"""


def rep(more: str = ""):
    team = scenes.team("张伟")
    kind = FactType.objects.get(code="order_closed")
    if all(field["name"] != "paid_on" for field in kind.fields):
        kind.fields = [
            *kind.fields,
            {"name": "paid_on", "type": "date", "zh": "回款日", "en": "Paid on", "required": False},
        ]
        kind.save()
    version = plans.save_version(PLAN.format(number=team.code.lower(), more=more), by=None)
    plans.publish(version, since=date(2020, 1, 1), by=None)
    plans.assign(version.plan, since=months_ago(3), employee=team["张伟"])
    return team["张伟"]


def months_ago(count: int) -> date:
    return add_months(scenes.this_month(), -count)


def record(employee, amount: str, day: date, **more: object) -> None:
    outcome = facts.record(scenes.order(employee, amount, occurred_at=f"{day}T12:00:00+08:00", **more))
    assert not outcome.problems, outcome
    recalculate_all()


def values(employee, start: date) -> dict:
    return PayeePeriod.objects.get(payee=employee, start=start).result["values"]


def paid(employee, start: date) -> Decimal:
    return PayeePeriod.objects.get(payee=employee, start=start).total


def test_the_date_of_a_rule_dates_the_credits_of_that_rule_alone():
    employee = rep()
    record(employee, "1000", months_ago(2), paid_on=(months_ago(1) + timedelta(days=3)).isoformat())
    record(employee, "500", months_ago(2))
    assert paid(employee, months_ago(2)) == 151
    assert paid(employee, months_ago(1)) == 11
    record(employee, "700", months_ago(1), paid_on=months_ago(1).isoformat())
    assert paid(employee, months_ago(1)) == 70 + 10 + 7 + 1
    lines = PayeePeriod.objects.get(payee=employee, start=months_ago(1)).lines
    assert len(lines) == len({line["fact_id"] for line in lines}) == 2
    assert sum(Decimal(amount) for line in lines for amount in line["brought"].values()) == 87


def test_nothing_outside_valid_pays_and_a_period_cut_by_it_is_explained():
    first, last = months_ago(2) + timedelta(days=9), months_ago(2) + timedelta(days=19)
    employee = rep(f"valid: {{from: {first}, to: {last}}}")
    for day in (first - timedelta(days=1), first, last, last + timedelta(days=1)):
        record(employee, "100", day)
    record(employee, "100", months_ago(1))
    assert paid(employee, months_ago(2)) == 21
    assert paid(employee, months_ago(1)) == 0
    assert values(employee, months_ago(1))["fixed.reason"] == {"text": "not_valid"}
    cut = why(employee, months_ago(2))
    assert f"from {first} to {last}" in cut.sentence
    assert "not in this period" in why(employee, months_ago(1)).children[0].sentence


def why(employee, start: date) -> Node:
    return queries.why(PayeePeriod.objects.get(payee=employee, start=start).pk, language="en")


def test_other_currencies_are_left_out_and_listed():
    employee = rep()
    record(employee, "100", months_ago(1))
    record(employee, "77", months_ago(1), currency="EUR")
    assert paid(employee, months_ago(1)) == 11
    left_out = why(employee, months_ago(1)).children[-1]
    assert "1 records in other currencies" in left_out.sentence
    assert "77 EUR" in left_out.children[0].sentence
