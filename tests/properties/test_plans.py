"""On random plans and facts: equal to the oracle, and the laws that must hold whatever the plan."""

import os
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

from hypothesis import HealthCheck
from hypothesis import assume
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from liji.engine import Compiled
from liji.engine import EngineError
from liji.engine import Fact
from liji.engine import Node
from liji.engine import PayeePeriod
from liji.engine import compile_plan
from liji.engine import explain
from liji.engine import next_steps
from liji.engine import run
from liji.engine import walk_to_result
from liji.plan import load
from tests.properties.oracle import Recipe
from tests.properties.oracle import cents
from tests.properties.oracle import on_the_line

MAY = date(2026, 5, 1)
EXAMPLES = 3000 if os.environ.get("LIJI_DEEP") == "1" else 25
moderate = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])

rates = st.decimals(0, Decimal("0.5"), places=4)
# Few round amounts, so that sums meet edges and targets exactly, and many odd ones.
amounts = st.one_of(
    st.sampled_from([Decimal(n) for n in (100, 1000, 50000, 100000, -100, -50000)]),
    st.decimals(-10000, 300000, places=2),
)
deals = st.lists(st.tuples(amounts, st.decimals(0, 100000, places=2)), max_size=8)
targets = st.one_of(
    st.none(), st.sampled_from([Decimal(0), Decimal(100), Decimal(100000)]), st.decimals(1, 300000, places=2)
)


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    by_attainment = draw(st.booleans())
    edge = (
        st.sampled_from([Decimal(n) / 100 for n in (50, 80, 100, 120, 150)])
        if by_attainment
        else st.sampled_from([Decimal(n) for n in (100, 1000, 50000, 100000, 200000)])
        | st.decimals(1, 400000, places=2)
    )
    edges = tuple(sorted(draw(st.sets(edge, max_size=4))))
    floor = draw(st.none() | st.decimals(-1000, 1000, places=2))
    cap = draw(st.none() | st.decimals(1000, 5000, places=2))
    return Recipe(
        edges=edges,
        through=tuple(draw(st.booleans()) for _ in edges),
        rates=tuple(draw(rates) for _ in range(len(edges) + 1)),
        marginal=draw(st.booleans()),
        by_attainment=by_attainment,
        gate=draw(st.none() | st.sampled_from([Decimal("0.8"), Decimal(1), Decimal("1.2")])),
        gate_strict=draw(st.booleans()),
        cap=cap,
        floor=floor,
        margin_rate=draw(rates),
        divisor=draw(st.sampled_from([1, 3, 7])),
        each_edge=draw(st.sampled_from([Decimal(0), Decimal(1000), Decimal(50000)])),
        each_rates=(draw(rates), draw(rates)),
        each_cap=draw(st.none() | st.decimals(100, 5000, places=2)),
    )


def compiled_of(recipe: Recipe) -> Compiled:
    loaded = load(recipe.document())
    assert loaded.plan is not None, (recipe.document(), loaded.problems)
    return compile_plan(loaded.plan)


def payee(target: Decimal | None) -> PayeePeriod:
    return PayeePeriod(7, MAY, {} if target is None else {"sales": target})


def facts_of(given_deals: list[tuple[Decimal, Decimal]]) -> list[Fact]:
    return [
        Fact(7, MAY, n, n, "order_closed" if amount >= 0 else "order_returned", MAY, amount, {"cost": cost})
        for n, (amount, cost) in enumerate(given_deals, start=1)
    ]


@given(recipes(), deals, targets)
@moderate
def test_pay_equals_the_oracle(
    recipe: Recipe, given_deals: list[tuple[Decimal, Decimal]], target: Decimal | None
) -> None:
    found = run(compiled_of(recipe), [payee(target)], facts_of(given_deals))[0]
    wanted = recipe.pays([a for a, _ in given_deals], [c for _, c in given_deals], target)
    assert found.amounts == wanted
    assert found.total == sum(wanted.values())


@given(recipes(), deals, targets)
@moderate
def test_walk_and_run_agree_and_what_facts_bring_sums_up(
    recipe: Recipe, given_deals: list[tuple[Decimal, Decimal]], target: Decimal | None
) -> None:
    compiled, facts = compiled_of(recipe), facts_of(given_deals)
    found, lines = walk_to_result(compiled, payee(target), facts)
    nothing = run(compiled, [payee(target)], [])[0]
    assert found.to_json() == run(compiled, [payee(target)], facts)[0].to_json()
    for name, amount in found.amounts.items():
        assert sum((line.brought[name] for line in lines), nothing.amounts[name]) == amount
        assert all(line.own[name] + line.rerated[name] == line.brought[name] for line in lines)
    for at, line in enumerate(lines, start=1):
        wanted = recipe.pays([a for a, _ in given_deals[:at]], [c for _, c in given_deals[:at]], target)
        before = recipe.pays([a for a, _ in given_deals[: at - 1]], [c for _, c in given_deals[: at - 1]], target)
        assert line.total_brought == sum(wanted.values()) - sum(before.values())


