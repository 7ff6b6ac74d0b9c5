"""Working on a plan: its document with a check beside it, the day from which it holds, and who takes part."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.db import IntegrityError
from django.db import transaction
from django.http import Http404
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liji.access.guards import needs
from liji.access.models import Role
from liji.engine import coverage
from liji.engine import run_examples
from liji.people import queries as people
from liji.people.models import Employee
from liji.people.models import Unit
from liji.people.problems import Refused
from liji.plan import Severity
from liji.plan import load
from liji.plans import queries
from liji.plans import services
from liji.plans.models import IncentivePlan
from liji.web.pages.staff_forms import NameChoice
from liji.web.pages.staff_forms import NumberAndNameChoice
from liji.web.pages.staff_forms import day

WRITERS = (Role.DESIGNER, Role.ADMIN)


def _plan(code: str) -> IncentivePlan:
    found = queries.plan_by_code(code)
    if found is None:
        raise Http404
    return found


def _language() -> str:
    return "en" if (get_language() or "zh").startswith("en") else "zh"


def _name(plan: IncentivePlan) -> str:
    return plan.en if _language() == "en" else plan.zh


# --- the document -------------------------------------------------------------------------------------------


def _checked(text: str) -> dict[str, object]:
    """What is wrong with a document, what to look at, and how its examples come out."""
    lang = _language()
    loaded = load(text)
    found = [*loaded.problems, *(coverage(loaded.plan) if loaded.plan else ())]
    outcomes = run_examples(loaded.plan) if loaded.plan else []
    return {
        "problems": [(p.line, p.column, p.message(lang), p.mend(lang), p.severity is Severity.ERROR) for p in found],
        "outcomes": [(o.passed, o.line, o.name, o.message(lang)) for o in outcomes],
        "sound": loaded.plan is not None and all(outcome.passed for outcome in outcomes),
        "id": loaded.plan and loaded.plan.id,
    }


@needs(*WRITERS)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The newest document to work on. Checking keeps nothing; saving makes a version when nothing is wrong."""
    plan = _plan(code)
    newest = queries.versions_of(plan.pk)[0]
    text = request.POST.get("text", newest.text).replace("\r\n", "\n")
    checked = _checked(text) if request.method == "POST" else None
    if checked and checked["id"] not in (None, code):
        checked["problems"] = [(1, 1, _("The id belongs to another plan."), _("Write plan: %s") % code, True)]
        checked["sound"] = False
    if checked and checked["sound"] and request.POST.get("do") == "save":
        version = services.save_version(text, by=request.user)
        messages.success(request, _("Saved as version %(number)s.") % {"number": version.number})
        return redirect("plan_publish", code)
    refused = checked and not checked["sound"] and request.POST.get("do") == "save"
    context = {"plan": plan, "name": _name(plan), "text": text, "checked": checked, "refused": refused}
    return render(request, "web/plans/edit.html", context, status=400 if refused else 200)


# --- from when on it holds ----------------------------------------------------------------------------------


class Publish(forms.Form):
    """Which version, from which day on."""

    version = forms.ChoiceField(label=gettext_lazy("Version"))
    since = day(gettext_lazy("In force from"), gettext_lazy("The version before ends the day before."))

    def __init__(self, *args, versions, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].choices = [(each.pk, str(each.number)) for each in versions]


