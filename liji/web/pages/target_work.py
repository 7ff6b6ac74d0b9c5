"""Work on targets beyond the grid: of units and whether they add up, the SMART check, copies, changes in a period."""

from datetime import date
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from liji.access import queries as access
from liji.access.guards import needs
from liji.access.guards import signed_in
from liji.access.models import Role
from liji.people import queries as people
from liji.people import staff
from liji.people.models import Employee
from liji.people.models import Unit
from liji.people.problems import Refused
from liji.performance import queries as performance
from liji.performance import smart
from liji.performance.indicators import INDICATORS
from liji.plan.numbers import read_number
from liji.plan.periods import add_months
from liji.plans import adding_up
from liji.plans import queries
from liji.plans import targets as services
from liji.plans.models import TargetChange
from liji.plans.models import TargetCopy
from liji.web import asked
from liji.web.pages.performance import names as indicator_names
from liji.web.pages.targets import ROLES
from liji.web.pages.targets import measures as target_measures

DECIDES = (Role.HR, Role.FINANCE, Role.MANAGER)
PROPOSES = (*ROLES, Role.FINANCE, Role.MANAGER)
BASELINE = ("sales", "conversion", "new_customers")  # the guide's monthly baseline (S9)
MOST = 300


def _say(request: HttpRequest, refused: Refused) -> None:
    for problem in refused.problems:
        messages.error(request, f"{problem.message} {problem.mend}")


def _month(text: str) -> date:
    return asked.month(text) or people.today().replace(day=1)


def _measure(given: str) -> str:
    known = target_measures()
    return given if given in known else next(iter(known), "")


@needs(*ROLES)
def units(request: HttpRequest) -> HttpResponse:
    """Targets of company and units for a month, what stands below each, and the baseline beside it."""
    month, measure = _month(request.GET.get("month", "")), _measure(request.GET.get("measure", ""))
    end = add_months(month, 1)
    lines = adding_up.sums(measure, month, end) if measure else []
    wrong: list[str] = []
    if request.method == "POST" and measure:
        rows, wrong = _read_units(request, lines, measure, month)
        if not wrong:
            services.set_unit_targets(rows, by=request.user)
            messages.success(request, _("%(count)s targets saved.") % {"count": len(rows)})
            return redirect(f"{request.path}?{urlencode({'month': f'{month:%Y-%m}', 'measure': measure})}")
    context = {
        "month": month,
        "measure": measure,
        "measures": target_measures(),
        "lines": [(line, _cell(request, line)) for line in lines],
        "adds_up": INDICATORS[measure].type != "rate" if measure in INDICATORS else True,
        "baselines": _baselines(request, lines, month),
        "names": indicator_names(),
        "indicators": [INDICATORS[name] for name in BASELINE],
        "wrong": wrong,
    }
    return render(request, "web/performance/unit_targets.html", context, status=400 if wrong else 200)


def _cell(request: HttpRequest, line: adding_up.Sum) -> tuple[str, str]:
    name = f"u-{line.unit.pk if line.unit else 'company'}"
    there = "" if line.own is None else f"{line.own.normalize():f}"
    return name, request.POST.get(name, there)


def _read_units(request, lines, measure, month):
    rows: list[tuple[Unit | None, str, date, Decimal]] = []
    wrong = []
    for line in lines:
        text = _cell(request, line)[1].strip()
        found = read_number(text) if text else None
        if text and (found is None or found[0] < 0):
            wrong.append(_("“%(value)s” is not an amount. Write 200000 or 20万.") % {"value": text[:40]})
        elif found and found[0] != line.own:
            rows.append((line.unit, measure, month, found[0]))
    return rows, wrong


def _baselines(request, lines, month) -> list[tuple[str, list[Decimal | None]]]:
    """Unit → its baseline, for those who may see what was sold: the company and the units right below it."""
    if not access.has_role(request.user, Role.HR):
        return []
    found = []
    for line in lines:
        if line.unit is None or line.people + line.without == 0:
            continue
        members = [person.pk for person in staff.staff(min(month, people.today()), unit=line.unit.pk)[:MOST]]
        values = performance.baseline(members, min(month, people.today().replace(day=1)))
        if values and line.depth <= 2:
            found.append((line.unit.name, [values[name] for name in BASELINE]))
    return found


