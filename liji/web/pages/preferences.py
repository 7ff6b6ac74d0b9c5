"""What motivates me, and what that brings; HR sees the mix and keeps the kinds."""

from django.contrib import messages
from django.http import Http404
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from liji.access.guards import needs
from liji.access.guards import signed_in
from liji.access.models import Role
from liji.access.services import audit
from liji.people import queries as people
from liji.people import staff
from liji.people.models import Employee
from liji.people.problems import Refused
from liji.preferences import queries
from liji.preferences import services
from liji.preferences.models import Kind
from liji.preferences.models import Preference
from liji.web.pages import preference_forms as the
from liji.web.templatetags.liji import called

ROLES = (Role.HR, Role.ADMIN)


@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """The own preferences: what holds because of them, what has changed, and a form to change them at any time."""
    if request.user.employee_id is None:
        return render(request, "web/preferences/nobody.html")
    return _stated(request, request.user.employee, Preference.Source.SELF, own=True)


@needs(*ROLES)
def person(request: HttpRequest, employee: int) -> HttpResponse:
    """Somebody's preferences, for HR."""
    return _stated(request, get_object_or_404(Employee, pk=employee), Preference.Source.HR, own=False)


def _stated(request: HttpRequest, employee: Employee, source: str, *, own: bool) -> HttpResponse:
    today = people.today()
    rows = queries.held(employee.pk, today)
    form = the.Stated(request.POST or None, rows=rows)
    if form.is_valid():
        try:
            changed = services.state(employee, form.ranking(), on=today, source=source, by=request.user)
        except Refused as refused:
            for problem in refused.problems:
                form.add_error(None, f"{problem.message} {problem.mend}")
        else:
            if changed and not own:
                audit(request, "preference_stated", about=employee.pk)
            messages.success(request, _("Saved. It holds from today."))
            return redirect(request.path)
    context = {
        "person": employee,
        "own": own,
        "rows": rows,
        "scheme": queries.scheme(employee.pk, today),
        "change": queries.last_change(employee.pk),
        "history": [row for row in queries.history(employee.pk) if row not in rows],
        "offers": queries.offers(employee.pk) if own else (),
        "form": form,
        "today": today,
    }
    return render(request, "web/preferences/mine.html", context, status=400 if form.errors else 200)


@needs(*ROLES)
def mix(request: HttpRequest) -> HttpResponse:
    """What motivates the company, or one unit."""
    asked = request.GET.get("unit", "")
    unit = int(asked) if asked.isdecimal() else None
    today = people.today()
    found = staff.staff(today, unit=unit, search=request.GET.get("q", ""))
    shown = list(found[:100])
    firsts = queries.firsts([each.pk for each in shown], today)
    context = {
        "mix": queries.mix(today, unit=unit),
        "units": people.units(),
        "unit": unit,
        "q": request.GET.get("q", ""),
        "people": [(each, firsts.get(each.pk)) for each in shown],
        "more": found.count() > len(shown),
        "menus": [queries.cost_of(menu) for menu in queries.menus() if menu.published_at][:5],
    }
    return render(request, "web/preferences/mix.html", context)


@needs(*ROLES)
def kinds(request: HttpRequest) -> HttpResponse:
    """The kinds of incentive, and a form for a further one."""
    form = the.KindForm(request.POST or None)
    if form.is_valid() and Kind.objects.filter(code=form.cleaned_data["code"]).exists():
        form.add_error("code", _("There is a kind with this code already."))
    if form.is_valid():
        return _kept(request, form)
    context = {"kinds": Kind.objects.all(), "form": form}
    return render(request, "web/preferences/kinds.html", context, status=400 if form.is_bound else 200)


@needs(*ROLES)
def kind(request: HttpRequest, kind: str) -> HttpResponse:
    """One kind, to be changed or retired."""
    there = Kind.objects.filter(code=kind).first()
    if there is None:
        raise Http404
    initial = {name: getattr(there, name) for name in the.KindForm.base_fields}
    form = the.KindForm(request.POST or None, initial=initial)
    form.fields["code"].disabled = True
    if form.is_valid():
        return _kept(request, form)
    text = _("A retired kind stays in what people have stated; nobody can state it anew.")
    context = {"title": called(there), "text": text, "form": form, "back": "/preferences/kinds/"}
    return render(request, "web/form_page.html", context, status=400 if form.is_bound else 200)


def _kept(request: HttpRequest, form: the.KindForm) -> HttpResponse:
    services.save_kind(**form.cleaned_data)
    audit(request, "preference_kind_saved", detail={"kind": form.cleaned_data["code"]})
    messages.success(request, _("Saved."))
    return redirect("preference_kinds")
