"""Training as HR works with it: the catalogue, skills and paths, results entered for many at once."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from liji.access.guards import needs
from liji.access.models import Role
from liji.access.services import audit
from liji.people import queries as people
from liji.people import staff
from liji.people.models import Employee
from liji.people.problems import Refused
from liji.plan.numbers import read_number
from liji.training import queries
from liji.training import services
from liji.training.models import Course
from liji.web.pages import course_forms as the
from liji.web.pages.filling import done

ROLES = (Role.HR, Role.ADMIN)
MOST = 200  # people in one table


@needs(*ROLES)
def catalogue(request: HttpRequest) -> HttpResponse:
    """Courses and exams, skills, paths, and the names in results that match nothing."""
    context = {
        "courses": queries.catalogue(),
        "skills": queries.skills(),
        "paths": queries.paths(),
        "unmatched": queries.unmatched(),
    }
    return render(request, "web/growth/courses.html", context)


@needs(*ROLES)
def edit(request: HttpRequest, course: str = "") -> HttpResponse:
    """A new entry, or one that is there. `name` and `kind` in the address begin one from an unmatched result."""
    there = get_object_or_404(Course, code=course) if course else None
    kind, name = request.GET.get("kind", ""), request.GET.get("name", "")[:100]
    initial = the.CourseForm.initial_of(there) if there else {"kind": kind, "zh": name, "active": True}
    form = the.CourseForm(request.POST or None, initial=initial, course=there)

    def act() -> None:
        made = services.save_course(**form.values)
        audit(request, "course_saved", detail={"code": made.code})

    if done(form, act, "code"):
        messages.success(request, _("Saved. Results that are there already are matched anew."))
        return redirect("courses")
    context = {"form": form, "course": there}
    return render(request, "web/growth/course.html", context, status=400 if form.is_bound else 200)


@needs(*ROLES)
def skills(request: HttpRequest) -> HttpResponse:
    """Skills and certification paths: a form for one more of each."""
    sent = request.POST.get("form")
    skill = the.SkillForm(request.POST if sent == "skill" else None, prefix="skill")
    path = the.PathForm(request.POST if sent == "path" else None, prefix="path")

    def save_skill() -> None:
        given = skill.cleaned_data
        services.skill(given["code"], given["zh"], given["en"])
        audit(request, "skill_saved", detail={"code": given["code"]})

    def save_path() -> None:
        given = path.cleaned_data
        services.save_path(given["code"], given["zh"], given["en"], given["courses"])
        audit(request, "path_saved", detail={"code": given["code"]})

    if (sent == "skill" and done(skill, save_skill, "code")) or (sent == "path" and done(path, save_path, "courses")):
        messages.success(request, _("Saved."))
        return redirect("course_skills")
    context = {"skill": skill, "path": path, "skills": queries.skills(), "paths": queries.paths()}
    bound = skill.is_bound or path.is_bound
    return render(request, "web/growth/skills.html", context, status=400 if bound else 200)


class Asked(forms.Form):
    """Which course, of whom, on which day."""

    course = forms.CharField(required=False)
    unit = forms.IntegerField(required=False)
    on = forms.DateField(required=False)


@dataclass
class Line:
    """A person in the table of results: what was written there, and what is wrong with it or became of it."""

    person: Employee
    text: str = ""
    wrong: str = ""

    @property
    def name(self) -> str:
        return f"r-{self.person.pk}"


@needs(*ROLES)
def results(request: HttpRequest) -> HttpResponse:
    """A table of people: ticked (a course) or scored (an exam). Each line that can be recorded becomes a fact."""
    asked = Asked(request.GET)
    given = asked.cleaned_data if asked.is_valid() else {}
    known = {one.code: one for one in queries.courses()}
    course = known.get(given.get("course", "")) or next(iter(known.values()), None)
    day = min(given.get("on") or people.today(), people.today())
    persons = list(staff.staff(day, unit=given.get("unit"))[: MOST + 1])
    lines = [Line(person, request.POST.get(f"r-{person.pk}", "").strip()) for person in persons[:MOST]]
    if request.method == "POST" and course:
        count = _enter(request, lines, course, day)
        if count:
            messages.success(request, _("%(count)s results recorded.") % {"count": count})
        if not any(line.wrong for line in lines):
            return redirect(request.get_full_path())
    context = {
        "course": course,
        "known": list(known.values()),
        "units": people.units(),
        "unit": given.get("unit"),
        "day": day,
        "lines": lines,
        "more": len(persons) > MOST,
        "wrong": [line for line in lines if line.wrong],
    }
    return render(request, "web/growth/results.html", context, status=400 if context["wrong"] else 200)


def _enter(request: HttpRequest, lines: list[Line], course: Course, day: date) -> int:
    """Records what was written; says at each other line what is wrong with it. Returns how many were recorded."""
    count = 0
    for line in lines:
        if not line.text:
            continue
        line.wrong = _recorded(line, course, day)
        if not line.wrong:
            count, line.text = count + 1, ""
    if count:
        detail = {"course": course.code, "on": day.isoformat(), "count": count}
        audit(request, "results_entered", detail=detail)
    return count


def _recorded(line: Line, course: Course, day: date) -> str:
    score: Decimal | None = None
    if course.kind == Course.Kind.EXAM:
        found = read_number(line.text)
        if found is None or found[1] or found[0] < 0:
            return _("“%(value)s” is not a score.") % {"value": line.text[:40]}
        score = found[0]
    try:
        with transaction.atomic():
            outcome = services.complete(course.code, line.person.pk, on=day, score=score)
    except Refused as refused:
        return refused.problems[0].message
    return outcome.problems[0].message if outcome.problems else ""
