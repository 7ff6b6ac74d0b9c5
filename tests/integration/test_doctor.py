"""`liji doctor` says what is wrong, and how to mend it."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests import scenes
from tests.server import Installation
from tests.server import fresh_database


def finding(installation: Installation, what: str, **environment: str) -> tuple[str, str]:
    """What doctor says of one thing, and the mend below it."""
    done = doctor(installation, **environment)
    lines = done.stdout.splitlines()
    place = next((n for n, line in enumerate(lines) if line[2:].startswith(f"{what}:")), None)
    assert place is not None, done.stdout + done.stderr
    mend = lines[place + 1] if place + 1 < len(lines) and lines[place + 1].startswith("    →") else ""
    return lines[place], mend


def doctor(installation: Installation, **environment: str):
    class Changed(Installation):
        @property
        def environment(self) -> dict[str, str]:
            return super().environment | environment

    changed = Changed(installation.folder, url=installation.url)
    changed.port = installation.port
    return changed.liji("doctor", "--port", str(installation.port))


def test_a_running_installation_is_in_order_but_for_its_own_port(served: Installation):
    scenes.company()
    done = doctor(served, LIJI_SMTP_URL=f"smtp://127.0.0.1:{served.mail.port}")
    wrong = [line for line in done.stdout.splitlines() if line.startswith("✗")]
    assert [line for line in wrong if "port:" not in line] == []
    assert "1 alive" in done.stdout


def test_a_database_out_of_reach(blank):
    installation = blank()
    installation.url = "postgresql://nobody@127.0.0.1:1/liji"
    state, mend = finding(installation, "database")
    assert "unreachable" in state
    assert "LIJI_DATABASE_URL" in mend
    assert doctor(installation).returncode == 1


def test_a_database_of_another_make(blank):
    installation = blank()
    installation.url = "mysql://root@127.0.0.1/liji"
    assert "postgresql://" in finding(installation, "database")[0]


def test_a_database_that_does_not_exist(blank):
    installation = blank()
    installation.url = urlsplit(installation.url)._replace(path="/no_such_database").geturl()
    assert "unreachable" in finding(installation, "database")[0]


def test_migrations_that_are_pending(tmp_path: Path):
    state, mend = finding(Installation(tmp_path, url=fresh_database()), "migrations")
    assert " 0 pending" not in state
    assert "liji migrate" in mend


def test_a_port_that_is_taken(blank):
    installation = blank()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", installation.port))
        taken.listen()
        state, mend = finding(installation, "port")
    assert "in use" in state
    assert "--port" in mend


@pytest.mark.parametrize(("url", "word"), [("", "LIJI_SMTP_URL"), ("smtp://127.0.0.1:1", "LIJI_SMTP_URL")])
def test_a_mail_server_that_is_missing_or_does_not_answer(blank, url, word):
    assert word in finding(blank(), "mail", LIJI_SMTP_URL=url)[1]


def test_a_worker_that_is_missing(blank):
    state, mend = finding(blank(), "worker")
    assert "0 alive" in state
    assert "liji serve" in mend


def test_another_time_zone_than_the_companys(blank):
    installation = blank()
    with installation.entered():
        scenes.company()
    assert "LIJI_TIME_ZONE=Asia/Shanghai" in finding(installation, "time zone", LIJI_TIME_ZONE="UTC")[1]
