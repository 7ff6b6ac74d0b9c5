"""The wall of fame through its pages: who reads, praises, comments, keeps it, and what nobody finds out by trying."""

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from liji.access.models import AuditEntry
from liji.access.models import Role
from liji.people import services as people_services
from liji.people.problems import Refused
from liji.preferences.schemes import ELEMENTS
from liji.reactions import telling
from liji.reactions.models import Notice
from liji.recognition import queries
from liji.recognition import services
from liji.recognition.built_in import BADGES
from liji.recognition.built_in import KINDS
from liji.recognition.models import Badge
from liji.recognition.models import Comment
from liji.recognition.models import Grant
from liji.recognition.models import Praise
from liji.recognition.pictures import cleaned
from tests import scenes

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7"/></svg>'
LOOK = {"shape": "shield", "symbol": "heart", "colour": "teal"}
WORDS = {"zh": "暖心", "en": "Warm heart", "meaning_zh": "关心同事", "meaning_en": "Cares for colleagues"}


@pytest.fixture
def team():
    return scenes.team("赵一", "钱二")


@pytest.fixture
def hr(team):
    return signed_in(scenes.user("the-hr", Role.HR))


def signed_in(who) -> Client:
    client = Client()
    client.force_login(getattr(who, "user", who))
    return client


def text(response) -> str:
    return response.content.decode()


def praised(team, words="漂亮的一单", **more) -> Praise:
    return services.praise(team["赵一"].pk, words, by=team.manager.user, **more)


def test_praise_and_badges_stand_together_the_newest_first(team):
    praised(team)
    services.grant_badge("sales_star", team["赵一"].pk, occasion="fact:1", because={})
    services.grant_team_badge("team_of_month", team.unit.pk, occasion="m", because={})
    page = text(signed_in(team["钱二"]).get("/wall/"))
    places = [page.index(f'class="given-name">{name}<') for name in ("月度最佳团队", "销售明星")]
    assert places == sorted(places)
    assert page.index("漂亮的一单") > places[-1]
    assert "赵一" in page and team.unit.name in page


def test_what_is_withdrawn_or_deleted_is_gone_from_wall_card_and_catalogue(team):
    made, rep = praised(team), team["赵一"]
    services.grant_badge("sales_star", rep.pk, occasion="fact:1", because={})
    services.withdraw_badge("sales_star", rep.pk, occasion="fact:1")
    services.delete_praise(made, by=team.manager.user)
    client = signed_in(team["钱二"])
    assert "荣誉墙还是空的" in text(client.get("/wall/"))
    assert client.get(f"/wall/{rep.pk}/").status_code == 404
    assert "还没有人获得" in text(client.get("/wall/badges/sales_star/"))
    assert client.get(f"/wall/praise/{made.pk}/").status_code == 404


def test_the_wall_is_narrowed_by_unit_and_kind(team):
    other = scenes.team("孙三")
    praised(team, kind="teamwork")
    services.praise(other["孙三"].pk, "谢谢帮忙", by=team.manager.user, kind="helping")
    services.grant_badge("mentor", other["孙三"].pk, occasion="a", because={})
    client = signed_in(team["钱二"])

    def shown(query: str) -> set[str]:
        page = text(client.get(f"/wall/fragment{query}"))
        return {part for part in ("漂亮的一单", "谢谢帮忙", 'class="given-name">好导师') if part in page}

    assert len(shown("")) == 3
    assert shown(f"?unit={team.unit.pk}") == {"漂亮的一单"}
    assert shown("?kind=helping") == {"谢谢帮忙"}
    assert shown("?kind=badges") == {'class="given-name">好导师'}
    assert len(shown("?kind=nonsense&unit=nonsense&page=nonsense")) == 3


def test_old_entries_are_on_further_pages_and_a_live_page_stays_where_it_is(team):
    for number in range(25):
        praised(team, f"第{number:02}次")
    client = signed_in(team["钱二"])
    assert "第24次" in text(client.get("/wall/")) and "第04次" not in text(client.get("/wall/"))
    older = text(client.get("/wall/?page=2&kind=result"))
    assert "第04次" in older
    assert "/wall/fragment?page=2&amp;kind=result" in older


def test_a_colleague_is_praised_by_the_whole_name_or_the_number_and_by_nothing_less(team):
    client, rep = signed_in(team["钱二"]), team["赵一"]
    for who in ("赵一", rep.number, rep.number.lower()):
        sent = client.post("/wall/praise/", {"who": who, "kind": "helping", "text": "帮我改方案"})
        assert sent.status_code == 302, who
    assert Praise.objects.filter(employee=rep, kind="helping", by=team["钱二"].user).count() == 3
    refused = client.post("/wall/praise/", {"who": "赵", "kind": "helping", "text": "帮我改方案"})
    assert refused.status_code == 400
    assert "没有姓名或工号为“赵”" in text(refused)
    assert "帮我改方案" in text(refused)


