"""Random plans of all constructs on random companies: every named value as it is worked out by hand, by every path."""

import os
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

from hypothesis import HealthCheck
from hypothesis import assume
from hypothesis import event
from hypothesis import given
from hypothesis import note
from hypothesis import settings
from hypothesis import strategies as st

from liji.engine import Compiled
from liji.engine import EngineError
from liji.engine import Fact
from liji.engine import Link
from liji.engine import PayeePeriod
from liji.engine import Result
from liji.engine import explain
from liji.engine import frame
from liji.engine import group_values
from liji.engine import measured
from liji.engine import run
from liji.engine import run_arrow
from liji.engine import together
from liji.engine import walk_to_result
from tests.properties import against
from tests.properties.by_hand.results import by_hand
from tests.properties.drawn.companies import companies
from tests.properties.drawn.company import first_day
from tests.properties.drawn.company import next_period
from tests.properties.drawn.document import document
from tests.properties.drawn.plans import plans
from tests.unit.engine.tables import tables_of

PLANS = int(os.environ.get("LIJI_PLANS", "600" if os.environ.get("LIJI_DEEP") == "1" else "8"))
# A whole run draws the same plans every time, so that what fails was changed; the long runs draw new ones.
random_plans = settings(
    max_examples=PLANS, deadline=None, suppress_health_check=list(HealthCheck), derandomize=PLANS < 100
)
Given = tuple[Compiled, list[PayeePeriod], list[Fact], Sequence[Link]]


def paid(data: st.DataObject, *, grouped: bool = True) -> tuple[Given, list[Result]]:
    """A drawn plan on a drawn company, where its calculation does not stop."""
    plan = data.draw(plans(grouped=grouped))
    company = data.draw(companies(plan))
    note(document(plan))
    compiled = against.compiled_of(plan)
    payees, facts, links = against.given(plan, company)
    links = links if compiled.needs.levels else []
    try:
        found = run(compiled, payees, facts, links)
    except EngineError:
        assume(False)
    return (compiled, payees, facts, links), found


@given(st.data())
@random_plans
def test_every_named_value_is_as_worked_out_by_hand(data: st.DataObject) -> None:
    plan = data.draw(plans())
    company = data.draw(companies(plan))
    note(document(plan))
    wanted = by_hand(plan, company)
    compiled = against.compiled_of(plan)
    payees, facts, links = against.given(plan, company)
    try:
        found = run(compiled, payees, facts, links)
    except EngineError as error:
        event(error.code)
        assume(error.code != "overflow")
        # A fact without a needed value in a period that nobody is asked about stops the calculation too.
        assume(any(payee.period == error.period for payee in payees))
        assert (error.code, error.payee) in wanted.stops, error
        return
    assert not wanted.stops
    for result in found:
        assert not against.different(result.values, wanted.results[result.payee, result.period])


@given(st.data())
@random_plans
def test_one_payee_alone_and_whole_tables_give_what_all_together_give(data: st.DataObject) -> None:
    (compiled, payees, facts, links), found = paid(data)
    table = run_arrow(compiled, **tables_of(compiled, payees, facts, links)).to_pylist()
    rows = {(row["payee"], row["period"]): row for row in table}
    told = []
    for payee, result in zip(payees, found, strict=True):
        row = rows[payee.payee, payee.period]
        for name in row.keys() - {"payee", "period"}:
            assert row[name] == result.values[name], name
        alone = replace(payee, groups=group_values(compiled, result))
        own, _ = walk_to_result(compiled, alone, frame(facts, payee.payee, links))
        assert own == result
        told.append((payee, measured(compiled, alone, frame(facts, payee.payee, links))))
    assert together(compiled, told) == found


@given(st.data())
@random_plans
def test_fact_by_fact_it_comes_to_the_same_as_all_at_once(data: st.DataObject) -> None:
    (compiled, payees, facts, links), found = paid(data, grouped=False)
    for payee, result in zip(payees, found, strict=True):
        own = frame(facts, payee.payee, links)
        walked, lines = walk_to_result(compiled, payee, own)
        nothing, _ = walk_to_result(compiled, payee, [fact for fact in own if fact.period != payee.period])
        for name, amount in result.amounts.items():
            assert sum((line.brought[name] for line in lines), nothing.amounts[name]) == amount
            assert all(line.own[name] + line.rerated[name] == line.brought[name] for line in lines)
        assert walked == (replace(result, values=lines[-1].values) if lines else result)
        assert walked == result


@given(st.data(), st.randoms())
@random_plans
def test_the_order_in_which_facts_are_given_is_irrelevant(data: st.DataObject, chance: Random) -> None:
    (compiled, payees, facts, links), found = paid(data)
    shuffled = [*facts]
    chance.shuffle(shuffled)
    assert run(compiled, payees, shuffled, links) == found


@given(st.data())
@random_plans
def test_instalments_sum_up_to_their_component(data: st.DataObject) -> None:
    (compiled, _, _, _), found = paid(data)
    for result in found:
        for name, amount in result.amounts.items():
            count = len(compiled.plan.components[name].instalments)
            assert sum(result.values[f"part({name}, {at})"] for at in range(1, count + 1)) == (amount if count else 0)


@given(st.data(), st.sampled_from(["zh", "en"]))
@random_plans
def test_the_explanation_sums_up_to_its_root(data: st.DataObject, lang: str) -> None:
    (compiled, payees, facts, links), found = paid(data)
    for payee, result in zip(payees, found, strict=True):
        root = explain(compiled, result, frame(facts, payee.payee, links), lang)
        money = [child for child in root.children if child.name in compiled.plan.paid]
        assert sum(child.value for child in money) == root.value == result.total
        for child in root.children:
            assert child.sentence and child.value == result.values[child.name]


@given(st.data())
@random_plans
def test_balances_are_carried_over_the_periods(data: st.DataObject) -> None:
    plan = data.draw(plans().filter(lambda drawn: drawn.balances))
    company = data.draw(companies(plan))
    note(document(plan))
    compiled = against.compiled_of(plan)
    start = first_day(company.days[0], plan.period, plan.year_starts)
    openings: dict[int, dict[str, Fraction]] = {}
    for _ in range(3):
        own = replace(company, days=(start,))
        wanted = by_hand(plan, own, openings)
        try:
            found = run(compiled, *against.given(plan, own, openings))
        except EngineError as error:
            assume(error.code != "overflow" and error.period == start)
            assert (error.code, error.payee) in wanted.stops
            return
        assert not wanted.stops
        for result in found:
            assert not against.different(result.values, wanted.results[result.payee, start])
        closed = {
            one.payee: {name: Fraction(one.values[f"closing({name})"]) for name in compiled.plan.balances}
            for one in found
        }
        after = next_period(start, plan.period)
        anew = {
            balance.name
            for balance in plan.balances
            if balance.resets and first_day(after, balance.resets, plan.year_starts) == after
        }
        openings = {who: {n: v for n, v in own.items() if n not in anew} for who, own in closed.items()}
        start = after
