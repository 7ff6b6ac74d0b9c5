"""Events that wait for the end of their transaction: published with its last word, or after it; never without it."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from liji.events.models import Event
from liji.events.services import publish
from liji.events.services import publish_later
from tests import scenes
from tests.server import Installation

pytestmark = pytest.mark.usefixtures("served")


def told(*bodies: str) -> Iterator[Event]:
    return (Event(kind="notice", body={"said": each}) for each in bodies)


def said(since: int) -> list[str]:
    rows = Event.objects.filter(pk__gt=since, body__has_key="said")
    return list(rows.order_by("pk").values_list("body__said", flat=True))


@pytest.fixture
def since(served: Installation) -> int:
    scenes.team("小王")
    return publish(told("before"))[-1].pk


def test_what_waits_is_published_with_the_transactions_last_word_in_one_go(since: int):
    with transaction.atomic():
        publish_later(told("one", "two"))
        assert said(since) == []
        assert len(publish(told("three"))) == 3
        assert said(since) == ["one", "two", "three"]
    assert said(since) == ["one", "two", "three"]


def test_where_nobody_publishes_it_is_published_after_the_commit(since: int):
    with transaction.atomic():
        publish_later(told("alone"))
        assert said(since) == []
    assert said(since) == ["alone"]


def test_what_is_rolled_back_is_never_told(since: int):
    with transaction.atomic():
        publish_later(told("kept"))
        with pytest.raises(ValueError, match="undone"), transaction.atomic():
            publish_later(told("gone"))
            raise ValueError("undone")
        publish(told("last"))
    with pytest.raises(ValueError, match="all"), transaction.atomic():
        publish_later(told("never"))
        raise ValueError("all")
    assert said(since) == ["kept", "last"]
