"""Exactness: rounding, quotients, comparisons, overflow and what has no value."""

from decimal import Decimal

import pyarrow as pa
import pytest

from liji.engine import EngineError
from liji.engine import Line
from liji.engine import PayeePeriod
from liji.engine import Result
from liji.engine import compile_plan
from liji.engine import run
from liji.engine import run_arrow
from liji.engine import walk_to_result
from liji.plan import load
from tests.unit.engine.miniature import MAY
from tests.unit.engine.miniature import payee
from tests.unit.engine.miniature import plan
from tests.unit.engine.miniature import result
from tests.unit.engine.miniature import sales
from tests.unit.engine.miniature import small
from tests.unit.engine.miniature import template

PAYS = [
    # formula, sales, pay
    ("sales * 1%", "0.50", "0.01"),  # half up
    ("sales * 1%", "-0.50", "-0.01"),  # away from zero
    ("sales / 3", "100", "33.33"),
    ("sales / 3 * 3", "100", "100.00"),  # a quotient stays exact
    ("sales / 3 + sales / 3 + sales / 3", "100", "100.00"),
    ("sales / -4", "1", "-0.25"),
    ("sales / sales * 7 + 0", "3", "7.00"),
    ("ROUND(sales / 3, 1)", "100", "33.3"),
    ("ROUND(-sales / 8, 1)", "10", "-1.3"),  # 1.25, away from zero
    ("IF(sales > 100, 5, 3)", "100", "3"),
    ("IF(sales = 0, 0, 100 / sales * sales)", "0", "0"),  # the branch not taken is not worked out
    ("DIVIDE(sales, orders, 0) * 2", "10", "20"),
    ("DIVIDE(sales, orders - 1, 9)", "5", "9"),
    ("MIN(sales, 500) + MAX(sales, 500)", "700", "1200"),
    ("MAX(sales / 3, 10)", "60", "20"),
    ("MIN(sales / 3, sales / 4) * 1", "12", "3"),
    ("ABS(-sales)", "5", "5"),
    ("SUM(sales, 1, 2, 3)", "4", "10"),
    ("如果(sales ≥ 1万，500，0)", "10000", "500"),
    ("500 * orders", "1", "500"),
    ("IF(AND(sales > 1, NOT(sales > 5)), 1, 2)", "3", "1"),
    ("IF(OR(sales < 1, sales <> 3), 1, 2)", "3", "2"),
    ("sales - -sales", "2", "4"),
    ("2 - (3 - sales)", "2", "1"),
    ("sales / (1 + 1)", "5", "2.5"),
]


@pytest.mark.parametrize(("formula", "amount", "pay"), PAYS)
def test_a_formula_pays_exactly(formula: str, amount: str, pay: str) -> None:
    compiled = plan(small(f"components:\n  pay: {{formula: '{formula}', floor: none}}"))
    found = result(compiled, amount)
    assert found.total == Decimal(pay)
    assert walk_to_result(compiled, payee(), sales(amount))[0].to_json() == found.to_json()


def test_an_attainment_of_a_hair_more_than_120_percent_is_more() -> None:
    compiled = plan(
        small("values:\n  reached: attainment(sales)\ncomponents:\n  bonus: {when: reached > 120%, formula: 1}")
    )
    assert result(compiled, "1200000000000.01", target="1000000000000").total == 1
    assert result(compiled, "1200000000000", target="1000000000000").total == 0


def test_a_currency_without_minor_unit_is_rounded_to_whole_units() -> None:
    text = small("components:\n  pay: {formula: sales * 1%}").replace("CNY", "JPY")
    assert result(plan(text), "150").total == 2
    assert result(plan(text.replace("JPY", "KWD")), "1.55").total == Decimal("0.016")


def test_division_by_zero_names_payee_and_expression() -> None:
    compiled = plan(small("values:\n  average: sales / orders\ncomponents:\n  pay: {formula: average}"))
    with pytest.raises(EngineError) as stopped:
        result(compiled)
    assert (stopped.value.code, stopped.value.payee, stopped.value.expression) == ("division_by_zero", 7, "average")
    assert "average" in stopped.value.message("zh")


