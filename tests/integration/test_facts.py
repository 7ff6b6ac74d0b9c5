"""Facts on a real database: versions, corrections, cancellations, returns, and an import taken back."""

from datetime import date
from decimal import Decimal

import pytest

from liji.facts import queries
from liji.facts import services as facts
from liji.facts.models import Credit
from liji.facts.models import Fact
from liji.facts.models import RawRecord
from liji.people.problems import Refused
from liji.plans import services as plans
from tests import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def reps():
    return scenes.team("王晓阳", "李静")


@pytest.fixture
def rep(reps):
    return reps["王晓阳"]


def credited(rep) -> Decimal:
    return sum(Credit.objects.filter(payee=rep, current=True).values_list("amount", flat=True), Decimal(0))


def taking_back(order: dict, number: str, amount: str | None = None) -> dict:
    kind = "order_returned" if amount else "order_cancelled"
    record = {name: order[name] for name in ("source", "occurred_at", "currency")}
    record |= {"external_id": number, "type": kind, "order": order["external_id"]}
    return record | ({"amount": amount} if amount else {})


def test_the_record_is_kept_exactly_as_it_came(rep):
    order = scenes.order(rep, "1234.50", new_customer=True)
    outcome = facts.record(order)
    assert queries.fact(outcome.fact_id).raw == order
    assert queries.fact(outcome.fact_id).amount == Decimal("1234.5")


def test_the_amount_keeps_all_its_places(rep):
    outcome = facts.record(scenes.order(rep, "999999999999999999.999999"))
    assert queries.fact(outcome.fact_id).amount == Decimal("999999999999999999.999999")
    assert credited(rep) == Decimal("999999999999999999.999999")


def test_a_correction_is_a_new_version_and_the_old_one_stays_readable(rep):
    order = scenes.order(rep, "100")
    first = facts.record(order)
    second = facts.record(order | {"amount": "250"})
    assert (first.status, first.version) == ("created", 1)
    assert (second.status, second.version) == ("corrected", 2)
    versions = queries.versions("crm", order["external_id"])
    assert [(v.version, v.amount, v.current) for v in versions] == [(1, 100, False), (2, 250, True)]
    assert credited(rep) == 250


def test_a_correction_moves_the_order_to_another_rep(reps):
    one, other = reps["王晓阳"], reps["李静"]
    order = scenes.order(one, "100")
    facts.record(order)
    facts.record(order | {"employee": other.number})
    assert (credited(one), credited(other)) == (0, 100)


def test_going_back_to_the_first_content_needs_a_version(rep):
    order = scenes.order(rep, "100")
    for amount in ("100", "200", "100"):
        outcome = facts.record(order | {"amount": amount})
    assert (outcome.status, credited(rep)) == ("stale", 200)
    outcome = facts.record(order | {"version": 3})
    assert (outcome.status, outcome.version) == ("corrected", 3)
    assert credited(rep) == 100


def test_the_order_of_keys_makes_no_new_version(rep):
    order = scenes.order(rep, "100")
    facts.record(order)
    assert facts.record(dict(reversed(order.items()))).status == "duplicate"


def test_a_version_further_on_may_come_first(rep):
    order = scenes.order(rep, "300", version=3)
    assert facts.record(order).status == "created"
    assert facts.record(order | {"version": 5, "amount": "500"}).status == "corrected"
    assert credited(rep) == 500


def test_a_cancellation_takes_back_all_that_is_left(rep):
    order = scenes.order(rep, "100")
    facts.record_many([order, taking_back(order, "RT-1", "30"), taking_back(order, "CN-1")])
    assert credited(rep) == 0
    amounts = Credit.objects.filter(payee=rep, current=True).values_list("amount", flat=True)
    assert sorted(amounts) == [-70, -30, 100]


def test_a_return_belongs_to_whoever_has_the_order(reps):
    order = scenes.order(reps["李静"], "100")
    facts.record(order)
    facts.record(taking_back(order, "RT-2", "40"))
    assert credited(reps["李静"]) == 60


