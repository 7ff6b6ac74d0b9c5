"""Imports under bad luck: killed, cut off, two at once, spoilt files. Nothing is lost, nothing comes twice."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import date
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import OperationalError
from django.db import connection
from django.db import connections
from django.db import transaction
from django.db.models import Sum

from liji.connectors import heartbeat
from liji.connectors import queries
from liji.connectors import services
from liji.connectors.files.tables import Unreadable
from liji.connectors.models import ImportRun
from liji.connectors.models import RefusedRow
from liji.connectors.preview import preview
from liji.events.models import Event
from liji.facts.models import Credit
from liji.facts.models import Fact
from liji.facts.types import ensure_built_in
from liji.people import services as people
from tests.integration.test_import_facts import HEAD
from tests.integration.test_import_facts import MAPPING
from tests.integration.test_import_facts import bring

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _company():
    ensure_built_in()
    people.save_company(name="试验公司", currency="CNY")
    for number in ("1001", "1002"):
        people.enter(number, number, on=date(2024, 1, 1))


def many(count: int, *, bad_every: int = 50) -> str:
    """A file whose every 50th row is refused."""
    rows = (f"A{n},{9999 if n % bad_every == 0 else 1001},2026/01/05,{n}.01,甲\n" for n in range(1, count + 1))
    return HEAD + "".join(rows)


def must_be_whole(run: ImportRun, count: int) -> None:
    run.refresh_from_db()
    bad = count // 50
    assert (run.state, run.rows_read, run.created, run.refused) == ("done", count, count - bad, bad)
    assert Fact.objects.count() == count - bad
    assert RefusedRow.objects.filter(run=run).count() == bad
    wanted = sum((Decimal(f"{n}.01") for n in range(1, count + 1) if n % 50), Decimal(0))
    assert Credit.objects.filter(current=True).aggregate(s=Sum("amount"))["s"] == wanted


WORKER = """
from liji.operate.django import ready
ready()
from liji.connectors import services
services.carry_out({run}, chunk=50)
"""


def test_a_worker_killed_in_the_middle_loses_nothing_and_repeats_nothing():
    count = 3_000
    run = services.start(MAPPING, [("orders.csv", BytesIO(many(count).encode()))], by=None, job=False)
    settings = connection.settings_dict
    url = os.environ["LIJI_DATABASE_URL"].replace("/postgres?", f"/{settings['NAME']}?")
    for _ in range(3):
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER.format(run=run.pk)], env={**os.environ, "LIJI_DATABASE_URL": url}
        )
        before, deadline = run.rows_read, time.monotonic() + 60
        while run.rows_read <= before and worker.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
            run.refresh_from_db()
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        run.refresh_from_db()
        assert before < run.rows_read
    assert run.rows_read < count, "the worker was never killed in the middle"
    services.carry_out(run.pk)
    must_be_whole(run, count)


def broken_off(*, job: bool = False) -> ImportRun:
    """An import that was killed after 100 rows, more than a minute ago."""
    run = services.start(MAPPING, [("orders.csv", BytesIO(many(300).encode()))], by=None, job=job)

    def killed(row: ImportRun) -> None:
        if row.rows_read == 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        services.carry_out(run.pk, chunk=50, progress=killed)
    run.refresh_from_db()
    assert run.state == "running"
    ImportRun.objects.update(alive_at=run.alive_at - timedelta(seconds=61))
    return run


def test_an_import_whose_process_died_says_where_it_broke_off_and_goes_on_from_there():
    run = broken_off()
    assert heartbeat.sweep() == 1
    run.refresh_from_db()
    assert run.state == "failed"
    assert f"第 {run.position} 行" in run.message["zh"]
    assert f"at row {run.position}." in run.message["en"]
    services.begin(run.pk, by=None, job=False)
    services.carry_out(run.pk, chunk=50)
    must_be_whole(run, 300)


def test_an_import_that_a_job_will_carry_on_is_not_called_broken_off():
    broken_off(job=True)
    assert heartbeat.sweep() == 0


def test_an_import_that_is_at_work_is_not_called_broken_off():
    run = broken_off()
    heartbeat.beat(run.pk)
    assert heartbeat.sweep() == 0
    ImportRun.objects.update(alive_at=None)
    with transaction.atomic():
        ImportRun.objects.select_for_update().get(pk=run.pk)
        swept = []
        in_threads(lambda: swept.append(heartbeat.sweep()))
    assert swept == [0], "its row is locked: a chunk is being written"


def test_a_database_connection_cut_in_the_middle_is_survived():
    count = 1_000
    run = services.start(MAPPING, [("orders.csv", BytesIO(many(count).encode()))], by=None, job=False)

    def cut(row: ImportRun) -> None:
        if row.rows_read == 300:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(OperationalError):
        services.carry_out(run.pk, chunk=100, progress=cut)
    connection.close()
    services.carry_out(run.pk, chunk=100)
    must_be_whole(run, count)


def in_threads(*jobs) -> None:
    errors = []

    def work(job):
        try:
            job()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not errors
    assert not any(thread.is_alive() for thread in threads), "they wait for each other"


def test_two_files_at_once_with_the_same_records_in_opposite_order_do_not_block_each_other():
    count = 600
    lines = [f"A{n},{1001 + n % 2},2026/01/05,{n}.01,甲\n" for n in range(count)]
    runs = [
        services.start(MAPPING, [("orders.csv", BytesIO((HEAD + "".join(part)).encode()))], by=None, job=False)
        for part in (lines, lines[::-1])
    ]
    in_threads(*(lambda run=run: services.carry_out(run.pk, chunk=60) for run in runs))
    for run in runs:
        run.refresh_from_db()
    assert sum(run.created for run in runs) == count
    assert sum(run.duplicate for run in runs) == count
    assert Fact.objects.count() == count


def test_two_workers_on_one_import_do_the_work_once():
    count = 1_000
    run = services.start(MAPPING, [("orders.csv", BytesIO(many(count).encode()))], by=None, job=False)
    in_threads(*[lambda: services.carry_out(run.pk, chunk=100)] * 2)
    must_be_whole(run, count)


def test_progress_is_told_after_every_chunk():
    run = services.start(MAPPING, [("orders.csv", BytesIO(many(250).encode()))], by=None, job=False)
    services.carry_out(run.pk, chunk=100)
    told = [event.body for event in Event.objects.filter(kind="import").order_by("pk") if event.body["run"] == run.pk]
    assert [body["rows_read"] for body in told if body["state"] == "running"] == [100, 200, 250, 250]
    assert told[-1]["state"] == "done"


def test_a_file_with_mixed_date_formats():
    run = bring(HEAD + "A1,1001,2026/01/05,1,甲\nA2,1001,05/01/2026,1,甲\nA3,1001,2026-01-05,1,甲\n")
    refused = {each.row: each.problems[0] for each in queries.refused(run.pk)}
    assert {row: (p.field, p.code, p.values["format"]) for row, p in refused.items()} == {
        3: ("occurred_at", "mixed_dates", "YYYY/MM/DD"),
        4: ("occurred_at", "mixed_dates", "YYYY/MM/DD"),
    }


def test_a_preview_warns_of_dates_that_can_be_read_in_two_ways_and_keeps_nothing():
    mapping = MAPPING.replace("YYYY/MM/DD", "DD/MM/YYYY")
    text = HEAD + "A1,1001,01/02/2026,1,甲\nA2,9999,03/02/2026,1,甲\n"
    seen = preview(services.receive(mapping, [("orders.csv", BytesIO(text.encode()))], by=None))
    assert [(each.column, each.example) for each in seen.ambiguous] == [("Day", "01/02/2026")]
    assert [(row.number, row.status) for row in seen.rows] == [(2, "created"), (3, "refused")]
    assert Fact.objects.count() == 0
    clear = preview(
        services.receive(mapping, [("orders.csv", BytesIO((text + "A3,1001,31/01/2026,1,甲\n").encode()))], by=None)
    )
    assert clear.ambiguous == ()


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        ("A1,1001,2026/01/05,1,\x00", "customer", "bad_text"),  # a character that no database keeps
        ("A1,1001,2099/01/05,1,甲", "occurred_at", "future"),
        ("A1,1001,2023/01/05,1,甲", "employee", "not_employed"),
        ("A1,1001,2026/01/05,1e400,甲", "amount", "wrong_number"),
        ("A1,1001,2026/01/05,9999999999999999999999,甲", "amount", "too_large"),
        ("A1,1001,2026/01/05,0.1234567,甲", "amount", "too_precise"),
        ("A1,1001,2026/01/05,,甲", "amount", "missing"),
        (",1001,2026/01/05,1,甲", "external_id", "missing"),
        ("A1" * 200 + ",1001,2026/01/05,1,甲", "external_id", "too_long"),
        ("A1,1001", "", "too_few_cells"),
        ("A1,1001,2026/01/05,1,甲,乙", "", "too_many_cells"),
        ("A1,1001,2026/01/05,1,\ufffd", "customer", "wrong_encoding"),
    ],
)
def test_a_spoilt_row_is_refused_and_the_next_one_is_kept(row, field, code):
    run = bring(HEAD + row + "\nA2,1001,2026/01/05,1,甲\n")
    (refused,) = queries.refused(run.pk)
    assert (refused.row, refused.problems[0].field, refused.problems[0].code) == (2, field, code)
    assert run.created == 1
    assert "".join(queries.error_file(run)).count("\n") >= 2


def test_a_record_that_stands_in_the_file_twice():
    run = bring(HEAD + "A1,1001,2026/01/05,1,甲\nA1,1001,2026/01/05,2,甲\nA1,1001,2026/01/05,1,甲\n")
    (refused,) = queries.refused(run.pk)
    assert (refused.row, refused.problems[0].code) == (3, "twice_in_file")
    assert (run.created, run.duplicate) == (1, 1)


def test_a_file_that_breaks_in_the_middle_keeps_the_rows_before_and_says_where():
    text = many(120) + 'A999,1001,2026/01/05,1,"' + "x" * (1 << 21)
    run = services.start(MAPPING, [("orders.csv", BytesIO(text.encode()))], by=None, job=False)
    run = services.carry_out(run.pk, chunk=50)
    assert run.state == "failed"
    assert "quote" in run.message["en"]
    assert "引号" in run.message["zh"]
    assert run.created == Fact.objects.count() == 98


def test_a_file_that_is_too_large_is_refused_and_leaves_nothing(settings):
    settings.UPLOAD_LIMIT = 1_000
    with pytest.raises(Unreadable, match="larger"):
        bring(many(1_000))
    assert not ImportRun.objects.exists()


def test_the_files_are_removed_when_the_import_is_done(settings):
    run = bring(many(10))
    assert not (settings.HOME / "files" / "imports" / str(run.pk)).exists()


def test_many_large_imports_at_once_do_not_use_up_the_locks_of_the_database():
    """PostgreSQL has room for some thousand locks in all; a chunk holds 2,000 records."""
    from liji.facts import services as facts

    def bodies(source: str) -> list[dict[str, str]]:
        common = {"source": source, "type": "order_closed", "employee": "1001", "occurred_at": "2026-01-05"}
        return [{**common, "external_id": f"A{n}", "amount": "1"} for n in range(2_000)]

    together = threading.Barrier(8)

    def load(source: str) -> None:
        with transaction.atomic():
            facts.record_many(bodies(source))
            together.wait(timeout=60)  # all of them hold what they hold

    in_threads(*(lambda source=f"s{n}": load(source) for n in range(8)))
    assert Fact.objects.count() == 16_000


def test_a_live_order_and_a_file_with_the_same_order_at_once():
    from liji.facts import services as facts

    lines = "".join(f"A{n},1001,2026/01/05,1,甲\n" for n in range(500))
    run = services.start(MAPPING, [("orders.csv", BytesIO((HEAD + lines).encode()))], by=None, job=False)
    live = {"source": "crm", "type": "order_closed", "employee": "1001", "occurred_at": "2026-01-05"}

    def post() -> None:
        for n in range(0, 500, 5):
            facts.record({**live, "external_id": f"A{n}", "amount": "2", "customer": "甲"})

    in_threads(post, post, lambda: services.carry_out(run.pk, chunk=250))
    assert Fact.objects.filter(current=True).count() == 500
    assert Credit.objects.filter(current=True).count() == 500
