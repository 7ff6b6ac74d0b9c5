"""The first day without mail: accounts for a list of people, and one-time links that are handed over."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from liji import cli
from liji.access import queries as access
from liji.access.models import AuditEntry
from liji.access.models import Role
from liji.access.models import User
from liji.access.services import make_user
from liji.people import queries as people
from liji.people import services as people_services
from tests import scenes

pytestmark = pytest.mark.django_db
INVITE = "/admin/users/invite/"
NEW = "a-password-of-my-own"


def signed_in(role: str = Role.ADMIN) -> Client:
    client = Client()
    client.force_login(scenes.user(f"the-{role}", role))
    return client


def ten() -> dict[str, int]:
    """Ten people without accounts, by name, under a manager who is one of them."""
    first = people.today() - timedelta(days=30)
    unit, rep = scenes.team("有号").unit, people_services.position("sales_rep", "sales_rep")
    made, manager = {}, None
    for place in range(10):
        one = people_services.enter(f"N{place:03}", f"新人{place}", on=first)
        people_services.transfer(one, on=first, unit=unit, position=rep, manager=manager)
        manager = manager or one
        made[one.name] = one.pk
    return made


def links_on(response) -> list[str]:
    assert response.status_code == 200
    return re.findall(r'readonly value="(http[^"]+)"', response.content.decode())


def chooses(link: str, password: str = NEW) -> Client:
    """Opens a link as a browser does and chooses a password."""
    client = Client()
    opened = client.get(link, follow=True)
    address = opened.redirect_chain[-1][0] if opened.redirect_chain else link
    client.post(address, {"password1": password, "password2": password})
    return client


def sign_in(username: str, password: str = NEW) -> Client:
    client = Client()
    client.post("/login/", {"login": username, "password": password})
    return client


def is_in(client: Client) -> bool:
    return client.get("/months/").status_code == 200


def test_ten_people_of_a_list_get_their_sign_in_without_mail():
    made, admin = ten(), signed_in()
    page = admin.get(INVITE, {"q": "新人"}).content.decode()
    assert all(name in page for name in made)
    response = admin.post(f"{INVITE}?q=新人", {"all": "yes"})
    links = links_on(response)
    assert len(links) == 10
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    for place, link in enumerate(links):
        chooses(link)
        assert is_in(sign_in(f"N{place:03}"))
    assert access.roles(User.objects.get(username="N000")) == {"rep", "manager"}
    assert access.roles(User.objects.get(username="N001")) == {"rep"}
    assert not mail.outbox
    assert AuditEntry.objects.filter(action="password_link_made", actor="the-admin").count() == 10
    assert "新人0" not in admin.get(INVITE, {"q": "新人"}).content.decode()


def test_only_the_chosen_are_invited_and_nobody_chosen_is_said():
    made, hr = ten(), signed_in(Role.HR)
    assert "请至少选择一人" in hr.post(INVITE).content.decode()
    assert len(links_on(hr.post(INVITE, {"employee": [made["新人3"], made["新人4"], "x"]}))) == 2
    assert set(User.objects.filter(username__startswith="N0").values_list("username", flat=True)) == {"N003", "N004"}


def test_who_has_left_or_has_an_account_is_not_offered():
    made = ten()
    people_services.leave(people.employee_by_number("N005"), last_day=people.today() - timedelta(days=1))
    page = signed_in().get(INVITE).content.decode()
    assert "新人4" in page
    assert "新人5" not in page
    assert "有号" not in page.split("<table")[1]
    assert made


def test_a_link_works_once_and_not_after_another_was_used():
    user = make_user("handed", [Role.FINANCE])
    admin = signed_in()
    first = links_on(admin.post(f"/admin/users/{user.pk}/link/"))[0]
    second = links_on(admin.post(f"/admin/users/{user.pk}/link/"))[0]
    chooses(second)
    chooses(first, "another-password-then")
    chooses(second, "another-password-then")
    assert is_in(sign_in("handed"))
    assert not is_in(sign_in("handed", "another-password-then"))


def test_a_link_holds_for_a_week(monkeypatch: pytest.MonkeyPatch):
    from allauth.account.forms import default_token_generator

    user = make_user("late", [Role.FINANCE])
    link = links_on(signed_in().post(f"/admin/users/{user.pk}/link/"))[0]
    later = default_token_generator._now() + timedelta(days=7, minutes=1)
    with monkeypatch.context() as patch:
        patch.setattr(type(default_token_generator), "_now", lambda self: later)
        chooses(link)
    assert not is_in(sign_in("late"))
    chooses(link)
    assert is_in(sign_in("late")), "within the week it works"


def test_a_link_ends_the_sessions_of_who_gets_it():
    user = make_user("hacked", [Role.FINANCE], password=NEW)
    client = sign_in("hacked")
    assert is_in(client)
    signed_in().post(f"/admin/users/{user.pk}/link/")
    assert not is_in(client)


def test_a_new_user_is_shown_a_link_where_there_is_no_mail():
    given = {"username": "fresh", "language": "zh-hans", "roles": ["hr"], "email": "f@example.com", "active": "on"}
    assert len(links_on(signed_in().post("/admin/users/new/", given))) == 1


def test_a_mail_server_that_is_down_is_said_and_a_link_shown(settings):
    settings.EMAIL_CONFIGURED = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    given = {"username": "fresh", "language": "zh-hans", "roles": ["hr"], "email": "f@example.com", "active": "on"}
    admin = signed_in()
    response = admin.post("/admin/users/new/", given)
    assert len(links_on(response)) == 1
    assert "邮件服务器无法连接" in response.content.decode()
    again = admin.post(f"/admin/users/{User.objects.get(username='fresh').pk}/reset/")
    assert len(links_on(again)) == 1
    assert not AuditEntry.objects.filter(action="password_reset_sent").exists()


@pytest.mark.parametrize("configured", [True, False])
def test_a_forgotten_password_gives_the_same_answer_whatever_the_address_and_the_mail_server(settings, configured):
    settings.EMAIL_CONFIGURED = configured
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    make_user("known", [Role.HR], email="known@example.com")
    answers = [
        Client().post("/password/", {"email": address}, follow=True)
        for address in ("known@example.com", "unknown@example.com")
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert answers[0].redirect_chain == answers[1].redirect_chain != []
    page = Client().get("/password/").content.decode()
    assert ("请向管理员索取一次性链接" in page) is not configured


@pytest.mark.parametrize("role", [Role.REP, Role.MANAGER, Role.FINANCE, Role.DESIGNER])
def test_nobody_else_invites(role: str):
    assert signed_in(role).get(INVITE).status_code == 403
    assert signed_in(Role.HR).post(f"/admin/users/{make_user('x', []).pk}/link/").status_code == 403


def command(capsys, *arguments: str, code: int = 0) -> list[str]:
    assert cli.main(["user", *arguments]) == code
    told = capsys.readouterr()
    return (told.err if code else told.out).splitlines()


def test_accounts_from_the_command_line(capsys):
    ten()
    said, link = command(capsys, "add", "n001", "--roles", "rep,finance")
    assert said == "✓ N001: rep, finance"
    chooses(link)
    assert is_in(sign_in("N001"))
    assert User.objects.get(username="N001").employee.name == "新人1"
    chooses(command(capsys, "link", "N001")[0], "another-password-then")
    assert is_in(sign_in("N001", "another-password-then"))
    assert command(capsys, "roles", "N001", "hr") == ["✓ N001: hr"]
    assert "N001\thr\tactive\t新人1" in command(capsys, "list")
    command(capsys, "disable", "N001")
    assert not is_in(sign_in("N001", "another-password-then"))
    assert set(AuditEntry.objects.filter(detail__user="N001").values_list("actor", flat=True)) == {"liji user"}


def test_the_command_line_says_why_it_cannot(capsys):
    make_user("boss", [Role.ADMIN])
    assert "There is no account nobody" in command(capsys, "link", "nobody", code=2)[0]
    assert "There is no role king" in command(capsys, "add", "x", "--roles", "king", code=2)[0]
    assert "last administrator" in command(capsys, "disable", "boss", code=2)[0]
    assert "has an account already" in command(capsys, "add", "BOSS", code=2)[0]
