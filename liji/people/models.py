"""Who works here: employees, the organisation tree, positions, managers and attributes, all dated."""

from django.db import models

from liji.base.gate import days
from liji.people.dated import Dated
from liji.people.dated import never_two_at_once
from liji.people.keys import KeyField
from liji.people.keys import duplicate_of
from liji.people.keys import one_key


class Company(models.Model):
    """The one company of this installation; `setup` remembers which steps of the set-up are done or skipped."""

    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3, default="CNY")
    time_zone = models.CharField(max_length=64, default="Asia/Shanghai")
    fiscal_year_starts = models.PositiveSmallIntegerField(default=1)  # month
    pay_day = models.PositiveSmallIntegerField(default=5)  # day of the following month (S16)
    shows_rankings = models.BooleanField(default=False)
    # Days of records lie between these: from `first_day` until so many years after today.
    first_day = models.DateField(default=days.FIRST)
    years_ahead = models.PositiveSmallIntegerField(default=days.YEARS_AHEAD)
    setup = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A unit of the organisation: region, department, team."""

    code = models.CharField(max_length=64, unique=True)
    key = KeyField()
    duplicate_of = duplicate_of()
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [one_key("unit_code_once")]

    def __str__(self) -> str:
        return self.name


class UnitParent(Dated):
    """Under which unit a unit stands, on which days."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="parents")
    parent = models.ForeignKey(Unit, models.CASCADE, related_name="children")

    class Meta:
        constraints = [
            never_two_at_once("unit_has_one_parent_a_day", "unit_id"),
            models.CheckConstraint(
                name="unit_is_not_its_own_parent", condition=~models.Q(unit=models.F("parent"))
            ),
        ]


class Position(models.Model):
    """A position that people hold: 销售代表, 销售经理 …"""

    code = models.CharField(max_length=64, unique=True)
    key = KeyField()
    duplicate_of = duplicate_of()
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [one_key("position_code_once")]

    def __str__(self) -> str:
        return self.name


class Employee(models.Model):
    """A person with an employee number (工号). Everything that changes over time hangs on it, dated."""

    number = models.CharField(max_length=64, unique=True)
    key = KeyField(of="number")
    duplicate_of = duplicate_of()
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [one_key("employee_number_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"


class Employment(Dated):
    """The days on which the person is employed: from entry to the day after the last day of work."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="employments")
    exit_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [never_two_at_once("employed_once_a_day", "employee_id")]


class Assignment(Dated):
    """Where a person works on which days: unit, position, manager. One main assignment a day; others beside it."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="assignments")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments")
    position = models.ForeignKey(Position, models.PROTECT, related_name="assignments")
    manager = models.ForeignKey(Employee, models.SET_NULL, null=True, blank=True, related_name="reports")
    main = models.BooleanField(default=True)

    class Meta:
        constraints = [
            never_two_at_once("one_main_assignment_a_day", "employee_id", condition=models.Q(main=True)),
            models.CheckConstraint(
                name="nobody_manages_themselves",
                condition=models.Q(manager__isnull=True) | ~models.Q(manager=models.F("employee")),
            ),
        ]


class AttributeKind(models.Model):
    """An attribute that the company keeps about people, with its type: text, number, date."""

    TYPES = [("text", "text"), ("number", "number"), ("date", "date")]
    code = models.CharField(max_length=64, unique=True)
    key = KeyField()
    duplicate_of = duplicate_of()
    name = models.CharField(max_length=200)
    type = models.CharField(max_length=10, choices=TYPES, default="text")

    class Meta:
        constraints = [one_key("attribute_code_once")]

    def __str__(self) -> str:
        return self.name


class Attribute(Dated):
    """The value of one attribute of one person on which days; kept as text, read by its kind's type."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="attributes")
    kind = models.ForeignKey(AttributeKind, models.PROTECT)
    value = models.TextField()

    class Meta:
        constraints = [never_two_at_once("one_value_a_day", "employee_id", "kind_id")]


class ImportedPerson(models.Model):
    """What an import did to a person: the dated file before (None: was not there) and after; see `imported.snapshots`.

    `run` is the import, `row` the number of the row in its file, `cells` the row.
    """

    run = models.PositiveBigIntegerField()
    row = models.PositiveBigIntegerField()
    cells = models.JSONField(default=list)
    employee = models.ForeignKey(Employee, models.CASCADE, related_name="+")
    before = models.JSONField(null=True)
    after = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "employee"], name="person_once_an_import")]


class ImportedPlace(models.Model):
    """A unit, a position or a kind of attribute that an import made."""

    run = models.PositiveBigIntegerField(db_index=True)
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, related_name="+")
    position = models.ForeignKey(Position, models.CASCADE, null=True, related_name="+")
    kind = models.ForeignKey(AttributeKind, models.CASCADE, null=True, related_name="+")
