"""Published plans with published figures, each a plan of ours whose examples are the source's.

Those that begin with own- are cases of our own, with figures worked out by hand.
"""

from pathlib import Path

import pytest

from liji.engine import run_examples
from liji.plan import load

_HERE = Path(__file__).parent
CASES = sorted(path.stem for path in _HERE.glob("*.yaml"))

# What of the casebook is not written here, and why.
ARGUED = {
    "fx-03": "counts open settlements, no amount; a plan has one currency, so each settles apart",
    "zh-12": "the language has no measure of each contract by itself yet",
}
ALL = """
flat-01 flat-03 unit-01 unit-03 retro-01 retro-03 zh-06 marg-01 marg-03 marg-05 marg-07 marg-09 marg-11
marg-13 marg-16 zh-02 zh-04 marg-15 gate-02 gate-04 gate-06 zh-09 marg-17 accel-02 accel-04 accel-06 interp-01
interp-03 decel-01 decel-03 cap-01 cap-03 floor-01 zh-07 zh-10 mult-01 mult-03 zh-12 neg-02 neg-04 split-01
split-03 overlay-01 mgr-01 pool-01 pool-03 draw-01 draw-04 draw-07 draw-02 draw-08 claw-01 claw-03 claw-05
spiff-01 spiff-03 mile-01 mile-03 mile-04 resid-02 time-01 time-03 ramp-01 pror-01 pror-03 ytd-01 ytd-03
kpi-01 gm-02 fx-01 fx-03 rank-01 asc-01
""".split()  # noqa: SIM905


@pytest.mark.parametrize("case", CASES)
def test_the_figures_of_the_source_come_out(case: str) -> None:
    text = (_HERE / f"{case}.yaml").read_text(encoding="utf-8")
    loaded = load(text)
    assert loaded.plan is not None, [found.shown(text, "en") for found in loaded.problems]
    assert loaded.plan.id == case
    outcomes = run_examples(loaded.plan)
    assert outcomes
    assert [outcome.message("en") for outcome in outcomes if not outcome.passed] == []


def test_every_case_is_written_or_argued() -> None:
    assert {case for case in ALL if case not in CASES} == set(ARGUED)
