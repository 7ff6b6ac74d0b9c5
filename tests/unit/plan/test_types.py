"""What kinds of numbers come to when they are added, multiplied and divided."""

import pytest

from liji.plan.lexer import MAX_LENGTH
from liji.plan.lexer import tokens
from liji.plan.syntax import Slip
from liji.plan.types import Kind
from liji.plan.types import added
from liji.plan.types import divided
from liji.plan.types import multiplied

MONEY, RATE, NUMBER, COUNT, PLAIN, TEXT = Kind.MONEY, Kind.RATE, Kind.NUMBER, Kind.COUNT, Kind.PLAIN, Kind.TEXT


@pytest.mark.parametrize(
    ("left", "right", "gives"),
    [
        (MONEY, MONEY, RATE),
        (MONEY, COUNT, MONEY),
        (MONEY, PLAIN, MONEY),
        (PLAIN, MONEY, RATE),
        (COUNT, MONEY, None),
        (COUNT, COUNT, RATE),
        (RATE, RATE, RATE),
        (NUMBER, COUNT, NUMBER),
        (COUNT, PLAIN, PLAIN),
        (TEXT, COUNT, None),
    ],
)
def test_a_quotient_has_the_kind_of_what_it_says(left, right, gives):
    assert divided(left, right) is gives


@pytest.mark.parametrize(
    ("left", "right", "gives"),
    [
        (MONEY, MONEY, None),
        (MONEY, RATE, MONEY),
        (COUNT, COUNT, COUNT),
        (COUNT, RATE, RATE),  # three times 1 % is 3 %
        (NUMBER, RATE, NUMBER),
        (RATE, PLAIN, PLAIN),
        (TEXT, MONEY, None),
    ],
)
def test_a_product_of_money_is_money_and_money_times_money_is_nothing(left, right, gives):
    assert multiplied(left, right) is gives
    assert multiplied(right, left) is gives


@pytest.mark.parametrize(
    ("left", "right", "gives"),
    [
        (MONEY, MONEY, MONEY),
        (MONEY, PLAIN, MONEY),
        (COUNT, PLAIN, NUMBER),
        (COUNT, COUNT, COUNT),
        (MONEY, COUNT, None),
        (MONEY, RATE, None),
    ],
)
def test_only_what_goes_together_is_added(left, right, gives):
    assert added(left, right) is gives
    assert added(right, left) is gives


def test_the_longest_formula_is_read_and_one_character_more_is_not():
    assert not isinstance(tokens("1" + " " * (MAX_LENGTH - 1)), Slip)
    too_long = tokens("1" + " " * MAX_LENGTH)
    assert isinstance(too_long, Slip)
    assert too_long.code == "formula_long"
