"""HR's pages: who is there on a day, entry, transfer, exit, the organisation; what is wrong stands at its field."""

from datetime import date
from datetime import timedelta

import pytest
from django.test import Client

from liji.access.models import AuditEntry
from liji.access.models import Role
from liji.access.services import make_user
from liji.people import queries as people
from liji.people import services
from liji.people import staff
from liji.people.models import Employee
from liji.people.models import Position
from liji.people.models import Unit
from tests import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def hr() -> Client:
    scenes.company()
    client = Client()
    client.force_login(make_user("hr-staff", [Role.HR], language="en"))
    return client


@pytest.fixture
def team(hr: Client) -> scenes.Team:
    return scenes.team("王晓阳", "李静")


def form(team: scenes.Team, **values: object) -> dict[str, object]:
    position = Position.objects.get(code="sales_rep")
    return {"unit": team.unit.pk, "position": position.pk, "manager": team.manager.pk, **values}


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_the_list_is_as_of_a_day_and_can_be_narrowed(hr: Client, team: scenes.Team):
    services.leave(team["李静"], last_day=date(2026, 3, 31), reason="family")
    assert "李静" in text(hr, "/staff/?on=2026-03-31")
    page = text(hr, "/staff/?on=2026-04-01")
    assert "李静" not in page
    assert "王晓阳" in page
    assert "李静" in text(hr, "/staff/?on=2026-04-01&state=left")
    assert "王晓阳" not in text(hr, f"/staff/?q={team.manager.number}")
    assert "王晓阳" in text(hr, f"/staff/?unit={team.unit.pk}")
    assert "Nobody fits" in text(hr, "/staff/?q=nobody-of-this-name")


def test_turnover_is_exits_over_mean_head_count():
    scenes.company()
    for number, (since, last) in enumerate([("2024-01-01", None), ("2024-01-01", "2026-03-10"), ("2026-05-01", None)]):
        person = services.enter(f"TO{number}", f"人{number}", on=date.fromisoformat(since))
        if last:
            services.leave(person, last_day=date.fromisoformat(last))
    told = staff.turnover(date(2026, 12, 31))
    assert (told.employed, told.entries, told.exits) == (2, 1, 1)
    heads = [2, 2, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2]
    assert [month.employed for month in told.months] == heads
    assert round(told.rate * sum(heads), 9) == 12


def test_somebody_enters_and_stands_in_the_list_with_a_file(hr: Client, team: scenes.Team):
    given = form(team, number="N-1", name="赵新", on="2026-06-01", email="zhao@example.com", phone="")
    answer = hr.post("/staff/enter/", given)
    person = Employee.objects.get(number="N-1")
    assert answer.headers["Location"] == f"/staff/{person.pk}/"
    assert people.assignment_on(person.pk, date(2026, 6, 1)).manager == team.manager
    assert "赵新" in text(hr, f"/staff/{person.pk}/")
    assert AuditEntry.objects.filter(action="entered", about_id=person.pk, actor="hr-staff").count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"number": ""}, "required"),
        ({"on": "31.12.2026"}, "valid date"),
        ({"email": "nobody"}, "valid email"),
        ({"unit": "999999"}, "valid choice"),
    ],
)
def test_a_bad_entry_says_what_is_wrong_and_keeps_nothing(hr: Client, team: scenes.Team, change, said):
    before = Employee.objects.count()
    given = form(team, number="N-2", name="赵新", on="2026-06-01") | change
    answer = hr.post("/staff/enter/", given)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert Employee.objects.count() == before


def test_a_number_that_is_taken_is_refused(hr: Client, team: scenes.Team):
    answer = hr.post("/staff/enter/", form(team, number=team["王晓阳"].number, name="赵新", on="2026-06-01"))
    assert "王晓阳 has this number" in answer.content.decode()