def test_a_number_alone_tells_a_rep_no_name(team):
    client, rep = signed_in(team["钱二"]), team["赵一"]
    assert "赵一" not in text(client.get(f"/wall/praise/?to={rep.pk}"))
    assert "赵一" not in text(client.post("/wall/praise/", {"who": rep.number, "kind": "helping", "text": ""}))
    people_services.leave(rep, last_day=scenes.LONG_AGO.replace(year=2021))
    gone = client.post("/wall/praise/", {"who": rep.number, "kind": "helping", "text": "辛苦了"})
    assert gone.status_code == 400
    assert "赵一" not in text(gone)


def test_two_of_the_same_name_are_told_apart_by_the_number(team):
    twin = scenes.team("赵一")["赵一"]
    client = signed_in(team["钱二"])
    refused = client.post("/wall/praise/", {"who": "赵一", "kind": "result", "text": "好"})
    assert "有多位同事叫赵一" in text(refused)
    assert client.post("/wall/praise/", {"who": twin.number, "kind": "result", "text": "好"}).status_code == 302
    assert Praise.objects.get().employee == twin


@pytest.mark.parametrize(
    ("who", "given", "said"),
    [
        ("钱二", "好", "不能表扬自己"),
        ("赵一", "好" * 501, ""),
        ("赵一", " ", ""),
        ("赵一", "佣金拿了不少", "不能写到收入"),
        ("赵一", "签下 60 万", "不显示金额"),
    ],
)
def test_praise_that_may_not_stand_is_refused_in_the_form(team, who, given, said):
    refused = signed_in(team["钱二"]).post("/wall/praise/", {"who": who, "kind": "result", "text": given})
    assert refused.status_code == 400
    assert said in text(refused)
    assert not Praise.objects.exists()


def test_the_prompt_to_praise_leads_the_manager_to_the_filled_form(team):
    rep, words = team["赵一"], {"zh": ["赵一完成了订单", "建议表扬"], "en": ["An order", "Praise"], "types": {}}
    occasion = f"fact:crm:SO-1:{rep.pk}"
    telling.tell([telling.Message(team.manager.pk, "praise_suggested", occasion, words, {}, "/")])
    client = signed_in(team.manager)
    (notice,) = Notice.objects.filter(user__employee=team.manager)
    assert f'href="/notices/{notice.pk}/"' in text(client.get("/notices/"))
    opened = client.get(f"/notices/{notice.pk}/", follow=True)
    assert opened.redirect_chain[-1][0] == f"/wall/praise/?to={rep.pk}"
    assert 'value="赵一"' in text(opened)


def test_a_notice_that_is_opened_is_read_and_only_ones_own_opens(team):
    words = {"zh": ["甲", "乙"], "en": ["A", "B"], "types": {}}
    telling.tell([telling.Message(team.manager.pk, "x", "x", words, {}, "/")])
    (notice,) = Notice.objects.filter(user__employee=team.manager)
    assert signed_in(team["赵一"]).get(f"/notices/{notice.pk}/").status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None
    assert signed_in(team.manager).get(f"/notices/{notice.pk}/").headers["Location"] == "/"
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_thanks_are_counted_and_taken_back_by_the_second_tap(team):
    made, client = praised(team), signed_in(team["钱二"])
    address, part = f"/wall/praise/{made.pk}/thanks/", {"HX-Request": "true"}
    answer = text(client.post(address, headers=part))
    assert 'aria-pressed="true"' in answer and 'class="many">1<' in answer
    answer = text(client.post(address, headers=part))
    assert 'aria-pressed="false"' in answer and 'class="many">0<' in answer
    assert client.get(address).status_code == 405


def test_comments_stand_under_the_praise_the_two_newest_on_the_wall_and_all_on_its_page(team):
    made, client = praised(team), signed_in(team["钱二"])
    for words in ("第一句", "第二句", "第三句<script>"):
        client.post(f"/wall/praise/{made.pk}/comment/", {"text": words})
    page = text(client.get("/wall/"))
    assert "第一句" not in page
    assert page.index("第二句") < page.index("第三句&lt;script&gt;")
    assert "第一句" in text(client.get(f"/wall/praise/{made.pk}/"))


def test_an_amount_in_a_comment_is_gone_when_the_company_hides_amounts(team, hr):
    made, client = praised(team), signed_in(team["钱二"])
    hr.post("/wall/settings/", {"shows_amounts": "on"})
    assert client.post(f"/wall/praise/{made.pk}/comment/", {"text": "60 万, 漂亮"}).status_code == 302
    pages = ("/wall/", f"/wall/praise/{made.pk}/")
    assert ["60 万, 漂亮" in text(client.get(page)) for page in pages] == [True, True]
    hr.post("/wall/settings/", {})
    assert ["60 万" in text(client.get(page)) for page in pages] == [False, False]