def test_a_value_undefined_before_the_last_fact_does_not_stop_the_walk() -> None:
    compiled = plan(small("components:\n  pay: {formula: 100 / sales * 10, floor: none}"))
    _, lines = walk_to_result(compiled, payee(), sales("5", "-5", "10"))
    assert [line.brought["pay"] for line in lines] == [200, -200, 100]


HUGE = [
    ("sales * attainment(sales) * attainment(sales)", "1"),
    ("sales / 0.000000000001 / 0.000000000001 / 0.000000000001", "0.000001"),
]


@pytest.mark.parametrize(("formula", "target"), HUGE)
def test_an_overflow_is_an_error_and_never_a_wrong_cent(formula: str, target: str) -> None:
    compiled = plan(small(f"components:\n  huge: {{formula: {formula}}}"))
    with pytest.raises(EngineError) as stopped:
        result(compiled, "999999999999999999", target=target)
    assert (stopped.value.code, stopped.value.payee, stopped.value.expression) == ("overflow", 7, "huge.raw")


def test_many_decimals_are_still_exact() -> None:
    compiled = plan(small("components:\n  pay: {formula: sales * 0.000000000001 * 0.000000000001 * 0.000000000001}"))
    assert result(compiled, "1000000000000").total == 0


def test_more_decimals_than_are_kept_are_refused() -> None:
    with pytest.raises(EngineError) as stopped:
        result(template("ladder"), "1.1234567")
    assert stopped.value.code == "too_precise"


def test_a_missing_number_is_an_error_only_where_it_counts() -> None:
    text = """
plan: m
currency: CNY
fields: {cost: money}
measures:
  margin: {of: order_closed, sum: amount - cost}
components:
  pay: {formula: margin, floor: none}
"""
    with pytest.raises(EngineError) as stopped:
        result(plan(text), "10")
    assert (stopped.value.code, stopped.value.expression) == ("missing_field", "cost")
    assert result(plan(text), "-10").total == 0  # a return is not of this measure


def test_eligibility_and_attributes() -> None:
    compiled = plan(
        small(
            "attributes: {position: text, grade: {type: number, missing: 1}}\n"
            'eligible: position = "rep"\n'
            "components:\n  pay: {formula: 10 * grade}"
        )
    )
    rows = [payee(None, 1, position="rep", grade="3"), payee(None, 2, position="boss"), payee(None, 3)]
    found = run(compiled, rows, [])
    assert [(r.total, r.eligible) for r in found] == [(30, True), (0, False), (0, False)]
    assert found[1].values["pay.reason"] == "not_eligible"


def test_a_missing_target_may_be_an_error() -> None:
    compiled = plan(
        small("components:\n  pay: {formula: 10 * attainment(sales)}").replace("missing: none", "missing: error")
    )
    with pytest.raises(EngineError) as stopped:
        result(compiled, "1")
    assert stopped.value.code == "no_target"


def test_a_default_target_stands_in() -> None:
    compiled = plan(
        small("components:\n  pay: {formula: 10 * attainment(sales)}").replace("missing: none", "default: 50")
    )
    assert result(compiled, "25").total == 5
    assert result(compiled, "25", target="25").total == 10


def test_measures_count_and_filter() -> None:
    text = """
plan: m
currency: CNY
fields: {customer: text, fresh: true/false}
measures:
  customers: {of: order_closed, count distinct: customer}
  new: {of: order_closed, count: , where: fresh}
  largest: {of: order_closed, max: amount, where: 'IN(customer, "a", "b")'}
  least: {of: order_closed, min: amount}
components:
  pay: {formula: 100 * customers + 10 * new + largest + least}
"""
    facts = sales("1", customer="a", fresh=True) + sales("2", customer="b", fresh="false") + sales("9", customer="c")
    assert run(plan(text), [payee()], facts)[0].total == 313


def test_arrow_tables_give_the_same() -> None:
    compiled = template("ladder")
    payees = pa.table(
        {"payee": [7, 8], "period": [MAY, MAY], "target:sales": pa.array([Decimal(200000), None], pa.decimal128(20, 2))}
    )
    facts = pa.table(
        {
            "payee": [7, 7, 99],
            "period": [MAY] * 3,
            "type": ["order_closed"] * 3,
            "amount": pa.array([Decimal("150000.00"), Decimal("100000.01"), Decimal(1)], pa.decimal128(20, 2)),
        }
    )
    rows = {row["payee"]: row for row in run_arrow(compiled, payees, facts).to_pylist()}
    assert rows[7]["total"] == result(compiled, "150000", "100000.01", target="200000").total == Decimal("10000.00")
    assert rows[8]["total"] == 0
    assert rows[8]["attainment(sales)"] is None


