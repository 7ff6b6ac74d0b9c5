"""`liji doctor`: what is wrong with this installation, and how to mend it."""

import shutil
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `mend` is empty when it is in order."""

    what: str
    state: str
    mend: str = ""


def examine(host: str, port: int) -> list[Finding]:
    """Looks at everything that can be looked at; a database out of reach ends the list early."""
    database = _database()
    findings = [_disk(), _port(host, port), database]
    if not database.mend:
        checks = (_migrations, _time_zone, _clock, _worker, _verification, _mail, _same_numbers)
        findings += [check() for check in checks]
    return findings


def _disk() -> Finding:
    from liji import home

    free = shutil.disk_usage(home.home()).free
    state = f"{free / 2**30:.1f} GiB free in {home.home()}"
    return Finding(
        "disk", state, "" if free > 2**30 else "Free at least 1 GiB, or move LIJI_HOME to a larger disk."
    )


def _port(host: str, port: int) -> Finding:
    from liji.operate.serve import port_is_free

    if port_is_free(host, port):
        return Finding("port", f"{host}:{port} is free")
    return Finding(
        "port",
        f"{host}:{port} is in use (by Liji itself, when it runs)",
        f"If it is another program: liji serve --port {port + 1}",
    )


def _database() -> Finding:
    import psycopg

    from liji import home

    mend = "Check LIJI_DATABASE_URL, that the server runs, and that it lets this machine in; see docs/administrator.md."
    try:
        url = home.database_url()
        home.database_settings(url)  # says which kind of database is meant, where libpq would not
        with psycopg.connect(url, connect_timeout=5) as connection:
            version = connection.info.server_version // 10000
    except (psycopg.Error, ValueError, OSError) as error:
        return Finding("database", f"unreachable: {str(error).strip().splitlines()[0]}", mend)
    old = "" if version >= 15 else "Liji needs PostgreSQL 15 or newer."
    return Finding("database", f"PostgreSQL {version}", old)


def _migrations() -> Finding:
    from liji.operate.django import ready

    ready()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return Finding("migrations", f"{len(pending)} pending", "Run: liji migrate" if pending else "")


def _time_zone() -> Finding:
    from django.conf import settings
    from django.db import ProgrammingError

    from liji.people import queries

    try:
        company = queries.company()
    except ProgrammingError:
        return Finding("time zone", "not known before the first migration", "Run: liji migrate")
    same = company.time_zone == settings.TIME_ZONE
    mend = f"Set LIJI_TIME_ZONE={company.time_zone}, so that logs and jobs follow the company's clock."
    return Finding(
        "time zone", f"company {company.time_zone}, server {settings.TIME_ZONE}", "" if same else mend
    )


def _clock() -> Finding:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        seconds = abs((cursor.fetchone()[0] - datetime.now(UTC)).total_seconds())  # noqa: TID251 what is looked at
    mend = "Keep both machines' clocks by NTP: dates decide in which month an order counts."
    return Finding("clock", f"{seconds:.0f} s from the database's", mend if seconds > 5 else "")


def _worker() -> Finding:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('procrastinate_workers') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return Finding("worker", "no queue yet", "Run: liji migrate")
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '40 s'"
        )
        alive = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
        failed = cursor.fetchone()[0]
    if failed:
        return Finding(
            "worker", f"{alive} alive, {failed} failed jobs", "Look at /health and retry: liji retry-failed"
        )
    return Finding("worker", f"{alive} alive", "" if alive else "Start one: liji serve (or liji worker)")


def _verification() -> Finding:
    from django.db import ProgrammingError

    from liji.earnings.verification.nightly import last_run

    try:
        run = last_run()
    except ProgrammingError:
        return Finding("verification", "not known before the migration", "Run: liji migrate")
    if run is None:
        return Finding("verification", "no night yet")
    state = f"{run.at:%Y-%m-%d %H:%M} UTC: {run.cells:,} results, {run.differences:,} differences"
    return Finding("verification", state, "Run: liji verify, and send what it prints" if run.differences else "")


def _mail() -> Finding:
    from django.conf import settings

    if not settings.EMAIL_CONFIGURED:
        return Finding("mail", "no mail server", "Set LIJI_SMTP_URL=smtp://user:password@host:port")
    try:
        socket.create_connection((settings.EMAIL_HOST, settings.EMAIL_PORT), timeout=5).close()
    except OSError as error:
        return Finding(
            "mail", f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}: {error}", "Check LIJI_SMTP_URL."
        )
    return Finding("mail", f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}")


def _same_numbers() -> Finding:
    from django.db import ProgrammingError

    from liji.people import queries

    try:
        count = queries.duplicate_numbers()
    except ProgrammingError:
        return Finding("numbers", "not known before the migration", "Run: liji migrate")
    mend = "Find out whether they are one person or two; new records go to the one that keeps the number."
    return Finding("numbers", f"{count} employee numbers stand for the number of another", mend if count else "")


def report(findings: list[Finding], say: Callable[[str], None] = print) -> int:
    """Prints the findings, one a line with its mend below; returns 1 when anything needs mending."""
    for finding in findings:
        say(f"{'✗' if finding.mend else '✓'} {finding.what}: {finding.state}")
        if finding.mend:
            say(f"    → {finding.mend}")
    return 1 if any(finding.mend for finding in findings) else 0
