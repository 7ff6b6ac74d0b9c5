"""What must hold of groups and pools whoever takes part: parts sum up to the whole."""

import os
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from liji.engine import EngineError
from liji.engine import Fact
from liji.engine import PayeePeriod
from liji.engine import run
from tests.unit.engine.miniature import plan

MAY = date(2026, 5, 1)
DIVIDED = """
plan: divided
currency: CNY
attributes: {team: text}
measures: {sales: {of: order_closed, sum: amount}}
pools:
  equal: {amount: 1000.01, among: team}
  by_sales: {amount: "total(sales, team) * 7.77%", among: team, by: sales}
components:
  equal_part: {formula: pool(equal)}
  part: {formula: pool(by_sales)}
  portion: {formula: "share(sales, team) * 1000000"}
"""
many = settings(max_examples=500 if os.environ.get("LIJI_DEEP") == "1" else 25, deadline=None)
amounts = st.integers(0, 10**9).map(lambda cents: Decimal(cents) / 100)


@given(st.lists(st.tuples(st.sampled_from(["x", "y"]), amounts), min_size=1, max_size=12))
@many
def test_pool_parts_sum_up_to_the_pool_and_shares_to_a_hundred_percent(members: list[tuple[str, Decimal]]) -> None:
    payees = [PayeePeriod(n, MAY, {}, {"team": team}) for n, (team, _) in enumerate(members, start=1)]
    facts = [Fact(n, MAY, n, n, "order_closed", MAY, amount) for n, (_, amount) in enumerate(members, start=1)]
    found = run(plan(DIVIDED), payees, facts)
    for team in {team for team, _ in members}:
        own = [result for result, (of, _) in zip(found, members, strict=True) if of == team]
        total = sum(result.values["sales"] for result in own)
        assert sum(result.amounts["equal_part"] for result in own) == Decimal("1000.01")
        assert sum(result.amounts["part"] for result in own) == (total * Decimal("0.0777")).quantize(
            Decimal("0.01"), "ROUND_HALF_UP"
        )
        whole = Decimal(1000000) if total else Decimal(0)  # each share's million-fold is rounded to the cent
        assert abs(sum(result.amounts["portion"] for result in own) - whole) <= len(own) * Decimal("0.005")


@given(st.integers(15, 30), st.integers(1, 5))
@many
def test_an_amount_too_large_is_an_error_that_names_payee_and_expression(digits: int, payee: int) -> None:
    compiled = plan(
        "plan: large\ncurrency: CNY\nmeasures: {sales: {of: order_closed, sum: amount}}\n"
        "values: {big: sales * 1000000000000}\ncomponents: {pay: {formula: big * 1000000000000}}\n"
    )
    amount = Decimal(10) ** digits
    payees = [PayeePeriod(n, MAY) for n in range(1, 6)]
    facts = [Fact(n, MAY, n, n, "order_closed", MAY, amount if n == payee else Decimal(1)) for n in range(1, 6)]
    with pytest.raises(EngineError) as caught:
        run(compiled, payees, facts)
    assert caught.value.code in ("overflow", "too_precise")
    assert caught.value.payee == payee
    assert caught.value.expression