@pytest.mark.parametrize("words", ["", "  ", "好" * 301])
def test_a_comment_that_may_not_stand_is_refused_with_its_reason(team, words):
    made, client = praised(team), signed_in(team["钱二"])
    assert client.post(f"/wall/praise/{made.pk}/comment/", {"text": words}).status_code == 400
    part = client.post(f"/wall/praise/{made.pk}/comment/", {"text": words}, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert 'class="error"' in text(part)
    assert not Comment.objects.exists()


def test_a_praise_off_the_wall_takes_no_comment_and_no_thanks(team):
    made, colleague = praised(team), team["钱二"].user
    services.delete_praise(made, by=team.manager.user)
    for act in (lambda: services.comment(made, "好", by=colleague), lambda: services.thank(made, by=colleague)):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.problems[0].code == "praise_gone"
    client = signed_in(colleague)
    assert client.post(f"/wall/praise/{made.pk}/comment/", {"text": "好"}).status_code == 404
    assert client.post(f"/wall/praise/{made.pk}/thanks/").status_code == 404


def test_one_deletes_the_own_words_and_hr_any_and_it_is_audited(team, hr):
    made = praised(team)
    own = services.comment(made, "我的话", by=team["钱二"].user)
    others = services.comment(made, "别人的话", by=team["赵一"].user)
    client = signed_in(team["钱二"])
    assert client.post(f"/wall/comments/{own.pk}/delete/").status_code == 302
    assert client.post(f"/wall/comments/{others.pk}/delete/").status_code == 403
    assert client.post(f"/wall/praise/{made.pk}/delete/").status_code == 403
    assert hr.post(f"/wall/comments/{others.pk}/delete/").status_code == 302
    assert signed_in(team.manager).post(f"/wall/praise/{made.pk}/delete/").status_code == 302
    told = AuditEntry.objects.filter(action__in=["comment_deleted", "praise_deleted"]).order_by("pk")
    assert [(entry.actor, entry.detail["text"]) for entry in told] == [
        (team["钱二"].number, "我的话"), ("the-hr", "别人的话"), (team.manager.number, "漂亮的一单"),
    ]
    assert not Praise.objects.filter(deleted_at=None).exists()


def test_the_card_is_public_its_ledger_is_ones_own_and_nobody_else_has_one(team):
    rep, colleague = team["赵一"], signed_in(team["钱二"])
    assert colleague.get(f"/wall/{rep.pk}/").status_code == 404
    assert "你的荣誉卡还是空的" in text(signed_in(rep).get(f"/wall/{rep.pk}/"))
    services.give_points(rep.pk, 30, occasion="a", because={"reason": "分享了一堂课"})
    services.give_points(rep.pk, -10, occasion="a:back", because={})
    seen = text(colleague.get(f"/wall/{rep.pk}/"))
    assert ">20<" in seen
    assert "分享了一堂课" not in seen
    assert "分享了一堂课" in text(signed_in(rep).get(f"/wall/{rep.pk}/"))


def test_the_amount_of_a_deal_shows_only_when_the_company_wants_it_and_never_the_pay(team, hr):
    because = {"rule": "big_deal", "values": {"title": "云帆科技", "amount": "600000.00", "brought": "8123.45"}}
    services.grant_badge("sales_star", team["赵一"].pk, occasion="fact:1", because=because)
    client = signed_in(team["钱二"])
    assert "云帆科技" in text(client.get("/wall/"))
    assert "60 万" not in text(client.get("/wall/"))
    assert client.post("/wall/settings/", {"shows_amounts": "on"}).status_code == 403
    assert hr.post("/wall/settings/", {"shows_amounts": "on"}).status_code == 302
    page = text(client.get("/wall/"))
    assert "¥60 万" in page
    assert "8123" not in page and "8,123" not in page
    hr.post("/wall/settings/", {})
    assert "60 万" not in text(client.get("/wall/"))
    assert AuditEntry.objects.filter(action="wall_set").count() == 2


def test_hr_draws_a_badge_gives_it_to_a_person_and_a_team_and_withdraws_it(team, hr):
    made = hr.post("/wall/badges/new/", {"code": "warm_heart", **WORDS, **LOOK})
    assert made.headers["Location"] == "/wall/badges/warm_heart/"
    picture = hr.get("/wall/badges/warm_heart.svg")
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert text(picture) == text(hr.get("/wall/badges/drawn.svg", LOOK))
    give = "/wall/badges/warm_heart/grant/"
    assert hr.post(give, {"who": "赵一", "reason": "照顾新人"}).status_code == 302
    assert hr.post(give, {"unit": team.unit.pk, "reason": "互相补台"}).status_code == 302
    page = text(signed_in(team["钱二"]).get("/wall/badges/warm_heart/"))
    assert "照顾新人" in page and "互相补台" in page
    grant = Grant.objects.get(employee=team["赵一"])
    assert hr.post(f"/wall/grants/{grant.pk}/withdraw/").status_code == 302
    assert hr.post(f"/wall/grants/{grant.pk}/withdraw/").status_code == 404
    assert "照顾新人" not in text(signed_in(team["钱二"]).get("/wall/badges/warm_heart/"))
    actions = AuditEntry.objects.filter(action__startswith="badge_").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["badge_saved", "badge_granted", "badge_granted", "badge_withdrawn"]


@pytest.mark.parametrize(
    "given",
    [{}, {"who": "没有这人", "reason": "好"}, {"reason": "好"}, {"who": "赵一", "unit": "team", "reason": "好"}],
)
def test_a_grant_names_one_person_or_one_team_and_a_reason(team, hr, given):
    if "unit" in given:
        given = given | {"unit": team.unit.pk}
    assert hr.post("/wall/badges/mentor/grant/", given).status_code == 400
    assert not Grant.objects.exists()


@pytest.mark.parametrize("code", ["mentor", "new", "drawn", "Größe", "UPPER", ""])
def test_a_code_that_is_taken_or_no_code_is_refused(hr, code):
    queries.catalogue()
    before = Badge.objects.count()
    assert hr.post("/wall/badges/new/", {"code": code, **WORDS, **LOOK}).status_code == 400
    assert Badge.objects.count() == before


def test_an_uploaded_picture_is_cleaned_kept_and_may_go_back_to_the_drawing(hr):
    sent = {**WORDS, **LOOK, "active": "on"}
    picture = SimpleUploadedFile("own.svg", SVG, "image/svg+xml")
    assert hr.post("/wall/badges/mentor/edit/", {**sent, "picture": picture}).status_code == 302
    assert "M1 1h7" in text(hr.get("/wall/badges/mentor.svg"))
    assert "sandbox" in hr.get("/wall/badges/mentor.svg").headers["Content-Security-Policy"]
    assert hr.post("/wall/badges/mentor/edit/", {**sent, "drawn": "on"}).status_code == 302
    assert text(hr.get("/wall/badges/mentor.svg")) == text(hr.get("/wall/badges/drawn.svg", LOOK))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (SVG.replace(b"<path", b"<script>alert(1)</script><path"), "不允许显示"),
        (b"GIF89a", "不是可读取的 SVG"),
        (b"<svg>" + b" " * 70_000, "超过 64 KB"),
    ],
)
def test_a_picture_that_could_do_harm_is_refused_with_its_reason(hr, content, said):
    picture = SimpleUploadedFile("bad.svg", content, "image/svg+xml")
    refused = hr.post("/wall/badges/new/", {"code": "bad", **WORDS, **LOOK, "picture": picture})
    assert refused.status_code == 400
    assert said in text(refused)
    assert not Badge.objects.filter(code="bad").exists()


