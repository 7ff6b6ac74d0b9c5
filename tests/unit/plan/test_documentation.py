"""The reference page: every plan on it loads without errors and passes its own examples."""

import re
from pathlib import Path

import pytest

from liji.engine import run_examples
from liji.plan import load

PAGE = Path(__file__).parents[3] / "docs" / "plan-language.md"
PLANS = re.findall(r"```yaml\n(plan:.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("text", PLANS, ids=lambda text: text.split()[1])
def test_a_plan_of_the_reference_page_does_what_it_says(text: str) -> None:
    loaded = load(text)
    assert loaded.plan is not None, [problem.shown(text, "en") for problem in loaded.problems]
    outcomes = run_examples(loaded.plan)
    assert outcomes
    assert [(outcome.name, outcome.message("en")) for outcome in outcomes if not outcome.passed] == []


def test_the_page_has_a_plan_for_each_part() -> None:
    assert len(PLANS) >= 8
