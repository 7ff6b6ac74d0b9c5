"""Conditions are formulas of the plan language over named values, asked of many rows in one go."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from liji.engine import EngineError
from liji.engine.conditions import Conditions
from liji.events.happenings import Named
from liji.plan import Problem
from liji.plan.types import Kind

NAMES = {
    own.name: own
    for own in (
        Named("amount", "money", "金额", "Amount"),
        Named("attainment", "rate", "达成率", "Attainment"),
        Named("orders", "count", "订单数", "Orders"),
        Named("product", "text", "产品", "Product"),
        Named("new_customer", "true/false", "新客户", "New customer"),
        Named("due", "date", "到期日", "Due"),
    )
}
DAY = date(2026, 11, 24)
ROW = {
    "amount": Decimal("500000.01"),
    "attainment": Decimal("0.8"),
    "orders": Decimal(3),
    "product": "云主机",
    "new_customer": True,
    "due": date(2026, 12, 1),
}


def conditions(*formulas: str, gives: Kind | None = Kind.BOOL) -> Conditions:
    found = Conditions.compile(NAMES, {str(at): formula for at, formula in enumerate(formulas)}, gives=gives)
    assert isinstance(found, Conditions), found
    return found


def problems(formula: str) -> list[Problem]:
    found = Conditions.compile(NAMES, {"if": formula})
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(
    ("formula", "holds"),
    [
        ("amount > 500000", True),  # one cent more
        ("amount > 500001", False),
        ("金额 > 50万", True),  # the Chinese name, and 万
        ("attainment >= 80%", True),  # an edge is exact
        ("attainment > 80%", False),
        ('product = "云主机"', True),
        ("AND(new_customer, orders >= 3)", True),
        ("NOT(new_customer)", False),
        ("due > DATE(2026, 11, 30)", True),
        ("DAYS(period_start(), due) = 30", True),
        ("amount / orders > 200000", False),
    ],
)
def test_every_type_can_be_asked(formula, holds):
    assert conditions(formula).evaluate([ROW], on=DAY) == [{"0": holds}]


def test_rows_keep_their_order_and_are_asked_in_one_run():
    rows = [{"amount": Decimal(amount)} for amount in (1, 600000, 2)] * 100
    answers = conditions("amount > 500000").evaluate(rows, on=DAY)
    assert [answer["0"] for answer in answers] == [False, True, False] * 100


@pytest.mark.parametrize("missing", ["amount", "attainment", "orders", "product", "new_customer", "due"])
def test_a_formula_that_meets_a_missing_value_is_false(missing):
    formula = {
        "amount": "amount >= 0",
        "attainment": "attainment >= 0%",
        "orders": "10 / orders > 0",  # and does not divide by nothing
        "product": 'product = ""',
        "new_customer": "NOT(new_customer)",
        "due": "due <= DATE(2030, 1, 1)",
    }[missing]
    asked = conditions(formula)
    assert asked.evaluate([{**ROW, missing: None}], on=DAY) == [{"0": False}]
    assert asked.evaluate([{name: value for name, value in ROW.items() if name != missing}], on=DAY) == [{"0": False}]


def test_other_formulas_of_the_same_row_do_not_mind():
    assert conditions("amount > 1", "attainment > 1%").evaluate([{"amount": Decimal(2)}], on=DAY) == [
        {"0": True, "1": False}
    ]


def test_a_formula_may_give_another_type():
    asked = conditions("amount * 1.5%", gives=None)
    assert asked.evaluate([{"amount": Decimal(100000)}, {}], on=DAY) == [{"0": Decimal(1500)}, {"0": None}]


def test_a_rate_that_has_no_end_is_cut_off_and_does_not_reach_the_edge():
    assert conditions("attainment >= 80%").evaluate([{"attainment": Decimal("0.7999999999999")}], on=DAY) == [
        {"0": False}
    ]


def test_an_unknown_name_is_told_with_its_place_and_the_nearest_one():
    (found,) = problems("orders > 1\n+ amont")
    assert (found.code, found.path, found.line, found.column) == ("unknown_name", "if", 2, 3)
    assert "amount" in found.message_en and "amount" in found.message_zh


def test_a_formula_of_another_type_is_no_condition():
    (found,) = problems("amount * 2")
    assert found.code == "result_type"
    assert found.mend_en == "write a comparison, for example sales > 100000"


@pytest.mark.parametrize("formula", ["", "amount >", "amount > orders > 1", 'amount = "x"', "rank(amount, all) = 1"])
def test_what_is_no_formula_is_a_problem_and_never_an_error(formula):
    assert len(problems(formula)) == 1


def test_all_problems_are_told_at_once():
    found = Conditions.compile(NAMES, {"a": "x > 1", "b": "amount > 1", "c": "amount"})
    assert isinstance(found, list)
    assert [problem.path for problem in found] == ["a", "c"]


def test_a_division_by_zero_names_the_row():
    with pytest.raises(EngineError) as caught:
        conditions("amount / orders > 1").evaluate([ROW, {**ROW, "orders": Decimal(0)}], on=DAY)
    assert (caught.value.code, caught.value.payee) == ("division_by_zero", 1)


def test_the_same_formulas_are_compiled_once():
    assert conditions("amount > 123") is conditions("amount > 123")


ATOMS = st.sampled_from(
    [f"amount {how} {edge}" for how in ("=", "<>", "<", "<=", ">", ">=") for edge in ("100", "100.005", "-1")]
    + [f"attainment {how} {edge}" for how in ("<", ">=", "=") for edge in ("80%", "80.000000004%")]
    + ["100 < amount", "amount > orders * 10", "amount / orders > 30", "orders + 1 = 4", "new_customer", "TRUE"]
    + ['product = "cloud"', 'product <> "cloud"', 'IN(product, "cloud", "paper")', "IN(orders, 1, 3, orders)"]
    + ["due > DATE(2026, 11, 30)", "due = DATE(2026, 12, 1)", "DAYS(period_start(), due) = 30"]
)
FORMULAS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("NOT({})".format, inner),
        st.builds("AND({}, {})".format, inner, inner),
        st.builds("OR({}, {})".format, inner, inner),
        st.builds("IF({}, {}, {})".format, inner, inner, inner),
    ),
    max_leaves=6,
)
ROWS = st.fixed_dictionaries(
    {
        "amount": st.sampled_from([None, *map(Decimal, ("-1", "99.999", "100", "100.005", "100.00500000001"))]),
        "attainment": st.sampled_from([None, *map(Decimal, ("0.8", "0.80000000004", "0.8000000001", "0"))]),
        "orders": st.sampled_from([None, Decimal(1), Decimal(3)]),
        "product": st.sampled_from([None, "", "cloud", "Cloud"]),
        "new_customer": st.sampled_from([None, True, False]),
        "due": st.sampled_from([None, date(2026, 11, 30), date(2026, 12, 1)]),
    }
)


@settings(max_examples=300, deadline=None)
@given(st.lists(FORMULAS, min_size=1, max_size=4), ROWS)
def test_what_is_said_not_to_hold_without_asking_the_engine_does_not(formulas, row):
    asked = conditions(*formulas)
    may = asked.may_hold(row)
    (answers,) = asked.evaluate([row], on=DAY)
    assert {key for key, holds in answers.items() if holds} <= may


@pytest.mark.parametrize(
    ("formula", "changed"),
    [
        ("amount > 500000.01", {}),
        ('AND(product = "x", amount > 0)', {}),
        ("OR(attainment < 80%, NOT(new_customer))", {}),
        ("amount > 0", {"amount": None}),
        ('IN(product, "a", "b")', {}),
    ],
)
def test_the_engine_need_not_be_asked_of_what_surely_does_not_hold(formula: str, changed: dict):
    assert not conditions(formula).may_hold(ROW | changed)
