"""The reference page, the recipes and a guide: every plan on them loads without errors and passes its own examples."""

import re
from pathlib import Path

import pytest

from liji.engine import run_examples
from liji.plan import load

DOCS = Path(__file__).parents[3] / "docs"
REFERENCE, RECIPES, GUIDES = (
    re.findall(r"```yaml\n(plan:.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    for page in ("plan-language.md", "recipes.md", "preferences.md")
)


@pytest.mark.parametrize("text", REFERENCE + RECIPES + GUIDES, ids=lambda text: text.split()[1])
def test_a_plan_of_the_pages_does_what_it_says(text: str) -> None:
    loaded = load(text)
    assert loaded.plan is not None, [problem.shown(text, "en") for problem in loaded.problems]
    outcomes = run_examples(loaded.plan)
    assert outcomes
    assert [(outcome.name, outcome.message("en")) for outcome in outcomes if not outcome.passed] == []


def test_the_pages_have_their_plans() -> None:
    assert len(REFERENCE) >= 20
    assert len(RECIPES) == 50
    assert len(GUIDES) == 1
