"""Signing in and what goes with it: lock-out, a new password by mail, sessions, language, theme."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Page
from playwright.sync_api import expect

from liji.people import queries as people
from liji.people import services as people_services
from tests import scenes
from tests.pages import sees
from tests.pages import sign_in
from tests.server import Installation
from tests.server import eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def rep(served: Installation):
    return scenes.team("小林")["小林"]


def _try(page: Page, login: str, password: str) -> None:
    page.goto("/login/")
    page.fill("[name=login]", login)
    page.fill("[name=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_load_state()


def test_by_employee_number_or_by_e_mail(rep, chromium: Browser, served: Installation):
    for login in (rep.number, rep.email):
        context = chromium.new_context(base_url=served.base_url, locale="zh-CN")
        page = context.new_page()
        sign_in(page, login)
        expect(page.locator("h1")).to_contain_text("小林")
        context.close()


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(rep, phone: Page):
    phone.goto("/months/")
    expect(phone).to_have_url(re.compile(r"/login/\?next=/months/"))
    phone.fill("[name=login]", rep.number)
    phone.fill("[name=password]", scenes.PASSWORD)
    phone.click("main button[type=submit]")
    expect(phone).to_have_url(re.compile("/months/$"))


def test_who_has_left_is_told_so_and_the_open_page_ends(rep, phone: Page):
    sign_in(phone, rep)
    last = people.today() - timedelta(days=1)
    people_services.leave(rep, last_day=last)
    phone.goto("/months/")
    expect(phone).to_have_url(re.compile("/login/"))
    _try(phone, rep.number, "a wrong password")
    expect(phone.locator("main")).to_contain_text("工号或密码不正确")
    _try(phone, rep.number, scenes.PASSWORD)
    sees(phone, f"你已于 {last.isoformat()} 离职")
    expect(phone).to_have_url(re.compile("/login/"))


def test_after_five_failures_the_right_password_does_not_help_either(rep, phone: Page):
    for _ in range(5):
        _try(phone, rep.number, "wrong")
    _try(phone, rep.number, scenes.PASSWORD)
    expect(phone).to_have_url(re.compile("/login/"))
    sees(phone, "失败次数过多")


def test_a_new_password_comes_by_mail_and_its_link_works_once(rep, phone: Page, served: Installation):
    phone.goto("/login/")
    phone.click("text=忘记密码")
    phone.fill("[name=email]", rep.email)
    phone.click("main button[type=submit]")
    sees(phone, "请查收邮件")
    eventually(lambda: served.mail.to(rep.email), what="the mail")
    mail = served.mail.to(rep.email)[-1]
    link = re.search(r"http\S+", mail.get_content()).group()
    phone.goto(link)
    for name in ("password1", "password2"):
        phone.fill(f"[name={name}]", "a-new-password-77")
    phone.click("main button[type=submit]")
    sees(phone, "密码已设置")
    sign_in(phone, rep, "a-new-password-77")
    phone.context.clear_cookies()
    phone.goto(link)
    sees(phone, "此链接已失效")


def test_an_unknown_address_is_answered_alike_and_gets_no_mail(phone: Page, served: Installation):
    phone.goto("/password/")
    phone.fill("[name=email]", "nobody@test.example")
    phone.click("main button[type=submit]")
    sees(phone, "请查收邮件")
    assert not served.mail.to("nobody@test.example")


def test_another_session_is_listed_and_can_be_ended(rep, phone: Page, desk: Page):
    sign_in(phone, rep)
    sign_in(desk, rep)
    phone.goto("/me/sessions/")
    expect(phone.locator("main .rows > li")).to_have_count(2)
    phone.click("main .rows form button")
    expect(phone.locator("main .rows > li")).to_have_count(1)
    desk.goto("/")
    expect(desk).to_have_url(re.compile("/login/"))
    phone.goto("/")
    expect(phone).not_to_have_url(re.compile("/login/"))


def test_the_language_stays_with_the_user(rep, phone: Page, desk: Page):
    sign_in(phone, rep)
    phone.goto("/me/")
    phone.click("button[value=en]")
    expect(phone.locator("html")).to_have_attribute("lang", "en")
    sign_in(desk, rep)  # another device, with a Chinese browser
    expect(desk.locator("html")).to_have_attribute("lang", "en")


def test_the_theme_stays_on_the_device(rep, phone: Page):
    sign_in(phone, rep)
    phone.goto("/me/")
    phone.click("button[value=dark]")
    phone.goto("/")
    expect(phone.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_signing_out(rep, phone: Page):
    sign_in(phone, rep)
    phone.goto("/me/")
    phone.click("main button:has-text('退出登录')")
    phone.goto("/")
    expect(phone).to_have_url(re.compile("/login/"))