def test_a_transfer_ends_what_held_before(hr: Client, team: scenes.Team):
    other = scenes.team("周一")
    rep = team["王晓阳"]
    hr.post(f"/staff/{rep.pk}/transfer/", form(other, on="2026-07-01"))
    assert people.assignment_on(rep.pk, date(2026, 6, 30)).unit == team.unit
    assert people.assignment_on(rep.pk, date(2026, 7, 1)).unit == other.unit
    assert other.unit.name in text(hr, f"/staff/{rep.pk}/")


@pytest.mark.parametrize("wrong", ["self", "below", "before"])
def test_a_transfer_that_makes_no_sense_is_refused(hr: Client, team: scenes.Team, wrong: str):
    manager, rep = team.manager, team["王晓阳"]
    change = {
        "self": {"manager": manager.pk, "on": "2026-07-01"},
        "below": {"manager": rep.pk, "on": "2026-07-01"},
        "before": {"manager": "", "on": "1999-01-01"},
    }[wrong]
    answer = hr.post(f"/staff/{manager.pk}/transfer/", form(team) | change)
    assert answer.status_code == 400
    said = {"self": "reports to themselves", "below": "reports to this person", "before": "Not employed"}[wrong]
    assert said in answer.content.decode()


def test_an_exit_ends_everything_and_may_be_moved_or_taken_back(hr: Client, team: scenes.Team):
    rep = team["王晓阳"]
    assert hr.post(f"/staff/{rep.pk}/exit/", {"last_day": "2026-08-31", "reason": "moves"}).status_code == 302
    assert people.assignment_on(rep.pk, date(2026, 9, 1)) is None
    assert "moves" in text(hr, f"/staff/{rep.pk}/")
    address, day = f"/staff/{rep.pk}/exit/", {"last_day": "2026-09-30", "reason": "moves later"}
    assert "2026-08-31" in text(hr, address)
    assert hr.post(address, day).status_code == 302
    held = people.assignment_on(rep.pk, date(2026, 9, 30))
    assert held is not None
    assert held.unit == team.unit
    assert people.is_employed(rep.pk, date(2026, 9, 30))
    assert not people.is_employed(rep.pk, date(2026, 10, 1))
    assert people.attributes_on(rep.pk, date(2026, 9, 30)) == people.attributes_on(rep.pk, date(2026, 8, 1))
    assert hr.post(address, {"last_day": "2026-07-31"}).status_code == 302
    assert not people.is_employed(rep.pk, date(2026, 8, 1))
    assert hr.post(address, {"last_day": "2026-07-31", "stays": "on"}).status_code == 302
    assert people.assignment_on(rep.pk, date(2027, 1, 1)) is not None
    assert "The exit is taken back" not in text(hr, address)
    assert AuditEntry.objects.filter(action="exit_taken_back", about_id=rep.pk).exists()


def test_a_moved_exit_leaves_a_later_employment_alone(hr: Client, team: scenes.Team):
    rep = team["王晓阳"]
    address = f"/staff/{rep.pk}/exit/"
    hr.post(address, {"last_day": "2026-06-30"})
    services.enter(rep.number, rep.name, on=date(2026, 8, 1), returns=True)
    assert hr.post(address, {"last_day": "2026-07-15"}).status_code == 302
    days = [people.is_employed(rep.pk, date(2026, 7, day)) for day in (15, 16)]
    assert days == [True, False]
    assert people.is_employed(rep.pk, date(2026, 8, 1))
    before = hr.post(address, {"last_day": "1990-01-01"})
    assert before.status_code == 400
    assert "is not employed on 1990-01-01" in before.content.decode()


def test_a_circle_of_managers_that_begins_later_is_refused(hr: Client, team: scenes.Team):
    manager, rep = team.manager, team["王晓阳"]
    hr.post(f"/staff/{rep.pk}/transfer/", form(team, on="2026-07-01") | {"manager": ""})
    under = form(team, on="2026-09-01") | {"manager": rep.pk}
    assert hr.post(f"/staff/{manager.pk}/transfer/", under).status_code == 302
    answer = hr.post(f"/staff/{rep.pk}/transfer/", form(team, on="2026-08-01") | {"manager": manager.pk})
    assert answer.status_code == 400
    assert "On 2026-09-01" in answer.content.decode()


