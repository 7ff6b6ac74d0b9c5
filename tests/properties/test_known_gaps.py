"""What random plans have shown and is not mended yet; each becomes a case once it is."""

from datetime import date
from decimal import Decimal

import pytest

from liji.engine import Fact
from liji.engine import Link
from liji.engine import PayeePeriod
from liji.engine import frame
from liji.engine import run
from liji.engine import walk_to_result
from tests.unit.engine.miniature import plan

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)


@pytest.mark.xfail(strict=True, reason="all at once, facts of a period without a payee row are lost")
def test_a_window_over_a_measure_that_names_an_attribute_sees_the_earlier_facts() -> None:
    compiled = plan(
        "plan: gap\ncurrency: CNY\nattributes: {grade: {type: number, missing: 1}}\n"
        "measures: {before: {of: order_closed, sum: amount * grade, window: previous}}\n"
        "components: {pay: {formula: before * 10%}}\n"
    )
    payee, fact = (
        PayeePeriod(1, MAY, {}, {"grade": Decimal(2)}),
        Fact(1, APRIL, 1, 1, "order_closed", APRIL, Decimal(100)),
    )
    assert walk_to_result(compiled, payee, [fact])[0].total == 20
    assert run(compiled, [payee], [fact])[0].total == 20


@pytest.mark.xfail(strict=True, reason="an attribute in one component takes the earlier facts away from all measures")
def test_a_window_does_not_mind_what_other_components_name() -> None:
    compiled = plan(
        "plan: gap\ncurrency: CNY\nattributes: {grade: {type: number, missing: 1}}\n"
        "measures: {before: {of: order_closed, sum: amount, window: previous}}\n"
        "components: {pay: {formula: before * 10%}, each: {per: order_closed, formula: amount * 1% * grade}}\n"
    )
    fact = Fact(1, APRIL, 1, 1, "order_closed", APRIL, Decimal(100))
    assert run(compiled, [PayeePeriod(1, MAY)], [fact])[0].amounts["pay"] == 10


@pytest.mark.xfail(strict=True, reason="all at once the owner's attribute counts, alone the manager's")
def test_what_is_rolled_up_is_judged_by_the_same_attribute_on_every_path() -> None:
    compiled = plan(
        "plan: gap\ncurrency: CNY\nattributes: {grade: {type: number, missing: 1}}\n"
        "crediting: {team: {of: order_closed, roll_up: [100%]}}\n"
        "measures: {below: {of: team, max: amount * grade}}\n"
        "components: {pay: {formula: below * 10%}}\n"
    )
    payees = [PayeePeriod(1, MAY, {}, {"grade": Decimal(2)}), PayeePeriod(2, MAY, {}, {"grade": Decimal(3)})]
    links, facts = [Link(2, 1, 1)], [Fact(2, MAY, 1, 1, "order_closed", MAY, Decimal(100))]
    alone, _ = walk_to_result(compiled, payees[0], frame(facts, 1, links))
    assert run(compiled, payees, facts, links)[0].total == alone.total
