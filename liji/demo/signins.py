"""The demo company's sign-ins: who they are, and the table that the command line prints."""

import unicodedata
from dataclasses import dataclass

from liji.access.models import Role
from liji.access.services import make_user
from liji.demo.roster import DIRECTOR
from liji.people import queries as people
from liji.people.models import Employee

PASSWORD = "liji-demo-2026"  # noqa: S105 printed on the first page of the read-me; the demo holds nothing real


@dataclass(frozen=True)
class SignIn:
    """Someone who can sign in to the demo, and what there is to see."""

    number: str
    roles: tuple[str, ...]
    zh: str
    en: str


SIGN_INS = (
    SignIn("E1001", (Role.REP,), "销售(华东一队)", "rep, accelerator plan; at 60 %"),
    SignIn("E1010", (Role.REP,), "销售(华东二队)", "rep, ladder plan; 150,000 of 200,000"),
    SignIn("E2001", (Role.MANAGER,), "经理(华东一队)", "manager of the accelerator team"),
    SignIn("E2002", (Role.MANAGER,), "经理(华东二队)", "manager of a ladder team"),
    SignIn(DIRECTOR, (Role.MANAGER,), "销售总监", "sales director: all five teams"),
    SignIn("E4001", (Role.REP,), "销售(案例队)", "rep of the case (S19)"),
    SignIn("E4000", (Role.MANAGER,), "经理(案例队)", "manager of the case's team"),
    SignIn("E3001", (Role.HR,), "人力资源", "HR"),
    SignIn("E3101", (Role.FINANCE,), "财务", "finance"),
    SignIn("E3201", (Role.DESIGNER,), "方案设计", "plan designer"),
    SignIn("E3301", (Role.ADMIN,), "管理员", "admin; sees no pay"),
)


def make_all() -> None:
    """Makes the users of the table that are missing, as far as the people are there."""
    there = Employee.objects.filter(number__in=[one.number for one in SIGN_INS], user__isnull=True)
    by_number = {employee.number: employee for employee in there}
    for one in SIGN_INS:
        if employee := by_number.get(one.number):
            make_user(one.number, list(one.roles), password=PASSWORD, email=employee.email, employee=employee)


def table() -> str:
    """The sign-ins as text; empty when this installation is not the demo company."""
    if "demo" not in people.company().setup:
        return ""
    employees = Employee.objects.filter(number__in=[one.number for one in SIGN_INS])
    names = dict(employees.values_list("number", "name"))
    rows = [("账号 user", "姓名 name", "角色 role", "")]
    rows += [(one.number, names.get(one.number, ""), one.zh, one.en) for one in SIGN_INS]
    widths = [max(_width(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join(_padded(*cell) for cell in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([f"演示账号 demo sign-ins, 密码 password: {PASSWORD}", *(f"  {line}" for line in lines)])


def _width(text: str) -> int:
    """Columns that a terminal gives to a text: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
