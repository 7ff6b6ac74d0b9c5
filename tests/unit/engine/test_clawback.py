"""What later facts take back is a part of what their original has earned."""

from datetime import date
from decimal import Decimal

import pytest

from liji.engine import EngineError
from liji.engine import Fact
from liji.engine import PayeePeriod
from liji.engine import Result
from liji.engine import compile_plan
from liji.engine import run
from liji.engine import run_arrow
from liji.engine import run_examples
from liji.engine import walk_to_result
from liji.plan import load
from tests.unit.engine.tables import tables_of

JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)

CLIMBING = """
plan: climbing
currency: CNY
fields: {sold_on: date}
measures: {sales: {of: order_closed, sum: amount}}
tables: {ladder: {bands: [{below: 1000, rate: 10%}, {beyond, rate: 20%}]}}
components:
  climb:
    per: order_closed
    formula: marginal(ladder, running(sales) + amount) - marginal(ladder, running(sales))
    clawback: {of: order_cancelled, since: sold_on, within: 12, take: TAKE}
examples:
"""

EXAMPLES = {
    "the original is not among the facts: it stands alone in its month": """
  - period: 2026-03-01
    facts: [order_closed 1500 2026-03-05, order_cancelled 1000 2026-03-10 sold_on=2026-01-10]
    expect: {climb: 100, climb.taken: -100}
""",
    "what was sold before it in its month counts": """
  - period: 2026-03-01
    facts: [order_closed 1000 2026-01-05, order_cancelled 1000 2026-03-10 sold_on=2026-01-10]
    expect: {climb: -200}
""",
    "what was sold after it does not": """
  - period: 2026-03-01
    facts: [order_closed 1000 2026-01-11, order_cancelled 1000 2026-03-10 sold_on=2026-01-10]
    expect: {climb: -100}
""",
    "the original among the facts": """
  - period: 2026-03-01
    facts:
      - order_closed 800 2026-01-05
      - order_closed 1000 2026-01-10
      - order_cancelled 1000 2026-03-10 sold_on=2026-01-10
    expect: {climb: -180}
""",
    "a part of it takes that part of what it earned": """
  - period: 2026-03-01
    facts:
      - order_closed 1500 2026-01-10
      - order_cancelled 500 2026-03-10 sold_on=2026-01-10
    expect: {climb: -66.67}
""",
    "several parts take the whole at most": """
  - period: 2026-03-01
    facts:
      - order_closed 1000 2026-01-10
      - order_cancelled 600 2026-02-10 sold_on=2026-01-10
      - order_cancelled 600 2026-03-10 sold_on=2026-01-10
      - order_cancelled 600 2026-03-11 sold_on=2026-01-10
    expect: {climb: -40}
""",
    "the one that is named, of two on the day": """
  - period: 2026-03-01
    facts:
      - order_closed 1000 2026-01-10 external_id=O-1
      - order_closed 1000 2026-01-10 external_id=O-2
      - order_cancelled 1000 2026-03-10 sold_on=2026-01-10 original_id=O-2
    expect: {climb: -200}
""",
    "two on the day that nothing tells apart count together": """
  - period: 2026-03-01
    facts:
      - order_closed 1000 2026-01-10
      - order_closed 1000 2026-01-10
      - order_cancelled 1000 2026-03-10 sold_on=2026-01-10
    expect: {climb: -150}
""",
    "no more is taken back after the months": """
  - period: 2027-01-01
    facts: [order_closed 1000 2026-01-10, order_cancelled 1000 2027-01-10 sold_on=2026-01-10]
    expect: {climb: 0}
""",
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_the_original_earned(name: str) -> None:
    outcome = run_examples(loaded(CLIMBING.replace("TAKE", "all") + EXAMPLES[name]))[0]
    assert outcome.passed, outcome.message("en")


def test_never_more_than_all_of_it_is_unused() -> None:
    example = """
  - period: 2026-03-01
    facts: [order_cancelled 1000 2026-03-10 sold_on=2026-06-10]
    expect: {climb: -100}
"""
    outcome = run_examples(loaded(CLIMBING.replace("TAKE", "unused") + example))[0]
    assert outcome.passed, outcome.message("en")


BY_ORDER = """
plan: by-order
currency: CNY
attributes: {position: {type: text, missing: rep}}
eligible: position = "rep"
fields: {order: text}
measures: {sales: {of: order_closed, sum: amount}}
components:
  commission:
    per: order_closed
    where: amount >= 1000
    formula: amount * 10%
    floor: 150
    cap: 500
    clawback: {of: order_returned, by: order, within: 12, take: all}
examples:
  - name: floor, cap and condition are those of the original
    period: 2026-03-01
    facts:
      - order_closed 900 2026-01-05 order=small
      - order_closed 1000 2026-01-05 order=floored
      - order_closed 9000 2026-01-05 order=capped
      - order_returned -900 2026-03-01 order=small
      - order_returned -500 2026-03-02 order=floored
      - order_returned -4500 2026-03-03 order=capped
      - order_returned -700 2026-03-04 order=unknown
    expect: {commission.each: -325, commission: -325}
  - name: taken back too of who is not eligible any more
    period: 2026-03-01
    attributes: {position: manager}
    facts: [order_closed 5000 2026-03-05 order=new]
    expect: {commission: 0, commission.reason: not_eligible}
"""


def test_by_a_field_that_both_have() -> None:
    for outcome in run_examples(loaded(BY_ORDER)):
        assert outcome.passed, outcome.message("en")


def test_of_who_is_not_eligible_any_more_it_is_taken_all_the_same() -> None:
    compiled = compile_plan(loaded(BY_ORDER))
    payees = [
        PayeePeriod(1, JAN, attributes={"position": "rep"}),
        PayeePeriod(1, MAR, attributes={"position": "manager"}),
    ]
    facts = [fact(1, JAN, "order_closed", 3000, order="A"), fact(2, MAR, "order_returned", -3000, order="A")]
    january, march = run(compiled, payees, facts)
    assert january.total == 300
    assert (march.eligible, march.total) == (False, -300)


def test_two_originals_of_one_name_stop_the_calculation() -> None:
    facts = [
        fact(1, JAN, "order_closed", 3000, order="A"),
        fact(2, FEB, "order_closed", 3000, order="A"),
        fact(3, MAR, "order_returned", -3000, order="A"),
    ]
    with pytest.raises(EngineError) as told:
        run(compile_plan(loaded(BY_ORDER)), [PayeePeriod(1, MAR)], facts)
    assert (told.value.code, told.value.payee) == ("two_originals", 1)


def test_what_is_known_to_have_been_earned_holds() -> None:
    """As it was paid under an earlier version of the plan, and what was taken of it already."""
    compiled = compile_plan(loaded(BY_ORDER))
    earned = {"earned(commission)": Decimal(240)}
    facts = [
        fact(1, JAN, "order_closed", 3000, order="A", **earned),
        fact(2, FEB, "order_returned", -1500, order="A", **{"earned(commission)": Decimal("-120")}),
        fact(3, MAR, "order_returned", -3000, order="A"),
    ]
    assert everywhere(compiled, [PayeePeriod(1, MAR)], facts)[0].total == -120


def test_every_path_takes_the_same() -> None:
    compiled = compile_plan(loaded(CLIMBING.replace("TAKE", "unused") + EXAMPLES["the original among the facts"]))
    facts = [
        fact(1, JAN, "order_closed", 800, day=5),
        fact(2, JAN, "order_closed", 1000, day=10),
        fact(3, FEB, "order_cancelled", 300, day=9, sold_on=date(2026, 1, 10)),
        fact(4, FEB, "order_closed", 50, day=10),
        fact(5, MAR, "order_cancelled", 900, day=11, sold_on=date(2026, 1, 10)),
        fact(6, MAR, "order_cancelled", 400, day=12, sold_on=date(2025, 12, 31)),
    ]
    payees = [PayeePeriod(1, start) for start in (JAN, FEB, MAR)]
    found = everywhere(compiled, payees, facts)
    # 180 earned: 30 % of it with 12 of 12 months left; then the other 70 % with 10 left; 40 with 10 left, of 2025
    assert [one.values["climb.taken"] for one in found] == [0, Decimal("-54"), Decimal("-105") - Decimal("33.33")]


def loaded(text: str):
    found = load(text)
    assert found.plan is not None, [one.shown(text, "en") for one in found.problems]
    return found.plan


def fact(number: int, start: date, kind: str, amount: int, *, day: int = 2, **fields: object) -> Fact:
    return Fact(1, start, number, number, kind, start.replace(day=day), Decimal(amount), fields)


def everywhere(compiled, payees: list[PayeePeriod], facts: list[Fact]) -> list[Result]:
    """The results by all paths that hold facts in memory, which must agree."""
    found = run(compiled, payees, facts)
    rows = {row["period"]: row for row in run_arrow(compiled, **tables_of(compiled, payees, facts, ())).to_pylist()}
    for payee, result in zip(payees, found, strict=True):
        walked, _ = walk_to_result(compiled, payee, facts)
        assert walked == result
        assert rows[payee.period]["total"] == result.total
    return found
