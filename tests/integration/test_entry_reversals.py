"""Reversals suit their original, sources retract their records, and whoever is credited works here."""

from datetime import date
from decimal import Decimal

import pytest

from liji.facts import queries
from liji.facts import services as facts
from liji.facts.models import Credit
from liji.facts.models import Fact
from liji.people import services as people
from liji.people.problems import Refused
from liji.plans import services as plans
from tests import scenes

pytestmark = pytest.mark.django_db
DAY = "2026-10-20T10:00:00+08:00"


@pytest.fixture
def team():
    return scenes.team("王晓阳", "李静")


@pytest.fixture
def rep(team):
    return team["王晓阳"]


def sold(rep, amount="100", **more) -> dict:
    return scenes.order(rep, amount, occurred_at=DAY, **more)


def back(order: dict, number: str, amount: str | None = "40", **more) -> dict:
    """A return of an order; without an amount, its cancellation."""
    record = {"source": order["source"], "external_id": number, "order": order["external_id"], "occurred_at": DAY}
    record["type"] = "order_returned" if amount else "order_cancelled"
    return record | ({"amount": amount} if amount else {}) | more


def credited(rep) -> Decimal:
    return sum((one.amount * one.share for one in Credit.objects.filter(payee=rep, current=True)), Decimal(0))


def codes(outcome) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in outcome.problems]


def test_a_reversal_takes_currency_and_payee_of_its_original_or_is_refused(team):
    one, other = team["王晓阳"], team["李静"]
    order = sold(one, currency="EUR")
    facts.record(order)
    refused = facts.record_many([
        back(order, "R1", currency="USD"),
        back(order, "R2", employee=other.number),
        back(order, "R3", credits=[{"employee": one.number, "share": "50%"}]),
        back(order, "R4", credits=[{"employee": other.number}]),
        back(order, "R5", occurred_at="2026-10-19T10:00:00+08:00"),
        back(order, "R6", credit_date="2026-10-19"),
    ])  # fmt: skip
    assert [codes(each) for each in refused] == [
        [("currency", "currency_of_original")],
        [("employee", "payee_of_original")],
        [("credits", "payee_of_original")],
        [("credits", "payee_of_original")],
        [("occurred_at", "before_original")],
        [("credit_date", "before_original")],
    ]
    assert facts.record(back(order, "R7", employee=one.number)).status == "created"
    assert Fact.objects.get(external_id="R7").currency == "EUR"
    assert (credited(one), credited(other)) == (60, 0)


def test_a_reversal_suits_the_type_of_its_original(rep):
    order = sold(rep)
    payment = sold(rep, number="P1") | {"type": "payment_received"}
    del payment["product"]
    chance = payment | {"type": "opportunity_won", "external_id": "O1"}
    facts.record_many([order, payment, chance, back(order, "R1", "30")])
    outcomes = facts.record_many([
        back(payment, "R2"), back(chance, "C1", None), back({**order, "external_id": "R1"}, "C2", None),
    ])  # fmt: skip
    assert [codes(each) for each in outcomes] == [[("order", "not_reversible")]] * 3
    assert credited(rep) == 270


def test_a_return_counts_from_the_credit_date_of_its_order_on(rep):
    order = sold(rep, credit_date="2026-11-02")
    facts.record_many([order, back(order, "R1")])
    assert Fact.objects.get(external_id="R1").credit_date == date(2026, 11, 2)


def test_a_returned_order_is_corrected_and_its_reversals_follow(team):
    one, other = team["王晓阳"], team["李静"]
    order = sold(one)
    facts.record_many([order, back(order, "R1", "30"), back(order, "C1", None)])
    assert credited(one) == 0
    assert facts.record(order | {"amount": "250", "employee": other.number}).status == "corrected"
    assert (credited(one), credited(other)) == (0, 0)
    amounts = Credit.objects.filter(payee=other, current=True).values_list("amount", flat=True)
    assert sorted(amounts) == [-220, -30, 250]
    assert codes(facts.record(order | {"amount": "29"})) == [("external_id", "has_reversals")]
    assert codes(facts.record(order | {"currency": "EUR"})) == [("external_id", "has_reversals")]


def test_the_reversals_of_a_batch_follow_a_correction_in_it(team):
    one, other = team["王晓阳"], team["李静"]
    order = sold(one)
    facts.record_many([order, back(order, "C1", None), order | {"employee": other.number, "amount": "70"}])
    assert (credited(one), credited(other)) == (0, 0)
    assert Credit.objects.filter(payee=other, current=True).count() == 2


# --- retracting ---------------------------------------------------------------------------------------------------


def test_a_source_takes_its_record_back(rep):
    order = sold(rep)
    facts.record(order)
    gone = {"source": "crm", "external_id": order["external_id"], "status": "retracted"}
    assert [facts.record(gone).status, facts.record(gone).status] == ["retracted", "duplicate"]
    assert credited(rep) == 0
    assert not Fact.objects.filter(current=True).exists()
    # What was retracted comes back only when the source says that it is new.
    assert facts.record(order).status == "stale"
    assert facts.record(order | {"version": 9}).status == "created"
    assert credited(rep) == 100
    assert codes(facts.record(gone | {"external_id": "NEVER"})) == [("external_id", "unknown_record")]


