"""Requests that are not what they say: forged, altered, old, replayed, with an ended key."""

import json

import pytest

from liji.access.models import ApiKey
from liji.access.services import end_api_key
from liji.access.services import make_api_key
from liji.base import clock
from liji.facts.models import Fact
from tests import scenes
from tests.server import Crm


@pytest.fixture
def rep(served):
    return scenes.team("王晓阳")["王晓阳"]


@pytest.fixture
def body(rep) -> bytes:
    return json.dumps(scenes.order(rep, "100.00")).encode()


@pytest.mark.parametrize("header", ["X-Liji-Key", "X-Liji-Timestamp", "X-Liji-Signature"])
def test_a_request_without_one_of_the_headers_is_not_let_in(crm: Crm, rep, body, header):
    headers = crm.headers(body)
    del headers[header]
    assert crm.send(body, headers)[0] == 401
    assert not Fact.objects.filter(owner=rep).exists()


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Liji-Key", "lk_unknown"),
        ("X-Liji-Signature", "0" * 64),
        ("X-Liji-Signature", ""),
        ("X-Liji-Signature", "签名".encode().decode("latin-1")),
        ("X-Liji-Timestamp", "yesterday"),
        ("X-Liji-Timestamp", "-1"),
        ("X-Liji-Timestamp", "9" * 400),
        ("X-Liji-Timestamp", "1e9"),
    ],
)
def test_a_forged_header_is_not_let_in(crm: Crm, rep, body, header, value):
    assert crm.send(body, crm.headers(body) | {header: value})[0] == 401
    assert not Fact.objects.filter(owner=rep).exists()


@pytest.mark.parametrize("seconds", [-3600, -301, 302, 86_400])
def test_a_signature_of_another_time_is_not_let_in(crm: Crm, rep, body, seconds):
    assert crm.send(body, crm.headers(body, now=clock.now().timestamp() + seconds))[0] == 401
    assert not Fact.objects.filter(owner=rep).exists()


def test_an_altered_body_is_not_let_in(crm: Crm, rep, body):
    assert crm.send(body.replace(b"100.00", b"900.00"), crm.headers(body))[0] == 401
    assert not Fact.objects.filter(owner=rep).exists()


def test_a_signature_for_another_path_is_not_let_in(crm: Crm, rep, body):
    assert crm.send(body, crm.headers(body, path="/api/other"))[0] == 401


def test_another_keys_secret_does_not_open(crm: Crm, rep, body):
    _, secret = make_api_key("another system", by=None)
    assert Crm(crm.base_url, crm.key, secret).post(json.loads(body))[0] == 401


def test_an_ended_key_opens_nothing(crm: Crm, rep, body):
    end_api_key(ApiKey.objects.get(key=crm.key), by=None)
    assert crm.send(body, crm.headers(body))[0] == 401
    assert not Fact.objects.filter(owner=rep).exists()


def test_a_replayed_request_changes_nothing(crm: Crm, rep, body):
    headers = crm.headers(body)
    answers = [crm.send(body, headers) for _ in range(5)]
    assert [status for status, _ in answers] == [201, 200, 200, 200, 200]
    assert Fact.objects.filter(owner=rep).count() == 1
