"""What HR's pages must never do: mix two people up, lose a later employment, break on a day far off."""

from datetime import date

import pytest
from django.test import Client

from liji.people import queries as people
from liji.people import services
from liji.people import staff
from liji.people.models import Assignment
from liji.people.models import Employee
from liji.people.models import Position
from liji.people.models import Unit
from tests import scenes
from tests.integration.test_staff_pages import form
from tests.integration.test_staff_pages import hr  # noqa: F401
from tests.integration.test_staff_pages import team  # noqa: F401
from tests.integration.test_staff_pages import text

pytestmark = pytest.mark.django_db


def errors(answer) -> dict[str, list[str]]:
    assert answer.status_code == 400
    return answer.context["form"].errors


def spans(person: Employee) -> list[tuple[date, date | None]]:
    rows = Assignment.objects.filter(employee=person).order_by("days")
    return [(row.since, row.until) for row in rows]


@pytest.fixture
def back(team: scenes.Team) -> Employee:  # noqa: F811
    """Somebody who left and came back."""
    rep, post = team["李静"], Position.objects.get(code="sales_rep")
    services.leave(rep, last_day=date(2024, 6, 30))
    services.enter(rep.number, rep.name, on=date(2025, 1, 1), returns=True)
    services.transfer(rep, on=date(2025, 1, 1), unit=team.unit, position=post, manager=team.manager)
    return rep


def test_the_number_of_one_who_left_is_never_given_to_another(hr: Client, team: scenes.Team):  # noqa: F811
    rep = team["李静"]
    services.leave(rep, last_day=date(2024, 6, 30))
    answer = hr.post("/staff/enter/", form(team, number=rep.number, name="赵新", on="2025-01-01"))
    assert "is or was 李静's" in errors(answer)["number"][0]
    rep.refresh_from_db()
    assert rep.name == "李静"


def test_who_comes_back_keeps_number_file_and_address(hr: Client, team: scenes.Team):  # noqa: F811
    rep = team["李静"]
    services.leave(rep, last_day=date(2024, 6, 30))
    answer = hr.post("/staff/enter/", form(team, number=rep.number, name="李静", on="2025-01-01", returns="on"))
    assert answer.headers["Location"] == f"/staff/{rep.pk}/"
    rep.refresh_from_db()
    assert rep.email
    assert spans(rep) == [(scenes.LONG_AGO, date(2024, 7, 1)), (date(2025, 1, 1), None)]


def test_an_entry_into_an_earlier_employment_says_so_at_the_day(hr: Client, team: scenes.Team, back: Employee):  # noqa: F811
    services.leave(back, last_day=date(2025, 6, 30))
    answer = hr.post("/staff/enter/", form(team, number=back.number, name=back.name, on="2025-03-01", returns="on"))
    assert "overlap" in errors(answer)["on"][0]


def test_who_comes_back_is_not_their_own_manager(hr: Client, team: scenes.Team):  # noqa: F811
    rep = team["李静"]
    services.leave(rep, last_day=date(2024, 6, 30))
    given = form(team, number=rep.number, name=rep.name, on="2025-01-01", manager=rep.pk)
    assert "themselves" in errors(hr.post("/staff/enter/", given))["manager"][0]


def test_nobody_is_put_under_one_who_has_left(hr: Client, team: scenes.Team):  # noqa: F811
    services.leave(team["李静"], last_day=date(2024, 6, 30))
    given = form(team, on="2025-01-01", manager=team["李静"].pk)
    answer = hr.post(f"/staff/{team['王晓阳'].pk}/transfer/", given)
    assert "李静 is not employed on this day" in errors(answer)["manager"][0]


def test_one_who_left_is_not_transferred(hr: Client, team: scenes.Team):  # noqa: F811
    rep = team["李静"]
    services.leave(rep, last_day=date(2024, 6, 30))
    answer = hr.post(f"/staff/{rep.pk}/transfer/", form(team, on="2024-07-01"))
    assert "Not employed on this day" in errors(answer)["on"][0]
    page = text(hr, f"/staff/{rep.pk}/")
    assert f"/staff/{rep.pk}/transfer/" not in page
    assert "Move the exit" in page


def test_an_exit_before_the_entry_is_refused(hr: Client, team: scenes.Team):  # noqa: F811
    answer = hr.post(f"/staff/{team['李静'].pk}/exit/", {"last_day": "2019-12-31"})
    assert "is not employed on 2019-12-31" in errors(answer)["last_day"][0]


