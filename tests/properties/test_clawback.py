"""Random plans of which later facts take back: each value as by hand, at once and fact by fact."""

from dataclasses import replace

from hypothesis import HealthCheck
from hypothesis import assume
from hypothesis import event
from hypothesis import given
from hypothesis import note
from hypothesis import settings
from hypothesis import strategies as st

from liji.engine import EngineError
from liji.engine import frame
from liji.engine import run
from liji.engine import walk_to_result
from tests.properties import against
from tests.properties.by_hand.results import by_hand
from tests.properties.drawn.companies import companies
from tests.properties.drawn.company import Deal
from tests.properties.drawn.document import document
from tests.properties.drawn.plans import taking_back
from tests.properties.test_random_plans import PLANS

random_plans = settings(
    max_examples=PLANS, deadline=None, suppress_health_check=list(HealthCheck), derandomize=PLANS < 100
)


@given(st.data())
@random_plans
def test_what_is_taken_back_is_as_worked_out_by_hand(data: st.DataObject) -> None:
    plan = data.draw(taking_back())
    company = data.draw(companies(plan))
    company = replace(company, people=company.people[:2], deals=tuple(_of_two(one) for one in company.deals))
    note(document(plan))
    wanted = by_hand(plan, company)
    compiled = against.compiled_of(plan)
    payees, facts, links = against.given(plan, company)
    try:
        found = run(compiled, payees, facts, links)
    except EngineError as error:
        event(error.code)
        assume(error.code != "overflow")
        assume(any(payee.period == error.period for payee in payees))  # others stop too
        assert (error.code, error.payee) in wanted.stops, error
        return
    assert not wanted.stops
    for result in found:
        assert not against.different(result.values, wanted.results[result.payee, result.period])
        if result.values["c1.taken"]:
            event("something is taken")
    for payee, result in zip(payees, found, strict=True):
        walked, lines = walk_to_result(compiled, payee, frame(facts, payee.payee, links))
        assert walked == result
        assert not lines or lines[-1].values["c1"] == result.values["c1"]


def _of_two(deal: Deal) -> Deal:
    return replace(deal, payee=deal.payee % 2 + 1)
