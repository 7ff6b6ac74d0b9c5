"""What a person does with the pages: signing in, looking, waiting for a figure."""

import re

from playwright.sync_api import Page
from playwright.sync_api import expect

from liji.people.models import Employee
from tests.scenes import PASSWORD


def sign_in(page: Page, who: Employee | str, password: str = PASSWORD) -> None:
    """Signs in through the page, as anybody would."""
    page.goto("/login/")
    page.fill("[name=login]", who if isinstance(who, str) else who.number)
    page.fill("[name=password]", password)
    page.click("main button[type=submit], form button.btn-primary")
    expect(page).not_to_have_url(re.compile("/login/"))
    page.wait_for_load_state()  # the address changes before the page stands


def sees(page: Page, *texts: str, within: str = "main", patience: float = 30) -> None:
    """Waits until every text stands there."""
    place = page.locator(within).first
    for text in texts:
        expect(place).to_contain_text(text, timeout=patience * 1000)


def is_live(page: Page) -> None:
    """Waits until the page hears the stream, so that nothing is missed by it from now on."""
    expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=30_000)
