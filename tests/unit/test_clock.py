"""The clock: the machine's, or the one that a file shows to every process of a test run."""

import ast
import os
import re
import subprocess
import sys
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from liji.base import clock

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YEAR = datetime(2027, 1, 1, 0, 1, tzinfo=SHANGHAI)
LIJI = Path(__file__).parents[2] / "liji"
ON_THE_MACHINES_CLOCK = {"operate/doctor.py", "web/health.py"}  # heartbeats, and the clock that is looked at
A_SECOND = timedelta(seconds=1)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clock of this test alone."""
    path = tmp_path / "clock"
    monkeypatch.setattr(clock, "FILE", str(path))
    return path


def test_a_frozen_clock_shows_one_moment(file: Path):
    clock.show(NEW_YEAR, speed=0)
    assert clock.now() == clock.now() == NEW_YEAR
    assert clock.now().tzinfo is UTC


def test_a_running_clock_runs_on_at_its_speed(file: Path):
    real = datetime.now(UTC) - timedelta(seconds=100)
    file.write_text(f"{real.isoformat()}, {NEW_YEAR.isoformat()}, 3600\n", encoding="ascii")
    assert clock.now() - NEW_YEAR >= timedelta(hours=100)


def test_a_changed_file_counts_from_the_next_reading(file: Path):
    clock.show(NEW_YEAR, speed=0)
    assert clock.now() == NEW_YEAR
    clock.show(NEW_YEAR + A_SECOND, speed=0)
    assert clock.now() == NEW_YEAR + A_SECOND


def test_the_day_is_that_of_the_zone(file: Path):
    clock.show(NEW_YEAR, speed=0)
    assert clock.today(SHANGHAI) == date(2027, 1, 1)
    assert clock.today(ZoneInfo("America/New_York")) == date(2026, 12, 31)
    assert clock.local_day(NEW_YEAR, UTC) == date(2026, 12, 31)
    assert clock.local(zone=SHANGHAI).hour == 0


def test_a_job_due_at_a_shown_moment_runs_when_the_machine_gets_there(file: Path):
    clock.show(NEW_YEAR, speed=60)
    wait = clock.machine_moment(NEW_YEAR + timedelta(hours=1)) - datetime.now(UTC)
    assert timedelta(seconds=50) < wait <= timedelta(seconds=61)
    clock.show(NEW_YEAR, speed=0)
    wait = clock.machine_moment(NEW_YEAR + timedelta(hours=1)) - datetime.now(UTC)
    assert timedelta(minutes=59) < wait <= timedelta(hours=1)


def test_without_a_file_the_machine_is_asked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clock, "FILE", "")
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert clock.machine_moment(NEW_YEAR) == NEW_YEAR
    with pytest.raises(RuntimeError):
        clock.show(NEW_YEAR)


@pytest.mark.parametrize(("testing", "follows"), [("1", True), ("", False), ("0", False)])
def test_another_process_reads_the_file_only_in_tests(file: Path, testing: str, follows: bool):
    clock.show(datetime(2999, 6, 1, tzinfo=UTC), speed=0)
    environment = os.environ | {"LIJI_CLOCK_FILE": str(file), "LIJI_TESTING": testing}
    code = "from liji.base import clock; print(clock.now().year)"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert (done.stdout.strip() == "2999") is follows


def test_no_room_asks_the_database_what_time_it_is():
    asked = re.compile(r"(?i)\bnow\(\)|clock_timestamp|statement_timestamp|current_(date|time)|localtimestamp")
    found = set()
    for path in LIJI.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        if any(isinstance(text, str) and asked.search(text) for text in texts):
            found.add(path.relative_to(LIJI).as_posix())
    assert found == ON_THE_MACHINES_CLOCK


def test_no_field_asks_djangos_clock():
    """`liji.base.fields.Moment` takes the place of a DateTimeField with `auto_now` or `auto_now_add`."""
    fields = re.compile(r"models\.Date(Time)?Field\([^)]*(auto_now|default=timezone)")
    models = [path for path in LIJI.rglob("*.py") if "migrations" not in path.parts]
    assert [path.name for path in models if fields.search(path.read_text(encoding="utf-8"))] == []
