"""Files that name managers, balances and earlier months: who stands over whom is part of the payees' file."""

from pathlib import Path

import pytest

from liji.cli import main

PLAN = """\
plan: team
currency: CNY
crediting:
  below: {of: order_closed, roll_up: [3%, 1%]}
measures:
  sales: {of: order_closed, sum: credit}
  before: {of: order_closed, sum: credit, window: previous}
  override: {of: below, sum: credit}
components:
  commission: {formula: sales * 10% + override + before * 1%}
balances:
  earned: {closing: opening(earned) + total}
"""
PAYEES = """\
payee,period,manager,balance:earned
li,2026-05-01,wang,5
wang,2026-05-01,chen,
chen,2026-05-01,,
"""
FACTS = """\
payee,type,amount,credit_date,share
li,order_closed,1000,2026-05-03,0.5
wang,order_closed,100,2026-05-04,
li,order_closed,200,2026-04-30,
"""


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    for name, text in (("plan.yaml", PLAN), ("payees.csv", PAYEES), ("facts.csv", FACTS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    plan, facts, payees = (str(tmp_path / name) for name in ("plan.yaml", "facts.csv", "payees.csv"))
    return [plan, "--facts", facts, "--payees", payees]


def test_managers_and_earlier_months_count(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "run", *files]) == 0
    lines = capsys.readouterr().out.split()
    assert "li,2026-05-01,52.00,52.00" in lines
    assert "wang,2026-05-01,25.00,25.00" in lines
    assert "chen,2026-05-01,8.00,8.00" in lines


def test_an_explanation_leads_to_the_facts_of_those_below(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "explain", *files, "--payee", "chen", "--period", "2026-05-01", "--lang", "en"]) == 0
    shown = capsys.readouterr().out
    assert "2026-05-03 order_closed 1,000 → 5" in shown
    assert "2026-05-04" in shown