@given(recipes(), deals, targets, st.randoms())
@moderate
def test_the_order_of_facts_and_splitting_a_deal_are_irrelevant(
    recipe: Recipe, given_deals: list[tuple[Decimal, Decimal]], target: Decimal | None, chance: Random
) -> None:
    compiled, facts = compiled_of(recipe), facts_of(given_deals)
    shuffled = [*facts]
    chance.shuffle(shuffled)
    halves = [
        (part, cost if n == 0 else Decimal(0))
        for amount, cost in given_deals
        for n, part in enumerate((amount - 1, Decimal(1)))
    ]
    whole = run(compiled, [payee(target)], facts)[0]
    assert run(compiled, [payee(target)], shuffled)[0] == whole
    split = run(compiled, [payee(target)], facts_of(halves))[0]
    for name in ("commission", "margin_bonus"):  # what is paid per deal may well depend on how it is cut
        assert split.amounts[name] == whole.amounts[name]


@given(recipes(), st.decimals(1, 400000, places=2))
@moderate
def test_marginal_is_continuous_and_a_table_has_its_edge_on_one_side(recipe: Recipe, amount: Decimal) -> None:
    loaded = load(
        recipe.document().replace("whole(table_", "marginal(table_")
        if not recipe.by_attainment
        else Recipe(
            **{**vars(recipe), "by_attainment": False, "marginal": True, "edges": tuple(e * 1000 for e in recipe.edges)}
        ).document()
    )
    assert loaded.plan is not None
    compiled = compile_plan(loaded.plan)
    names = [PayeePeriod(n, MAY, {"sales": Decimal(1)}) for n in (1, 2)]
    facts = [
        Fact(1, MAY, 1, 1, "order_closed", MAY, amount),
        Fact(2, MAY, 2, 2, "order_closed", MAY, amount + Decimal("0.01")),
    ]
    low, high = (found.values["commission.raw"] for found in run(compiled, names, facts))
    if low is not None and high is not None:
        assert 0 <= high - low <= Decimal("0.01") * max(recipe.rates)


@given(
    st.dictionaries(st.decimals(0, 3, places=3), st.decimals(0, 2, places=4), min_size=1, max_size=5),
    st.none() | st.decimals(0, 1, places=3),
    st.decimals(0, 400000, places=2),
    st.integers(1, 300000),
)
@moderate
def test_between_two_points_lies_a_straight_line(
    points: dict[Decimal, Decimal], before: Decimal | None, amount: Decimal, target: int
) -> None:
    told = ", ".join(f"{{at: {at * 100}%, rate: {points[at] * 100}%}}" for at in sorted(points))
    level = "" if before is None else f"    before: {before * 100}%\n"
    loaded = load(
        "plan: p\ncurrency: CNY\nmeasures: {sales: {of: order_closed, sum: amount}}\n"
        f"targets: {{sales: {{missing: none}}}}\ntables:\n  line:\n{level}    points: [{told}]\n"
        "components: {pay: {formula: '1000000 * rate(line, attainment(sales))'}}\n"
    )
    assert loaded.plan is not None, loaded.problems
    fact = Fact(7, MAY, 1, 1, "order_closed", MAY, amount)
    try:
        found = run(compile_plan(loaded.plan), [payee(Decimal(target))], [fact])[0]
    except EngineError as error:  # distances of many decimals: the engine says that it cannot be exact
        assume(error.code != "overflow")
        raise
    assert found.total == cents(1000000 * on_the_line(points, before, Fraction(amount) / target))


def leaves(node: Node) -> list[Node]:
    return [node] if node.fact_id is not None else [leaf for child in node.children for leaf in leaves(child)]


def nodes(node: Node) -> list[Node]:
    return [node, *(inner for child in node.children for inner in nodes(child))]


@given(recipes(), deals.filter(bool), targets, st.sampled_from(["zh", "en"]))
@moderate
def test_the_explanation_sums_up_from_the_facts_to_the_root(
    recipe: Recipe, given_deals: list[tuple[Decimal, Decimal]], target: Decimal | None, lang: str
) -> None:
    compiled, facts = compiled_of(recipe), facts_of(given_deals)
    found = run(compiled, [payee(target)], facts)[0]
    root = explain(compiled, found, facts, lang)
    assert sum(child.value for child in root.children) == root.value == found.total
    for node in nodes(root):
        assert node.sentence
        if node.name in compiled.plan.measures and node.children:
            assert sum(leaf.value for leaf in leaves(node)) == node.value == found.values[node.name]


@given(recipes(), deals, targets)
@moderate
def test_a_step_brings_what_it_says(
    recipe: Recipe, given_deals: list[tuple[Decimal, Decimal]], target: Decimal | None
) -> None:
    compiled = compiled_of(recipe)
    found = run(compiled, [payee(target)], facts_of(given_deals))[0]
    sales = found.values["sales"]
    for step in next_steps(compiled, found, "zh"):
        reached = sales + step.distance
        paid = [recipe.commission(Fraction(at), target) for at in (reached, reached + Decimal("0.01"))]
        assert step.gain in [amount - found.amounts["commission"] for amount in paid]
