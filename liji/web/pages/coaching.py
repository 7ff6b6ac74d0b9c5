"""Tasks and coaching plans: what I am to do, and what coach, coachee and HR say to each other."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liji.access import queries as access
from liji.access.guards import needs
from liji.access.guards import signed_in
from liji.access.models import Role
from liji.access.services import audit
from liji.coaching import queries
from liji.coaching import services
from liji.coaching.models import Plan
from liji.coaching.models import Task
from liji.people import queries as people
from liji.web.pages import growth_forms as the
from liji.web.pages.filling import done


@signed_in
def tasks(request: HttpRequest) -> HttpResponse:
    """The own tasks: late, open, done; and the coaching plans that one is part of."""
    own, day = request.user.employee_id, people.today()
    context = {
        "lists": queries.tasks(own, day) if own else None,
        "plans": queries.plans(own) if own else [],
        "today": day,
        "own": own,
        "sees_all": access.has_role(request.user, Role.HR),
    }
    return render(request, "web/growth/tasks.html", context)


@signed_in
@require_POST
def tick(request: HttpRequest, task: int) -> HttpResponse:
    """Done, or not after all; the own ones only."""
    found = get_object_or_404(Task.objects.select_related("about"), pk=task)
    if found.employee_id != request.user.employee_id:
        raise PermissionDenied
    services.tick(found, request.POST.get("done") != "no")
    return redirect("tasks")


@signed_in
def plan(request: HttpRequest, coaching: int) -> HttpResponse:
    """A coaching plan: steps, talks, outcome. For coach, coachee and HR; HR's look is audited."""
    found = get_object_or_404(Plan.objects.select_related("coach", "coachee", "outcome_by"), pk=coaching)
    if not queries.may_see(request.user, found):
        raise PermissionDenied
    leads, sent = queries.may_lead(request.user, found), request.POST.get("form")
    if request.method == "POST" and not leads:
        raise PermissionDenied
    talk = the.CheckIn(request.POST if sent == "talk" else None, initial={"on": people.today()}, prefix="talk")
    end = the.Close(request.POST if sent == "close" else None, prefix="close")
    if sent == "talk" and done(talk, lambda: services.check_in(found, by=request.user, **talk.cleaned_data), "on"):
        messages.success(request, _("The talk is recorded."))
        return redirect("coaching", found.pk)
    if sent == "close" and done(end, lambda: _close(request, found, end.cleaned_data), "outcome"):
        messages.success(request, _("The outcome is recorded."))
        return redirect("coaching", found.pk)
    if request.user.employee_id not in (found.coach_id, found.coachee_id):
        audit(request, "coaching_seen", about=found.coachee_id, detail={"plan": found.pk})
    context = {
        "plan": found,
        "steps": found.tasks.select_related("employee").order_by("due", "pk"),
        "talks": found.check_ins.select_related("by__employee"),
        "talk": talk if leads and not found.closed_on else None,
        "close": end if leads and found.outcome in ("", Plan.Outcome.NONE) else None,
        "today": people.today(),
    }
    status = 400 if talk.is_bound or end.is_bound else 200
    return render(request, "web/growth/coaching.html", context, status=status)


def _close(request: HttpRequest, found: Plan, given: dict) -> None:
    services.close(found, given["outcome"], note=given["note"], by=request.user)
    audit(request, "coaching_closed", about=found.coachee_id, detail={"plan": found.pk, "outcome": given["outcome"]})


@needs(Role.HR)
def plans(request: HttpRequest) -> HttpResponse:
    """HR: every coaching plan, the templates, and a form for one more."""
    form = the.NewTemplate(request.POST or None)

    def act() -> None:
        given = form.cleaned_data
        services.save_template(
            given["code"], given["title"], days=given["days"], steps=given["steps"], goal=given["goal"]
        )
        audit(request, "template_saved", detail={"code": given["code"]})

    if done(form, act, "code"):
        messages.success(request, _("Saved."))
        return redirect("coaching_plans")
    context = {"plans": queries.all_plans(), "templates": queries.templates(), "form": form, "today": people.today()}
    return render(request, "web/growth/coaching_plans.html", context, status=400 if form.is_bound else 200)
