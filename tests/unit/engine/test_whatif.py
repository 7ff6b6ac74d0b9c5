"""What if: the same engine on changed facts or a changed plan, and the difference told node by node."""

from collections.abc import Iterator
from decimal import Decimal

from liji.engine import Case
from liji.engine import Change
from liji.engine import Compiled
from liji.engine import Fact
from liji.engine import run
from liji.engine import what_if
from tests.unit.engine.miniature import payee
from tests.unit.engine.miniature import plan
from tests.unit.engine.miniature import sales
from tests.unit.engine.miniature import small
from tests.unit.engine.miniature import template


def case(compiled: Compiled, facts: list[Fact], target: str | None = "200000") -> Case:
    return Case(compiled, run(compiled, [payee(target)], facts)[0], facts)


def nodes(change: Change) -> Iterator[Change]:
    yield change
    for child in change.children:
        yield from nodes(child)


def test_one_deal_more_is_told_from_the_pay_down_to_the_deal() -> None:
    compiled = template("ladder")
    change = what_if(case(compiled, sales("100000")), case(compiled, sales("100000", "60000")), "zh")
    assert (change.before, change.after, change.change) == (Decimal(1500), Decimal(2400), Decimal(900))
    assert change.sentence == "合计 1,500 → 2,400 (+900)"
    commission = change.children[0]
    assert commission.sentence == "销售佣金 1,500 → 2,400 (+900)"
    measure = commission.children[0]
    assert measure.sentence == "销售额 100,000 → 160,000 (+60,000)"
    assert [(leaf.fact_id, leaf.before, leaf.after) for leaf in measure.children] == [(2, None, Decimal(60000))]
    assert measure.children[0].sentence == "新增 2: 2026-05-01 order_closed 60,000"
    english = what_if(case(compiled, sales("1")), case(compiled, sales("1", "2")), "en")
    assert english.sentence == "Total 0.01 → 0.03 (+0.02)"


def test_a_deal_less_is_the_same_the_other_way_round() -> None:
    compiled = template("ladder")
    before, after = case(compiled, sales("100000", "160000")), case(compiled, sales("100000"))
    there, back = what_if(before, after, "en"), what_if(after, before, "en")
    assert there.change == -back.change
    assert [node.change for node in nodes(there)] == [-(node.change or 0) for node in nodes(back)]
    assert any(node.sentence.startswith("removed 2: ") for node in nodes(there))


def test_the_parts_sum_up_to_what_changes() -> None:
    compiled = template("ladder")
    change = what_if(case(compiled, sales("100000")), case(compiled, sales("100000", "400000")), "en")
    assert len(change.children) > 1
    assert sum(child.change or 0 for child in change.children) == change.change
    measure = next(node for node in nodes(change) if node.name == "sales" and node.children)
    assert sum(leaf.change or 0 for leaf in measure.children) == measure.change


def test_another_plan_is_told_by_what_it_pays_differently() -> None:
    table = "tables:\n  t: {bands: [{through: 100, rate: 1%}, {beyond, rate: 2%}]}\n"
    whole = plan(small(table + "components:\n  pay: {formula: 'whole(t, sales)'}"))
    slices = plan(small(table + "components:\n  pay: {formula: 'marginal(t, sales)'}\n  extra: {formula: 5}"))
    change = what_if(case(whole, sales("150")), case(slices, sales("150")), "en")
    assert change.change == Decimal(4)
    told = {child.name: (child.before, child.after) for child in change.children}
    assert told == {"pay": (Decimal(3), Decimal(2)), "extra": (None, Decimal(5))}
    assert not any(node.name == "sales" for node in nodes(change))  # what stays the same is left out


def test_nothing_changed_is_a_root_without_children() -> None:
    compiled = template("ladder")
    change = what_if(case(compiled, sales("100000")), case(compiled, sales("100000")))
    assert (change.change, change.children) == (Decimal(0), ())


def test_a_cap_that_keeps_the_amount_is_told_with_what_moved_under_it() -> None:
    capped = plan(small("components:\n  pay: {formula: sales * 10%, cap: 5}\n  other: {formula: 1}"))
    change = what_if(case(capped, sales("100")), case(capped, sales("100", "50")), "en")
    assert change.change == Decimal(0)
    assert [child.sentence for child in change.children] == ["pay 5 → 5 (0)"]
    assert change.children[0].children[0].sentence == "sales 100 → 150 (+50)"
