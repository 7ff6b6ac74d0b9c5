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


RANKED = """\
attributes: {level: text}
tables:
  per_level:
    rows: [{is: junior, rate: 1%}, {is: senior, rate: 3%}]
components:
  pay: {formula: "sales * rate(per_level, level)"}
"""


def test_the_reader_chooses_target_and_attributes() -> None:
    plan = load(small(RANKED)).plan
    assert plan is not None
    assert curve(plan) is None  # of nobody in particular there is none
    found = curve(plan, target=Decimal(5000), attributes={"level": "senior"})
    assert found is not None
    assert found.target == 5000
    paid = {point.at: point for point in found.points}[Decimal(5000)]
    assert (paid.pay, paid.share) == (150, 1)
    assert curve(plan, attributes={"level": "chief"}) is None


def test_a_count_is_supposed_to_have_a_countable_target() -> None:
    text = small("components:\n  pay: {formula: attainment(visits) * 100}")
    text = text.replace("measures:\n", "measures:\n  visits: {of: follow_up, count: }\n")
    plan = load(text.replace("sales: {missing: none}", "visits: {missing: none}")).plan
    assert plan is not None
    found = curve(plan)
    assert found is not None
    assert (found.measure, found.target) == ("visits", 20)
