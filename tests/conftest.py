"""Fixtures that several folders share: a running installation and a browser, each made once a run."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from liji.base import clock as base_clock
from tests import environment
from tests.server import Crm
from tests.server import Installation
from tests.server import migrated

# The same draws in every run, so that a run says something of the change and not of luck; the long runs draw anew.
settings.register_profile("suite", derandomize=os.environ.get("LIJI_DEEP") != "1")
settings.load_profile("suite")


@pytest.fixture(autouse=True)
def nothing_kept_from_another_test() -> None:
    """What a process keeps for a few seconds does not outlive a test's rolled-back database."""
    from liji.people.kept import forget_all

    forget_all()


@pytest.fixture(autouse=True)
def at_the_edge() -> None:
    """Where a run is about one moment (`make test-clock`), every test begins at it, however long the others took."""
    if "LIJI_TEST_MOMENT" in os.environ:
        environment.show()


def pytest_collection() -> None:
    """The tests' companies are in the time zone of the run."""
    from liji.people.models import Company

    zone = Company._meta.get_field("time_zone")
    zone.default = environment.ZONE.key
    zone.__dict__.pop("_get_default", None)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with long tests come first, so that no process is left alone with one of them at the end.

    The pictures come before all, on an installation in which no other test has left anything.
    """
    long = {item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("browser")}
    items.sort(key=lambda item: 0 if item.path.name == "test_pictures.py" else 1 if item.path in long else 2)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests of one file run in one process, except that the two languages of the pictures are shared out."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path, _, test = nodeid.partition("::")
            return f"{path} en" if "test_every_page_is_right" in test and "-en-" in test else path

    return Scheduling(config, log)


class Clock:
    """Moves the clock of this process, and of the servers and commands that it starts."""

    def at(self, text: str, *, speed: float = 1) -> datetime:
        """Shows a moment of the tests' company ("2026-12-31 23:59") from now on; `speed` 0 keeps it there."""
        shown = environment.moment(text)
        base_clock.show(shown, speed=speed)
        return shown

    def show(self, moment: datetime, *, speed: float = 1) -> None:
        """Shows a moment (aware) from now on."""
        base_clock.show(moment, speed=speed)

    def pass_(self, **passed: float) -> datetime:
        """Lets days, hours, minutes … pass at once."""
        later = base_clock.now() + timedelta(**passed)
        base_clock.show(later)
        return later


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The clock, to be moved; after the test it shows again what it showed before."""
    before = Path(base_clock.FILE).read_text(encoding="ascii")
    yield Clock()
    Path(base_clock.FILE).write_text(before, encoding="ascii")


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A running installation with its own database, shared by the tests of this process."""
    made = Installation(tmp_path_factory.mktemp("installation"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for a PostgreSQL of its own. Not pytest's: another run closes that to the database's user."""
    made = Path(tempfile.mkdtemp(prefix="liji-test-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """The tests' database is a copy of the migrated one of this run."""
    from django.db import connection

    connection.settings_dict["TEST"]["TEMPLATE"] = migrated()


@pytest.fixture
def blank(tmp_path_factory: pytest.TempPathFactory, django_db_blocker):
    """Makes installations that are migrated, empty and not running."""

    def make() -> Installation:
        return Installation(tmp_path_factory.mktemp("blank"))

    with django_db_blocker.unblock():
        yield make


@pytest.fixture
def served(installation: Installation, django_db_blocker, monkeypatch) -> Iterator[Installation]:
    """The running installation, with Django in this process on its database. What a test writes stays."""
    # The browser's event loop runs in this thread, where Django would refuse to talk to the database.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with django_db_blocker.unblock(), installation.entered():
        yield installation


@pytest.fixture
def crm(served: Installation) -> Crm:
    """An outside system with a key of its own."""
    from liji.access.services import make_api_key

    sources = ["crm", "dingtalk", "training", "another", "lms", "hr", "erp"]
    key, secret = make_api_key("test CRM", by=None, sources=sources)
    return Crm(served.base_url, key.key, secret)


@pytest.fixture
def told() -> Iterator[list[Any]]:
    """The happenings that the rooms tell while the test runs."""
    from liji.events.happenings import happened

    heard: list[Any] = []

    def hear(sender: object, happenings: list[Any], **_: object) -> None:
        heard.extend(happenings)

    happened.connect(hear)
    yield heard
    happened.disconnect(hear)


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, driven by Playwright."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium on this machine: tools/browser.sh installs it")
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    os.environ.pop("DISPLAY", None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@contextmanager
def _phone(chromium, served: Installation) -> Iterator[Any]:
    """A fresh browser with a small Chinese screen."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", base_url=served.base_url, has_touch=True
    )
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def phone(chromium, served: Installation):
    """A rep's phone."""
    with _phone(chromium, served) as page:
        yield page


@pytest.fixture
def other_phone(chromium, served: Installation):
    """A colleague's phone."""
    with _phone(chromium, served) as page:
        yield page


@pytest.fixture
def desk(chromium, served: Installation):
    """A manager's desk: a fresh browser with a large Chinese screen."""
    context = chromium.new_context(
        viewport={"width": 1440, "height": 900}, locale="zh-CN", base_url=served.base_url
    )
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()
