"""An empty installation leads its first visitor through the set-up."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Page
from playwright.sync_api import expect

from tests.server import Installation

pytestmark = pytest.mark.browser


@pytest.fixture
def empty(tmp_path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    try:
        made.migrate()
        made.start_web()
        yield made
    finally:
        made.stop()


def test_from_the_first_visit_to_the_first_page(empty: Installation, chromium: Browser):
    context = chromium.new_context(base_url=empty.base_url, locale="zh-CN", viewport={"width": 390, "height": 844})
    page = context.new_page()
    _first_step(page)
    page.fill("[name=pay_day]", "8")
    page.click("button[form=step]")
    expect(page.locator("main")).to_contain_text("公司有哪些人")
    page.goto("/")  # left, and taken up again where it stopped
    expect(page).to_have_url(re.compile("/setup/steps/"))
    for _ in ("people", "targets", "plan"):
        page.click(".actions .btn-quiet")
    expect(page.locator("main")).to_contain_text("全部就绪")
    page.goto("/setup/steps/calendar/")
    expect(page.locator("[name=pay_day]")).to_have_value("8")
    context.clear_cookies()
    page.goto("/setup/")  # nobody makes a second first admin
    expect(page).to_have_url(re.compile("/login/"))
    context.close()


def _first_step(page: Page) -> None:
    page.goto("/months/")
    expect(page).to_have_url(re.compile("/setup/$"))
    page.fill("[name=company]", "新公司")
    page.fill("[name=password]", "123")
    page.click("main button.btn-primary")
    expect(page.locator("main")).to_contain_text("密码太短")
    page.fill("[name=password]", "warm-grey-ground-42")
    page.click("main button.btn-primary")
    expect(page).to_have_url(re.compile("/setup/steps/"))
