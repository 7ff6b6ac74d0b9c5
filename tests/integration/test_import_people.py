"""People and targets come in by file, with their dated history and managers who stand further down."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest

from liji.base.terms import writing
from liji.connectors import queries
from liji.connectors import services
from liji.connectors.files import people as people_rows
from liji.earnings.models import PayeePeriod
from liji.people import history
from liji.people import newcomers
from liji.people import queries as asking
from liji.people import services as people
from liji.people.models import Assignment
from liji.people.models import Attribute
from liji.people.models import Employee
from liji.people.models import Employment
from liji.people.models import Unit
from liji.people.problems import Refused
from liji.plans import queries as plans
from liji.plans import services as planning
from tests import scenes

pytestmark = pytest.mark.django_db(transaction=True)

STAFF = """
mapping: staff
what: people
create: [units, positions]
fields:
  number: 工号
  name: 姓名
  email: 邮箱
  entry: {column: 入职日期, date: YYYY/M/D}
  last_day: {column: 离职日期, date: YYYY/M/D}
  unit_path: 部门
  position: 岗位
  manager: 上级工号
  attributes.level: 级别
"""
HEAD = "工号,姓名,邮箱,入职日期,离职日期,部门,岗位,上级工号,级别\n"
HISTORY = """
mapping: history
what: people
create: [units, positions]
fields: {number: n, name: name, entry: entry, unit_path: unit, position: job, from: from, until: until, manager: boss}
"""
TARGETS = """
mapping: targets
what: quotas
fields: {employee: 工号, measure: {constant: sales}, month: {column: 月份, date: YYYY年M月}, amount: 指标}
"""


def bring(text: str | bytes, mapping: str, name: str = "file.csv"):
    content = text.encode("gb18030") if isinstance(text, str) else text
    run = services.start(mapping, [(name, BytesIO(content))], by=None, job=False)
    return services.carry_out(run.pk)


def counts(run) -> tuple[int, int, int, int]:
    return run.created, run.corrected, run.duplicate, run.refused


def problems(run) -> dict[int, list[tuple[str, str]]]:
    return {each.row: [(p.field, p.code) for p in each.problems] for each in queries.refused(run.pk)}


def test_staff_with_a_manager_who_stands_further_down():
    run = bring(
        HEAD
        + "1001,王芳,wang@example.com,2024/1/8,,销售部/华东,销售代表,1000,P3\n"
        + "1000,李雷,li@example.com,2020/3/2,,销售部,销售经理,,P6\n",
        STAFF,
    )
    assert counts(run) == (2, 0, 0, 0)
    wang = Employee.objects.get(number="1001")
    held = asking.assignment_on(wang.pk, date(2026, 1, 1))
    assert (held.unit.name, held.position.name, held.manager.number) == ("华东", "销售代表", "1000")
    assert asking.attributes_on(wang.pk, date(2026, 1, 1))["level"] == "P3"
    sales = Unit.objects.get(code="销售部")
    assert held.unit_id in asking.units_below([sales.pk], date(2026, 1, 1), date(2026, 1, 2))


def test_the_same_staff_again_changes_nothing_and_a_transfer_is_dated():
    text = HEAD + "1000,李雷,,2020/3/2,,销售部,销售经理,,\n1001,王芳,,2024/1/8,,销售部,销售代表,1000,\n"
    bring(text, STAFF)
    assert counts(bring(text, STAFF)) == (0, 0, 2, 0)
    moved = STAFF + "  from: {column: 生效, date: YYYY/M/D}\n"
    row = "1001,王芳,,2024/1/8,,渠道部,销售代表,1000,,2026/3/1\n"
    assert counts(bring(HEAD.strip() + ",生效\n" + row, moved)) == (0, 1, 0, 0)
    wang = Employee.objects.get(number="1001").pk
    assert asking.assignment_on(wang, date(2026, 2, 28)).unit.name == "销售部"
    assert asking.assignment_on(wang, date(2026, 3, 1)).unit.name == "渠道部"


def test_an_exit_ends_the_employment():
    bring(HEAD + "1001,王芳,,2024/1/8,,销售部,销售代表,,\n", STAFF)
    run = bring(HEAD + "1001,王芳,,2024/1/8,2026/5/31,销售部,销售代表,,\n", STAFF)
    assert counts(run) == (0, 1, 0, 0)
    wang = Employee.objects.get(number="1001").pk
    assert asking.employed_spans([wang])[wang] == [(date(2024, 1, 8), date(2026, 6, 1))]
    assert asking.assignment_on(wang, date(2026, 6, 1)) is None


def test_what_does_not_fit_is_refused_row_by_row():
    people.unit("east", "华东")
    run = bring(
        HEAD
        + "1001,王芳,,2024/1/8,,销售部,销售代表,4711,\n"  # a manager whom nobody knows: nothing of it is kept
        + "1002,,,2024/1/8,,销售部,销售代表,,\n"
        + "1003,韩梅梅,,2024年1月8日,,销售部,销售代表,,\n"
        + "1004,吴,,2024/1/8,2023/1/1,销售部,销售代表,,\n"
        + "1005,周,,2024/1/8,,销售部,,,\n"
        + "1006,郑,,2024/1/8,,销售部,销售代表,1006,\n",
        STAFF,
    )
    assert problems(run) == {
        2: [("manager", "unknown_employee")],
        3: [("name", "missing")],
        4: [("entry", "mixed_dates")],
        5: [("last_day", "ends_before")],
        6: [("position", "missing")],
        7: [("manager", "own_manager")],
    }
    assert not Employee.objects.exists()
    assert all(p.message and p.mend for each in queries.refused(run.pk) for p in each.problems)


def test_a_history_of_stretches_is_kept_and_an_overlap_is_refused_by_the_database():
    head = "n,name,entry,unit,job,from,until,boss\n"
    run = bring(
        head
        + "1,Rob,2020-01-01,A,x,2020-01-01,2022-05-31,\n"
        + "1,Rob,2020-01-01,B,x,2022-06-01,,\n"
        + "1,Rob,2020-01-01,C,x,2022-01-01,2022-02-01,\n"  # in the middle of the first
        + "1,Rob,2021-01-01,A,x,2020-01-01,2022-05-31,\n",  # employed already
        HISTORY,
    )
    assert problems(run) == {4: [("days", "overlap")], 5: [("days", "overlap")]}
    rob = Employee.objects.get(number="1").pk
    assert asking.assignment_on(rob, date(2022, 5, 31)).unit.name == "A"
    assert asking.assignment_on(rob, date(2022, 6, 1)).unit.name == "B"
    assert not Unit.objects.filter(code="C").exists(), "a refused row leaves nothing behind"


def test_staff_from_a_workbook():
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        HEAD.strip().split(","),
        [1001, "王芳", None, date(2024, 1, 8), None, "销售部", "销售代表", None, "P3"],
    ):
        sheet.append(row)
    content = BytesIO()
    book.save(content)
    run = bring(content.getvalue(), STAFF.replace("what: people", "what: people\nread: {format: xlsx}"), "staff.xlsx")
    assert counts(run) == (1, 0, 0, 0)
    assert Employee.objects.get().number == "1001"


def test_targets():
    people.enter("1001", "王芳", on=date(2024, 1, 8))
    text = "工号,月份,指标\n1001,2030年1月,\"100,000\"\n1001,2030年2月,120000.50\n"
    assert counts(bring(text, TARGETS)) == (2, 0, 0, 0)
    wang = Employee.objects.get().pk
    assert plans.quotas(wang, date(2030, 2, 1)) == {"sales": Decimal("120000.50")}
    assert counts(bring(text, TARGETS)) == (0, 0, 2, 0)
    assert counts(bring(text.replace("120000.50", "7"), TARGETS)) == (0, 1, 1, 0)


def test_targets_that_do_not_fit():
    people.enter("1001", "王芳", on=date(2024, 1, 8))
    planning.close_period(date(2026, 3, 1), date(2026, 4, 1), by=None)
    mapping = TARGETS.replace("YYYY年M月", "YYYY-MM-DD")
    run = bring(
        "工号,月份,指标\n9,2026-01-01,5\n1001,2026-01-01,-5\n1001,2026-03-01,5\n1001,2026-04-01,1\n"
        "1001,2026-04-01,2\n1001,2026-05-01,\n",
        mapping,
    )
    assert problems(run) == {
        2: [("employee", "unknown_employee")],
        3: [("amount", "negative")],
        4: [("month", "closed")],
        6: [("employee", "twice_in_file")],
        7: [("amount", "missing")],
    }
    assert run.created == 1


def test_targets_are_not_taken_back_as_a_whole():
    people.enter("1001", "王芳", on=date(2024, 1, 8))
    run = bring("工号,月份,指标\n1001,2026-01-01,5\n", TARGETS.replace("YYYY年M月", "YYYY-MM-DD"))
    with pytest.raises(Refused, match="stays") as refusal:
        services.take_back(run.pk, by=None)
    assert refusal.value.problems[0].mend


def test_newcomers_in_one_go_are_what_one_after_another_are(monkeypatch):
    text = HEAD + "".join(
        f"{number},员工{number},e{number}@example.com,2024/1/8,{'2026/5/31' if number % 7 == 0 else ''},"
        f"销售部/第{number % 3}组,销售代表,{2001 + (number - 2000) // 10 if number > 2001 else ''},P{number % 4}\n"
        for number in range(2001, 2060)
    )
    text += "2060,自己,,2024/1/8,,销售部,销售代表,2060,\n"  # refused, and with it whoever reports to it
    text += "2061,下属,,2024/1/8,,销售部,销售代表,2060,\n"

    def kept() -> list[tuple]:
        found = Assignment.objects.order_by("employee__number").values_list(
            "employee__number", "employee__name", "employee__email", "unit__code", "position__code",
            "manager__number", "days", "main",
        )  # fmt: skip
        held = Attribute.objects.order_by("employee__number")
        held = held.values_list("employee__number", "kind__code", "value", "days")
        spans = Employment.objects.order_by("employee__number").values_list("employee__number", "days", "exit_reason")
        return [*found, *held, *spans]

    def emptied() -> None:
        with writing():
            for model in (Assignment, Attribute, Employment, Employee):
                model.objects.all().delete()

    first = counts(bring(text, STAFF))
    at_once = kept()
    emptied()
    monkeypatch.setattr(newcomers, "enter", lambda people, **_: {})
    assert (counts(bring(text, STAFF)), kept()) == (first, at_once)
    assert len(at_once) == 3 * 59
    assert first == (59, 0, 0, 2)


def test_people_who_come_by_file_take_part_in_todays_plan_at_once():
    team = scenes.team("王晓阳", plan="accelerator")
    before = PayeePeriod.objects.count()
    fields = "{number: n, name: name, entry: entry, unit: unit, position: job}"
    rows = [f"7001,赵新,2026-01-01,{team.unit.code},sales_rep", "7002,钱新,2026-01-01,nowhere,sales_rep"]
    run = bring("\n".join(["n,name,entry,unit,job", *rows, ""]), f"mapping: to_team\nwhat: people\nfields: {fields}\n")
    assert counts(run) == (1, 0, 0, 1)
    assert problems(run) == {3: [("unit", "unknown_unit")]}
    assert PayeePeriod.objects.filter(payee__number="7001").exists()
    assert PayeePeriod.objects.count() == before + 1


def test_a_circle_of_managers_in_a_file_is_refused():
    rows = "1,甲,,2024/1/8,,销售部,销售代表,2,\n2,乙,,2024/1/8,,销售部,销售代表,1,\n"
    run = bring(HEAD + rows, STAFF)
    assert list(problems(run).values()) == [[("manager", "manager_circle")]] * 2
    assert not Employee.objects.exists()


def test_a_list_that_comes_again_is_told_at_once_to_be_what_it_was(monkeypatch):
    rows = {
        number: [str(number), f"员工{number}", "", "2024/1/8", "", f"销售部/第{number % 3}组", "销售代表", "3001", "P1"]
        for number in range(3002, 3040)
    }

    def text() -> str:
        return HEAD + "\n".join(["3001,头儿,,2020/1/8,,销售部,销售经理,,P9", *map(",".join, rows.values()), ""])

    bring(text(), STAFF)
    one_by_one = []
    write = history.write

    def written(person, **how):
        one_by_one.append(person.number)
        return write(person, **how)

    monkeypatch.setattr(history, "write", written)
    assert counts(bring(text(), STAFF)) == (0, 0, 39, 0)
    assert one_by_one == []
    changes = {3002: (1, "改名"), 3003: (5, "销售部/第9组"), 3004: (4, "2026/6/30"), 3005: (8, "P7"), 3006: (7, "3002"),
               3007: (2, "new@example.com")}  # fmt: skip
    for number, (column, value) in changes.items():
        rows[number][column] = value
    assert counts(bring(text(), STAFF)) == (0, 5, 33, 1)  # a name alone is no reason to rename somebody
    assert one_by_one == ["3002", "3003", "3004", "3005", "3006", "3007"]
    monkeypatch.setattr(people_rows, "unchanged", lambda people, **_: set())
    assert counts(bring(text(), STAFF)) == (0, 0, 38, 1)
