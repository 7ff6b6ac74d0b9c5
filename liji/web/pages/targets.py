"""Targets: a grid of people and months, filled in like a sheet, saved in one go."""

from datetime import date
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liji.access.guards import needs
from liji.access.models import Role
from liji.people import queries as people
from liji.people import staff
from liji.people.models import Employee
from liji.people.problems import Refused
from liji.performance import smart
from liji.plan.numbers import read_number
from liji.plan.periods import add_months
from liji.plans import queries
from liji.plans import services
from liji.web.pages.smart_words import sentence

ROLES = (Role.HR, Role.DESIGNER, Role.ADMIN)
MOST = 200  # people in one grid


def measures() -> dict[str, str]:
    """Every measure with a target in any plan's newest version: id → name."""
    english = (get_language() or "zh").startswith("en")
    found: dict[str, str] = {}
    for plan in queries.all_plans():
        for version in queries.versions_of(plan.pk)[:1]:
            parsed = queries.parsed(version)
            found |= {name: parsed.measures[name].names("en" if english else "zh") for name in parsed.targets}
    return found


def _asked(request: HttpRequest) -> tuple[int, str, int | None]:
    """Year, measure and unit of the grid."""
    given, known = request.GET, measures()
    year = given.get("year", "")
    unit = given.get("unit", "")
    measure = given.get("measure", "")
    return (
        int(year) if year.isdecimal() and 1970 <= int(year) <= 2200 else people.today().year,
        measure if measure in known else next(iter(known), ""),
        int(unit) if unit.isdecimal() else None,
    )


@needs(*ROLES)
def targets(request: HttpRequest) -> HttpResponse:
    """The grid of a year; what is sent is saved when every cell can be read, else nothing is."""
    year, measure, unit = _asked(request)
    months = [add_months(date(year, 1, 1), place) for place in range(12)]
    day = min(max(people.today(), months[0]), date(year, 12, 31))
    persons = list(staff.staff(day, unit=unit)[: MOST + 1])
    known = {month: queries.quotas_of([person.pk for person in persons[:MOST]], month) for month in months}
    wrong: dict[tuple[int, date], str] = {}
    doubts: list[str] = []
    if request.method == "POST" and measure:
        rows, wrong = _read(request, persons[:MOST], months, measure, known)
        doubts = [] if wrong or "sure" in request.POST else _doubts(rows, measure)
        if not wrong and not doubts and _saved(request, rows):
            kept = {"year": year, "measure": measure, "unit": unit or ""}
            return redirect(f"{request.path}?{urlencode(kept)}")
    context = {
        "year": year,
        "measure": measure,
        "measures": measures(),
        "units": people.units(),
        "unit": unit,
        "months": months,
        "grid": _grid(request, persons[:MOST], months, measure, known, wrong),
        "sums": [_sum(known[month], measure) for month in months],
        "total": sum((_sum(known[month], measure) for month in months), Decimal(0)),
        "wrong": list(wrong.values()),
        "doubts": doubts,
        "more": len(persons) > MOST,
    }
    return render(request, "web/targets.html", context, status=400 if wrong or doubts else 200)


def _name(person: Employee, month: date) -> str:
    return f"t-{person.pk}-{month:%m}"


def _sum(of_month: dict[int, dict[str, Decimal]], measure: str) -> Decimal:
    return sum((own[measure] for own in of_month.values() if measure in own), Decimal(0))


def _grid(request, persons, months, measure, known, wrong) -> list[dict[str, object]]:
    """One line for each person: the cells with what was sent or is there, and their sum."""
    closed = queries.closed_spans()
    lines = []
    for person in persons:
        cells = []
        for month in months:
            there = known[month].get(person.pk, {}).get(measure)
            told = request.POST.get(_name(person, month))
            cells.append(
                {
                    "name": _name(person, month),
                    "text": told if told is not None else ("" if there is None else f"{there.normalize():f}"),
                    "wrong": (person.pk, month) in wrong,
                    "closed": queries.closed_until(month, closed) is not None,
                    "running": there is not None and _runs(month),
                    "month": month,
                }
            )
        total = sum((own.get(measure, Decimal(0)) for m in months if (own := known[m].get(person.pk))), Decimal(0))
        lines.append({"person": person, "cells": cells, "total": total})
    return lines


def _read(request, persons, months, measure, known):
    """The changed cells as rows for the service, and what is wrong by cell."""
    rows: list[tuple[Employee, str, date, Decimal]] = []
    wrong: dict[tuple[int, date], str] = {}
    for person in persons:
        for month in months:
            text = request.POST.get(_name(person, month), "").strip()
            found = read_number(text) if text else None
            if text and (found is None or found[1] or found[0] < 0):
                words = {"name": person.name, "month": f"{month:%Y-%m}", "value": text}
                wrong[person.pk, month] = (
                    _("%(name)s, %(month)s: “%(value)s” is not an amount. Write 200000 or 20万.") % words
                )
            elif found and _runs(month) and known[month].get(person.pk, {}).get(measure) not in (None, found[0]):
                words = {"name": person.name, "month": f"{month:%Y-%m}"}
                wrong[person.pk, month] = (
                    _("%(name)s, %(month)s has begun: propose the change, for somebody else to approve.") % words
                )
            elif found and found[0] != known[month].get(person.pk, {}).get(measure):
                rows.append((person, measure, month, found[0]))
    return rows, wrong


def _runs(month: date) -> bool:
    """Whether a month has begun: from then on its targets change by a proposal."""
    return month <= people.today()


def _doubts(rows, measure: str) -> list[str]:
    """What the SMART check says of targets before they are saved: those that the last six months speak against."""
    by_month: dict[date, dict[int, Decimal]] = {}
    names = {person.pk: person.name for person, *_ in rows}
    for person, _measure, month, amount in rows:
        by_month.setdefault(month, {})[person.pk] = amount
    present = people.today().replace(day=1)
    found = []
    for month, amounts in by_month.items():
        for employee, (_set, reach) in smart.check_targets(measure, amounts, min(month, present)).items():
            if reach.code in ("too_high", "too_low"):
                found.append(f"{names[employee]}, {month:%Y-%m}: {sentence(reach)}")
    return found


def _saved(request: HttpRequest, rows: list) -> bool:
    try:
        if rows:
            services.set_quotas(rows, by=request.user)
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, f"{problem.message} {problem.mend}")
        return False
    messages.success(request, _("%(count)s targets saved.") % {"count": len(rows)})
    return True
