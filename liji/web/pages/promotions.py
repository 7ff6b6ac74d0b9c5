"""Proposing a promotion and deciding it: the manager's word first, then HR's, both audited."""

from django.contrib import messages
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from liji.access.guards import look_at_pay
from liji.access.guards import needs
from liji.access.models import Role
from liji.people import queries as people
from liji.plan.periods import add_months
from liji.tracks import queries
from liji.tracks import services
from liji.tracks.models import Membership
from liji.tracks.models import Promotion
from liji.web.pages import growth_forms as the
from liji.web.pages.filling import done
from liji.web.pages.filling import filled
from liji.web.templatetags.growth import called

LEADS = (Role.MANAGER, Role.HR)


@needs(*LEADS)
def propose(request: HttpRequest, membership: int) -> HttpResponse:
    """By hand: before the track is completed, or once more after one was declined."""
    found = get_object_or_404(Membership.objects.select_related("employee", "track"), pk=membership)
    if not queries.may_place(request.user, found.employee_id, people.today()):
        return HttpResponse(status=403)
    form = the.Propose(request.POST or None)
    if done(form, lambda: services.propose(found, by=request.user, reason=form.cleaned_data["reason"]), "reason"):
        messages.success(request, _("Proposed."))
        return redirect("growth_person", found.employee_id)
    title = _("Propose for promotion: %(name)s") % {"name": found.employee.name}
    text = _("%(track)s. The manager speaks first, then HR decides.") % {"track": called(found.track)}
    return filled(request, form, title, text, f"/growth/people/{found.employee_id}/")


@needs(*LEADS)
def decide(request: HttpRequest, promotion: int) -> HttpResponse:
    """What speaks for it, and the decision of whose turn it is."""
    found = get_object_or_404(
        Promotion.objects.select_related("membership__employee", "membership__track__goal"), pk=promotion
    )
    employee, day = found.membership.employee, people.today()
    look_at_pay(request, employee.pk, "growth_seen", again=request.method == "POST")
    form = _form(request, found)
    if request.method == "POST" and done(form, lambda: _decided(request, found, form.cleaned_data), "agree"):
        messages.success(request, _("Decided."))
        return redirect("growth_team")
    context = {
        "promotion": found,
        "person": employee,
        "standing": queries.standing(found.membership_id),
        "form": form if queries.may_decide(request.user, found, day) else None,
        "held": people.assignment_on(employee.pk, day),
    }
    return render(request, "web/growth/promotion.html", context, status=400 if form.is_bound else 200)


def _form(request: HttpRequest, promotion: Promotion) -> the.Decide:
    if promotion.state != Promotion.State.HR:
        return the.Decide(request.POST if request.method == "POST" else None)
    today = people.today()
    held = people.assignment_on(promotion.membership.employee_id, today)
    initial = {"on": add_months(today, 1)}
    if held:
        initial |= {"unit": held.unit, "manager": held.manager}
    return the.DecideAndPlace(request.POST if request.method == "POST" else None, initial=initial)


def _decided(request: HttpRequest, promotion: Promotion, given: dict) -> None:
    placed = {name: given[name] for name in ("on", "unit", "manager") if name in given}
    agree = given["agree"] == "yes"
    services.decide(promotion, by=request.user, agree=agree, reason=given["reason"], **(placed if agree else {}))
