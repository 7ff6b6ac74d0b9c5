"""Bad records: each gets a clear answer with field, code and mend, and nothing of it is stored."""

import json
from datetime import date

import pytest

from liji.facts.models import Fact
from liji.facts.models import RawRecord
from liji.people import services as people
from liji.plans import services as plans
from liji.plans.models import ClosedPeriod
from tests import scenes
from tests.server import Crm

# what is changed in a good order, (field, code) that the answer names; None takes the field away
REFUSED = [
    # whose it is
    ({"employee": "NOBODY-1"}, ("employee", "unknown_employee")),
    ({"employee": None}, ("employee", "missing")),
    # amounts
    ({"amount": "-100"}, ("amount", "negative")),
    ({"amount": -0.01}, ("amount", "negative")),
    ({"amount": "ten"}, ("amount", "not_a_number")),
    ({"amount": True}, ("amount", "not_a_number")),
    ({"amount": {"value": 1}}, ("amount", "not_a_number")),
    ({"amount": ["1"]}, ("amount", "not_a_number")),
    ({"amount": None}, ("amount", "missing")),
    ({"amount": "NaN"}, ("amount", "not_finite")),
    ({"amount": "Infinity"}, ("amount", "not_finite")),
    ({"amount": "-Infinity"}, ("amount", "not_finite")),
    ({"amount": "sNaN"}, ("amount", "not_finite")),
    ({"amount": "1e18"}, ("amount", "too_large")),
    ({"amount": "1e999999"}, ("amount", "too_large")),
    ({"amount": "9" * 5000}, ("amount", "too_large")),
    ({"amount": "0.0000001"}, ("amount", "too_precise")),
    ({"amount": "1e-999999"}, ("amount", "too_precise")),
    ({"amount": "1." + "0" * 40 + "1"}, ("amount", "too_precise")),
    # when
    ({"occurred_at": "2099-01-01T00:00:00+08:00"}, ("occurred_at", "future")),
    ({"occurred_at": "23/11/2026"}, ("occurred_at", "not_a_date")),
    ({"occurred_at": "9999-12-31T23:59:59-14:00"}, ("occurred_at", "future")),
    ({"occurred_at": 1763884800}, ("occurred_at", "not_a_date")),
    ({"occurred_at": None}, ("occurred_at", "missing")),
    ({"occurred_at": "2019-12-31T09:00:00+08:00"}, ("employee", "not_employed")),
    ({"credit_date": "soon"}, ("credit_date", "not_a_date")),
    # what
    ({"type": "order_dreamt"}, ("type", "unknown_type")),
    ({"type": None}, ("type", "missing")),
    ({"currency": "yuan"}, ("currency", "not_iso_currency")),
    ({"currency": "ABC"}, ("currency", "wrong_currency")),
    ({"colour": "red"}, ("colour", "unknown_field")),
    ({"new_customer": "perhaps"}, ("new_customer", "wrong_type")),
    ({"quantity": "many"}, ("quantity", "not_a_number")),
    ({"customer": "x" * 3000}, ("customer", "too_long")),
    ({"customer": "a\x00b"}, ("customer", "bad_text")),
    # which
    ({"external_id": None}, ("external_id", "missing")),
    ({"external_id": "x" * 201}, ("external_id", "too_long")),
    ({"source": "x" * 65}, ("source", "too_long")),
    ({"version": 0}, ("version", "wrong_version")),
    ({"version": "two"}, ("version", "wrong_version")),
    ({"version": 10**12}, ("version", "wrong_version")),
]


@pytest.fixture
def rep(served):
    return scenes.team("王晓阳")["王晓阳"]


def changed(good: dict, change: dict) -> dict:
    return {name: value for name, value in (good | change).items() if value is not None}


@pytest.mark.parametrize(("change", "expected"), REFUSED)
def test_a_bad_record_is_refused_with_field_and_mend(crm: Crm, rep, change, expected):
    before = RawRecord.objects.count()
    status, answer = crm.post(changed(scenes.order(rep, "100.00"), change))
    assert status == 422
    assert expected in [(problem["field"], problem["code"]) for problem in answer["problems"]]
    assert all(problem["message"] and problem["mend"] for problem in answer["problems"])
    assert RawRecord.objects.count() == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b'"a text"',
        b"17",
        b"null",
        b'{"amount": NaN}',
        b'{"amount": -Infinity}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_record_at_all_is_refused(crm: Crm, served, body: bytes):
    status, answer = crm.send(body, crm.headers(body))
    assert status == 422
    assert answer["problems"][0]["code"] == "not_an_object"


def test_a_lone_surrogate_is_refused_or_kept_but_never_breaks(crm: Crm, rep):
    body = json.dumps(scenes.order(rep, "1") | {"customer": "\ud800"}).encode()
    status, answer = crm.send(body, crm.headers(body))
    assert status == 422
    assert answer["problems"][0]["field"] == "customer"