def test_a_record_with_reversals_is_retracted_after_them_or_with_them(rep):
    order = sold(rep)
    number = order["external_id"]
    facts.record_many([order, back(order, "R1", "30"), back(order, "R2", "20")])
    assert codes(facts.retract([("crm", number)], by="crm")[0]) == [("external_id", "has_reversals")]
    assert codes(facts.retract([("crm", number), ("crm", "R1")], by="crm")[0]) == [("external_id", "has_reversals")]
    assert credited(rep) == 80  # R1 alone has gone
    assert facts.retract([("crm", number)], by="crm", reversals=True)[0].status == "retracted"
    assert (credited(rep), Fact.objects.filter(current=True).count()) == (0, 0)


def test_a_retracted_return_gives_the_order_back(rep):
    order = sold(rep)
    facts.record_many([order, back(order, "R1", "100")])
    assert facts.retract([("crm", "R1")], by="crm")[0].status == "retracted"
    assert credited(rep) == 100
    assert facts.record(back(order, "R2", "100")).status == "created"


def test_what_counts_in_a_closed_period_is_not_retracted(rep):
    order = sold(rep) | {"occurred_at": "2021-03-03T10:00:00+08:00"}
    facts.record(order)
    plans.close_period(date(2021, 3, 1), date(2021, 4, 1), by=None)
    assert codes(facts.retract([("crm", order["external_id"])], by="crm")[0]) == [("external_id", "closed")]


def test_taking_an_import_back_leaves_no_return_without_its_order(rep):
    order = sold(rep)
    facts.record_many([order], run=81)
    facts.record(back(order, "R1"))
    with pytest.raises(Refused) as refused:
        facts.withdraw_run(81)
    assert refused.value.problems[0].code == "has_reversals"
    assert credited(rep) == 60
    assert facts.withdraw_run(81, by="finance", reversals=True) == 1
    assert credited(rep) == 0


def test_an_older_version_that_returns_no_longer_fit_does_not_count_again(rep):
    order = sold(rep)
    facts.record(order | {"amount": "30"})
    facts.record_many([order | {"amount": "100"}], run=82)
    facts.record(back(order, "R1", "40"))
    with pytest.raises(Refused):
        facts.withdraw_run(82)
    assert credited(rep) == 60


def test_reversals_follow_the_version_that_counts_again(team):
    one, other = team["王晓阳"], team["李静"]
    order = sold(one)
    facts.record(order)
    facts.record(back(order, "R1", "40"))
    facts.record_many([order | {"employee": other.number, "amount": "90"}], run=83)
    assert (credited(one), credited(other)) == (0, 50)
    facts.withdraw_run(83)
    assert (credited(one), credited(other)) == (60, 0)


def test_a_retraction_that_came_by_an_import_is_taken_back_with_it(rep):
    order = sold(rep)
    facts.record(order)
    facts.record_many([{"source": "crm", "external_id": order["external_id"], "status": "retracted"}], run=84)
    assert credited(rep) == 0
    assert facts.withdraw_run(84) == 1
    assert credited(rep) == 100


# --- who ----------------------------------------------------------------------------------------------------------


def test_every_credited_person_is_employed_on_the_credit_date(team):
    one, other = team["王晓阳"], team["李静"]
    people.leave(other, last_day=date(2026, 10, 10))
    both = [{"employee": one.number, "share": "60%"}, {"employee": other.number, "share": "40%"}]
    outcome = facts.record(sold(one, credits=both))
    assert codes(outcome) == [("credits", "not_employed")]
    assert outcome.problems[0].values == {"value": other.number, "day": "2026-10-20"}
    assert codes(facts.record(sold(other))) == [("employee", "not_employed")]
    # The credit date decides, not the day of the event.
    assert codes(facts.record(sold(other) | {"occurred_at": "2026-10-09", "credit_date": "2026-10-12"})) != []
    assert facts.record(sold(other) | {"occurred_at": "2026-10-20", "credit_date": "2026-10-09"}).status == "created"
    # A correction is held to the same.
    order = sold(one)
    facts.record(order)
    assert codes(facts.record(order | {"credits": both})) == [("credits", "not_employed")]


def test_payments_and_returns_after_the_exit_are_kept_and_named(team):
    rep = team["李静"]
    order = sold(rep) | {"occurred_at": "2026-10-09T10:00:00+08:00"}
    facts.record(order)
    people.leave(rep, last_day=date(2026, 10, 10))
    payment = sold(rep, number="P1") | {"type": "payment_received"}
    del payment["product"]
    outcomes = facts.record_many([payment, back(order, "R1")])
    assert [each.status for each in outcomes] == ["created", "created"]
    assert [[note.code for note in each.notes] for each in outcomes] == [["after_exit"], ["after_exit"]]
    early = payment | {"external_id": "P2", "occurred_at": "2019-01-01"}
    assert codes(facts.record(early)) == [("employee", "not_employed")]


