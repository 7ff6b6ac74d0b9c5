"""What has no value stops the calculation, wherever it is made, and says where and what to do."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from liji.engine import Compiled
from liji.engine import EngineError
from liji.engine import Fact
from liji.engine import run
from liji.engine import run_arrow
from liji.engine import walk_to_result
from tests.unit.engine.miniature import MAY
from tests.unit.engine.miniature import payee
from tests.unit.engine.miniature import plan
from tests.unit.engine.tables import tables_of

ONE_ROW = """
plan: p
currency: CNY
fields: {product: text}
tables: {t: {rows: [{is: A, GIVES}]}}
components: {c: {per: order_closed, formula: FORMULA}}
"""
RATES = """
plan: p
currency: USD
exchange: {EUR: [{from: 2026-05-15, rate: 1.1}], HKD: 0.125}
measures: {s: {of: order_closed, sum: "convert(amount, currency, credit_date) FACTOR"}}
components: {x: {formula: s * 10%, floor: none}}
"""


def all_at_once(compiled: Compiled, facts: list[Fact]) -> Decimal:
    return run(compiled, [payee()], facts)[0].total


def fact_by_fact(compiled: Compiled, facts: list[Fact]) -> Decimal:
    return walk_to_result(compiled, payee(), facts)[0].total


def in_tables(compiled: Compiled, facts: list[Fact]) -> Decimal:
    return run_arrow(compiled, **tables_of(compiled, [payee()], facts, [])).to_pylist()[0]["total"]


WAYS = [all_at_once, fact_by_fact, in_tables]
ways = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)


def one(amount: str, **fields: object) -> list[Fact]:
    return [Fact(7, MAY, 1, 1, "order_closed", MAY.replace(day=10), Decimal(amount), fields)]


@ways
@pytest.mark.parametrize(
    ("gives", "formula"), [("rate: 1%", '"amount * rate(t, product)"'), ("money: 5", '"rate(t, product)"')]
)
def test_a_text_in_no_row_stops_also_where_there_is_one_row(
    way: Callable[[Compiled, list[Fact]], Decimal], gives: str, formula: str
) -> None:
    compiled = plan(ONE_ROW.replace("GIVES", gives).replace("FORMULA", formula))
    assert way(compiled, one("500", product="A")) == 5
    with pytest.raises(EngineError) as stopped:
        way(compiled, one("500", product="B"))
    assert (stopped.value.code, stopped.value.payee, stopped.value.value) == ("no_row", 7, "B")
    assert "“B”" in stopped.value.message("en") and "“B”" in stopped.value.message("zh")


@ways
@pytest.mark.parametrize("factor", ["", "* 1", "* 0.5", "+ 3", "- 0"])
def test_a_day_before_the_first_rate_stops(way: Callable[[Compiled, list[Fact]], Decimal], factor: str) -> None:
    compiled = plan(RATES.replace("FACTOR", factor))
    for currency, told in (("EUR", "EUR 2026-05-10"), ("JPY", "JPY 2026-05-10")):
        with pytest.raises(EngineError) as stopped:
            way(compiled, one("100", currency=currency))
        assert (stopped.value.code, stopped.value.payee, stopped.value.period) == ("no_rate", 7, MAY)
        assert told in stopped.value.message("en") and told in stopped.value.message("zh")


@ways
def test_a_currency_with_a_rate_counts(way: Callable[[Compiled, list[Fact]], Decimal]) -> None:
    assert way(plan(RATES.replace("FACTOR", "")), one("100", currency="HKD")) == Decimal("1.25")
