"""Examples inside a plan: what they bring forward, and how they call those whose calculation stops."""

import pytest

from liji.engine import run_examples
from liji.plan import load

PLAN = """
plan: p
currency: CNY
year_starts: 4
measures: {sales: {of: order_closed, sum: amount}}
values: {mean: "sales / (sales - 100)"}
components: {pay: {formula: "sales + mean * 0"}}
balances:
  year: {resets: year, start: 7, closing: opening(year) + sales}
  quarter: {resets: quarter, closing: opening(quarter) + sales}
  ever: {closing: opening(ever) + sales}
"""
BROUGHT = "balances: {year: 10, quarter: 20, ever: 30}, facts: [order_closed 5]"


@pytest.mark.parametrize(
    ("period", "year", "quarter"),
    [
        ("period: 2026-04-01", 7, 0),  # both begin anew
        ("period: 2026-07-20", 10, 0),
        ("period: 2026-08-01", 10, 20),
        ("name: in no period in particular", 10, 20),
    ],
)
def test_a_balance_that_begins_anew_with_the_period_brings_nothing(period: str, year: int, quarter: int) -> None:
    wanted = f"opening(year): {year}, opening(quarter): {quarter}, opening(ever): 30, closing(year): {year + 5}"
    loaded = load(f"{PLAN}examples:\n  - {{{period}, {BROUGHT}, expect: {{{wanted}}}}}\n")
    assert loaded.plan is not None, loaded.problems
    assert [outcome.message("en") for outcome in run_examples(loaded.plan)] == [""]


def test_who_cannot_be_worked_out_is_called_by_the_name_in_the_example() -> None:
    case = "payees: {zhang: {facts: [order_closed 5]}, li: {facts: [order_closed 100]}}"
    alone = "{name: alone, facts: [order_closed 100], expect: {pay: 0}}"
    loaded = load(f"{PLAN}examples:\n  - {{name: two, {case}}}\n  - {alone}\n")
    assert loaded.plan is not None, loaded.problems
    two, one = run_examples(loaded.plan)
    assert two.message("en").startswith("li, 2026-01-01: mean: division by zero")
    assert two.message("zh").startswith("li, 2026-01-01: mean: 除以零")
    assert one.message("zh").startswith("2026-01-01: mean: 除以零")
