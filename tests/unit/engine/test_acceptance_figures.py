"""The guide's figures (S5, S11, S16), with the readings that the mission states."""

from decimal import Decimal

import pytest

from liji.engine import PayeePeriod
from liji.engine import run_examples
from liji.engine import walk_to_result
from liji.plan import load
from liji.plan import templates
from tests.unit.engine.miniature import payee
from tests.unit.engine.miniature import plan
from tests.unit.engine.miniature import result
from tests.unit.engine.miniature import sales
from tests.unit.engine.miniature import template

LADDER = [
    ("99999.99", "1000.00"),  # the first band, half-up from 999.9999
    ("100000", "1500.00"),  # the edge belongs to the middle band
    ("50000.50", "500.01"),  # half-up from 500.005
    ("200000", "3000.00"),  # so does the upper edge
    ("200000.01", "4000.00"),  # all of it at 2 %
    ("0", "0"),
    ("-1000", "-10.00"),  # a month of returns
]


@pytest.mark.parametrize(("amount", "commission"), LADDER)
def test_the_ladder_pays_the_whole_at_the_reached_rate(amount: str, commission: str) -> None:
    assert result(template("ladder"), amount).amounts["commission"] == Decimal(commission)


def test_the_marginal_reading_is_one_word_away() -> None:
    text = dict(templates())["ladder"].replace("reads: whole", "reads: marginal")
    text = text[: text.index("examples:")]
    assert result(plan(text), "200000").amounts["commission"] == Decimal(2500)


def test_the_bonus_needs_strictly_more_than_120_percent() -> None:
    ladder = template("ladder")
    assert result(ladder, "240000", target="200000").amounts["bonus"] == 0
    assert result(ladder, "240000.01", target="200000").amounts["bonus"] == 5000


def test_a_return_that_brings_attainment_back_takes_the_bonus_again() -> None:
    back, lines = walk_to_result(template("ladder"), payee("200000"), sales("250000", "-10000"))
    assert [line.brought["bonus"] for line in lines] == [5000, -5000]
    assert back.amounts["bonus"] == 0


def test_an_order_of_100000_lifts_attainment_from_60_to_75_percent_and_brings_1500() -> None:
    _, lines = walk_to_result(template("accelerator"), payee("666666.67"), sales("400000", "100000"))
    shown = [line.values["attainment(sales)"].quantize(Decimal("0.0001")) for line in lines]
    assert shown == [Decimal("0.6"), Decimal("0.75")]
    assert lines[1].brought["commission"] == lines[1].own["commission"] == Decimal(1500)
    assert lines[1].rerated["commission"] == 0


def test_beyond_120_percent_all_sales_of_the_month_pay_two_percent() -> None:
    whole, lines = walk_to_result(template("accelerator"), payee("100000"), sales("100000", "20000", "10000"))
    assert whole.total == 2600
    assert [line.brought["commission"] for line in lines] == [1500, 300, 800]
    assert [line.own["commission"] for line in lines] == [1500, 300, 200]
    assert [line.rerated["commission"] for line in lines] == [0, 0, 600]  # on the earlier orders


def test_margin_may_be_negative_and_the_commission_is_capped() -> None:
    compiled = template("attainment-margin")
    loss = result(compiled, "100000", target="200000", cost="130000")
    assert (loss.amounts["margin_bonus"], loss.total) == (-1500, -500)
    assert result(compiled, "3000000", target="1000000").amounts["commission"] == 50000


def test_without_a_target_there_is_no_attainment_and_a_reason() -> None:
    found = result(template("attainment-margin"), "1000", cost="400")
    assert found.values["attainment(sales)"] is None
    assert found.values["commission.reason"] == "no_target"
    assert found.total == 30


@pytest.mark.parametrize(("name", "text"), templates())
def test_every_template_passes_its_own_examples(name: str, text: str) -> None:
    loaded = load(text)
    assert loaded.plan is not None
    assert loaded.plan.id == name
    assert [(outcome.name, outcome.message("en")) for outcome in run_examples(loaded.plan) if not outcome.passed] == []


def test_splitting_a_deal_or_reordering_facts_changes_nothing() -> None:
    compiled = template("ladder")
    one = result(compiled, "150000.01", "70000", target="200000")
    assert result(compiled, "70000", "150000", "0.01", target="200000").to_json() == one.to_json()


def test_a_payee_without_facts_has_a_result() -> None:
    found, lines = walk_to_result(template("ladder"), PayeePeriod(9, payee().period), sales("500"))
    assert (found.total, found.values["sales"], lines) == (0, 0, [])
