"""A result that is stored and read again is the same, whatever kinds of values it holds."""

import json
from datetime import date
from decimal import Decimal

from liji.engine import Result
from liji.engine import run
from tests.unit.engine.miniature import payee
from tests.unit.engine.miniature import plan
from tests.unit.engine.miniature import sales

PLAN = """
plan: kinds
currency: CNY
attributes: {hired_on: {type: date}, team: {type: text}, certified: {type: "true/false"}}
measures: {sales: {of: order_closed, sum: credit}}
targets: {sales: {missing: none}}
components:
  commission: {when: attainment(sales) >= 50%, formula: sales * 10%}
"""


def test_dates_texts_truths_numbers_and_nothing_come_back_as_they_were():
    given = payee(hired_on=date(2026, 1, 15), team="date", certified=True)
    (result,) = run(plan(PLAN), [given], sales("1000.05"))
    assert result.values["hired_on"] == date(2026, 1, 15)
    assert (result.values["team"], result.values["certified"]) == ("date", True)
    assert result.values["attainment(sales)"] is None
    again = Result.from_json(json.loads(json.dumps(result.to_json())))
    assert again == result
    assert {name: type(value) for name, value in again.values.items()} == {
        name: type(value) for name, value in result.values.items()
    }
    assert all(isinstance(amount, Decimal) for amount in again.amounts.values())
