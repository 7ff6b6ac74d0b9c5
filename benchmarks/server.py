"""A real installation for measuring: web and worker as processes of their own, on a fresh database."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def home() -> Iterator[str]:
    """A fresh installation in this process: folder, database, migrations; Django is ready inside."""
    with tempfile.TemporaryDirectory(prefix="liji-bench-") as folder:
        os.environ["LIJI_HOME"] = folder
        from liji.operate.django import prepare

        prepare()
        yield folder


@contextmanager
def running(*, worker: bool = True) -> Iterator[str]:
    """`liji web` (and `liji worker`) on the database of this process; yields the address."""
    from liji import home as place

    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = os.environ | {"LIJI_DATABASE_URL": place.database_url(), "LIJI_BASE_URL": address}
    environment |= {"LIJI_LOG_LEVEL": "ERROR"}
    commands = [["web", "--port", str(port)], *([["worker"]] if worker else [])]
    processes = [
        subprocess.Popen([sys.executable, "-m", "liji.cli", *command], env=environment)
        for command in commands
    ]
    try:
        _wait(f"{address}/health")
        yield address
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except urllib.error.HTTPError:
            return  # it answers; what it says of itself is not asked here
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{url} does not answer")


def session_cookie(user) -> str:
    """A signed-in session of a user, without going through the password (which is slow on purpose)."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY
    from django.contrib.auth import HASH_SESSION_KEY
    from django.contrib.auth import SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
