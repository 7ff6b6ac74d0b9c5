"""HR's pages: who is there, a person's file with its dated history, entry, transfer, exit, the organisation."""

from datetime import date
from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from liji.access.guards import needs
from liji.access.models import Role
from liji.access.services import audit
from liji.base import gate
from liji.people import queries as people
from liji.people import services
from liji.people import staff
from liji.people.models import Employee
from liji.web import asked
from liji.web.pages import staff_forms as the
from liji.web.pages.filling import done
from liji.web.pages.filling import filled
from liji.web.pages.layers import attribute_words

ROLES = (Role.HR, Role.ADMIN)
PAGE = 50


def _day(request: HttpRequest) -> date:
    """The day that is asked about: `on` in the address, else today."""
    return asked.day(request.GET.get("on", ""), gate.Limits(staff.FIRST_DAY, staff.LAST_DAY)) or people.today()


@needs(*ROLES)
def listed(request: HttpRequest) -> HttpResponse:
    """Everybody on a day, found by name, number, unit."""
    day, search = _day(request), the.Search(request.GET)
    wanted = search.cleaned_data if search.is_valid() else {}
    found = staff.staff(
        day,
        search=wanted.get("q", ""),
        unit=int(wanted["unit"]) if wanted.get("unit") else None,
        state=wanted.get("state") or "employed",
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    kept = {key: value for key, value in request.GET.items() if key != "page" and value}
    context = {
        "day": day,
        "form": search,
        "page": page,
        "lines": staff.lines(list(page.object_list), day),
        "query": f"&{urlencode(kept)}" if kept else "",
        "as_of": f"?on={day.isoformat()}" if day != people.today() else "",
        "turnover": staff.turnover(day),
        "anybody": people.anybody(),
        "narrowed": bool(kept),
    }
    return render(request, "web/staff/list.html", context)


@needs(*ROLES)
def file(request: HttpRequest, employee: int) -> HttpResponse:
    """A person's file on a day, and all that is dated in it."""
    person = get_object_or_404(Employee, pk=employee)
    day = _day(request)
    now = staff.line(person, day)
    timeline = staff.timeline(person)
    entries = [(each, attribute_words(each.row) if each.kind == "attribute" else None) for each in timeline]
    context = {"person": person, "day": day, "now": now, "entries": entries, "today": people.today()}
    context["recorded"] = staff.exit_of(person)
    return render(request, "web/staff/file.html", context)


@needs(*ROLES)
def enter(request: HttpRequest) -> HttpResponse:
    """Entry 入职."""
    form = the.Enter(request.POST or None, initial={"on": people.today()})

    def act() -> None:
        given, position = form.cleaned_data, form.post()
        person = services.enter(
            given["number"], given["name"], on=given["on"], email=given["email"], phone=given["phone"],
            returns=given["returns"],
        )
        services.transfer(
            person, on=given["on"], unit=given["unit"], position=position, manager=given["manager"]
        )
        audit(request, "entered", about=person.pk, detail={"on": given["on"].isoformat()})
        form.made = person

    if done(form, act, "on"):
        messages.success(request, _("%(name)s has been entered.") % {"name": form.made.name})
        return redirect("staff_file", form.made.pk)
    return filled(request, form, _("Entry"), _("From this day on the person belongs to the company."), "/staff/")


@needs(*ROLES)
def transfer(request: HttpRequest, employee: int) -> HttpResponse:
    """Transfer 调动."""
    person = get_object_or_404(Employee, pk=employee)
    held = people.assignment_on(person.pk, people.today())
    initial = {"on": people.today()}
    if held:
        initial |= {"unit": held.unit, "position": held.position, "manager": held.manager}
    form = the.Transfer(request.POST or None, initial=initial, person=person)

    def act() -> None:
        given, position = form.cleaned_data, form.post()
        services.transfer(
            person, on=given["on"], unit=given["unit"], position=position, manager=given["manager"]
        )
        detail = {"on": given["on"].isoformat(), "unit": given["unit"].code, "position": position.code}
        audit(request, "transferred", about=person.pk, detail=detail)

    if done(form, act, "on"):
        messages.success(request, _("%(name)s has been transferred.") % {"name": person.name})
        return redirect("staff_file", person.pk)
    text = _("What held until then ends the day before and stays readable.")
    return filled(request, form, _("Transfer: %(name)s") % {"name": person.name}, text, f"/staff/{person.pk}/")


@needs(*ROLES)
def leave(request: HttpRequest, employee: int) -> HttpResponse:
    """Exit 离职: recorded, moved to another day, or taken back."""
    person = get_object_or_404(Employee, pk=employee)
    recorded = staff.exit_of(person)
    initial = {"last_day": people.today()}
    if recorded:
        initial = {"last_day": recorded.last_day, "reason": recorded.exit_reason}
    held = people.assignment_on(person.pk, initial["last_day"])
    initial["reports_to"] = held and held.manager_id
    leads = people.anybody_reports(person.pk, initial["last_day"])
    form = the.Leave(request.POST or None, initial=initial, recorded=recorded is not None, leads=leads)

    def act() -> None:
        given = form.cleaned_data
        if given.get("stays"):
            services.stay(person)
            audit(request, "exit_taken_back", about=person.pk)
        else:
            services.leave(person, last_day=given["last_day"], reason=given["reason"])
            detail = {"last_day": given["last_day"].isoformat()}
            if to := given.get("reports_to"):
                services.hand_over(person, to=to, on=given["last_day"] + timedelta(days=1))
                detail["reports_to"] = to.number
            audit(request, "left", about=person.pk, detail=detail)

    if done(form, act, "last_day"):
        said = _("%(name)s stays.") if form.cleaned_data.get("stays") else _("The exit of %(name)s has been recorded.")
        messages.success(request, said % {"name": person.name})
        return redirect("staff_file", person.pk)
    text = _("Employment and assignments end with this day. Nothing is deleted.")
    if recorded:
        text = _(
            "With another day, employment and assignments end then. "
            "What was planned for after the exit, and fell away with it, is entered anew."
        )
    return filled(request, form, _("Exit: %(name)s") % {"name": person.name}, text, f"/staff/{person.pk}/")


@needs(*ROLES)
def attribute(request: HttpRequest, employee: int) -> HttpResponse:
    """A value that holds from a day on: a level, a preference, a base salary's grade."""
    person = get_object_or_404(Employee, pk=employee)
    form = the.Attribute(request.POST or None, initial={"on": people.today(), "code": request.GET.get("code", "")})

    def act() -> None:
        given = form.cleaned_data
        services.set_attribute(person, given["code"], given["value"], on=given["on"], type=given["type"])
        audit(request, "attribute_set", about=person.pk, detail={"code": given["code"], "on": given["on"].isoformat()})

    if done(form, act, "value"):
        messages.success(request, _("Saved."))
        return redirect("staff_file", person.pk)
    text = _("Plans may ask for it, for example who is eligible.")
    return filled(request, form, _("Attribute: %(name)s") % {"name": person.name}, text, f"/staff/{person.pk}/")


@needs(*ROLES)
def contact(request: HttpRequest, employee: int) -> HttpResponse:
    """Name, e-mail, phone: not dated."""
    person = get_object_or_404(Employee, pk=employee)
    initial = {"name": person.name, "email": person.email, "phone": person.phone}
    form = the.Contact(request.POST or None, initial=initial)

    def act() -> None:
        services.save_contact(person, **form.cleaned_data)
        audit(request, "contact_changed", about=person.pk)

    if done(form, act, "name"):
        messages.success(request, _("Saved."))
        return redirect("staff_file", person.pk)
    text = _("Notices go to this address when the user has no other.")
    return filled(request, form, _("Contact: %(name)s") % {"name": person.name}, text, f"/staff/{person.pk}/")


@needs(*ROLES)
def units(request: HttpRequest) -> HttpResponse:
    """The organisation on a day, and a form for a further unit or another place for one."""
    day = _day(request)
    form = the.NewUnit(request.POST or None, initial={"since": people.today()})

    def act() -> None:
        given = form.cleaned_data
        made = services.unit(given["code"], given["name"], parent=given["parent"], since=given["since"])
        audit(request, "unit_placed", detail={"unit": made.code, "since": given["since"].isoformat()})

    if done(form, act, "since"):
        messages.success(request, _("Saved."))
        return redirect("staff_units")
    context = {"form": form, "day": day, "branches": staff.tree(day)}
    return render(request, "web/staff/units.html", context, status=400 if form.is_bound else 200)
