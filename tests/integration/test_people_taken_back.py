"""An import of people is taken back: what it did is undone where nothing later stands on it, the rest is named."""

from datetime import date

import pytest
from django.test import Client

from liji.access.models import Role
from liji.access.services import make_user
from liji.connectors import services as connectors
from liji.connectors.files import command
from liji.connectors.models import ImportRun
from liji.earnings.models import PayeePeriod
from liji.people import imported
from liji.people import services
from liji.people.models import AttributeKind
from liji.people.models import Employee
from liji.people.models import Position
from liji.people.models import Unit
from liji.plans.models import ClosedPeriod
from tests import scenes
from tests.integration.test_people_gate import bring
from tests.integration.test_people_gate import counts
from tests.integration.test_people_gate import guo  # noqa: F401
from tests.integration.test_people_gate import nothing_new
from tests.integration.test_people_gate import refusals
from tests.integration.test_people_gate import row

pytestmark = pytest.mark.django_db

CREATE = "create: [units, positions]"


def files() -> dict[str, dict]:
    found = imported.snapshots(Employee.objects.values_list("pk", flat=True))
    numbers = dict(Employee.objects.values_list("pk", "number"))
    return {numbers[pk]: each for pk, each in found.items()}


def changes() -> list[dict[str, str]]:
    """Rows that change Guo in every way, and bring two others, one in new places."""
    first = row(unit_path="HB/一组", position="组长", manager="", email="new@example.com", last_day="2027-06-30",
                **{"attributes.level": "P5", "from": "2026-01-01"})  # fmt: skip
    second = row(number="N1", name="甲", unit_path="HD2", position="销售代表", manager="E1011")
    return [first, second, row(number="N2", name="乙", manager="N1", unit_path="HD2", position="sales_rep")]


def test_all_that_an_import_did_is_undone(guo):  # noqa: F811
    before, there = files(), nothing_new()
    run = bring(changes(), create=CREATE)
    assert counts(run) == (2, 1, 0, 0)
    assert connectors.take_back(run.pk, by=None) == 3
    assert (files(), nothing_new()) == (before, there)
    run.refresh_from_db()
    assert run.state == ImportRun.State.TAKEN_BACK
    assert counts(bring(changes(), create=CREATE)) == (2, 1, 0, 0)


@pytest.mark.parametrize("until", [{}, {"until": ""}])
def test_many_newcomers_are_undone(guo, until):  # noqa: F811
    before, there = files(), nothing_new()
    rows = [row(number=f"N{n}", name=f"新{n}", unit="NEW", position="新岗位") | until for n in range(30)]
    run = bring(rows, create=CREATE)
    assert connectors.take_back(run.pk, by=None) == 30
    assert (files(), nothing_new()) == (before, there)


def test_what_was_changed_since_stays_and_is_named(guo):  # noqa: F811
    run = bring(changes(), create=CREATE)
    services.set_attribute(guo, "grade", "7", on=date(2026, 2, 1))
    assert connectors.take_back(run.pk, by=None) == 2
    assert refusals(run) == {2: [("number", "changed_since")]}
    run.refresh_from_db()
    assert (run.state, run.refused) == (ImportRun.State.DONE, 1)
    assert not Employee.objects.filter(number__startswith="N").exists()
    assert Unit.objects.filter(name="一组").exists()


def test_who_is_named_elsewhere_stays(guo):  # noqa: F811
    run = bring(changes(), create=CREATE)
    make_user("N1", [Role.REP], employee=Employee.objects.get(number="N1"))
    connectors.take_back(run.pk, by=None)
    assert refusals(run)[3] == [("number", "in_use")]
    assert Employee.objects.filter(number="N1").exists()
    assert not Employee.objects.filter(number="N2").exists()


def test_the_manager_of_somebody_who_stays_stays(guo):  # noqa: F811
    run = bring([row(number="N1", name="甲", unit="HD2", position="sales_rep")])
    chief = Employee.objects.get(number="N1")
    services.transfer(guo, on=date(2026, 3, 1), unit=Unit.objects.get(), position=Position.objects.get(code="lead"),
                      manager=chief)  # fmt: skip
    assert connectors.take_back(run.pk, by=None) == 0
    assert refusals(run) == {2: [("number", "in_use")]}


def test_results_without_records_go_with_the_person_and_those_of_closed_periods_keep_them():
    team = scenes.team("王晓阳", plan="accelerator")
    rows = [row(number=f"N{n}", name=f"新{n}", entry="2026-01-05", unit=team.unit.code, position="sales_rep")
            for n in range(2)]  # fmt: skip
    run = bring(rows)
    assert PayeePeriod.objects.filter(payee__number="N0").exists()
    assert connectors.take_back(run.pk, by=None) == 2
    assert not PayeePeriod.objects.filter(payee__number__startswith="N").exists()
    run = bring(rows)
    first = PayeePeriod.objects.filter(payee__number="N0").order_by("start").first()
    ClosedPeriod.objects.create(start=first.start, end=first.end)
    connectors.take_back(run.pk, by=None)
    assert refusals(run) == {2: [("number", "in_use")], 3: [("number", "in_use")]}


def test_a_row_whose_manager_turns_out_wrong_leaves_nothing_behind(guo):  # noqa: F811
    there = nothing_new()
    rows = [row(number="N1", name="甲", manager="N2"), row(number="N2", name="乙", manager="N1")]
    run = bring([each | {"unit": "HD2", "position": "sales_rep"} for each in rows])
    assert refusals(run) == {2: [("manager", "manager_circle")], 3: [("manager", "manager_circle")]}
    assert nothing_new() == there
    late = [row(number="N1", name="甲", manager="N2"), row(number="N2", name="乙", entry="2025-01-06", last_day="x")]
    late = [each | {"unit": "HD2", "position": "sales_rep", "last_day": each.get("last_day", "")} for each in late]
    assert set(refusals(bring(late))) == {2, 3}
    assert nothing_new() == there


def test_whose_manager_is_refused_only_when_written_is_taken_away_again(guo):  # noqa: F811
    there = nothing_new()
    AttributeKind.objects.update(type="number")
    rows = [row(number="N1", name="甲", manager="N2") | {"attributes.level": "1"},
            row(number="N2", name="乙") | {"attributes.level": "abc"}]  # fmt: skip
    run = bring([each | {"unit": "HD2", "position": "sales_rep"} for each in rows])
    assert refusals(run) == {2: [("manager", "unknown_employee")], 3: [("level", "wrong_type")]}
    assert (run.created, run.refused) == (0, 2)
    assert nothing_new() == there


def test_the_page_takes_people_back(guo):  # noqa: F811
    hr = Client()
    hr.force_login(make_user("hr", [Role.HR], language="en"))
    run = bring(changes(), create=CREATE)
    assert "Take the whole import back" in hr.get(f"/imports/{run.pk}/").content.decode()
    services.set_attribute(guo, "grade", "7", on=date(2026, 2, 1))
    page = hr.post(f"/imports/{run.pk}/take-back/", follow=True).content.decode()
    assert "has been changed since the import" in page
    assert AttributeKind.objects.filter(code="grade").exists()


def test_the_command_takes_people_back(guo, capsys):  # noqa: F811
    run = bring(changes(), create=CREATE)
    assert command.take_back(run.pk) == 0
    assert "3 taken back" in capsys.readouterr().out
    assert command.take_back(run.pk) == 2
    assert command.take_back(10**9) == 2
