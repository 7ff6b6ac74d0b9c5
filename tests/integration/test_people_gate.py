"""The entry gate for people: whose number it is, what a cell says, which days; a refused row leaves nothing behind."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.test import Client

from liji.access.models import Role
from liji.access.services import make_user
from liji.connectors import queries as imports
from liji.connectors import services as connectors
from liji.connectors.preview import preview
from liji.people import queries as people
from liji.people import services
from liji.people.models import Assignment
from liji.people.models import Attribute
from liji.people.models import AttributeKind
from liji.people.models import Employee
from liji.people.models import Employment
from liji.people.models import Position
from liji.people.models import Unit
from liji.people.problems import Refused

pytestmark = pytest.mark.django_db

FIELDS = {
    "number": "工号", "name": "姓名", "entry": "入职", "last_day": "离职", "unit": "部门", "position": "岗位",
    "manager": "上级", "email": "邮箱", "phone": "手机", "from": "生效", "until": "截止", "returns": "返聘",
    "former_name": "曾用名", "attributes.level": "级别", "unit_path": "组织",
}  # fmt: skip
JAN = date(2025, 1, 6)


def mapping(*columns: str, create: str = "", clear: tuple[str, ...] = ()) -> str:
    fields = ", ".join(
        f"{name}: {{column: {FIELDS[name]}, empty: clear}}" if name in clear else f"{name}: {FIELDS[name]}"
        for name in columns
    )
    return f"mapping: people\nwhat: people\n{create}\nfields: {{{fields}}}\n"


def bring(rows: list[dict[str, str]], *, create: str = "", clear: tuple[str, ...] = (), **more):
    """Imports rows given by field; the columns are those of the first row."""
    columns = list(rows[0])
    lines = [",".join(FIELDS[name] for name in columns)]
    lines += [",".join(row.get(name, "") for name in columns) for row in rows]
    text = mapping(*columns, create=create, clear=clear)
    run = connectors.receive(text, [("people.csv", BytesIO("\n".join([*lines, ""]).encode()))], by=None)
    connectors.begin(run.pk, by=None, job=False, **more)
    return connectors.carry_out(run.pk)


def draft(rows: list[dict[str, str]], **more):
    columns = list(rows[0])
    lines = [",".join(FIELDS[name] for name in columns)]
    lines += [",".join(row.get(name, "") for name in columns) for row in rows]
    return connectors.receive(
        mapping(*columns, **more), [("people.csv", BytesIO("\n".join([*lines, ""]).encode()))], by=None
    )


def counts(run) -> tuple[int, int, int, int]:
    return run.created, run.corrected, run.duplicate, run.refused


def refusals(run) -> dict[int, list[tuple[str, str]]]:
    return {each.row: [(p.field, p.code) for p in each.problems] for each in imports.refused(run.pk)}


@pytest.fixture
def guo() -> Employee:
    """Guo of HD2 under Zhou, a sales representative of level P3."""
    services.save_company(name="测试公司", setup={"done": True})
    unit, post = services.unit("HD2", "华东二组"), services.position("sales_rep", "销售代表")
    zhou = services.enter("E1001", "周正", on=JAN)
    services.transfer(zhou, on=JAN, unit=unit, position=services.position("lead", "销售经理"))
    guo = services.enter("E1011", "郭俊杰", on=JAN, email="guo@example.com", phone="139")
    services.transfer(guo, on=JAN, unit=unit, position=post, manager=zhou)
    services.set_attribute(guo, "level", "P3", on=JAN)
    return guo


def row(**more: str) -> dict[str, str]:
    return {"number": "E1011", "name": "郭俊杰", "entry": "2025-01-06"} | more


def held(employee: Employee, day: date = date(2026, 1, 1)) -> tuple[str, str, str]:
    found = people.assignment_on(employee.pk, day)
    return found.unit.code, found.position.code, found.manager.number if found.manager else ""


# --- whose number it is ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("until", [{}, {"until": ""}])  # a file without and with stretches
@pytest.mark.parametrize(
    "given",
    [
        {"name": "新来的人", "entry": "2026-12-01"},  # the number of somebody who left
        {"name": "新来的人", "entry": "2025-01-06"},  # … with the same entry
        {"name": "新来的人", "entry": "2026-12-01", "returns": "是"},  # returning is no reason for another name
        {"entry": "2026-12-01"},  # the same person comes back, and nothing says so
        {"entry": "2026-12-01", "returns": "否"},
    ],
)
def test_a_number_in_use_is_refused_in_a_file(guo, given, until):
    services.leave(guo, last_day=date(2026, 6, 30))
    rows = [row(returns="") | {"unit": "HD2", "position": "销售代表"} | until | given]
    run = bring(rows)
    assert refusals(run) == {2: [("number", "number_in_use")]}
    guo.refresh_from_db()
    assert guo.name == "郭俊杰"
    assert Employment.objects.filter(employee=guo).count() == 1


def test_a_number_in_use_is_refused_among_many_newcomers(guo):
    rows = [row(number=f"N{n}", name=f"新{n}") for n in range(5)] + [row(name="新来的人", entry="2026-12-01")]
    run = bring(rows)
    assert (counts(run), refusals(run)) == ((5, 0, 0, 1), {7: [("number", "number_in_use")]})


@pytest.mark.parametrize("until", [{}, {"until": ""}])
@pytest.mark.parametrize("says", ["是", "yes", "返聘", "1"])
def test_who_returns_says_so_in_a_file(guo, says, until):
    services.leave(guo, last_day=date(2026, 6, 30))
    given = row(entry="2026-09-01", unit="HD2", position="sales_rep", returns=says)
    assert refusals(bring([given | until])) == {}
    assert len(people.employed_spans([guo.pk])[guo.pk]) == 2


def test_a_name_that_differs_only_in_blanks_and_width_is_the_same(guo):
    assert counts(bring([row(name="郭　俊杰")])) == (0, 0, 1, 0)


def test_a_file_corrects_a_name_when_it_gives_the_recorded_one(guo):
    assert refusals(bring([row(name="郭俊洁", former_name="王某")])) == {2: [("number", "number_in_use")]}
    assert counts(bring([row(name="郭俊洁", former_name="郭俊杰")])) == (0, 1, 0, 0)
    guo.refresh_from_db()
    assert guo.name == "郭俊洁"


@pytest.mark.parametrize(
    ("ticked", "name", "taken"), [(False, "郭俊杰", False), (True, "郭俊杰", True), (True, "新人", False)]
)
def test_who_returns_says_so_on_the_page(guo, ticked, name, taken):
    services.leave(guo, last_day=date(2026, 6, 30))
    hr = Client()
    hr.force_login(make_user("hr", [Role.HR], language="en"))
    unit, post = Unit.objects.get(), Position.objects.get(code="sales_rep")
    given = {"number": "e1011", "name": name, "on": "2026-09-01", "unit": unit.pk, "position": post.pk}
    answer = hr.post("/staff/enter/", given | ({"returns": "on"} if ticked else {}))
    assert answer.status_code == (302 if taken else 400)
    if not taken:
        assert "is or was 郭俊杰's" in answer.context["form"].errors["number"][0]


# --- absent, empty, unreadable --------------------------------------------------------------------------------


@pytest.mark.parametrize("position", ["销售代表", "sales_rep", "SALES_REP"])
@pytest.mark.parametrize("unit", ["HD2", "hd2", "华东二组"])
def test_absent_columns_change_nothing(guo, unit, position):
    run = bring([row(unit=unit, position=position)])
    assert counts(run) == (0, 0, 1, 0)
    assert held(guo) == ("HD2", "sales_rep", "E1001")
    assert (Unit.objects.count(), Position.objects.count()) == (1, 2)


def test_a_transfer_without_a_manager_column_keeps_the_manager(guo):
    services.unit("HB", "华北")
    assert counts(bring([row(unit="HB", **{"from": "2025-07-01"})])) == (0, 1, 0, 0)
    assert held(guo) == ("HB", "sales_rep", "E1001")
    assert held(guo, date(2025, 6, 30))[0] == "HD2"


EMPTY = {"unit": "", "position": "", "manager": "", "email": "", "phone": "", "last_day": "", "attributes.level": ""}


def test_empty_cells_keep_what_is_recorded(guo):
    assert counts(bring([row(**EMPTY)])) == (0, 0, 1, 0)
    guo.refresh_from_db()
    assert (guo.email, guo.phone, held(guo)[2]) == ("guo@example.com", "139", "E1001")
    assert people.attributes_on(guo.pk, date(2026, 1, 1))["level"] == "P3"


def test_empty_cells_clear_where_the_mapping_says_so(guo):
    services.leave(guo, last_day=date(2027, 6, 30))
    clear = ("manager", "email", "phone", "last_day", "attributes.level")
    assert counts(bring([row(**EMPTY)], clear=clear)) == (0, 1, 0, 0)
    guo.refresh_from_db()
    assert (guo.email, guo.phone, held(guo)[2]) == ("", "", "")
    assert not Attribute.objects.filter(employee=guo).exists()
    assert people.employed_spans([guo.pk])[guo.pk] == [(JAN, None)]
    assert counts(bring([row(**EMPTY)], clear=clear)) == (0, 0, 1, 0)


def test_the_preview_counts_empty_cells_and_names_absent_columns(guo):
    seen = preview(draft([row(email="", phone="", manager="E1001")], clear=("phone",)))
    assert (seen.kept, seen.cleared) == ({"email": 1}, {"phone": 1})
    assert "last_day" in seen.absent
    assert "manager" not in seen.absent


def test_a_manager_who_is_later_in_the_file_holds_from_the_day_of_the_row(guo):
    given = row(manager="E2", **{"from": "2025-07-01"})
    run = bring([given, row(number="E2", name="新经理")])
    assert refusals(run) == {}
    assert [held(guo, day)[2] for day in (date(2025, 6, 30), date(2025, 7, 1))] == ["E1001", "E2"]


def test_empty_cells_at_the_end_of_a_workbooks_row_are_empty_cells(guo):
    book = openpyxl.Workbook()
    book.active.append(["工号", "姓名", "入职", "邮箱", "手机"])
    book.active.append(["N1", "甲", "2025-01-06", None, None])
    content = BytesIO()
    book.save(content)
    text = mapping("number", "name", "entry", "email", "phone").replace("fields", "read: {format: xlsx}\nfields")
    run = connectors.start(text, [("p.xlsx", BytesIO(content.getvalue()))], by=None, job=False)
    assert counts(connectors.carry_out(run.pk)) == (1, 0, 0, 0)


def test_an_unreadable_cell_is_refused_with_its_cause(guo):
    book = openpyxl.Workbook()
    book.active.append(["工号", "姓名", "入职", "邮箱"])
    book.active.append(["E1011", "郭俊杰", "2025-01-06", "#N/A"])
    book.active["D2"].data_type = "e"
    content = BytesIO()
    book.save(content)
    text = mapping("number", "name", "entry", "email").replace("fields", "read: {format: xlsx}\nfields")
    run = connectors.start(text, [("p.xlsx", BytesIO(content.getvalue()))], by=None, job=False)
    assert refusals(connectors.carry_out(run.pk)) == {2: [("email", "cell_error")]}


# --- numbers that a spreadsheet rounded -----------------------------------------------------------------------


@pytest.mark.parametrize("number", ["1.91431E+18", "1.91e18", "2E+15", '"1,91431E+18"'])
@pytest.mark.parametrize("field", ["number", "manager"])
def test_numbers_that_a_spreadsheet_rounded_are_refused(guo, field, number):
    run = bring([row(number="N1", name="甲", manager="") | {field: number}])
    assert refusals(run) == {2: [(field, "rounded_id")]}
    assert Employee.objects.count() == 2


@pytest.mark.parametrize("number", ["1E5", "E1012", "123456789012345678", "12345.6"])
def test_numbers_that_only_look_odd_are_taken(guo, number):
    assert counts(bring([row(number=number, name="甲")])) == (1, 0, 0, 0)


@pytest.mark.parametrize(("number", "taken"), [(1914312345678901234, False), (10**15, False), (123456789012345, True)])
def test_long_numbers_from_numeric_cells_are_refused(guo, number, taken):
    book = openpyxl.Workbook()
    book.active.append(["工号", "姓名", "入职"])
    book.active.append([number, "甲", "2025-01-06"])
    content = BytesIO()
    book.save(content)
    text = mapping("number", "name", "entry").replace("fields", "read: {format: xlsx}\nfields")
    run = connectors.carry_out(
        connectors.start(text, [("p.xlsx", BytesIO(content.getvalue()))], by=None, job=False).pk
    )
    assert refusals(run) == ({} if taken else {2: [("number", "rounded_id")]})


# --- days -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("until", [(), ("until",)])
@pytest.mark.parametrize(
    ("field", "day"),
    [
        ("last_day", "9999-12-31"),
        ("entry", "9999-12-31"),
        ("from", "9999-12-31"),
        ("entry", "1989-12-31"),
        ("entry", "0001-01-01"),
        ("last_day", "2199-01-01"),
    ],
)
def test_days_outside_the_range_are_refused_and_the_others_go_in(guo, field, day, until):
    given = {"last_day": "", "from": "", **dict.fromkeys(until, "")}
    rows = [row(number="N1", name="甲") | given | {field: day}, row(number="N2", name="乙") | given]
    assert [each.status for each in preview(draft(rows)).rows] == ["refused", "created"]
    run = bring(rows)
    assert counts(run) == (1, 0, 0, 1)
    assert (field, "date_range") in refusals(run)[2]
    message = next(imports.refused(run.pk)).problems[0].message
    assert "1990-01-01" in message


def test_the_company_may_say_that_people_entered_earlier(guo):
    services.save_company(first_day=date(1970, 1, 1))
    assert counts(bring([row(number="N1", name="甲", entry="1985-07-01")])) == (1, 0, 0, 0)


@pytest.mark.parametrize("on", ["1989-12-31", "2099-01-01", "9999-12-31"])
def test_the_page_keeps_to_the_same_range(guo, on):
    hr = Client()
    hr.force_login(make_user("hr", [Role.HR], language="en"))
    unit, post = Unit.objects.get(), Position.objects.get(code="sales_rep")
    given = {"number": "N1", "name": "甲", "on": on, "unit": unit.pk, "position": post.pk}
    assert "on" in hr.post("/staff/enter/", given).context["form"].errors


def test_a_last_day_at_the_end_of_the_calendar_breaks_no_service(guo):
    services.leave(guo, last_day=date.max)
    assert people.is_employed(guo.pk, date(2100, 1, 1))


# --- nothing is left of what is refused, nothing is made unasked ------------------------------------------------


def nothing_new() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Employee, Unit, Position, AttributeKind, Assignment, Employment))


@pytest.mark.parametrize("until", [{}, {"until": ""}])
@pytest.mark.parametrize(
    "given",
    [
        {"manager": "E404"},  # a manager whom nobody knows
        {"unit": "NEW"},
        {"position": "新岗位"},
        {"unit": ""},  # half an assignment
        {"last_day": "9999-12-31"},
        {"attributes.level": "x" * 501},
        {"attributes.level": "a\x00b"},
    ],
)
def test_a_refused_row_leaves_nothing_behind(guo, given, until):
    rows = [row(number="N1", name="甲", unit="HD2", position="sales_rep", manager="", last_day="") | until]
    rows[0] |= {"attributes.level": "P1"}
    before = nothing_new()
    run = bring([rows[0] | given])
    assert run.refused == 1
    assert nothing_new() == before


def test_what_a_refused_row_would_have_made_is_not_made(guo):
    given = {"unit_path": "新部/一组", "position": "新岗位", "attributes.level": ""}
    rows = [row(number="E1011", name="别人") | given, row(number="N2", name="乙", manager="E404") | given]
    before = nothing_new()
    assert bring([each | {"manager": each.get("manager", "")} for each in rows],
                 create="create: [units, positions]").refused == 2  # fmt: skip
    assert nothing_new() == before


def test_who_reports_to_a_refused_row_is_refused_with_it(guo):
    rows = [row(number="N1", name="甲", manager="N2"), row(number="N2", name="乙", manager="E404"),
            row(number="N3", name="丙", manager="E1001")]  # fmt: skip
    run = bring([each | {"unit": "HD2", "position": "sales_rep"} for each in rows])
    assert (run.created, set(refusals(run))) == (1, {2, 3})
    assert not Employee.objects.filter(number__in=["N1", "N2"]).exists()


NEW = [
    {"unit_path": "销售部/华南", "position": "渠道经理"},
    {"unit_path": "销售部/华南", "position": "销售代表"},
]


def newcomers() -> list[dict[str, str]]:
    return [row(number=f"N{at}", name=f"新{at}") | each for at, each in enumerate(NEW)]


def test_new_units_and_positions_are_proposed_and_not_made(guo):
    seen = preview(draft(newcomers()))
    assert (seen.units, seen.positions) == ({"销售部": "销售部", "销售部/华南": "华南"}, {"渠道经理": "渠道经理"})
    before = nothing_new()
    run = bring(newcomers())
    assert refusals(run) == {2: [("unit_path", "unknown_unit")], 3: [("unit_path", "unknown_unit")]}
    assert nothing_new() == before


def test_what_was_confirmed_is_made(guo):
    run = bring(newcomers(), confirmed={"units": ["销售部", "销售部/华南"]})
    assert (run.created, refusals(run)) == (1, {2: [("position", "unknown_position")]})
    assert Unit.objects.get(code="销售部/华南").parents.get().parent.code == "销售部"
    run = bring(newcomers(), create="create: positions")
    assert (run.created, run.duplicate, run.refused) == (1, 1, 0)


def test_units_are_found_by_the_names_along_a_path(guo):
    sales = services.unit("S", "销售部")
    services.unit("S-CN-S", "华南", parent=sales)
    run = bring([row(number="N1", name="甲", unit_path="销售部/华南", position="销售代表")])
    assert refusals(run) == {}
    assert held(Employee.objects.get(number="N1"))[0] == "S-CN-S"


def test_the_page_asks_for_what_is_new(guo):
    hr = Client()
    hr.force_login(make_user("hr", [Role.HR], language="en"))
    run = draft(newcomers())
    page = hr.get(f"/imports/{run.pk}/").content.decode()
    assert 'name="units" value="销售部/华南"' in page
    hr.post(f"/imports/{run.pk}/start/", {"units": ["销售部", "销售部/华南"], "positions": ["渠道经理"]})
    connectors.carry_out(run.pk)
    assert Employee.objects.filter(number__startswith="N").count() == 2


def test_a_mapping_says_what_may_be_made_only_of_people():
    with pytest.raises(connectors.MappingRefused):
        connectors.parse(mapping("number", "name", "entry", create="create: [people]"))
    text = connectors.creating(mapping("number", "name", "entry"), ["units"])
    assert connectors.parse(text).create == {"units"}


# --- attributes -----------------------------------------------------------------------------------------------


def test_an_attributes_value_is_withdrawn_from_a_day_on(guo):
    services.set_attribute(guo, "level", "P4", on=date(2026, 6, 1))
    assert services.withdraw_attribute(guo, "Level", on=date(2025, 9, 1))
    days = (date(2025, 8, 31), date(2025, 9, 1), date(2026, 6, 1))
    assert [people.attributes_on(guo.pk, day).get("level") for day in days] == ["P3", None, "P4"]
    assert not services.withdraw_attribute(guo, "level", on=date(2025, 9, 1))


@pytest.mark.parametrize("value", ["a\x00b", "x" * 501, "", "\u202eabc"])
def test_an_attributes_value_is_bounded_text(guo, value):
    with pytest.raises(Refused):
        services.set_attribute(guo, "level", value, on=date(2026, 6, 1))