def test_a_return_may_be_corrected(rep):
    order = scenes.order(rep, "100")
    facts.record(order)
    facts.record(taking_back(order, "RT-3", "40"))
    facts.record(taking_back(order, "RT-3", "100"))
    assert credited(rep) == 0


def test_an_order_is_not_corrected_to_less_than_was_returned(rep):
    order = scenes.order(rep, "100")
    facts.record(order)
    facts.record(taking_back(order, "RT-4", "40"))
    outcome = facts.record(order | {"amount": "10"})
    assert (outcome.status, outcome.problems[0].code) == ("refused", "has_reversals")
    assert facts.record(order | {"amount": "50"}).status == "corrected"
    assert credited(rep) == 10


def test_nobody_takes_back_what_another_source_sold(rep):
    order = scenes.order(rep, "100")
    facts.record(order)
    outcome = facts.record(taking_back(order, "RT-5", "10") | {"source": "another"})
    assert (outcome.status, outcome.problems[0].code) == ("refused", "unknown_original")


def test_an_import_is_taken_back_and_earlier_versions_count_again(rep):
    kept, new = scenes.order(rep, "100"), scenes.order(rep, "7")
    facts.record(kept)
    facts.record_many([kept | {"amount": "900"}, new], run=71)
    assert credited(rep) == 907
    assert facts.withdraw_run(71) == 2
    assert credited(rep) == 100
    assert Fact.objects.get(external_id=kept["external_id"], current=True).version == 1
    assert RawRecord.objects.filter(run=71).count() == 2  # what came is still there


def test_an_import_taken_back_twice_changes_nothing_more(rep):
    facts.record_many([scenes.order(rep, "7")], run=72)
    assert [facts.withdraw_run(72), facts.withdraw_run(72)] == [1, 0]


def test_a_record_taken_back_with_its_import_can_be_sent_again(rep):
    order = scenes.order(rep, "7")
    facts.record_many([order], run=73)
    facts.withdraw_run(73)
    outcome = facts.record(order)
    assert outcome.status != "duplicate"
    assert credited(rep) == 7


def test_an_import_into_a_period_that_was_closed_since_stays(rep):
    facts.record_many([scenes.order(rep, "7", occurred_at="2021-03-03T10:00:00+08:00")], run=74)
    plans.close_period(date(2021, 3, 1), date(2021, 4, 1), by=None)
    with pytest.raises(Refused) as refused:
        facts.withdraw_run(74)
    assert refused.value.problems[0].code == "closed"
    assert credited(rep) == 7


def test_the_day_is_the_companys_not_the_senders(rep):
    outcome = facts.record(scenes.order(rep, "1", occurred_at="2026-01-31T23:30:00+00:00"))
    assert Fact.objects.get(pk=outcome.fact_id).credit_date == date(2026, 2, 1)  # in Shanghai it is February


def bare(rep) -> dict:
    """Only what every record has."""
    order = scenes.order(rep, "1")
    return {name: order[name] for name in ("source", "external_id", "employee", "occurred_at")}


def test_a_type_of_the_companys_own_has_fields_of_its_own(rep):
    own = [{"name": "seats", "type": "count", "zh": "席位", "en": "Seats", "required": True}]
    facts.add_type("demo_given", "演示", "Demo given", has_amount=False, fields=own)
    record = bare(rep)
    without = facts.record(record | {"type": "demo_given"})
    assert [(p.field, p.code) for p in without.problems] == [("seats", "missing")]
    assert facts.record(record | {"type": "demo_given", "seats": 12}).status == "created"


@pytest.mark.parametrize("value", ["many", "1.5", "-3"])
def test_a_count_is_a_whole_number_from_nought(rep, value):
    own = [{"name": "seats", "type": "count", "zh": "席位", "en": "Seats", "required": True}]
    facts.add_type("demo_given", "演示", "Demo given", has_amount=False, fields=own)
    record = bare(rep)
    assert facts.record(record | {"type": "demo_given", "seats": value}).status == "refused"