def test_the_shares_of_the_owners_are_at_most_the_whole(team):
    one, other = team["王晓阳"], team["李静"]
    over = [{"employee": one.number, "share": "60%"}, {"employee": other.number, "share": "41%"}]
    assert codes(facts.record(sold(one, credits=over))) == [("credits", "shares_over")]
    beside = [{"employee": one.number}, {"employee": other.number, "role": "presales"}]
    assert facts.record(sold(one, credits=beside)).status == "created"
    twice = f"{one.number}:50%; {one.number.lower()}:50%"
    assert codes(facts.record(sold(one, credits=twice))) == [("credits", "wrong_credits")]


# --- which version wins -------------------------------------------------------------------------------------------


def test_equal_values_are_one_content(rep):
    order = sold(rep, "100", cost="50.0")
    facts.record(order)
    again = order | {"amount": "100.00", "cost": "50", "occurred_at": "2026-10-20T02:00:00Z"}
    assert facts.record(again).status == "duplicate"
    alone = [{"employee": rep.number, "share": "100%"}]
    assert facts.record(order | {"credits": alone}).status == "duplicate"


def test_content_of_an_older_version_is_stale(rep):
    order = sold(rep)
    for amount, status in (("100", "created"), ("200", "corrected"), ("100", "stale"), ("300", "corrected")):
        outcome = facts.record(order | {"amount": amount})
        assert outcome.status == status
    assert credited(rep) == 300
    assert facts.record(order | {"amount": "100", "if_old": "apply"}).status == "corrected"
    assert facts.record(order | {"amount": "200", "version": 9}).status == "corrected"
    assert credited(rep) == 200


def test_a_time_of_change_decides_without_a_version(rep):
    order = sold(rep)
    times = ["2026-10-20T10:00:00Z", "2026-10-21T10:00:00Z", "2026-10-22T10:00:00Z"]
    sent = [("100", 0), ("200", 1), ("300", 0), ("100", 2), ("100", 2), ("400", 2)]
    statuses = [facts.record(order | {"amount": amount, "updated_at": times[at]}).status for amount, at in sent]
    assert statuses == ["created", "corrected", "stale", "corrected", "duplicate", "corrected"]


def test_the_same_id_of_another_type_is_refused(rep):
    order = sold(rep)
    facts.record(order)
    won = {name: value for name, value in order.items() if name != "product"} | {"type": "opportunity_won"}
    assert codes(facts.record(won)) == [("type", "other_type")]
    assert Fact.objects.get(current=True).type == "order_closed"


def test_what_a_correction_does_not_name_is_kept_and_null_clears(team):
    one, other = team["王晓阳"], team["李静"]
    both = [{"employee": one.number, "share": "60%"}, {"employee": other.number, "share": "40%"}]
    order = sold(one, currency="EUR", credit_date="2026-10-25", credits=both)
    facts.record(order)
    bare = {name: order[name] for name in ("source", "external_id", "type", "employee", "occurred_at")}
    assert facts.record(bare | {"amount": "100"}).status == "duplicate"
    assert facts.record(bare | {"amount": "200"}).status == "corrected"
    fact = Fact.objects.get(current=True)
    assert (fact.currency, fact.credit_date, fact.fields["product"]) == ("EUR", date(2026, 10, 25), order["product"])
    assert (credited(one), credited(other)) == (120, 80)
    facts.record(bare | {"amount": "200", "product": None})
    assert "product" not in Fact.objects.get(current=True).fields
    assert facts.record(bare | {"amount": "200", "replace": True}).status == "corrected"
    fact = Fact.objects.get(current=True)
    assert (fact.currency, fact.credit_date, fact.fields) == ("CNY", date(2026, 10, 20), {})
    assert (credited(one), credited(other)) == (200, 0)


def test_a_credit_date_that_was_the_day_of_the_event_follows_it(rep):
    order = sold(rep)
    facts.record(order)
    facts.record(order | {"occurred_at": "2026-11-03T10:00:00+08:00"})
    assert Fact.objects.get(current=True).credit_date == date(2026, 11, 3)


# --- one bad record -----------------------------------------------------------------------------------------------


def test_one_record_that_breaks_the_code_costs_one_record(rep, monkeypatch, caplog):
    from liji.facts.ledger import Ledger

    enter = Ledger.enter

    def breaks(self, record):
        if record.external_id == "BAD":
            raise KeyError("secret customer 48,611.73")
        return enter(self, record)

    monkeypatch.setattr(Ledger, "enter", breaks)
    orders = [sold(rep, "1") for _ in range(6)] + [sold(rep, "1", number="BAD")]
    outcomes = facts.record_many(orders)
    assert [each.status for each in outcomes] == ["created"] * 6 + ["refused"]
    problem = outcomes[-1].problems[0]
    assert (problem.code, len(problem.values["reference"])) == ("internal", 8)
    assert problem.values["reference"] in caplog.text
    assert "48,611.73" not in caplog.text
    assert credited(rep) == 6
    assert len(queries.versions("crm", "BAD")) == 0
