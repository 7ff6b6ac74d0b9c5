"""Imports of people, noted so that they can be taken back: what a run created or changed is undone where nothing later
stands on it; what has changed since, or is in use, stays and is named.
"""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models

from liji.base.terms import writes_terms
from liji.people.dated import span
from liji.people.models import Assignment
from liji.people.models import Attribute
from liji.people.models import AttributeKind
from liji.people.models import Employee
from liji.people.models import Employment
from liji.people.models import ImportedPerson
from liji.people.models import ImportedPlace
from liji.people.models import Position
from liji.people.models import Unit
from liji.people.models import UnitParent
from liji.people.problems import Problem

Snapshot = dict[str, Any]
Noted = tuple[int, list[str]]  # the number of a row in its file, and its cells
Days = tuple[date, date]  # from the first day up to, not including, the second

# table → the fields, beside id and days, that a snapshot keeps
_DATED: dict[type[models.Model], tuple[str, ...]] = {
    Employment: ("exit_reason",),
    Assignment: ("unit_id", "position_id", "manager_id", "main"),
    Attribute: ("kind_id", "value"),
}
_FIELDS = ("name", "email", "phone")
# Worked out from terms by the product: nothing of a person's that anybody has entered.
_DERIVED = frozenset({"earnings.PayeePeriod", "earnings.LateTruth", "people.ImportedPerson"})


@dataclass(frozen=True)
class Kept:
    """A row of an import that could not be taken back, and why."""

    row: int
    cells: list[str]
    problem: Problem


def snapshots(employees: Collection[int]) -> dict[int, Snapshot]:
    """Employee → all that is recorded of each in the dated tables, as plain values."""
    rows = Employee.objects.filter(pk__in=employees).values("id", *_FIELDS)
    found: dict[int, Snapshot] = {row.pop("id"): {**row} for row in rows}
    for table, fields in _DATED.items():
        for each in found.values():
            each[table.__name__] = {}
        held = table.objects.filter(employee__in=employees).order_by("id").values("id", "employee_id", "days", *fields)
        for row in held:
            days = [day and day.isoformat() for day in (row["days"].lower, row["days"].upper)]
            found[row["employee_id"]][table.__name__][str(row["id"])] = [*days, *(row[name] for name in fields)]
    return found


def with_reports(employees: Collection[int]) -> set[int]:
    """Some employees and those who report to them, whom an exit hands over to somebody else."""
    reports = Assignment.objects.filter(manager__in=employees).values_list("employee", flat=True)
    return {*employees, *reports}


def note(run: int, before: Mapping[int, Snapshot], noted: Mapping[int, Noted]) -> None:
    """Notes what a run did to people: `before` are their snapshots, `noted` their rows in the file."""
    after = snapshots({*before, *noted})
    ImportedPerson.objects.bulk_create(
        [
            ImportedPerson(
                run=run, row=row, cells=cells, employee_id=employee, before=before.get(employee), after=after[employee]
            )
            for employee in after
            if after[employee] != before.get(employee)
            for row, cells in [noted.get(employee, (0, []))]
        ],
        update_conflicts=True,
        unique_fields=["run", "employee"],
        update_fields=["after"],
    )


def places_there() -> dict[type[models.Model], set[int]]:
    """The units, positions and kinds of attributes that there are."""
    return {table: set(table.objects.values_list("pk", flat=True)) for table in (Unit, Position, AttributeKind)}


def note_places(run: int, before: Mapping[type[models.Model], set[int]]) -> None:
    """Notes the units, positions and kinds that were made since `before`."""
    names = {Unit: "unit_id", Position: "position_id", AttributeKind: "kind_id"}
    ImportedPlace.objects.bulk_create(
        ImportedPlace(run=run, **{names[table]: made})
        for table, there in places_there().items()
        for made in sorted(there - before[table])
    )


@writes_terms
def take_back(
    run: int, *, closed: Sequence[Days] = (), only: Collection[int] | None = None
) -> tuple[set[int], list[Kept]]:
    """Undoes what a run did to people (all, or `only` some); returns whom it undid and which rows stay, with the cause.

    Codes: changed_since where the person's file has changed after the import; in_use where somebody whom it created
    is named elsewhere (records, targets, reports, a user …) or has results in a closed period.
    """
    entries = ImportedPerson.objects.filter(run=run).select_related("employee")
    found = {entry.employee_id: entry for entry in (entries if only is None else entries.filter(employee__in=only))}
    now = snapshots(found)
    kept = {pk: _kept(entry, "changed_since") for pk, entry in found.items() if now[pk] != entry.after}
    created = {pk for pk, entry in found.items() if entry.before is None} - kept.keys()
    kept |= {pk: _kept(found[pk], "in_use") for pk in _in_use(created, closed)}
    while reporting := _managers_of_others(created - kept.keys(), found.keys() - kept.keys()):
        kept |= {pk: _kept(found[pk], "in_use") for pk in reporting}
    undone = found.keys() - kept.keys()
    _restore([found[pk] for pk in undone])
    ImportedPerson.objects.filter(run=run, employee__in=undone).delete()
    gone = undone & created
    for table, name in _relations(Employee):
        if table._meta.label in _DERIVED:
            table.objects.filter(**{f"{name}__in": gone}).delete()
    Employee.objects.filter(pk__in=gone).delete()
    if not kept and only is None:
        _remove_places(run)
    return undone, sorted(kept.values(), key=lambda each: each.row)


