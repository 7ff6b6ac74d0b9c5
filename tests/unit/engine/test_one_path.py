"""What is worked out for one payee, fact by fact, is what is worked out for all at once."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from liji.engine import Compiled
from liji.engine import PayeePeriod
from liji.engine import Result
from liji.engine import compile_plan
from liji.engine import explain
from liji.engine import frame
from liji.engine import group_values
from liji.engine import measured
from liji.engine import run
from liji.engine import together
from liji.engine import walk_to_result
from liji.engine.examples import given_in
from liji.plan import Plan
from liji.plan import load
from liji.plan import templates

DOCUMENT = (Path(__file__).parents[3] / "docs" / "plan-language.md").read_text(encoding="utf-8")


def plans() -> Iterator[Plan]:
    texts = [text for _, text in templates()] + re.findall(r"```yaml\n(plan:.*?)```", DOCUMENT, re.DOTALL)
    for text in texts:
        plan = load(text).plan
        assert plan is not None
        yield plan


@pytest.mark.parametrize("plan", list(plans()), ids=lambda plan: plan.id)
def test_live_and_batch_are_one(plan: Plan) -> None:
    compiled = compile_plan(plan)
    for example in plan.examples:
        payees, facts, links = given_in(plan, example)
        results = run(compiled, payees, facts, links)
        frames = [frame(facts, payee.payee, links) for payee in payees]
        told = together_of(compiled, payees, frames)
        for payee, own, result, others in zip(payees, frames, results, told, strict=True):
            alone = PayeePeriod(
                payee.payee,
                payee.period,
                payee.targets,
                payee.attributes,
                payee.balances,
                group_values(compiled, others),
            )
            found, lines = walk_to_result(compiled, alone, own)
            assert found == result
            before = [fact for fact in own if fact.period < payee.period]
            start = walk_to_result(compiled, alone, before)[0].total
            assert sum((line.total_brought for line in lines), start) == result.total
            assert explain(compiled, result, own).value == result.total


def together_of(compiled: Compiled, payees: list[PayeePeriod], frames: list[list]) -> list[Result]:
    own = [(payee, measured(compiled, payee, facts)) for payee, facts in zip(payees, frames, strict=True)]
    return together(compiled, own)
