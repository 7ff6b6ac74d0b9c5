"""Members of a group who have no value: one meaning in every function, by every path."""

from datetime import date
from decimal import Decimal

import pytest

from liji.engine import Fact
from liji.engine import PayeePeriod
from liji.engine import compile_plan
from liji.engine import explain
from liji.engine import group_values
from liji.engine import measured
from liji.engine import run
from liji.engine import run_arrow
from liji.engine import run_examples
from liji.engine import together
from liji.plan import load
from tests.unit.engine.tables import tables_of

PLAN = """
plan: without
currency: CNY
measures: {sales: {of: order_closed, sum: amount}}
targets: {sales: {missing: none}}
values:
  mean: average(attainment(sales), all)
  best: highest(attainment(sales), all)
  least: lowest(attainment(sales), all)
  quotas: total(target(sales), all)
  place: rank(attainment(sales), all)
  part: share(attainment(sales), all)
pools:
  shared: {amount: 90, by: attainment(sales)}
  reached: {amount: 90, who: attainment(sales) >= 50%}
components:
  team: {formula: quotas * mean}
  own: {formula: 100 * part}
  champion: {when: place = 1, formula: 7}
  from_pool: {formula: pool(shared) + pool(reached)}
"""
EXAMPLES = """
examples:
  - name: q has no target
    payees:
      p:
        targets: {sales: 100}
        facts: [order_closed 120]
        expect: {mean: 85%, best: 120%, least: 50%, quotas: 300, place: 1, team: 255, champion: 7, from_pool: 108.53}
      q:
        facts: [order_closed 50]
        expect:
          {place: 3, part: none, own: 0, own.reason: no_target, team: 255, champion.reason: condition, from_pool: 0}
      r: {targets: {sales: 200}, facts: [order_closed 100], expect: {place: 2, from_pool: 71.47}}
  - name: nobody has one
    payees:
      p:
        facts: [order_closed 120]
        expect: {mean: none, best: none, least: none, quotas: 0, place: 1, part: none, champion: 7}
      q: {expect: {place: 1, team: 0, team.reason: no_target, from_pool: 0}}
"""
MAY = date(2026, 5, 1)


def test_what_holds_for_who_has_none() -> None:
    found = load(PLAN + EXAMPLES)
    assert found.plan is not None
    for outcome in run_examples(found.plan):
        assert outcome.passed, outcome.message("en")


@pytest.mark.parametrize("given", [(100, None, 200), (None, None, None)])
def test_every_path_gives_it(given: tuple[int | None, ...]) -> None:
    plan = load(PLAN).plan
    assert plan is not None
    compiled = compile_plan(plan)
    payees = [
        PayeePeriod(number, MAY, {} if target is None else {"sales": Decimal(target)})
        for number, target in enumerate(given, start=1)
    ]
    facts = [
        Fact(number, MAY, number, number, "order_closed", MAY, Decimal(amount))
        for number, amount in enumerate((120, 50, 100), start=1)
    ]
    found = run(compiled, payees, facts)
    for row, result in zip(
        run_arrow(compiled, **tables_of(compiled, payees, facts, ())).sort_by("payee").to_pylist(), found, strict=True
    ):
        assert {name: row[name] for name in row.keys() - {"payee", "period"}}.items() <= result.values.items()
    own = [[fact for fact in facts if fact.payee == payee.payee] for payee in payees]
    members = [(payee, measured(compiled, payee, each)) for payee, each in zip(payees, own, strict=True)]
    told = together(compiled, members)
    assert told == found
    assert [group_values(compiled, one) for one in told] == [group_values(compiled, one) for one in found]
    for result, each in zip(found, own, strict=True):
        for lang in ("zh", "en"):
            assert explain(compiled, result, each, lang).value == result.total
