"""The administrator's pages, the audit list and the records: what can be done there, and by whom."""

import csv
import io

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from procrastinate.contrib.django import app

from liji.access import queries as access
from liji.access.models import ApiKey
from liji.access.models import AuditEntry
from liji.access.models import Role
from liji.access.models import User
from liji.access.services import audit
from liji.access.services import make_user
from liji.facts import queries as facts_queries
from liji.facts import services as facts
from liji.web import jobs
from tests import scenes

pytestmark = pytest.mark.django_db


def client_of(role: Role, name: str = "") -> Client:
    client = Client()
    client.force_login(make_user(name or f"{role}-{User.objects.count()}", [role], language="en"))
    return client


@pytest.fixture
def admin() -> Client:
    scenes.company()
    return client_of(Role.ADMIN, "the-only-admin")


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


GIVEN = {"employee": "", "email": "new@example.com", "language": "en", "roles": ["hr"], "active": "on"}


def test_a_new_user_gets_a_link_and_the_roles(admin: Client, settings):
    settings.EMAIL_CONFIGURED = True
    answer = admin.post("/admin/users/new/", GIVEN | {"username": "new-hr"})
    user = User.objects.get(username="new-hr")
    assert answer.headers["Location"] == f"/admin/users/{user.pk}/"
    assert access.roles(user) == {"hr"}
    assert not user.has_usable_password()
    assert [message.to for message in mail.outbox] == [["new@example.com"]]
    assert "new-hr" in text(admin, "/admin/users/?role=hr&q=new")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"username": "the-only-admin"}, "This name is taken"),
        ({"username": "two words"}, "valid value"),
        ({"email": "nobody"}, "valid email"),
        ({"roles": ["emperor"]}, "valid choice"),
    ],
)
def test_a_bad_user_is_refused(admin: Client, change, said: str):
    before = User.objects.count()
    answer = admin.post("/admin/users/new/", GIVEN | {"username": "other"} | change)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert User.objects.count() == before


def test_two_users_cannot_stand_for_one_employee(admin: Client):
    rep = scenes.team("王晓阳")["王晓阳"]
    answer = admin.post("/admin/users/new/", GIVEN | {"username": "double", "employee": rep.pk})
    assert "signs in for this employee already" in answer.content.decode()


def test_the_last_administrator_stays_one(admin: Client):
    own = User.objects.get(username="the-only-admin")
    address = f"/admin/users/{own.pk}/"
    User.objects.exclude(pk=own.pk).update(is_active=False)
    answer = admin.post(address, GIVEN | {"roles": ["hr"]})
    assert answer.status_code == 400
    assert "last administrator" in answer.content.decode()
    assert access.has_role(own, Role.ADMIN)
    make_user("second", [Role.ADMIN])
    assert admin.post(address, GIVEN | {"roles": ["hr"]}).status_code == 302
    assert access.roles(User.objects.get(pk=own.pk)) == {"hr"}


def test_a_reset_ends_the_sessions_and_mails_a_link(admin: Client, settings):
    settings.EMAIL_CONFIGURED = True
    other = make_user("other", [Role.HR], email="other@example.com")
    admin.post(f"/admin/users/{other.pk}/reset/")
    assert mail.outbox[0].to == ["other@example.com"]
    assert AuditEntry.objects.filter(action="password_reset_sent", detail__user="other").exists()


def test_a_secret_is_shown_once_and_a_key_can_be_ended(admin: Client):
    page = admin.post("/admin/keys/", {"name": "CRM"}).content.decode()
    key = ApiKey.objects.get(name="CRM")
    assert key.key in page
    assert "shown this once" in page
    assert "shown this once" not in text(admin, "/admin/keys/")
    assert not key.reads_pay
    admin.post(f"/admin/keys/{key.pk}/end/")
    key.refresh_from_db()
    assert key.ended_at
    assert AuditEntry.objects.filter(action="api_key_ended").exists()
    assert "Give the key a name" in admin.post("/admin/keys/", {"name": " "}, follow=True).content.decode()


def test_the_audit_list_is_filtered_and_exported_harmlessly(admin: Client):
    rep = scenes.team("王晓阳")["王晓阳"]
    audit(None, "pay_changed", about=rep.pk, detail={"why": "=1+1"})
    make_user("=cmd", [])
    AuditEntry.objects.create(actor="=HYPERLINK()", action="looked", about=rep)
    assert "pay_changed" in text(admin, f"/admin/audit/?about={rep.number}")
    assert f">{rep.name}<" not in text(admin, "/admin/audit/?action=looked&to=2001-01-01")
    answer = admin.get(f"/admin/audit.csv?about={rep.number}")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[0] == ["at", "actor", "action", "about", "detail", "address"]
    assert {row[1] for row in rows[1:]} == {"system", "'=HYPERLINK()"}
    assert AuditEntry.objects.filter(action="audit_exported", actor="the-only-admin").exists()


def test_failed_jobs_are_seen_and_tried_again(admin: Client):
    number = app.configure_task("liji.earnings.recalculate").defer(payee_period=1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [number])
    assert "liji.earnings.recalculate" in text(admin, "/admin/jobs/")
    assert "1 job has failed" in text(admin, "/admin/")
    admin.post("/admin/jobs/", {"job": str(number)})
    assert jobs.failed() == []


def test_a_type_of_the_companys_own_is_added_with_its_fields(admin: Client):
    fields = "guests number 人数 Guests !\ncity text 城市 City"
    given = {"code": "demo_given", "zh": "演示", "en": "Demo given", "fields_text": fields}
    assert admin.post("/admin/types/", given).status_code == 302
    kind = next(kind for kind in facts_queries.types() if kind.code == "demo_given")
    assert [(f["name"], f["type"], f["required"]) for f in kind.fields] == [
        ("guests", "number", True),
        ("city", "text", False),
    ]
    again = admin.post("/admin/types/", given)
    assert "There is a type with this code" in again.content.decode()
    for wrong, said in (("guests", "Line 1"), ("a number 甲 A\na text 乙 B", "twice"), ("a colour 甲 A", "Line 1")):
        bad = admin.post("/admin/types/", given | {"code": "another", "fields_text": wrong})
        assert bad.status_code == 400
        assert said in bad.content.decode()


def test_a_record_shows_its_versions_credits_and_how_it_came():
    finance = client_of(Role.FINANCE)
    rep = scenes.team("王晓阳")["王晓阳"]
    order = scenes.order(rep, "100.00")
    facts.record(order)
    second = facts.record(order | {"amount": "250.00"})
    listed = text(finance, f"/records/?number={rep.number}&type=order_closed")
    assert order["external_id"] in listed
    assert "250.00" in listed
    page = text(finance, f"/records/{second.fact_id}/")
    assert "Version 1" in page
    assert "Version 2" in page
    assert "王晓阳" in page
    assert AuditEntry.objects.filter(action="record_seen", about=rep).exists()
    assert "Nothing fits" in text(finance, "/records/?number=NOBODY")


@pytest.mark.parametrize("role", [Role.REP, Role.MANAGER, Role.HR, Role.FINANCE, Role.DESIGNER])
def test_administration_is_the_administrators(admin: Client, role: Role):
    client = client_of(role)
    for address in ("", "users/", "users/new/", "keys/", "jobs/", "types/"):
        assert client.get(f"/admin/{address}").status_code == 403
    assert client.get("/admin/audit/").status_code == (200 if role is Role.FINANCE else 403)
    assert client.get("/records/").status_code == (200 if role in (Role.HR, Role.FINANCE) else 403)
