"""Every plan of the documentation and the casebook is explained in both languages, down to the facts."""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from liji.engine import EngineError
from liji.engine import Fact
from liji.engine import Node
from liji.engine import Result
from liji.engine import compile_plan
from liji.engine import explain
from liji.engine import frame
from liji.engine import run
from liji.engine.examples import given_in
from liji.plan import Plan
from liji.plan import load
from liji.plan.model import How
from liji.plan.model import Named

ROOT = Path(__file__).parents[3]


def documented() -> list[str]:
    pages = [(ROOT / "docs" / page).read_text(encoding="utf-8") for page in ("plan-language.md", "recipes.md")]
    found = [text for page in pages for text in re.findall(r"```yaml\n(plan:.*?)```", page, re.DOTALL)]
    return found + [path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests/casebook").glob("*.yaml"))]


def name_of(text: str) -> str:
    return re.search(r"^plan: (\S+)", text, re.MULTILINE)[1]  # type: ignore[index]


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from nodes(child)


def told(plan: Plan) -> Iterator[tuple[Result, list[Fact], dict[str, Node]]]:
    """Each payee of each example, with the explanation in both languages."""
    compiled = compile_plan(plan)
    for example in plan.examples:
        payees, facts, links = given_in(plan, example)
        try:
            results = run(compiled, payees, facts, links)
        except EngineError:  # an example of a calculation that has to stop
            continue
        for result in results:
            seen = [fact for fact in frame(facts, result.payee, links) if fact.period <= result.period]
            yield result, seen, {lang: explain(compiled, result, seen, lang) for lang in ("zh", "en")}


def things(plan: Plan) -> Iterator[Named]:
    for area in (plan.attributes, plan.fields, plan.measures, plan.tables, plan.values, plan.components):
        yield from area.values()
    yield from [*plan.balances.values(), *plan.pools.values()]


def data(plan: Plan, facts: list[Fact], result: Result) -> set[str]:
    """What stands in a sentence as it came: types, texts."""
    found = {fact.type for fact in facts} | {str(fact.fields.get("external_id", "")) for fact in facts}
    found |= {value for value in result.values.values() if isinstance(value, str)}
    found |= {text for table in plan.tables.values() for band in table.bands for text in band.texts}
    return found - {""}


def foreign(plan: Plan, sentence: str, lang: str, known: set[str]) -> list[str]:
    """Words of the other language, and ids of what has a name, that are left when names and data are taken out."""
    names = {thing.names(lang) for thing in things(plan)} | known
    for name in sorted(names, key=len, reverse=True):
        sentence = sentence.replace(name, " ")
    sentence = re.sub("“[^”]*”", " ", sentence)  # a text as the plan has it
    if lang == "zh":
        return re.findall(r"[A-Za-z]{2,}", sentence)
    ids = {thing.id for thing in things(plan) if thing.names(lang) != thing.id}
    return re.findall(r"[\u4e00-\u9fff]+", sentence) + [word for word in re.findall(r"\w+", sentence) if word in ids]


@pytest.mark.parametrize("text", documented(), ids=name_of)
def test_a_plan_is_explained_whole_in_both_languages(text: str) -> None:
    plan = load(text).plan
    assert plan is not None
    for result, facts, trees in told(plan):
        known = data(plan, facts, result)
        for lang, root in trees.items():
            for node in nodes(root):
                assert node.label, node
                assert node.sentence, node
                assert "None" not in node.sentence, node.sentence
                assert foreign(plan, f"{node.label}: {node.sentence}", lang, known) == [], (lang, node.sentence)
        shapes = [[(node.name, node.value) for node in nodes(root)] for root in trees.values()]
        assert shapes[0] == shapes[1]


@pytest.mark.parametrize("text", documented(), ids=name_of)
def test_the_leaves_sum_up_to_the_pay(text: str) -> None:
    plan = load(text).plan
    assert plan is not None
    for result, facts, trees in told(plan):
        root = trees["en"]
        paid = [child.value for child in root.children if child.name in plan.paid]
        assert sum((value for value in paid if isinstance(value, Decimal)), Decimal(0)) == root.value == result.total
        ids = {fact.id for fact in facts}
        for node in nodes(root):
            assert node.fact_id is None or node.fact_id in ids
            measure = plan.measures.get(node.name) or plan.measures.get(f"{node.name}.each")
            leaves = [child.value for child in node.children if child.fact_id is not None]
            if measure and leaves and measure.how is How.SUM and not result.values.get(f"{node.name}.reason"):
                assert sum((value for value in leaves if isinstance(value, Decimal)), Decimal(0)) == node.value, node