def test_a_badge_that_is_no_longer_given_stays_with_its_holders_and_leaves_the_catalogue(team, hr):
    services.grant_badge("mentor", team["赵一"].pk, occasion="a", because={})
    hr.post("/wall/badges/mentor/edit/", {**WORDS, **LOOK})
    colleague = signed_in(team["钱二"])
    assert "暖心" not in text(colleague.get("/wall/badges/"))
    assert "暖心" in text(colleague.get(f"/wall/{team['赵一'].pk}/"))
    assert hr.post("/wall/badges/mentor/grant/", {"who": "钱二", "reason": "好"}).status_code == 400


@pytest.mark.parametrize("address", ["new/", "mentor/edit/", "drawn/"])
def test_only_hr_and_admins_keep_the_catalogue(team, address):
    assert signed_in(team["赵一"]).get(f"/wall/badges/{address}").status_code == 403
    assert signed_in(team.manager).get(f"/wall/badges/{address}").status_code == 403
    assert signed_in(scenes.user("the-admin", Role.ADMIN)).get(f"/wall/badges/{address}").status_code == 200


def test_a_preference_for_team_leads_to_the_wall():
    assert reverse(ELEMENTS["team_badges"].place) == "/wall/"


def test_what_the_guide_lists_is_what_there_is():
    guide = (Path(__file__).parents[2] / "docs" / "recognition.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", guide, re.MULTILINE)
    there = [*KINDS.items(), *((code, words[:2]) for code, words in BADGES.items())]
    assert listed == [(code, *names) for code, names in there]
    (example,) = re.findall(r"```svg\n(.*?)```", guide, re.DOTALL)
    assert "M50 82" in cleaned(example.encode())
