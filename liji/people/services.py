"""Changing people: entry, transfer, exit, attributes. Every change is dated; an earlier one is ended, not lost."""

from datetime import date
from functools import partial

from django.db import IntegrityError
from django.db import transaction

from liji.base.gate import Limits
from liji.base.gate import Wrong
from liji.base.gate import day
from liji.base.gate import decimal
from liji.base.gate import text
from liji.base.gate.days import shift
from liji.base.gate.identity import identity
from liji.base.terms import writes_terms
from liji.people import queries
from liji.people.dated import DatedQuerySet
from liji.people.dated import span
from liji.people.identifying import New
from liji.people.identifying import identify
from liji.people.keys import normal
from liji.people.models import Assignment
from liji.people.models import Attribute
from liji.people.models import AttributeKind
from liji.people.models import Company
from liji.people.models import Employee
from liji.people.models import Employment
from liji.people.models import Position
from liji.people.models import Unit
from liji.people.models import UnitParent
from liji.people.problems import Problem
from liji.people.problems import Refused


@writes_terms
def save_company(**values: object) -> Company:
    """Sets fields of the company, making it when there is none."""
    company = Company.objects.first() or Company(name="")
    for name, value in values.items():
        setattr(company, name, value)
    company.save()
    return company


@writes_terms
def unit(code: str, name: str, *, parent: Unit | None = None, since: date = date(1970, 1, 1)) -> Unit:
    """Makes or renames a unit; with `parent`, places it there from `since` on.

    Raises Refused: "unit_circle", naming the day, where the unit would stand below itself on any day from then on;
    "missing", "too_long", "mixed_scripts" where the code is none.
    """
    made = _made(Unit, code, name)
    if parent:
        held = _end_and_start(UnitParent.objects.filter(unit=made), since, None, unit=made, parent=parent)
        if met := queries.units_in_a_circle(made.pk, parent.pk, held.days):
            raise Refused(Problem("parent", "unit_circle", {"value": parent.name, "day": met.isoformat()}))
    return made


def position(code: str, name: str) -> Position:
    """Makes or renames a position. Raises Refused where the code is none."""
    return _made(Position, code, name)


def _made(model: type[Unit] | type[Position], code: str, name: str) -> Unit | Position:
    """The row with a code, however it is written, with this name."""
    found = identity(normal("code", code))
    new = {"code": found.shown, "name": name}
    return model.objects.update_or_create(
        key=found.key, duplicate_of=None, defaults={"name": name}, create_defaults=new
    )[0]


@writes_terms
def enter(
    number: str, name: str, *, on: date, email: str = "", phone: str = "", returns: bool = False
) -> Employee:
    """Entry 入职: makes the employee (or takes back a former one who `returns` 返聘) and the employment from `on`.

    Raises Refused: "overlap" when the person is employed then already, "number_in_use" when the number has ever been
    somebody else's, or the person was here before and it is not said that they return: a person's history, and what
    they were paid, must not become another's.
    """
    found = identify(number, name, entry=on, returns=returns)
    if isinstance(found, Problem):
        raise Refused(found)
    employee = Employee(number=found.number, name=name) if isinstance(found, New) else found.employee
    employee.email, employee.phone = email or employee.email, phone or employee.phone
    employee.save()
    insert(Employment(employee=employee, days=span(on)), Employment.objects.filter(employee=employee))
    return employee


def save_contact(employee: Employee, *, name: str, email: str, phone: str) -> None:
    """What is not dated in a person's file. Another name corrects the name of this same person."""
    employee.name, employee.email, employee.phone = name, email, phone
    employee.save(update_fields=["name", "email", "phone"])


@writes_terms
def transfer(
    employee: Employee, *, on: date, unit: Unit, position: Position, manager: Employee | None = None
) -> Assignment:
    """Transfer 调动: from `on` the main assignment is this one; the earlier one ends the day before.

    It ends with the employment when an exit is recorded already.
    """
    held = _end_and_start(
        Assignment.objects.filter(employee=employee, main=True),
        on,
        _employed_until(employee, on),
        employee=employee,
        unit=unit,
        position=position,
        manager=manager,
    )
    if manager and (met := queries.managers_in_a_circle(employee.pk, manager.pk, held.days)):
        raise Refused(Problem("manager", "manager_circle", {"value": manager.name, "day": met.isoformat()}))
    return held


@writes_terms
def leave(employee: Employee, *, last_day: date, reason: str = "") -> None:
    """Exit 离职: employment and whatever is assigned end with `last_day`. An exit that is recorded already is moved,
    earlier or later. Refused when not employed then.

    What was planned for the rest of this employment falls away; a later employment keeps what is its own.
    """
    after = shift(last_day, 1)
    employment = _ending(employee, last_day)
    if employment is None:
        raise Refused(
            Problem("last_day", "not_employed", {"value": employee.name, "day": last_day.isoformat()})
        )
    if employment.until is not None and employment.until < after:
        _prolong(employment, after, reason)
        return
    rest = span(after, employment.until)
    employment.days, employment.exit_reason = span(employment.since, after), reason
    employment.save()
    for held in (Assignment, Attribute):
        for row in held.objects.on(last_day).filter(employee=employee):
            row.days = span(row.since, after)
            row.save(update_fields=["days"])
        held.objects.filter(employee=employee, days__overlap=rest).delete()


