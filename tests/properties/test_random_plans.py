"""Random plans of all constructs on random companies: every named value as it is worked out by hand."""

import os

from hypothesis import HealthCheck
from hypothesis import assume
from hypothesis import event
from hypothesis import given
from hypothesis import note
from hypothesis import settings
from hypothesis import strategies as st

from liji.engine import EngineError
from liji.engine import frame
from liji.engine import group_values
from liji.engine import run
from liji.engine import run_arrow
from liji.engine import walk_to_result
from tests.properties import against
from tests.properties.by_hand.results import by_hand
from tests.properties.drawn.companies import companies
from tests.properties.drawn.document import document
from tests.properties.drawn.plans import plans
from tests.unit.engine.tables import tables_of

DEEP = os.environ.get("LIJI_DEEP") == "1"
random_plans = settings(
    max_examples=int(os.environ.get("LIJI_PLANS", "3000" if DEEP else "60")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


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
        assert (error.code, error.payee) in wanted.stops, error
        return
    assert not wanted.stops
    for result in found:
        assert not against.different(result.values, wanted.results[result.payee, result.period])