@needs(*ROLES)
def check(request: HttpRequest) -> HttpResponse:
    """Every plan in force: number of indicators, weights, and each letter of SMART, by plan and by person."""
    month, today = _month(request.GET.get("month", "")), people.today()
    plans = []
    for standing in queries.standings(today):
        if standing.now is None:
            continue
        members = queries.participants(standing.plan.pk, (month, add_months(month, 1)))
        checked = smart.check_plan(standing.now.version, members, today)
        persons = Employee.objects.filter(pk__in=members).order_by("number")[:MOST]
        quotas = queries.quotas_of(members, month)
        by_measure = []
        for each in checked.indicators:
            own = {person.pk: quotas.get(person.pk, {}).get(each.measure) for person in persons}
            found = smart.check_targets(each.measure, own, min(month, today.replace(day=1)))
            odd = [(person.name, [f for f in found[person.pk] if f.state != "ok"]) for person in persons]
            by_measure.append((each, [(name, findings) for name, findings in odd if findings], len(own)))
        plans.append((standing.plan, checked, by_measure))
    context = {"plans": plans, "month": month}
    return render(request, "web/performance/check.html", context)


class CopyForm(forms.Form):
    """From where, to where, how much more, rounded to what."""

    source = forms.RegexField(r"^\d{4}-(0[1-9]|1[0-2])$", label=gettext_lazy("From the month"))
    start = forms.RegexField(r"^\d{4}-(0[1-9]|1[0-2])$", label=gettext_lazy("To the month"))
    months = forms.IntegerField(label=gettext_lazy("How many months"), min_value=1, max_value=12)
    growth = forms.DecimalField(
        label=gettext_lazy("Growth in percent"), min_value=-90, max_value=500, max_digits=6, decimal_places=2
    )
    step = forms.DecimalField(
        label=gettext_lazy("Rounded to"), min_value=Decimal("0.01"), max_value=10**9, max_digits=12, decimal_places=2
    )


@needs(*ROLES)
def copy(request: HttpRequest) -> HttpResponse:
    """Copies targets of earlier months with growth: a preview first, and it can be undone."""
    measure = _measure(request.GET.get("measure", ""))
    today = people.today().replace(day=1)
    initial = {"source": f"{add_months(today, -11):%Y-%m}", "start": f"{add_months(today, 1):%Y-%m}"}
    form = CopyForm(request.POST or None, initial=initial | {"months": 1, "growth": 10, "step": 1000})
    rows: list[services.Copied] = []
    if form.is_valid():
        given = form.cleaned_data
        rows = services.copy_preview(
            measure, list(staff.staff(people.today())), _month(given["source"]), _month(given["start"]),
            given["months"], growth=given["growth"] / 100, step=given["step"],
        )  # fmt: skip
        if rows and "sure" in request.POST:
            try:
                services.copy(measure, rows, by=request.user)
            except Refused as refused:
                _say(request, refused)
            else:
                messages.success(request, _("%(count)s targets copied.") % {"count": len(rows)})
                return redirect("target_copy")
    context = {
        "form": form,
        "rows": rows,
        "asked": form.is_bound and form.is_valid(),
        "measure": target_measures().get(measure, ""),
        "copies": TargetCopy.objects.select_related("made_by").order_by("-pk")[:10],
        "measures": target_measures(),
    }
    wrong = form.is_bound and not form.is_valid()
    return render(request, "web/performance/copy.html", context, status=400 if wrong else 200)


@needs(*ROLES)
@require_POST
def undo(request: HttpRequest, copy: int) -> HttpResponse:
    """Puts back what stood there before a copy."""
    try:
        count = services.undo_copy(copy, by=request.user)
    except TargetCopy.DoesNotExist as error:
        raise Http404 from error
    except Refused as refused:
        _say(request, refused)
    else:
        messages.success(request, _("%(count)s targets put back.") % {"count": count})
    return redirect("target_copy")


