"""When what was earned is payable: on the day that the plan names, in parts that sum up, once a milestone is met."""

from datetime import date
from decimal import Decimal

from liji.engine import Payout
from liji.engine import payouts
from liji.engine import run
from tests.unit.engine.miniature import payee
from tests.unit.engine.miniature import plan
from tests.unit.engine.miniature import sales

PLAN = """
plan: parts
currency: CNY
measures: {{sales: {{of: order_closed, sum: credit}}}}
components:
  commission: {{formula: sales * 10%{more}}}
"""


def payable(more: str, *amounts: str) -> list[Payout]:
    compiled = plan(PLAN.format(more=more))
    (result,) = run(compiled, [payee()], sales(*amounts))
    return list(payouts(compiled.plan, result))


def test_without_a_rule_it_is_payable_whole_on_the_last_day_of_the_periods_month():
    assert payable("", "1000") == [Payout("commission", Decimal(100), date(2026, 5, 31), None)]


def test_nothing_earned_is_nothing_to_pay():
    assert payable("") == []


def test_the_day_of_a_rule_counts_from_the_periods_last_month():
    assert payable(", due: {day: 5, months_after: 1}", "1000")[0].due == date(2026, 6, 5)
    assert payable(", due: {day: 15, months_after: 2}", "1000")[0].due == date(2026, 7, 15)


def test_a_day_that_the_month_does_not_have_is_its_last():
    assert payable(", due: {day: 31, months_after: 1}", "1000")[0].due == date(2026, 6, 30)
    assert payable(", due: {day: 30, months_after: 9}", "1000")[0].due == date(2027, 2, 28)


def test_parts_are_rounded_and_the_last_one_takes_what_is_left():
    parts = "{share: 33.34%}, {share: 33.33%, months_after: 1}, {share: 33.33%, months_after: 2}"
    found = payable(f", due: {{day: 5, months_after: 1}}, instalments: [{parts}]", "1000.10")
    assert [(one.amount, one.due) for one in found] == [
        (Decimal("33.34"), date(2026, 6, 5)),
        (Decimal("33.33"), date(2026, 7, 5)),
        (Decimal("33.34"), date(2026, 8, 5)),
    ]


def test_a_part_without_a_rule_is_payable_on_the_last_day_of_its_month():
    found = payable(", instalments: [{share: 50%}, {share: 50%, months_after: 1}]", "1000")
    assert [one.due for one in found] == [date(2026, 5, 31), date(2026, 6, 30)]


def test_a_milestone_has_no_day_until_it_is_met():
    found = payable(", instalments: [{share: 40%}, {share: 60%, milestone: accepted}]", "1000")
    assert [(one.amount, one.due, one.milestone) for one in found] == [
        (Decimal(40), date(2026, 5, 31), None),
        (Decimal(60), None, "accepted"),
    ]


def test_a_part_is_never_more_than_what_is_left():
    parts = ", ".join(["{share: 14.29%}"] * 6 + ["{share: 14.26%}"])
    for amount, first in (("0.50", "0.01"), ("-0.50", "-0.01")):
        compiled = plan(
            PLAN.format(more=f", floor: none, instalments: [{parts}]").replace(
                "order_closed", "[order_closed, order_returned]"
            )
        )
        (result,) = run(compiled, [payee()], sales(amount))
        found = [result.values[f"part(commission, {number})"] for number in range(1, 8)]
        assert found == [Decimal(first)] * 5 + [0, 0]
