"""A worker killed with -9 in the middle of a recalculation: nothing lost, nothing twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import psycopg
import pytest

from liji.events.models import Event
from liji.events.services import _ORDER_LOCK
from liji.facts.models import Credit
from liji.reactions.models import Notice
from tests import scenes
from tests.server import Crm
from tests.server import Installation
from tests.server import eventually


@contextmanager
def holding_up(served: Installation) -> Iterator[psycopg.Connection]:
    """Meanwhile a recalculation gets as far as telling what changed, and waits."""
    with psycopg.connect(served.url) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_ORDER_LOCK])
        connection.commit()
        yield connection


def waiting(connection: psycopg.Connection) -> bool:
    """Whether a recalculation stands before the lock."""
    connection.rollback()
    found = connection.execute(
        "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
        "WHERE l.locktype = 'advisory' AND NOT l.granted AND l.objid = %s AND a.datname = current_database()",
        [_ORDER_LOCK],
    )
    return found.fetchone()[0] > 0


@pytest.fixture
def rep(served: Installation):
    """A rep whose month has been worked out: nothing is under way."""
    made = scenes.team("王晓阳", plan="accelerator", target="666666.67")["王晓阳"]
    eventually(lambda: scenes.total(made) == 0)
    return made


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(rep, crm: Crm, served: Installation):
    with holding_up(served) as connection:
        assert crm.post(scenes.order(rep, "100000.00"))[0] == 201
        eventually(lambda: waiting(connection), what="a recalculation in its middle")
        served.kill_worker()
    assert scenes.total(rep) is None
    assert crm.post(scenes.order(rep, "20000.00"))[0] == 201  # while nobody works
    served.start_worker()
    eventually(lambda: scenes.total(rep) == Decimal(1800), patience=120, what="1.5 % of 120,000")
    assert Credit.objects.filter(payee=rep, current=True).count() == 2
    assert Notice.objects.filter(user__employee=rep, kind="order_credited").count() == 2
    told = Event.objects.filter(payee=rep.pk, kind="earnings").order_by("pk")
    assert sum(len(event.body["facts"]) for event in told) == 2
    assert told.last().body["total"][1] in ("1800", "1800.00")


@pytest.mark.slow
def test_a_mail_that_a_killed_worker_had_before_it_is_sent_by_the_next(rep, crm: Crm, served: Installation):
    served.kill_worker()
    crm.post(scenes.order(rep, "100000.00"))
    served.start_worker()
    eventually(lambda: served.mail.to(rep.email), patience=120, what="the mail")
    assert len(served.mail.to(rep.email)) == 1