def take_back_created(run: int, employees: Iterable[int]) -> set[int]:
    """Takes away those of some people whom a run created; returns them. Whom it found stays."""
    entries = ImportedPerson.objects.filter(run=run, employee__in=list(employees), before__isnull=True)
    return take_back(run, only=set(entries.values_list("employee", flat=True)))[0]


def _kept(entry: ImportedPerson, code: str) -> Kept:
    who = {"value": entry.employee.number, "name": entry.employee.name}
    return Kept(entry.row, entry.cells, Problem("number", code, who))


def _in_use(employees: Collection[int], closed: Sequence[Days]) -> set[int]:
    """Those of some people who are named in tables other than their own dated ones."""
    found: set[int] = set()
    for table, name in _relations(Employee):
        own = table in _DATED and name == "employee"
        if own or (table is Assignment and name == "manager"):
            continue
        if table._meta.label not in _DERIVED:
            rows = table.objects.filter(**{f"{name}__in": employees})
            found |= set(rows.values_list(name, flat=True))
        elif closed and table._meta.label == "earnings.PayeePeriod":
            for start, end in closed:
                rows = table.objects.filter(**{f"{name}__in": employees}, start__lt=end, end__gt=start)
                found |= set(rows.values_list(name, flat=True))
    return found


def _managers_of_others(created: Collection[int], undone: Collection[int]) -> set[int]:
    """Those who were created and to whom somebody reports who stays."""
    reports = Assignment.objects.filter(manager__in=created).exclude(employee__in=undone)
    return set(reports.values_list("manager", flat=True))


def _restore(entries: Iterable[ImportedPerson]) -> None:
    """Makes the dated files of people what they were before."""
    entries = list(entries)
    made: list[models.Model] = []
    for table, fields in _DATED.items():
        gone: list[int] = []
        for entry in entries:
            before = (entry.before or {}).get(table.__name__, {})
            after = entry.after[table.__name__]
            differing = {pk for pk in {*before, *after} if before.get(pk) != after.get(pk)}
            gone += [int(pk) for pk in differing & after.keys()]
            made += [_row(table, fields, int(pk), before[pk], entry.employee_id) for pk in differing & before.keys()]
        table.objects.filter(pk__in=gone).delete()
    for row in made:
        row.save(force_insert=True)
    for entry in entries:
        if entry.before is not None:
            Employee.objects.filter(pk=entry.employee_id).update(**{name: entry.before[name] for name in _FIELDS})


def _row(
    table: type[models.Model], fields: Sequence[str], pk: int, values: Sequence[Any], employee: int
) -> models.Model:
    since, until, *rest = values
    days = span(since and date.fromisoformat(since), until and date.fromisoformat(until))
    return table(pk=pk, employee_id=employee, days=days, **dict(zip(fields, rest, strict=True)))


def _remove_places(run: int) -> None:
    """Removes the units, positions and kinds that a run made and that nothing names, those below others first."""
    made = ImportedPlace.objects.filter(run=run)
    for name, table in (("unit", Unit), ("position", Position), ("kind", AttributeKind)):
        ids = list(made.filter(**{f"{name}__isnull": False}).order_by("-pk").values_list(f"{name}_id", flat=True))
        for row in table.objects.filter(pk__in=ids).order_by("-pk"):
            if not _is_named(row):
                row.delete()
    made.delete()


def _is_named(row: models.Model) -> bool:
    return any(
        table.objects.filter(**{name: row}).exists()
        for table, name in _relations(type(row))
        if table is not ImportedPlace and (table, name) != (UnitParent, "unit")
    )


def _relations(model: type[models.Model]) -> list[tuple[type[models.Model], str]]:
    """Every (table, field) that refers to a table."""
    fields = model._meta.get_fields(include_hidden=True)
    return [
        (each.related_model, each.field.name)
        for each in fields
        if each.auto_created and not each.concrete and not each.many_to_many
    ]
