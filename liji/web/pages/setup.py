"""The set-up of an empty installation: five steps, each skippable, taken up again where it stopped.

The first makes the company and its admin and is open to whoever comes first; the others are the admin's.
"""

from datetime import date
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth import login
from django.core.exceptions import BadRequest
from django.db import IntegrityError
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from liji.access.first import AlreadySetUp
from liji.access.first import set_up
from liji.access.guards import needs
from liji.access.models import Role
from liji.base import gate
from liji.people import queries as people
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.people.services import save_company
from liji.plan import load
from liji.plan import templates
from liji.plans import queries as plans
from liji.plans import services as plan_services
from liji.reactions.packs import publish_pack
from liji.web.middleware import there_is_a_user


class First(forms.Form):
    """The company and the one who sets it up."""

    company = forms.CharField(label=_("Company"), max_length=200)
    username = forms.CharField(
        label=_("Your user name"), max_length=150, initial="admin", help_text=_("With this you sign in.")
    )
    email = forms.EmailField(
        label=_("Your e-mail"), required=False, help_text=_("Needed to set a new password if you forget it.")
    )
    password = forms.CharField(
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters."),
    )


class Calendar(forms.Form):
    """What the company counts by."""

    currency = forms.CharField(max_length=20, label=_("Currency"), help_text=_("Three letters, such as CNY."))
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=[(name, name) for name in sorted(available_timezones()) if "/" in name]
    )
    fiscal_year_starts = forms.IntegerField(
        label=_("First month of the fiscal year"), min_value=1, max_value=12
    )
    pay_day = forms.IntegerField(
        label=_("Pay day"), min_value=1, max_value=28, help_text=_("Day of the following month.")
    )
    shows_rankings = forms.BooleanField(
        label=_("Show rankings to everybody"), required=False
    )
    first_day = forms.DateField(
        label=_("First day of records"),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        required=False,
        help_text=_("Records of earlier days are refused."),
    )
    years_ahead = forms.IntegerField(
        label=_("Years ahead"),
        min_value=0,
        max_value=50,
        required=False,
        help_text=_("Records later than so many years from today are refused."),
    )

    def clean_currency(self) -> str:
        found = gate.currency(self.cleaned_data["currency"].strip())
        if isinstance(found, gate.Wrong):
            problem = Problem.of("currency", found)
            raise forms.ValidationError(f"{problem.message} {problem.mend}")
        return found

    def clean_first_day(self) -> date:
        return self.cleaned_data["first_day"] or people.company().first_day

    def clean_years_ahead(self) -> int:
        given = self.cleaned_data["years_ahead"]
        return people.company().years_ahead if given is None else given


class FirstPlan(forms.Form):
    """One of the templates, for a unit and all below it."""

    template = forms.ChoiceField(label=_("Plan"), widget=forms.RadioSelect)
    unit = forms.ChoiceField(label=_("For"), help_text=_("This unit and all below it."))
    since = forms.DateField(label=_("From"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].choices = [(name, _plan_name(text)) for name, text in templates()]
        self.fields["unit"].choices = [(unit.pk, unit.name) for unit in people.units()]


def _plan_name(text: str) -> str:
    return load(text).plan.names("en" if (get_language() or "zh").startswith("en") else "zh")


STEPS = {
    "calendar": _("Currency and calendar"),
    "people": _("People"),
    "targets": _("Targets"),
    "plan": _("The first plan"),
}


def setup(request: HttpRequest) -> HttpResponse:
    """The first step; once there is a user, only an admin goes on with the others."""
    if there_is_a_user():
        return redirect("setup_steps")
    form = First(request.POST or None)
    if form.is_valid():
        try:
            given = form.cleaned_data
            user = set_up(given["company"], given["username"], given["email"], given["password"])
            publish_pack()
        except AlreadySetUp:
            return redirect("account_login")
        except ValueError as error:
            form.add_error("password", str(error))
        else:
            login(request, user)
            return redirect("setup_steps")
    return render(request, "web/setup.html", {"form": form})


def states() -> dict[str, str]:
    """Step → done, skipped or open. What is there already is done, however it came."""
    kept = people.company().setup
    there = {"people": people.anybody, "targets": plans.any_quota, "plan": plans.anybody_takes_part}
    return {
        step: "done" if step in there and there[step]() else str(kept.get(step, "open")) for step in STEPS
    }


def _remember(step: str, state: str) -> None:
    save_company(setup=people.company().setup | {step: state})


@needs(Role.ADMIN)
def steps(request: HttpRequest, step: str | None = None) -> HttpResponse:
    """All steps; the first open one (or the one that was chosen) with what it needs."""
    now = states()
    here = step or next((name for name, state in now.items() if state == "open"), None)
    if here is not None and here not in STEPS:
        raise BadRequest
    form = _form(request, here)
    if request.method == "POST" and form is not None and form.is_valid() and _done(request, here, form):
        return redirect("setup_steps")
    listed = [
        {"name": name, "title": title, "state": now[name], "here": name == here} for name, title in STEPS.items()
    ]
    return render(request, "web/setup_steps.html", {"steps": listed, "here": here, "form": form})


def _form(request: HttpRequest, step: str | None) -> forms.Form | None:
    given = request.POST if request.method == "POST" else None
    if step == "calendar":
        company = people.company()
        return Calendar(given, initial={name: getattr(company, name) for name in Calendar.base_fields})
    if step == "plan":
        first = people.today().replace(day=1)
        return FirstPlan(given, initial={"since": first, "template": templates()[0][0]})
    return None


def _done(request: HttpRequest, step: str, form: forms.Form) -> bool:
    """Does what the step is for; False when the form now says why it cannot be done."""
    if step == "calendar":
        save_company(**form.cleaned_data)
    else:
        try:
            _start_plan(request, **form.cleaned_data)
        except (IntegrityError, Refused):
            form.add_error("since", _("A plan is in force for this unit then already."))
            return False
    _remember(step, "done")
    return True


def _start_plan(request: HttpRequest, template: str, unit: str, since: date) -> None:
    version = plan_services.save_version(dict(templates())[template], by=request.user)
    plan_services.publish(version, since=since, by=request.user)
    chosen = next(each for each in people.units() if str(each.pk) == unit)
    plan_services.assign(version.plan, since=since, unit=chosen, by=request.user)


@needs(Role.ADMIN)
@require_POST
def skip(request: HttpRequest, step: str) -> HttpResponse:
    """Not now; it can be done later from the same list."""
    if step not in STEPS:
        raise BadRequest
    _remember(step, "skipped")
    return redirect("setup_steps")
