"""The plan that a contest becomes: sound for everything that can be ranked, in the shortest period that holds it."""

from datetime import date
from decimal import Decimal

import pytest

from liji.engine import run_examples
from liji.plan import Severity
from liji.plan import load
from liji.recognition.plan_text import MEASURES
from liji.recognition.plan_text import Prize
from liji.recognition.plan_text import Terms
from liji.recognition.plan_text import days_before
from liji.recognition.plan_text import document
from liji.recognition.plan_text import period_for

TEN_DAYS = (date(2026, 11, 10), date(2026, 11, 20))
WHOLE_MONTH = (date(2026, 11, 1), date(2026, 12, 1))
MONEY = (Prize("money", Decimal(3000)), Prize("money", Decimal("1000.01")))
TICKET = (Prize("ticket", Decimal(1)), Prize("money", Decimal(500)))


@pytest.mark.parametrize("days", [TEN_DAYS, WHOLE_MONTH])
@pytest.mark.parametrize("prizes", [MONEY, TICKET])
@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("measure", MEASURES)
def test_every_kind_of_contest_is_a_sound_plan_that_proves_itself(measure, shared, prizes, days):
    terms = Terms(measure, prizes, least_orders=2, shared=shared, formula="amount * share")
    period = period_for(*days)
    names = ("双十一", "Singles' Day")
    loaded = load(document("c", names, *days, terms, currency="CNY", period=period, year_starts=1))
    assert loaded.plan, loaded.problems
    wrong = [found.message("en") for found in loaded.problems if found.severity is Severity.ERROR]
    assert wrong == []
    outcomes = run_examples(loaded.plan)
    assert [outcome.message("en") for outcome in outcomes if not outcome.passed] == []
    assert outcomes or measure == "formula"


@pytest.mark.parametrize(
    ("start", "end", "period"),
    [
        (date(2026, 11, 2), date(2026, 11, 16), "month"),  # not half a month: it stands with the month's other pay
        (*TEN_DAYS, "month"),
        (*WHOLE_MONTH, "month"),
        (date(2026, 10, 20), date(2026, 11, 5), "quarter"),
        (date(2026, 9, 20), date(2026, 10, 5), "year"),
        (date(2026, 12, 20), date(2027, 1, 5), None),
    ],
)
def test_a_contest_is_paid_in_the_shortest_period_that_holds_it(start, end, period):
    assert period_for(start, end) == period


@pytest.mark.parametrize(
    ("days", "before"),
    [
        (TEN_DAYS, (date(2026, 10, 31), date(2026, 11, 10))),
        (WHOLE_MONTH, (date(2026, 10, 1), date(2026, 11, 1))),  # 31 days against 30: months are compared with months
    ],
)
def test_growth_compares_with_as_much_time_directly_before(days, before):
    assert days_before(*days) == before


def test_terms_come_back_as_they_were_stored():
    terms = Terms("orders", TICKET, least=Decimal("2.5"), shared=False)
    assert Terms.from_json(terms.to_json()) == terms