def test_results_and_lines_survive_json() -> None:
    found, lines = walk_to_result(template("attainment-margin"), payee("200000"), sales("1000.10", cost="3"))
    assert Result.from_json(found.to_json()) == found
    assert [Line.from_json(line.to_json()) for line in lines] == lines


def test_a_plan_is_compiled_once_per_content() -> None:
    text = small("components:\n  pay: {formula: sales}")
    assert compile_plan(load(text).plan) is compile_plan(load("# a remark\n" + text).plan)


def test_deep_formulas_and_long_chains_compile() -> None:
    deep = "sales"
    for _ in range(10):
        deep = f"ROUND({deep} / 2, 6) * 2"
    values = "\n".join(f"  v{n}: {'sales' if n == 0 else f'v{n - 1} + v{n - 1}'}" for n in range(40))
    compiled = plan(small(f"values:\n  deep: '{deep}'\n{values}\ncomponents:\n  pay: {{formula: deep + v39 * 0}}"))
    assert result(compiled, "1").total == 1


def test_an_employee_with_no_such_number_is_named() -> None:
    compiled = plan(small("attributes: {grade: number}\ncomponents:\n  pay: {formula: 10 * grade}"))
    with pytest.raises(EngineError) as stopped:
        run(compiled, [PayeePeriod(5, MAY)], [])
    assert (stopped.value.code, stopped.value.payee) == ("missing_attribute", 5)


@pytest.mark.parametrize(
    ("formula", "amount", "value"),
    [
        ("FLOOR(sales, 10)", "39.99", "30"),
        ("FLOOR(sales, 10)", "-0.01", "-10"),
        ("FLOOR(sales, 10)", "-20", "-20"),
        ("CEILING(sales, 10)", "30.01", "40"),
        ("CEILING(sales, 10)", "30", "30"),
        ("CEILING(sales, 10)", "-9.99", "0"),
        ("CEILING(sales, 0.05)", "33.3333", "33.35"),
        ("FLOOR(sales / 3, 0.01)", "100", "33.33"),
        ("CEILING(sales / 3, 0.01)", "100", "33.34"),
        ("FLOOR(sales / 3)", "100", "33"),
        ("FLOOR(sales / 100 * 3, 1.5)", "100", "3"),
        ("FLOOR(sales - sales / 3 * 3, 1)", "100", "0"),
        ("FLOOR(sales, 1000)", "0", "0"),
    ],
)
def test_down_and_up_to_a_step_is_exact(formula: str, amount: str, value: str) -> None:
    compiled = plan(
        small(f"values: {{x: '{formula}'}}\ncomponents: {{pay: {{formula: 'sales + x * 0', floor: none}}}}")
    )
    assert result(compiled, amount).values["x"] == Decimal(value)


def test_an_attribute_that_no_formula_reads_may_be_missing() -> None:
    text = small("attributes: {grade: number, hired_on: date}\ncomponents:\n  pay: {formula: FORMULA}")
    assert result(plan(text.replace("FORMULA", "sales * 1%")), "100").total == 1
    compiled = plan(text.replace("FORMULA", "sales * 1%"))
    assert walk_to_result(compiled, payee(), sales("100"))[0].values["grade"] is None
    with pytest.raises(EngineError) as stopped:
        result(plan(text.replace("FORMULA", "'IF(period_start() > hired_on, 1, 2)'")), "100")
    assert (stopped.value.code, stopped.value.expression) == ("missing_attribute", "hired_on")


def test_a_rate_is_carried_on_with_6_decimals() -> None:
    compiled = plan(
        small("components: {pay: {formula: sales}}\nbalances: {mean: {type: rate, closing: 'sales / target(sales)'}}")
    )
    assert result(compiled, "100", target="300").values["closing(mean)"] == Decimal("0.333333")