def test_good_records_are_kept_beside_bad_ones(crm: Crm, rep):
    good, bad = scenes.order(rep, "10"), scenes.order(rep, "-10")
    status, answer = crm.post([good, bad, "nonsense"])
    assert status == 200
    assert [outcome["status"] for outcome in answer["outcomes"]] == ["created", "refused", "refused"]
    assert Fact.objects.filter(owner=rep).count() == 1


def test_more_than_a_thousand_records_at_once_are_too_many(crm: Crm, served):
    status, _ = crm.post([{}] * 1001)
    assert status == 413


def test_a_body_of_many_megabytes_is_too_large(crm: Crm, rep):
    status, _ = crm.post(scenes.order(rep, "1") | {"customer": "x" * 6_000_000})
    assert status == 413


def test_a_known_record_sent_again_changes_nothing(crm: Crm, rep):
    order = scenes.order(rep, "100.00")
    assert crm.post(order)[0] == 201
    status, answer = crm.post(order)
    assert (status, answer["status"]) == (200, "duplicate")
    assert Fact.objects.filter(owner=rep).count() == 1


def test_the_same_record_twice_in_one_request_counts_once(crm: Crm, rep):
    order = scenes.order(rep, "100.00")
    _, answer = crm.post([order, order])
    assert [outcome["status"] for outcome in answer["outcomes"]] == ["created", "duplicate"]
    assert Fact.objects.filter(owner=rep).count() == 1


def test_a_version_that_exists_with_other_content_is_refused(crm: Crm, rep):
    order = scenes.order(rep, "100.00", version=1)
    crm.post(order)
    status, answer = crm.post(order | {"amount": "200.00"})
    assert (status, answer["problems"][0]["code"]) == (422, "version_taken")


def test_a_version_older_than_the_newest_is_refused(crm: Crm, rep):
    order = scenes.order(rep, "100.00", version=3)
    crm.post(order)
    status, answer = crm.post(order | {"amount": "200.00", "version": 2})
    assert (status, answer["problems"][0]["code"]) == (422, "version_old")


def test_more_than_the_order_cannot_go_back(crm: Crm, rep):
    order = scenes.order(rep, "100.00")
    crm.post(order)
    back = scenes.order(rep, "100.01") | {"type": "order_returned", "order": order["external_id"]}
    del back["customer"], back["product"]
    status, answer = crm.post(back)
    assert (status, answer["problems"][0]["code"]) == (422, "more_than_left")


def test_a_return_of_an_unknown_order_is_refused(crm: Crm, rep):
    back = scenes.order(rep, "1") | {"type": "order_returned", "order": "NEVER-SEEN"}
    del back["customer"], back["product"]
    status, answer = crm.post(back)
    assert (status, answer["problems"][0]["code"]) == (422, "unknown_original")


@pytest.fixture
def closed_2021(served):
    """The year 2021 is closed; no other test looks at it."""
    closed = plans.close_period(date(2021, 1, 1), date(2022, 1, 1), by=None)
    yield closed
    ClosedPeriod.objects.filter(pk=closed.pk).delete()


def test_a_closed_period_takes_nothing_and_names_the_first_open_day(crm: Crm, rep, closed_2021):
    status, answer = crm.post(scenes.order(rep, "100", occurred_at="2021-06-15T10:00:00+08:00"))
    assert (status, answer["problems"][0]["code"]) == (422, "closed")
    assert "2022-01-01" in answer["problems"][0]["mend"]


def test_what_came_late_counts_on_a_day_that_is_open(crm: Crm, rep, closed_2021):
    late = scenes.order(rep, "100", occurred_at="2021-06-15T10:00:00+08:00", credit_date="2022-01-01")
    assert crm.post(late)[0] == 201


def test_a_fact_of_a_closed_period_can_no_longer_be_corrected(crm: Crm, rep, served):
    order = scenes.order(rep, "100", occurred_at="2020-06-15T10:00:00+08:00")
    assert crm.post(order)[0] == 201
    closed = plans.close_period(date(2020, 6, 1), date(2020, 7, 1), by=None)
    try:
        status, answer = crm.post(order | {"amount": "900", "occurred_at": "2020-07-02T10:00:00+08:00"})
        assert (status, answer["problems"][0]["code"]) == (422, "closed")
        assert Fact.objects.get(owner=rep, current=True).amount == 100
    finally:
        ClosedPeriod.objects.filter(pk=closed.pk).delete()


def test_someone_who_has_left_gets_no_new_orders_but_late_payments(crm: Crm, rep):
    people.leave(rep, last_day=date(2024, 3, 31))
    order = scenes.order(rep, "100", occurred_at="2024-04-01T10:00:00+08:00")
    assert crm.post(order)[1]["problems"][0]["code"] == "not_employed"
    payment = order | {"type": "payment_received"}
    del payment["product"]
    assert crm.post(payment)[0] == 201