class ChangeForm(forms.Form):
    """A change of a running target."""

    employee = forms.ChoiceField(label=gettext_lazy("Whose target"))
    measure = forms.ChoiceField(label=gettext_lazy("Measure"))
    since = forms.DateField(
        label=gettext_lazy("Holds from"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("A day of the month whose target changes."),
    )  # fmt: skip
    after = forms.CharField(label=gettext_lazy("New target"), max_length=40)
    way = forms.ChoiceField(
        label=gettext_lazy("How it counts"),
        choices=[
            ("whole", gettext_lazy("the new target holds for the whole month")),
            ("weighted", gettext_lazy("old and new target, each for its days")),
        ],
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea({"rows": 2}))

    def clean_after(self) -> Decimal:
        found = read_number(self.cleaned_data["after"].strip())
        if found is None or found[1] or found[0] < 0:
            raise forms.ValidationError(_("Write 200000 or 20万."))
        return found[0]


def _visible(request: HttpRequest) -> set[int] | None:
    """Whose changes somebody sees here: a manager those of the subtree; whoever works with targets all."""
    if access.has_role(request.user, *ROLES, Role.FINANCE):
        return None
    return access.visible_payees(request.user, people.today())


@needs(*PROPOSES)
def changes(request: HttpRequest) -> HttpResponse:
    """Changes of running targets: what waits, what was decided, and the form for one more."""
    visible = _visible(request)
    persons = Employee.objects.filter(quotas__isnull=False).distinct().order_by("number")
    found = TargetChange.objects.select_related("employee", "proposed_by", "decided_by").order_by("-pk")
    if visible is not None:
        persons, found = persons.filter(pk__in=visible - {request.user.employee_id}), found.filter(employee__in=visible)
    form = ChangeForm(request.POST or None, initial={"since": people.today()})
    form.fields["employee"].choices = [(person.pk, person.name) for person in persons[:MOST]]
    form.fields["measure"].choices = list(target_measures().items())
    if form.is_valid():
        given = form.cleaned_data
        start = given["since"].replace(day=1)
        try:
            services.propose_change(
                int(given["employee"]), given["measure"], start, add_months(start, 1), since=given["since"],
                after=given["after"], weighted_by_days=given["way"] == "weighted", reason=given["reason"],
                by=request.user,
            )  # fmt: skip
        except Refused as refused:
            for problem in refused.problems:
                form.add_error(None, f"{problem.message} {problem.mend}")
        else:
            messages.success(request, _("Proposed. It holds when somebody else has approved it."))
            return redirect("target_changes")
    context = {
        "form": form,
        "changes": [(each, _decidable(request, each)) for each in found[:100]],
        "measures": target_measures(),
    }
    return render(request, "web/performance/changes.html", context, status=400 if form.is_bound else 200)


def _decidable(request: HttpRequest, change: TargetChange) -> bool:
    decides = access.has_role(request.user, *DECIDES)
    return change.state == TargetChange.PROPOSED and decides and services.may_decide(request.user, change)


@needs(*DECIDES)
@require_POST
def decide(request: HttpRequest, change: int) -> HttpResponse:
    """Approves or refuses a change."""
    found = TargetChange.objects.filter(pk=change).first()
    if found is None:
        raise Http404
    visible = _visible(request)
    if visible is not None and found.employee_id not in visible:
        raise PermissionDenied
    approve = request.POST.get("answer") == "approve"
    try:
        services.decide_change(change, by=request.user, approve=approve)
    except Refused as refused:
        _say(request, refused)
    else:
        messages.success(request, _("Approved. The pay is worked out anew.") if approve else _("Refused."))
    return redirect("target_changes")


@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """The own targets of this month, and how they changed."""
    employee, month = request.user.employee_id, people.today().replace(day=1)
    if employee is None:
        raise PermissionDenied
    decided = TargetChange.objects.filter(employee=employee, state=TargetChange.APPROVED).order_by("-decided_at")
    context = {
        "month": month,
        "targets": queries.quotas(employee, month),
        "measures": indicator_names() | target_measures(),  # also where no plan names it yet
        "changes": decided.select_related("decided_by"),
    }
    return render(request, "web/performance/my_targets.html", context)
