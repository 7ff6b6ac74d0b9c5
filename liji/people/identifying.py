"""Who a number is: somebody known, somebody new, or nobody that it may be. The same on pages, in files and in bulk."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from liji.base.gate.identity import identity
from liji.people.keys import is_normal
from liji.people.keys import normal
from liji.people.models import Employee
from liji.people.models import Employment
from liji.people.problems import Problem
from liji.people.problems import Refused

Span = tuple[date | None, date | None]  # from the first day up to, not including, the second


class Known(NamedTuple):
    """The person whom a number names. `renamed`: the name that is given corrects the recorded one."""

    employee: Employee
    renamed: bool = False


class New(NamedTuple):
    """A number that nobody has or had."""

    number: str


def identify(
    number: str, name: str, *, entry: date, returns: bool = False, former_name: str = ""
) -> Known | New | Problem:
    """Who is meant by a number and a name that enters on a day.

    `returns`: the person was here before and comes back. `former_name` is the recorded name, where `name` corrects it.
    Codes of the problem: missing, too_long, mixed_scripts; number_in_use where the number is another's, or where the
    person was here before and `returns` is not said.
    """
    if not is_normal(number):
        return _none(number)
    employee = Employee.objects.filter(key=identity(number).key, duplicate_of=None).first()
    if employee is None:
        return New(normal("number", number))
    days = Employment.objects.filter(employee=employee).values_list("days", flat=True)
    spans = [(span.lower, span.upper) for span in days]
    return judge(employee, spans, name, entry=entry, returns=returns, former_name=former_name)


def judge(
    employee: Employee, spans: Sequence[Span], name: str, *, entry: date, returns: bool, former_name: str
) -> Known | Problem:
    """Whether the person who has the number, employed on some spans, is the one who enters on a day. Pure."""
    renamed = bool(former_name) and same_name(former_name, employee.name) and not same_name(name, employee.name)
    if not renamed and not same_name(name, employee.name):
        return _in_use(employee)
    if not returns and spans and not any(_meets(span, entry) for span in spans):
        return _in_use(employee)
    return Known(employee, renamed)


def same_name(one: str, other: str) -> bool:
    """Whether two names are written alike, but for blanks, case and width."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return identity(name).key.replace(" ", "")


def _meets(span: Span, entry: date) -> bool:
    """Whether an employment begins with the day, or holds then: no further one is meant."""
    since, until = span
    return (since is None or since <= entry) and (until is None or entry < until)


def _in_use(employee: Employee) -> Problem:
    return Problem("number", "number_in_use", {"value": employee.number, "name": employee.name})


def _none(number: str) -> Problem:
    try:
        normal("number", number)
    except Refused as refusal:
        return refusal.problems[0]
    raise AssertionError("a number that is normal and is not")
