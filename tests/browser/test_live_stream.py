"""The live stream over HTTP: who hears what, and how a page that was away catches up."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest

from liji.access.models import Role
from liji.events import queries as events
from liji.events.models import Event
from liji.events.services import publish
from liji.people import queries as people
from liji.people import services as people_services
from liji.people.models import Employee
from tests import scenes
from tests.server import Installation
from tests.server import eventually


def _session(username: str) -> dict[str, str]:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY
    from django.contrib.auth import HASH_SESSION_KEY
    from django.contrib.auth import SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from liji.access.models import User

    user, store = User.objects.get(username=username), SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return {settings.SESSION_COOKIE_NAME: store.session_key}


@contextmanager
def _stream(served: Installation, username: str, **headers: str) -> Iterator[Iterator[tuple[str, dict]]]:
    """What a page of this user hears: (name, body), after the greeting."""
    with (
        httpx.Client(base_url=served.base_url, cookies=_session(username), timeout=30) as client,
        client.stream("GET", "/live", headers=headers) as stream,
    ):
        assert stream.headers["content-type"] == "text/event-stream"
        heard = _events(stream.iter_lines())
        assert next(heard)[0] == "hello"
        yield heard


def _events(lines: Iterator[str]) -> Iterator[tuple[str, dict]]:
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: ") and name != "beat":
            yield name, json.loads(line.removeprefix("data: "))


def _happens(kind: str, payee: Employee | None) -> int:
    from django.db import transaction

    with transaction.atomic():
        (event,) = publish([Event(kind=kind, payee=payee and payee.pk, body={"total": ["0", "71717.17"]})])
    return event.pk


@pytest.fixture
def team(served: Installation):
    return scenes.team("小周", "小吴")


def test_a_rep_hears_the_own_and_the_companys_events_only(served, team):
    with _stream(served, team["小周"].number) as heard:
        _happens("earnings", team["小吴"])
        own = _happens("earnings", team["小周"])
        company = _happens("period", None)
        assert next(heard) == ("happened", {"id": own, "kind": "earnings", "payee": team["小周"].pk})
        assert next(heard)[1]["id"] == company


def test_a_manager_hears_the_team_but_not_its_notices(served, team):
    stranger = scenes.team("小郑")["小郑"]
    with _stream(served, team.manager.number) as heard:
        _happens("earnings", stranger)
        _happens("notice", team["小周"])
        wanted = [_happens("earnings", rep) for rep in team.reps.values()]
        assert [next(heard)[1]["id"] for _ in wanted] == wanted


def test_an_admin_hears_nobodys_pay(served, team):
    name = f"admin-{team.code}"
    scenes.user(name, Role.ADMIN)
    with _stream(served, name) as heard:
        _happens("earnings", team["小周"])
        company = _happens("period", None)
        assert next(heard)[1]["id"] == company


def test_no_figure_travels_in_an_event(served, team):
    with _stream(served, team["小周"].number) as heard:
        _happens("earnings", team["小周"])
        assert set(next(heard)[1]) == {"id", "kind", "payee"}


def test_what_was_missed_is_told_first(served, team):
    known = events.latest()
    missed = [_happens("earnings", team["小周"]) for _ in range(3)]
    _happens("earnings", team["小吴"])
    with _stream(served, team["小周"].number, **{"Last-Event-ID": str(known)}) as heard:
        fresh = _happens("earnings", team["小周"])
        assert [next(heard)[1]["id"] for _ in range(4)] == [*missed, fresh]


def test_who_missed_too_much_is_told_to_fetch_everything(served, team):
    from django.db import transaction

    known = events.latest()
    with transaction.atomic():
        publish([Event(kind="earnings", payee=team["小周"].pk) for _ in range(600)])
    with _stream(served, team["小周"].number, **{"Last-Event-ID": str(known)}) as heard:
        assert next(heard)[0] == "resync"


def test_nobody_listens_without_signing_in(served):
    assert httpx.get(served.base_url + "/live").status_code == 401


def test_sixty_open_pages_leave_the_database_to_the_others(served, team):
    """The installation has ten database connections; open streams must hold none of them."""
    cookies = _session(team["小周"].number)
    limits = httpx.Limits(max_connections=100)
    with httpx.Client(base_url=served.base_url, cookies=cookies, timeout=30, limits=limits) as client:
        streams = [client.send(client.build_request("GET", "/live"), stream=True) for _ in range(60)]
        try:
            assert client.get("/today/fragment").status_code == 200
        finally:
            for stream in streams:
                stream.close()


def test_a_stream_outlives_the_loss_of_its_database_connection(served, team):
    """What happens while the server is not listening is told as soon as it listens again."""
    from django.db import connection

    with _stream(served, team["小周"].number) as heard:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'liji live' AND datname = current_database()"
            )
            assert cursor.fetchall()
        wanted = [_happens("earnings", team["小周"]) for _ in range(3)]
        assert [next(heard)[1]["id"] for _ in wanted] == wanted


def test_every_answer_forbids_what_is_inline_or_from_elsewhere(served):
    policy = httpx.get(served.base_url + "/login/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_health_says_what_works(served):
    address = served.base_url + "/health"
    eventually(lambda: httpx.get(address).status_code == 200, what="a worker that has begun")
    answer = httpx.get(address)
    counted = {"failed_jobs": 0, "pending_results": 0, "verified_at": None}  # by other tests, and by night
    assert answer.json() | counted == counted | {
        "status": "ok", "database": "ok", "migrations": "ok", "worker": "ok", "verification": "ok",
        "differing_results": 0,
    }  # fmt: skip


def test_the_stream_of_somebody_who_leaves_ends_and_is_not_opened_again(served: Installation):
    team = scenes.team("小离")
    rep = team["小离"]
    cookies = _session(rep.user.username)
    with (
        httpx.Client(base_url=served.base_url, cookies=cookies, timeout=60) as client,
        client.stream("GET", "/live") as stream,
    ):
        lines = stream.iter_lines()
        assert any(line == "event: hello" for line in lines)
        people_services.leave(rep, last_day=people.today() - timedelta(days=1))
        assert "event: happened" not in list(lines), "it ends by itself"
    assert httpx.get(f"{served.base_url}/live", cookies=cookies).status_code == 401
