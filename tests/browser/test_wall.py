"""The wall on the phone: one tap thanks, a comment from the sheet, and another phone sees both by itself."""

import pytest
from playwright.sync_api import expect

from liji.recognition import services
from liji.recognition.models import Comment
from tests import scenes
from tests.pages import is_live
from tests.pages import sees
from tests.pages import sign_in
from tests.server import Installation

pytestmark = pytest.mark.browser


@pytest.fixture
def team(served: Installation):
    return scenes.team("赵一", "钱二")


def test_praise_is_written_thanked_and_answered_and_the_others_phone_follows(team, phone, other_phone):
    sign_in(other_phone, team["赵一"])
    other_phone.goto(f"/wall/?unit={team.unit.pk}")
    sees(other_phone, "没有符合的内容")
    is_live(other_phone)

    sign_in(phone, team["钱二"])
    phone.goto("/wall/")
    phone.locator("header").get_by_role("link", name="表扬同事").tap()
    phone.fill("[name=who]", team["赵一"].number)
    phone.get_by_label("热心助人").check()
    phone.fill("[name=text]", "帮我改了三遍方案")
    phone.get_by_role("button", name="表扬").click()
    sees(phone, "帮我改了三遍方案", "热心助人", "来自 钱二")
    sees(other_phone, "帮我改了三遍方案")

    said = phone.locator(".said", has_text="帮我改了三遍方案").first
    said.get_by_role("button", name="点赞").tap()
    expect(said.get_by_role("button", name="点赞 1")).to_have_attribute("aria-pressed", "true")
    seen = other_phone.locator(".said", has_text="帮我改了三遍方案").first
    expect(seen.get_by_role("button", name="点赞 1")).to_have_attribute("aria-pressed", "false")

    said.get_by_role("link", name="评论").tap()
    phone.fill("#sheet [name=text]", "大家都来学")
    phone.get_by_role("button", name="发表评论").tap()
    expect(phone.locator("#sheet li", has_text="大家都来学")).to_be_visible()
    expect(phone.locator("#sheet [name=text]")).to_have_value("")
    sees(other_phone, "大家都来学")
    said.page.locator("#sheet .sheet-close").tap()
    said.get_by_role("button", name="点赞 1").tap()
    expect(said.get_by_role("button", name="点赞 0")).to_have_attribute("aria-pressed", "false")


def test_a_comment_that_says_nothing_is_told_so_in_the_sheet(team, phone):
    made = services.praise(team["赵一"].pk, "说不完的好", by=team.manager.user)
    sign_in(phone, team["钱二"])
    phone.goto(f"/wall/?unit={team.unit.pk}")
    phone.locator(".said", has_text="说不完的好").get_by_role("link", name="评论").tap()
    phone.locator("#sheet [name=text]").fill("   ")
    phone.get_by_role("button", name="发表评论").tap()
    expect(phone.locator("#sheet .error")).to_be_visible()
    assert not Comment.objects.filter(praise=made).exists()


def test_the_badge_editor_shows_at_once_what_is_chosen(served: Installation, desk):
    scenes.company()
    keeper = scenes.user("badge-keeper", "hr")
    sign_in(desk, keeper.username)
    desk.goto("/wall/badges/new/")
    desk.get_by_label("火箭").check(force=True)
    desk.get_by_label("梅紫").check(force=True)
    picture = desk.locator("#badge-preview img").first
    expect(picture).to_have_attribute("src", "/wall/badges/drawn.svg?shape=medal&symbol=rocket&colour=plum")
    desk.fill("[name=code]", "rocket_team")
    for name, words in (("zh", "火箭队"), ("en", "Rocket team"), ("meaning_zh", "最快"), ("meaning_en", "Fastest")):
        desk.fill(f"[name={name}]", words)
    desk.get_by_role("button", name="保存").click()
    sees(desk, "火箭队", "最快", "还没有人获得")