def test_an_attribute_from_an_import_is_changed_whatever_it_is_called(hr: Client, team: scenes.Team):
    rep = team["王晓阳"]
    services.set_attribute(rep, "职级", "P5", on=date(2026, 1, 1))
    page = text(hr, f"/staff/{rep.pk}/")
    assert f"/staff/{rep.pk}/attribute/?code=%E8%81%8C%E7%BA%A7" in page
    assert 'value="职级"' in text(hr, f"/staff/{rep.pk}/attribute/?code=职级")
    given = {"code": "职级", "value": "P6", "on": "2026-07-01", "type": "text"}
    assert hr.post(f"/staff/{rep.pk}/attribute/", given).status_code == 302
    assert people.attributes_on(rep.pk, date(2026, 7, 1))["职级"] == "P6"
    new = hr.post(f"/staff/{rep.pk}/attribute/", given | {"code": "司龄"})
    assert new.status_code == 400
    assert "small letters" in new.content.decode()


def test_an_attribute_is_typed(hr: Client, team: scenes.Team):
    rep = team["王晓阳"]
    given = {"code": "grade", "value": "3", "on": "2026-01-01", "type": "number"}
    assert hr.post(f"/staff/{rep.pk}/attribute/", given).status_code == 302
    bad = hr.post(f"/staff/{rep.pk}/attribute/", given | {"value": "three"})
    assert bad.status_code == 400
    assert "is not of the type number" in bad.content.decode()


def test_contact_is_changed_and_audited(hr: Client, team: scenes.Team):
    rep = team["王晓阳"]
    hr.post(f"/staff/{rep.pk}/contact/", {"name": "王小阳", "email": "w@example.com", "phone": "138"})
    rep.refresh_from_db()
    assert (rep.name, rep.email, rep.phone) == ("王小阳", "w@example.com", "138")
    assert AuditEntry.objects.filter(action="contact_changed", about_id=rep.pk).exists()


def test_a_unit_has_its_place_and_no_circle(hr: Client, team: scenes.Team):
    today = people.today().isoformat()
    code = f"{team.code}-below"
    given = {"code": code, "name": "下级", "parent": team.unit.pk, "since": today}
    assert hr.post("/staff/units/", given).status_code == 302
    made = Unit.objects.get(code=code)
    assert made.pk in people.units_below([team.unit.pk], people.today(), people.today() + timedelta(days=1))
    circle = {"code": team.code, "name": team.unit.name, "parent": made.pk, "since": today}
    answer = hr.post("/staff/units/", circle)
    assert answer.status_code == 400
    assert "would stand below this unit and above it at once" in answer.content.decode()


def test_a_circle_of_units_that_begins_later_is_refused(hr: Client, team: scenes.Team):
    code = f"{team.code}-later"
    made = services.unit(code, "下级")
    services.unit(team.code, team.unit.name, parent=made, since=date(2028, 1, 1))
    given = {"code": code, "name": "下级", "parent": team.unit.pk, "since": "2027-06-01"}
    answer = hr.post("/staff/units/", given)
    assert answer.status_code == 400
    assert "From 2028-01-01 on" in answer.content.decode()
    assert made.pk not in people.units_below([team.unit.pk], date(2027, 6, 1), date(2027, 6, 2))


@pytest.mark.parametrize("role", [Role.REP, Role.MANAGER, Role.FINANCE, Role.DESIGNER])
def test_nobody_else_comes_in(team: scenes.Team, role: Role):
    client = Client()
    client.force_login(make_user(f"not-hr-{role}", [role]))
    for address in ("/staff/", "/staff/enter/", "/staff/units/", f"/staff/{team['李静'].pk}/"):
        assert client.get(address).status_code == 403
