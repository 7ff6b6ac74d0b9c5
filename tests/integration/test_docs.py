"""Every command and every piece of code in the guides does what the guide says."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from liji.base import clock
from tests.server import eventually
from tests.server import free_port

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
GUIDES = [ROOT / "README.md", ROOT / "README.en.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
SERVERS = ("serve", "web", "worker")


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def commands(path: Path) -> list[str]:
    lines = [line.split(" #")[0].strip() for block in blocks(path, "sh") for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def test_every_target_of_make_that_a_guide_names_exists():
    named = {
        target
        for path in GUIDES
        for target in re.findall(r"(?:^|`|    )make ([a-z-]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {"run", "test"} <= named
    for target in named:
        done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, (target, done.stderr)


def test_every_link_in_a_guide_leads_somewhere():
    for path in GUIDES:
        for link in re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8")):
            if "://" not in link:
                assert (path.parent / link).exists(), f"{path.name}: {link}"


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """A folder of its own with an embedded database of its own, as on an administrator's machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIJI_")}
    return kept | {"LIJI_HOME": str(tmp_path / "home"), "LIJI_LOG_LEVEL": "ERROR"}


def as_run_here(command: str, port: int) -> str:
    """The command with this test's Python, folder and a free port."""
    command = command.replace(".venv/bin/liji", f"{sys.executable} -m liji.cli")
    return re.sub(r"--port \d+", f"--port {port}", command)


def test_the_administrators_commands(home: dict[str, str], tmp_path: Path):
    seen = []
    for command in commands(ROOT / "docs" / "administrator.md"):
        if command.startswith(("export ", "make ")):
            continue
        port = free_port()
        line = as_run_here(command, port)
        word = re.search(r"liji\.cli (\S+)", line).group(1)
        if word in SERVERS:
            starts_and_stops(line, home, tmp_path)
        else:
            done = subprocess.run(line, shell=True, env=home, cwd=tmp_path, capture_output=True, text=True, timeout=180)
            # The doctor of a machine without mail server and worker has something to say; that is its exit code.
            assert done.returncode == 0 or word == "doctor", (command, done.stdout[-500:], done.stderr[-2000:])
        seen.append(word)
    wanted = {"init", "user", "serve", "migrate", "web", "worker", "doctor", "retry-failed", "verify"}
    wanted |= {"backup", "restore"}
    assert wanted <= set(seen)
    shutil.rmtree(home["LIJI_HOME"], ignore_errors=True)


def starts_and_stops(line: str, env: dict[str, str], folder: Path) -> None:
    """A server's command runs until it is told to stop, and then ends well."""
    log = folder / "server.log"
    with log.open("w") as out:
        process = subprocess.Popen(f"exec {line}", shell=True, env=env, cwd=folder, stdout=out, stderr=out)
    try:
        if port := re.search(r"--port (\d+)", line):
            eventually(lambda: answers(int(port.group(1))), patience=90, what=f"{line}: {log.read_text()[-2000:]}")
        else:
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(4)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) in (0, -signal.SIGTERM, 128 + signal.SIGTERM)


def answers(port: int) -> bool:
    from urllib.error import HTTPError
    from urllib.request import urlopen

    try:
        urlopen(f"http://127.0.0.1:{port}/health", timeout=2).close()
    except HTTPError:
        return True
    except OSError:
        return False
    return True


def test_the_integrators_code_posts_a_fact(installation, crm, monkeypatch):
    """The guide's Python, unchanged, against a running server, with the key that `liji api-key` prints."""
    (code,) = blocks(ROOT / "docs" / "integrator.md", "python")
    (command,) = commands(ROOT / "docs" / "integrator.md")
    printed = installation.liji(*command.split()[1:2], "CRM").stdout
    key, secret = (re.search(rf"{word}: +(\S+)", printed).group(1) for word in ("key", "secret"))
    space: dict = {}
    monkeypatch.setattr("time.time", lambda: clock.now().timestamp())  # the code signs by its machine's clock
    exec(code, space)
    record = {"source": "crm", "external_id": "docs-1", "type": "order_closed", "employee": "nobody"}
    record |= {"occurred_at": "2026-01-05T10:00:00+08:00", "amount": "100.00"}
    with pytest.raises(Exception, match="422"):  # signed well, understood, and refused: nobody has that number
        space["post"](installation.base_url, key, secret, record)


@pytest.mark.parametrize("name", ["first-plan.md", "first-plan.en.md"])
def test_the_first_plan_comes_out_as_the_guide_prints_it(name: str, tmp_path: Path):
    guide = ROOT / "docs" / name
    text = guide.read_text(encoding="utf-8")
    for file, content in re.findall(r"^`([\w.]+)`:\n\n```\w+\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        (tmp_path / file).write_text(content, encoding="utf-8")
    said = ""
    for command in commands(guide):
        line = re.sub(r"^liji ", f"{sys.executable} -m liji.cli ", command)
        done = subprocess.run(line, shell=True, cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        said += done.stdout
    printed = blocks(guide, "text")
    assert len(printed) == 4
    for block in printed:
        assert block in said, f"not said: {block}\n--- but:\n{said}"
