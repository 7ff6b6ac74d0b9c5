"""`liji serve`: everything from one command, and nothing left when it ends."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from liji.operate.serve import port_is_free
from tests.server import Installation
from tests.server import eventually


class Serving(Installation):
    """An installation with its embedded database, run by `liji serve` as a user would."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, url="")

    @property
    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in super().environment.items() if name not in self.defaults}
        return own | {"LIJI_HOME": str(self.folder)}

    defaults = ("LIJI_DATABASE_URL", "LIJI_SECRET_KEY", "LIJI_SMTP_URL", "LIJI_BASE_URL", "LIJI_TEST_OWNER")

    def serve(self) -> subprocess.Popen:
        log = (self.folder / "serve.log").open("ab")
        command = [sys.executable, "-m", "liji.cli", "serve", "--port", str(self.port)]
        process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        eventually(lambda: process.poll() is not None or self.answers(), patience=90, what="the first page")
        assert process.poll() is None, self.log("serve")
        return process

    def processes(self) -> dict[int, str]:
        """Every process of this installation: those that know its folder, by environment or command."""
        found = {}
        for path in Path("/proc").glob("[0-9]*"):
            try:
                known = (path / "environ").read_bytes() + (path / "cmdline").read_bytes()
                alive = (path / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
            except OSError:
                continue
            if alive and str(self.folder).encode() in known and int(path.name) != os.getpid():
                found[int(path.name)] = (path / "cmdline").read_text().replace("\0", " ")
        return found

    def child(self, name: str) -> int | None:
        return next((pid for pid, command in self.processes().items() if f"liji.cli {name}" in command), None)


@pytest.fixture
def serving(folder: Path) -> Serving:
    made = Serving(folder)
    yield made
    for pid in made.processes():
        os.kill(pid, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_starts_from_nothing_and_leaves_nothing(serving: Serving, how: signal.Signals):
    process = serving.serve()
    eventually(lambda: serving.child("worker"), what="the worker")
    assert (serving.folder / "secret.key").stat().st_mode & 0o077 == 0
    process.send_signal(how)
    assert process.wait(60) == 0, serving.log("serve")
    assert serving.processes() == {}
    assert port_is_free("127.0.0.1", serving.port)
    assert not list(serving.folder.rglob("postmaster.pid"))


@pytest.mark.slow
def test_a_part_that_dies_is_started_again_and_data_survive_a_restart(serving: Serving):
    process = serving.serve()
    for name in ("web", "worker"):
        before = eventually(lambda n=name: serving.child(n))
        os.kill(before, signal.SIGKILL)
        eventually(lambda n=name, b=before: serving.child(n) not in (None, b), what=f"another {name}")
    eventually(serving.answers)
    process.terminate()
    assert process.wait(60) == 0
    init = ("init", "--company", "公司", "--admin", "boss", "--password-stdin")
    made = serving.liji(*init, given="vermilion-grey\n")
    assert made.returncode == 0, made.stderr
    process = serving.serve()
    process.terminate()
    assert process.wait(60) == 0
    again = serving.liji(*init, given="vermilion-grey\n")
    assert again.returncode == 2
    assert serving.processes() == {}


def test_a_taken_port_is_named_with_the_way_out(serving: Serving):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", serving.port))
        taken.listen()
        done = serving.liji("serve", "--port", str(serving.port))
    assert done.returncode == 2
    assert f"--port {serving.port + 1}" in done.stderr
