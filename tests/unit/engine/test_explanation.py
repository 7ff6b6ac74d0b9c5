"""What a rep reads: the sentence of the guide, the tree under it, and what to do next."""

from decimal import Decimal

from liji.engine import Node
from liji.engine import coverage
from liji.engine import explain
from liji.engine import next_steps
from liji.engine import run
from liji.engine import run_examples
from liji.plan import load
from tests.unit.engine.miniature import payee
from tests.unit.engine.miniature import plan
from tests.unit.engine.miniature import result
from tests.unit.engine.miniature import sales
from tests.unit.engine.miniature import small
from tests.unit.engine.miniature import template


def told(name: str, target: str | None, *amounts: str, lang: str = "zh", **fields: object) -> Node:
    compiled, facts = template(name), sales(*amounts, **fields)
    found = run(compiled, [payee(target)], facts)[0]
    return explain(compiled, found, facts, lang)


def test_the_sentence_of_the_guide() -> None:
    commission = told("ladder", "200000", "100000", "60000").children[0]
    assert commission.sentence == "销售额 160,000 × 1.5% = 2,400 (第 2 档: 100,000–200,000, 全额)"
    english = told("ladder", "200000", "100000", "60000", lang="en").children[0]
    assert english.sentence == "Sales 160,000 × 1.5% = 2,400 (band 2: 100,000–200,000, the whole at this rate)"


def test_the_tree_goes_down_to_the_facts() -> None:
    root = told("ladder", "200000", "100000", "60000")
    measure = root.children[0].children[0]
    assert [leaf.fact_id for leaf in measure.children] == [1, 2]
    assert sum(leaf.value for leaf in measure.children) == measure.value == 160000


def test_why_a_component_pays_nothing() -> None:
    assert "条件不成立: 销售额达成率 80% > 120%" in told("ladder", "200000", "160000").children[1].sentence
    assert told("ladder", None, "160000").children[1].sentence == "没有目标, 计 0"


def test_what_is_paid_per_deal_is_told_deal_by_deal() -> None:
    compiled = plan(small("components:\n  pay: {per: order_closed, formula: amount * 1.5%, when: sales > 100}"))
    facts = sales("100", "33.33")
    node = explain(compiled, run(compiled, [payee()], facts)[0], facts, "en").children[0]
    assert node.sentence == "pay 2: the sum of 2 records"
    assert [child.value for child in node.children] == [Decimal("133.33"), Decimal("1.5"), Decimal("0.5")]
    assert node.children[2].sentence.endswith("order_closed 33.33 → 0.5")


def test_a_cap_is_told() -> None:
    sentence = told("attainment-margin", "1000000", "2000000", lang="en").children[0].sentence
    assert "capped, was 80,000" in sentence


def test_slices_are_told_one_by_one() -> None:
    compiled = plan(
        small(
            "tables:\n  t: {bands: [{through: 100, rate: 1%}, {beyond, rate: 2%}]}\n"
            "components:\n  pay: {formula: 'marginal(t, sales)'}"
        )
    )
    facts = sales("150")
    found = run(compiled, [payee()], facts)[0]
    assert explain(compiled, found, facts, "en").children[0].sentence.startswith("100 × 1% + 50 × 2% = 2")


def test_names_that_use_each_other_do_not_make_the_tree_explode() -> None:
    values = "\n".join(f"  v{n}: {'sales' if n == 0 else f'v{n - 1} + v{n - 1}'}" for n in range(30))
    compiled = plan(small(f"values:\n{values}\ncomponents:\n  pay: {{formula: v29 + v28 + v27}}"))
    facts = sales("0.01")
    root = explain(compiled, run(compiled, [payee()], facts)[0], facts)
    assert root.value == Decimal("0.01") * (2**29 + 2**28 + 2**27)


def test_the_next_steps_are_worked_out_by_the_plan() -> None:
    compiled = template("ladder")
    steps = next_steps(compiled, result(compiled, "160000", target="250000"), "zh")
    assert [(step.kind, step.distance, step.gain, step.rate) for step in steps] == [
        ("band", Decimal(40000), Decimal(1600), Decimal("0.02")),
        ("target", Decimal(90000), Decimal(2600), None),
        ("gate", Decimal(140000), Decimal(8600), None),
    ]
    assert "再有 40,000" in steps[0].sentence


def test_without_a_target_there_is_no_step_towards_it() -> None:
    compiled = template("ladder")
    assert [step.kind for step in next_steps(compiled, result(compiled, "250000"), "en")] == []


def test_a_failing_example_says_what_came_out() -> None:
    text = small(
        "components:\n  pay: {formula: sales}\nexamples: [{name: wrong, facts: [order_closed 5], expect: {pay: 6}}]"
    )
    outcome = run_examples(load(text).plan)[0]
    assert not outcome.passed
    assert outcome.message("en") == "pay should be 6, but is 5.00"


def test_a_band_that_no_example_reaches_is_told() -> None:
    text = small(
        "tables:\n  t: {bands: [{through: 100, rate: 1%}, {beyond, rate: 2%}]}\n"
        "components:\n  pay: {formula: 'pay(t, sales)'}\nexamples: [{facts: [order_closed 5], expect: {pay: 0.05}}]"
    )
    found = coverage(load(text).plan)
    assert [(problem.code, problem.path) for problem in found] == [("band_unvisited", "tables.t.bands[2]")]
    nothing = coverage(load(text.replace("order_closed 5", "order_closed 0").replace("0.05", "0")).plan)
    assert [problem.path for problem in nothing] == ["tables.t.bands[2]", "components.pay"]
