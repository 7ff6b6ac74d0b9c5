"""Two workers that hear of the same thing at the same moment: the database lets one of them act."""

import contextlib
import threading
from collections.abc import Iterator

from django.db import connection
from django.db import transaction

from liji.access.models import User
from liji.base import clock as base_clock
from liji.events.happenings import Happening
from liji.events.happenings import tell
from liji.people import queries as people
from liji.reactions import clock
from liji.reactions import services
from liji.reactions.models import Firing
from liji.reactions.models import Notice
from liji.reactions.models import Rule
from tests import scenes
from tests.server import Installation

WORKERS = 4


def at_once(work) -> None:
    """Lets several threads, each with a database connection of its own, do the same."""
    ready, failed = threading.Barrier(WORKERS), []

    def run() -> None:
        try:
            ready.wait(20)
            work()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed


@contextlib.contextmanager
def published(code: str, when: dict, by: User) -> Iterator[None]:
    """A rule that holds within."""
    act = {"action": "message", "to": "person", "subject": "{name}", "body": "{name}"}
    rule = services.save({"rule": code, "names": code, "when": when, "do": [act]}, by=None)
    services.publish(rule, by=None)
    yield
    services.pause(Rule.objects.get(pk=rule.pk), by=by)


def test_a_happening_that_several_tell_is_acted_on_once(served: Installation):
    rep = scenes.team("小王")["小王"]
    moment = base_clock.now()

    def work() -> None:
        with transaction.atomic():
            tell([Happening("praised", f"at-once:{rep.number}", rep.pk, moment)])

    with published("at_once", {"happens": "praised"}, rep.user):
        at_once(work)
    assert Firing.objects.filter(rule__code="at_once", employee=rep).count() == 1
    assert Notice.objects.filter(user__employee=rep, kind="at_once").count() == 1


def test_a_time_of_day_comes_once_for_several_workers(served: Installation):
    manager = scenes.team("小王").manager
    now = base_clock.now().astimezone(people.zone())
    when = {"happens": "clock", "at": f"{now:%H:%M}", "each": "manager"}
    with published("clock_at_once", when, manager.user):
        at_once(lambda: clock.tick(now))
    assert Notice.objects.filter(user__employee=manager, kind="clock_at_once").count() == 1