def test_correcting_an_earlier_exit_leaves_the_later_employment_alone(hr: Client, back: Employee):  # noqa: F811
    hr.post(f"/staff/{back.pk}/exit/", {"last_day": "2023-01-31"})
    assert spans(back) == [(scenes.LONG_AGO, date(2023, 2, 1)), (date(2025, 1, 1), None)]


def test_what_was_planned_after_the_exit_falls_away(team: scenes.Team):  # noqa: F811
    rep, post = team["李静"], Position.objects.get(code="sales_rep")
    services.transfer(rep, on=date(2025, 1, 1), unit=team.unit, position=post)
    services.leave(rep, last_day=date(2024, 6, 30))
    assert spans(rep) == [(scenes.LONG_AGO, date(2024, 7, 1))]


def test_nothing_outlives_the_employment():
    scenes.company()
    person, unit = services.enter("SHORT", "短", on=date(2025, 1, 1)), services.unit("SHORT", "短")
    services.leave(person, last_day=date(2026, 12, 31))
    services.transfer(person, on=date(2026, 1, 1), unit=unit, position=services.position("p", "p"))
    services.set_attribute(person, "grade", "3", on=date(2026, 1, 1))
    assert spans(person) == [(date(2026, 1, 1), date(2027, 1, 1))]
    assert people.attributes_on(person.pk, date(2027, 1, 1)) == {}


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "nonsense"])
@pytest.mark.parametrize("address", ["/staff/?on={day}", "/staff/?on={day}&unit={unit}", "/staff/units/?on={day}"])
def test_a_day_far_off_breaks_nothing(hr: Client, team: scenes.Team, day: str, address: str):  # noqa: F811
    text(hr, address.format(day=day, unit=team.unit.pk))


def test_a_day_far_off_is_refused_at_its_field(hr: Client, team: scenes.Team):  # noqa: F811
    answer = hr.post(f"/staff/{team['李静'].pk}/exit/", {"last_day": "9999-12-31"})
    assert "last_day" in errors(answer)


def test_an_attribute_that_does_not_fit_says_so_at_the_value(hr: Client, team: scenes.Team):  # noqa: F811
    given = {"code": "grade", "value": "3", "on": "2026-01-01", "type": "number"}
    address = f"/staff/{team['李静'].pk}/attribute/"
    assert hr.post(address, given).status_code == 302
    assert "number" in errors(hr.post(address, given | {"value": "three"}))["value"][0]


def test_the_first_person_can_be_entered_by_hand(hr: Client):  # noqa: F811
    assert "There is no unit yet" in text(hr, "/staff/enter/") or Unit.objects.exists()
    hr.post("/staff/units/", {"code": "FIRST", "name": "第一队", "since": "2026-01-01"})
    unit = Unit.objects.get(code="FIRST")
    given = {"number": "F1", "name": "第一人", "on": "2026-01-01", "unit": unit.pk}
    assert "Choose a position" in errors(hr.post("/staff/enter/", given))["position"][0]
    assert hr.post("/staff/enter/", given | {"new_position": "顾问"}).status_code == 302
    held = people.assignment_on(Employee.objects.get(number="F1").pk, date(2026, 1, 1))
    assert (held.unit, held.position.name) == (unit, "顾问")


def test_a_known_position_is_not_renamed_by_writing_it(hr: Client, team: scenes.Team):  # noqa: F811
    services.position("sales_rep", "销售代表")
    given = form(team, number="N-9", name="赵新", on="2026-06-01", position="", new_position="sales_rep")
    assert hr.post("/staff/enter/", given).status_code == 302
    assert Position.objects.get(code="sales_rep").name == "销售代表"


def test_who_left_is_found_in_the_last_unit(team: scenes.Team):  # noqa: F811
    rep, day = team["李静"], date(2025, 1, 1)
    services.leave(rep, last_day=date(2024, 6, 30))
    assert list(staff.staff(day, unit=team.unit.pk, state="left")) == [rep]
    assert rep not in staff.staff(day, unit=team.unit.pk)
    line = staff.line(rep, day)
    assert (line.there, line.held.unit) == (False, team.unit)
    assert staff.line(team["王晓阳"], day).there