@writes_terms
def hand_over(manager: Employee, *, to: Employee, on: date) -> int:
    """From `on` whoever reports to `manager` reports to `to`; who is `to` keeps the own manager. Returns how many.

    Without it the credits of a team reach nobody above a manager who has left. Raises Refused("manager_circle").
    """
    reports = Assignment.objects.filter(manager=manager, days__overlap=span(on, None)).exclude(employee=to)
    rows = list(reports.select_related("employee"))
    for row in rows:
        later = row
        if (row.since is not None and row.since < on) or row.since is None:
            later = Assignment(
                employee=row.employee, unit_id=row.unit_id, position_id=row.position_id, main=row.main,
                days=span(on, row.until),
            )  # fmt: skip
            row.days = span(row.since, on)
            row.save(update_fields=["days"])
        later.manager = to
        later.save()
        if day := queries.managers_in_a_circle(row.employee_id, to.pk, later.days):
            raise Refused(Problem("reports_to", "manager_circle", {"value": to.name, "day": day.isoformat()}))
    return len({row.employee_id for row in rows})


@writes_terms
def stay(employee: Employee) -> None:
    """The last exit is taken back: the employment, and what ended with it, has no end again. Refused when no exit is
    recorded.
    """
    employment = Employment.objects.filter(employee=employee).order_by("-days").first()
    if employment is None or employment.until is None:
        raise Refused(Problem("last_day", "no_exit", {"value": employee.name}))
    _prolong(employment, None, "")


def _ending(employee: Employee, last_day: date) -> Employment | None:
    """The employment that ends with a day, or is to: the one that holds then, or the last one before."""
    begun = Employment.objects.filter(employee=employee, days__startswith__lte=last_day)
    return begun.order_by("-days").first()


def _prolong(employment: Employment, until: date | None, reason: str) -> None:
    """An employment ends later, or not at all; so does what ended with it."""
    ended, employee = employment.until, employment.employee
    employment.days, employment.exit_reason = span(employment.since, until), reason
    employment.save()
    for held in (Assignment, Attribute):
        for row in held.objects.filter(employee=employee, days__endswith=ended):
            row.days = span(row.since, until)
            row.save(update_fields=["days"])


LONGEST_VALUE = 500  # characters of an attribute's value
_ALL_DAYS = Limits(date.min, date.max)


def attribute_problem(code: str, type: str, value: str) -> Problem | None:
    """What is wrong with a value of an attribute of a type (text, number, date)."""
    if not value:
        return Problem(code, "missing")
    found = text(value, LONGEST_VALUE)
    if isinstance(found, Wrong):
        return Problem(code, found.code, found.values)
    read = {"number": decimal, "date": partial(day, limits=_ALL_DAYS)}.get(type)
    if read and isinstance(read(found), Wrong):
        return Problem(code, "wrong_type", {"value": found[:200], "type": type})
    return None


@writes_terms
def set_attribute(employee: Employee, code: str, value: str, *, on: date, type: str = "text") -> None:
    """From `on` the attribute has this value. Raises Refused: "missing", "too_long", "bad_text"; "wrong_type" when it
    does not fit its kind.
    """
    found = identity(normal("code", code))
    new = {"code": found.shown, "name": found.shown, "type": type}
    kind, _ = AttributeKind.objects.get_or_create(key=found.key, duplicate_of=None, defaults=new)
    if problem := attribute_problem(code, kind.type, value):
        raise Refused(problem)
    _end_and_start(
        Attribute.objects.filter(employee=employee, kind=kind),
        on,
        _employed_until(employee, on),
        employee=employee,
        kind=kind,
        value=value,
    )


@writes_terms
def withdraw_attribute(employee: Employee, code: str, *, on: date) -> bool:
    """From `on` the attribute has no value until the next one that is recorded. Whether there was one."""
    rows = Attribute.objects.filter(
        employee=employee, kind__key=identity(code).key, kind__duplicate_of=None
    )
    held = rows.on(on).first()
    if held is None:
        return False
    if held.since == on:
        held.delete()
    else:
        held.days = span(held.since, on)
        held.save(update_fields=["days"])
    return True


def _employed_until(employee: Employee, day: date) -> date | None:
    """The day after the last one of the employment that holds on `day`; None when it is open, or there is none."""
    held = Employment.objects.on(day).filter(employee=employee).first()
    return held and held.until


def _end_and_start(rows: DatedQuerySet, on: date, until: date | None, **values: object):
    """Ends what holds on `on` and starts a row with `values` there, up to `until` at most.

    What begins later is kept as it is.
    """
    later = rows.filter(days__startswith__gt=on).order_by("days").first()
    end = _earlier(later and later.since, until)
    for row in rows.on(on):
        if row.since == on:
            row.delete()
        else:
            end = end if later else _earlier(row.until, until)
            row.days = span(row.since, on)
            row.save(update_fields=["days"])
    return insert(rows.model(days=span(on, end), **values), rows)


def _earlier(*days: date | None) -> date | None:
    """The earliest of the days that are given; None when there is none."""
    return min((each for each in days if each), default=None)


def insert(row, rows: DatedQuerySet):
    """Saves a dated row; an overlap that the database refuses becomes a Refused that names the other row."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        other = rows.filter(days__overlap=row.days).order_by("days").first()
        if other is None:
            raise
        values = {"start": str(other.since or "…"), "end": str(other.until or "…")}
        raise Refused(Problem("days", "overlap", values)) from error
    return row
