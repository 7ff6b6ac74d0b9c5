"""Plans that once came out wrong: each file is a plan whose examples say what must come out, on every path."""

from pathlib import Path

import pytest

from liji.engine import compile_plan
from liji.engine import run
from liji.engine import run_arrow
from liji.engine import run_examples
from liji.engine.examples import given_in
from liji.plan import load
from tests.unit.engine.tables import tables_of

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_case_comes_out_as_it_says(case: Path) -> None:
    loaded = load(case.read_text(encoding="utf-8"), filename=case.name)
    assert loaded.plan is not None, loaded.problems
    assert loaded.plan.examples
    assert [outcome.message("en") for outcome in run_examples(loaded.plan) if not outcome.passed] == []
    compiled = compile_plan(loaded.plan)
    for example in loaded.plan.examples:
        payees, facts, links = given_in(loaded.plan, example)
        table = run_arrow(compiled, **tables_of(compiled, payees, facts, links)).to_pylist()
        assert [row["total"] for row in sorted(table, key=lambda row: row["payee"])] == [
            result.total for result in run(compiled, payees, facts, links)
        ]
