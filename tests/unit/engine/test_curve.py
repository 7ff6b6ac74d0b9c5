"""The payout curve: the plan's own figures, with its cliffs."""

from decimal import Decimal

from liji.plan import load
from liji.plan import templates
from liji.plans.curve import Curve
from liji.plans.curve import curve
from tests.unit.engine.miniature import small


def drawn(text: str) -> Curve | None:
    plan = load(text).plan
    assert plan is not None
    return curve(plan)


def test_the_ladder_has_its_two_cliffs() -> None:
    found = drawn(dict(templates())["ladder"])
    assert found is not None
    jumps = {point.at: point.jump for point in found.cliffs}
    assert jumps[Decimal("99999.99")] == Decimal("500.00")
    assert jumps[Decimal(200000)] == Decimal("1000.00")
    assert {point.at: point.pay for point in found.points}[Decimal(100000)] == 1500


def test_slices_have_no_cliff() -> None:
    bands = "tables:\n  t: {bands: [{through: 100, rate: 1%}, {beyond, rate: 2%}]}\n"
    found = drawn(small(bands + "components:\n  pay: {formula: 'marginal(t, sales)'}"))
    assert found is not None
    assert found.cliffs == ()


def test_a_plan_without_table_and_target_has_no_curve() -> None:
    text = small("components:\n  pay: {formula: sales * 1%}").replace("targets:\n  sales: {missing: none}\n", "")
    assert drawn(text) is None