@needs(*WRITERS)
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Puts a version in force from a day on."""
    plan = _plan(code)
    versions = queries.versions_of(plan.pk)
    first = people.today().replace(day=1)
    form = Publish(request.POST or None, versions=versions, initial={"since": first})
    if form.is_valid():
        chosen = next(each for each in versions if str(each.pk) == form.cleaned_data["version"])
        try:
            services.publish(chosen, since=form.cleaned_data["since"], by=request.user)
        except Refused as refused:
            for problem in refused.problems:
                form.add_error("since", f"{problem.message} {problem.mend}")
        except services.PlanRefused as refused:
            for outcome in refused.failed_examples:
                form.add_error("version", f"{outcome.name}: {outcome.message(_language())}")
        else:
            messages.success(request, _("Version %(number)s is published.") % {"number": chosen.number})
            return redirect("plan", code)
    concerned = len(queries.participants(plan.pk, queries.month(first)))
    context = {
        "form": form,
        "title": _("Publish: %(name)s") % {"name": _name(plan)},
        "text": _("%(count)s people take part this month. Open periods are worked out anew at once.")
        % {"count": concerned},
        "back": f"/plans/{code}/",
    }
    return render(request, "web/form_page.html", context, status=400 if form.is_bound else 200)


# --- who takes part -----------------------------------------------------------------------------------------


class Assign(forms.Form):
    """One employee, or a unit with all below it, from a day on."""

    unit = NameChoice(label=gettext_lazy("Unit"), queryset=Unit.objects.order_by("name"), required=False)
    employee = NumberAndNameChoice(
        label=gettext_lazy("Or one employee"), queryset=Employee.objects.order_by("number"), required=False
    )
    since = day(gettext_lazy("From"))
    until = forms.DateField(
        label=gettext_lazy("Last day of taking part"),
        required=False,
        help_text=gettext_lazy("Empty: until further notice."),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )

    def clean(self) -> dict:
        given = super().clean()
        if bool(given.get("unit")) == bool(given.get("employee")):
            self.add_error("unit", _("Choose a unit or an employee, one of them."))
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day lies before the first."))
        return given


@needs(*WRITERS)
def participants(request: HttpRequest, code: str) -> HttpResponse:
    """Who takes part, and a form for more."""
    plan = _plan(code)
    form = Assign(request.POST or None, initial={"since": people.today().replace(day=1)})
    if form.is_valid() and _assigned(plan, form, request):
        return redirect("plan_participants", code)
    period = queries.month(people.today())
    context = {
        "plan": plan,
        "name": _name(plan),
        "form": form,
        "assigned": queries.assigned_to(plan.pk),
        "people": Employee.objects.filter(pk__in=queries.participants(plan.pk, period)).order_by("number"),
        "month": period[0],
    }
    return render(request, "web/plans/participants.html", context, status=400 if form.is_bound else 200)


class End(forms.Form):
    """The last day on which somebody takes part."""

    last_day = day(
        gettext_lazy("Last day of taking part"), gettext_lazy("What was earned on later days is taken back at once.")
    )


@needs(*WRITERS)
def end_participation(request: HttpRequest, code: str, assignment: int) -> HttpResponse:
    """Ends, moves the end of, or takes back somebody's part in a plan."""
    plan = _plan(code)
    held = next((each for each in queries.assigned_to(plan.pk) if each.pk == assignment), None)
    if held is None:
        raise Http404
    form = End(request.POST or None, initial={"last_day": held.last_day or people.today()})
    if form.is_valid():
        try:
            services.end_participation(held, last_day=form.cleaned_data["last_day"], by=request.user)
        except Refused as refused:
            for problem in refused.problems:
                form.add_error("last_day", f"{problem.message} {problem.mend}")
        else:
            messages.success(request, _("Saved."))
            return redirect("plan_participants", code)
    who = held.unit.name if held.unit else held.employee.name
    context = {
        "form": form,
        "title": _("End of taking part: %(name)s") % {"name": who},
        "text": _("With a day before the first one, %(name)s has never taken part.") % {"name": who},
        "back": f"/plans/{code}/participants/",
    }
    return render(request, "web/form_page.html", context, status=400 if form.is_bound else 200)


def _assigned(plan: IncentivePlan, form: Assign, request: HttpRequest) -> bool:
    given = form.cleaned_data
    until = given["until"] + timedelta(days=1) if given["until"] else None
    try:
        with transaction.atomic():
            services.assign(
                plan,
                since=given["since"],
                until=until,
                employee=given["employee"],
                unit=given["unit"],
                by=request.user,
            )
    except IntegrityError:
        form.add_error("since", _("Takes part on some of these days already. Choose days that do not overlap."))
        return False
    messages.success(request, _("Saved."))
    return True
