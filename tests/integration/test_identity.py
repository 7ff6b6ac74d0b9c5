"""One person, one number: e1012, Ｅ１０１２ and E1012 with an invisible character are E1012 in every way in."""

from datetime import date
from importlib import import_module
from io import BytesIO

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from liji.access.models import Role
from liji.access.services import make_user
from liji.connectors import queries as imports
from liji.connectors import services as connectors
from liji.facts import services as facts
from liji.facts.types import ensure_built_in
from liji.operate import doctor
from liji.people import queries as people
from liji.people import services
from liji.people.models import AttributeKind
from liji.people.models import Employee
from liji.people.models import Position
from liji.people.models import Unit
from liji.people.problems import Refused
from liji.plans.models import Quota
from tests import scenes

pytestmark = pytest.mark.django_db

SPELLINGS = ["e1012", "Ｅ１０１２", "E1012\u200b", "\u3000E1012\ufeff"]
PEOPLE = """
mapping: people
what: people
fields: {number: 工号, name: 姓名, entry: 入职日期, unit: 部门, position: 岗位, attributes.Level: 级别}
"""
HISTORY = PEOPLE.replace("entry: 入职日期", "entry: 入职日期, from: 入职日期, until: 到")
TARGETS = """
mapping: targets
what: quotas
fields: {employee: 工号, measure: {constant: sales}, month: 月份, amount: 指标}
"""
UNIT_TARGETS = """
mapping: unit-targets
what: unit_targets
fields: {unit: 部门, measure: {constant: sales}, month: 月份, amount: 指标}
"""


@pytest.fixture
def lin() -> Employee:
    """Somebody with the number E1012, who sells in the unit HD2."""
    ensure_built_in()
    services.save_company(name="测试公司", setup={"done": True})
    lin = services.enter("E1012", "林逸飞", on=date(2025, 3, 2))
    unit, post = services.unit("HD2", "华东二组"), services.position("sales_rep", "销售代表")
    services.transfer(lin, on=date(2025, 3, 2), unit=unit, position=post)
    return lin


def bring(text: str, mapping: str):
    run = connectors.start(mapping, [("file.csv", BytesIO(text.encode()))], by=None, job=False)
    return connectors.carry_out(run.pk)


def refusals(run) -> list[str]:
    return [problem.code for each in imports.refused(run.pk) for problem in each.problems]


@pytest.mark.parametrize("number", SPELLINGS)
def test_a_fact_finds_the_person(lin, number):
    outcome = facts.record(scenes.order(lin, 100) | {"employee": number})
    assert outcome.status == "created"


def test_a_records_number_keeps_its_case_and_nothing_invisible(lin):
    order = scenes.order(lin, 100) | {"external_id": "SO-1a"}
    assert facts.record(order).status == "created"
    assert facts.record(order | {"external_id": "ＳＯ-1a\u200b"}).status == "duplicate"
    assert facts.record(order | {"external_id": "so-1A"}).status == "created"


@pytest.mark.parametrize("number", SPELLINGS)
def test_a_co_owner_finds_the_person(lin, number):
    other = services.enter("E1", "周", on=date(2025, 3, 2))
    shares = [{"employee": "E1", "share": "50%"}, {"employee": number, "share": "50%"}]
    assert facts.record(scenes.order(other, 100) | {"credits": shares}).status == "created"


@pytest.mark.parametrize("mapping", [PEOPLE, HISTORY])
def test_a_file_finds_the_person_unit_position_and_attribute(lin, mapping):
    services.set_attribute(lin, "level", "P3", on=date(2025, 3, 2))
    rows = "".join(f"{number},林逸飞,2025-03-02,ｈｄ２,SALES_REP,P3,\n" for number in ["E1012", *SPELLINGS])
    run = bring("工号,姓名,入职日期,部门,岗位,级别,到\n" + rows, mapping)
    assert (run.duplicate, run.created, run.corrected, refusals(run)) == (5, 0, 0, [])
    assert Employee.objects.count() == Unit.objects.count() == Position.objects.count() == 1
    assert AttributeKind.objects.count() == 1


