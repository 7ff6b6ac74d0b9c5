"""A real installation for tests: a fresh database, web and worker as processes of their own, a mail server.

`Installation.entered()` lets the test's own process use services and queries on the same database, with real
commits, as the command line would.
"""

import contextlib
import email
import email.policy
import fcntl
import hashlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request
from urllib.request import urlopen

import psycopg
from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connections

from liji import home
from liji.api.signing import sign
from liji.base import clock

PATIENCE = 40.0  # seconds; no test measures a time, it only gives up at last
_count = itertools.count(1)


def eventually(seen: Callable[[], Any], *, patience: float = PATIENCE, what: str = "") -> Any:
    """Waits until `seen()` is true and returns it; fails when it never is."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if found := seen():
            return found
        time.sleep(0.05)
    raise AssertionError(f"never seen: {what or seen}")


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MailServer:
    """A real SMTP server in a thread; `received` holds what came."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.port = free_port()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.received.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """The messages to one address, in the order in which they came."""
        return [message for message in list(self.received) if address in message["To"]]

    def start(self) -> None:
        """Starts it on its port; after `stop` it may be started again."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    def port_is_free(self) -> bool:
        """Whether it does not run."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) != 0


def database_name(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


def _url(database: str) -> str:
    return urlsplit(os.environ["LIJI_DATABASE_URL"])._replace(path=f"/{database}").geturl()


def fresh_database(like: str = "template1") -> str:
    """A new database on the server of this run, empty or a copy of the one named; returns its URL."""
    name = f"liji_{os.getpid()}_{next(_count)}"
    with psycopg.connect(os.environ["LIJI_DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
    return _url(name)


def migrated() -> str:
    """The name of a migrated database without a company, for copying.

    The first process of a run that asks makes it; the others wait for it.
    """
    name = f"liji_migrated_{_migrations()}"
    with (Path(os.environ["LIJI_HOME"]) / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(os.environ["LIJI_DATABASE_URL"], autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(f'DROP DATABASE IF EXISTS "{name}_half"')
                connection.execute(f'CREATE DATABASE "{name}_half"')
                with tempfile.TemporaryDirectory() as folder:
                    Installation(Path(folder), url=_url(f"{name}_half")).migrate()
                connection.execute(f'ALTER DATABASE "{name}_half" RENAME TO "{name}"')
    return name


def _migrations() -> str:
    """A digest of all migrations: a database that is kept from an earlier run may lack the newest."""
    files = sorted(Path(home.__file__).parent.glob("**/migrations/*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


class Installation:
    """One installation with its own folder, database (migrated and empty, or at `url`), port and mail server."""

    def __init__(self, folder: Path, *, url: str | None = None) -> None:
        self.folder = folder
        self.url = url or fresh_database(like=migrated())
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.mail = MailServer()
        self.web: subprocess.Popen | None = None
        self.worker: subprocess.Popen | None = None

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
        return inherited | {
            "LIJI_HOME": str(self.folder),
            "LIJI_DATABASE_URL": self.url,
            "LIJI_SECRET_KEY": settings.SECRET_KEY,
            "LIJI_BASE_URL": self.base_url,
            "LIJI_SMTP_URL": f"smtp://127.0.0.1:{self.mail.port}",
            "LIJI_DATABASE_CONNECTIONS": "10",
            "LIJI_LOG_LEVEL": "WARNING",
        }

    def liji(self, *arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        """Runs one command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "liji.cli", *arguments],
            env=self.environment, input=given, capture_output=True, text=True, timeout=180,
        )

    def _process(self, *arguments: str) -> subprocess.Popen:
        log = (self.folder / f"{arguments[0]}.log").open("ab")
        return subprocess.Popen(
            [sys.executable, "-m", "liji.cli", *arguments], env=self.environment, stdout=log, stderr=log
        )

    def migrate(self) -> None:
        done = self.liji("migrate")
        assert done.returncode == 0, done.stderr[-3000:]

    def start(self) -> None:
        self.mail.start()
        self.migrate()
        self.start_worker()
        self.start_web()

    def start_web(self) -> None:
        self.web = self._process("web", "--port", str(self.port))
        eventually(self.answers, what=f"the web server; {self.log('web')}")

    def start_worker(self) -> None:
        self.worker = self._process("worker")

    def kill_worker(self) -> None:
        """As a power cut would: no chance to clean up."""
        self.worker.send_signal(signal.SIGKILL)
        self.worker.wait()

    def stop(self) -> None:
        for process in (self.web, self.worker):
            if process and process.poll() is None:
                process.terminate()
        for process in (self.web, self.worker):
            if process:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(20)
                if process.poll() is None:
                    process.kill()
                    process.wait()
        with contextlib.suppress(Exception):
            self.mail.stop()

    def log(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text()[-3000:] if path.exists() else ""

    def answers(self) -> bool:
        """Whether the web server answers at all."""
        assert self.web is None or self.web.poll() is None, self.log("web")
        try:
            with urlopen(self.base_url + "/health", timeout=5) as answer:
                return answer.status == 200
        except HTTPError:
            return True
        except (URLError, OSError):
            return False

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Within, Django in this process works on this installation's database."""
        connection = connections["default"]
        before = dict(connection.settings_dict)
        connection.close()
        connection.settings_dict.update(home.database_settings(self.url))
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict.update(before)


class Crm:
    """A system that posts facts as an outside one would: over HTTP, signed."""

    def __init__(self, base_url: str, key: str, secret: str) -> None:
        self.base_url, self.key, self.secret = base_url, key, secret

    def headers(self, body: bytes, *, path: str = "/api/facts", now: float | None = None) -> dict[str, str]:
        """The headers of a request signed now (or at another time)."""
        timestamp = str(int(clock.now().timestamp() if now is None else now))
        return {
            "Content-Type": "application/json",
            "X-Liji-Key": self.key,
            "X-Liji-Timestamp": timestamp,
            "X-Liji-Signature": sign(self.secret, timestamp, "POST", path, body),
        }

    def send(self, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        """Posts raw bytes; returns status and JSON. Raises OSError while the server cannot be reached."""
        try:
            with urlopen(Request(self.base_url + "/api/facts", body, headers), timeout=30) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            text = error.read()
            return error.code, json.loads(text) if text.startswith((b"{", b"[")) else text

    def post(self, record: Any) -> tuple[int, Any]:
        """Posts one record, or a list of them."""
        body = json.dumps(record, ensure_ascii=False).encode()
        return self.send(body, self.headers(body))