def test_a_file_of_newcomers_makes_one_person_of_one_number():
    rows = "".join(f"{number},林逸飞,2025-03-02,,,,\n" for number in ["E1012", *SPELLINGS])
    bring("工号,姓名,入职日期,部门,岗位,级别,到\n" + rows + "Ｅ２,周,2025-03-02,,,,\n", PEOPLE)
    assert [each.number for each in Employee.objects.all()] == ["E1012", "E2"]


def test_a_file_refuses_letters_of_two_alphabets():
    run = bring("工号,姓名,入职日期,部门,岗位,级别,到\nE101Е,林逸飞,2025-03-02,,,,\n", PEOPLE)  # the last is Cyrillic
    assert refusals(run) == ["mixed_scripts"]
    assert not Employee.objects.exists()


def test_targets_of_people_and_units_find_them(lin):
    months = range(1, 1 + len(SPELLINGS))
    rows = "".join(f"{number},2031-{month:02}-01,5\n" for month, number in zip(months, SPELLINGS, strict=True))
    assert refusals(bring("工号,月份,指标\n" + rows, TARGETS)) == []
    assert Quota.objects.filter(employee=lin).count() == len(SPELLINGS)
    assert refusals(bring("部门,月份,指标\nｈd2\u200b,2031-01-01,5\n", UNIT_TARGETS)) == []


@pytest.mark.parametrize("number", SPELLINGS)
def test_the_page_does_not_enter_the_number_again(lin, number):
    hr = Client()
    hr.force_login(make_user("hr", [Role.HR], language="en"))
    unit, post = Unit.objects.get(), Position.objects.get()
    given = {"number": number, "name": "别人", "on": "2026-01-05", "unit": unit.pk, "position": post.pk}
    assert "number" in hr.post("/staff/enter/", given).context["form"].errors
    assert "林逸飞" in hr.get("/staff/", {"q": number}).content.decode()


def test_the_page_refuses_letters_of_two_alphabets_at_the_number(lin):
    hr = Client()
    hr.force_login(make_user("hr", [Role.HR], language="en"))
    unit, post = Unit.objects.get(), Position.objects.get()
    given = {"number": "E1Е", "name": "新人", "on": "2026-01-05", "unit": unit.pk, "position": post.pk}
    assert "two alphabets" in str(hr.post("/staff/enter/", given).context["form"].errors["number"])


@pytest.mark.parametrize("number", SPELLINGS)
def test_signing_in_finds_the_person(lin, number):
    make_user("E1012", [Role.REP], password="a-long-passphrase", employee=lin)
    answer = Client().post("/login/", {"login": number, "password": "a-long-passphrase"})
    assert answer.status_code == 302


def test_codes_of_units_positions_and_attributes_are_one(lin):
    assert services.unit("ｈd2", "华东二组").pk == Unit.objects.get().pk
    assert services.position("Sales_Rep", "销售代表").pk == Position.objects.get().pk
    services.set_attribute(lin, "Level", "1", on=date(2025, 4, 1))
    services.set_attribute(lin, "ｌevel", "2", on=date(2025, 5, 1))
    assert AttributeKind.objects.count() == 1
    with pytest.raises(Refused, match="missing"):
        services.unit("\u200b", "无形")


def test_the_migration_lets_one_of_each_number_keep_the_key():
    ensure_built_in()
    services.save_company(name="测试公司", setup={"done": True})
    kept = services.enter("E1012", "林逸飞", on=date(2025, 3, 2))
    other = Employee.objects.create(number="E7", name="林逸飞")
    facts.record(scenes.order(kept, 100))
    with connection.cursor() as cursor:  # as it could stand before keys were compared
        cursor.execute("DROP INDEX employee_number_once")
        cursor.execute("UPDATE people_employee SET number = 'e1012', key = '' WHERE id = %s", [other.pk])
        cursor.execute("UPDATE people_employee SET id = -1 WHERE id = %s", [other.pk])  # the older one
    with connection.schema_editor() as editor:
        import_module("liji.people.migrations.0002_keys").fill(apps, editor)
    other = Employee.objects.get(number="e1012")
    assert (other.key, other.duplicate_of_id) == ("e1012", kept.pk)
    assert people.ids_by_number(["E1012", "e1012"]) == {"E1012": kept.pk, "e1012": kept.pk}
    assert doctor._same_numbers().state == "1 employee numbers stand for the number of another"
