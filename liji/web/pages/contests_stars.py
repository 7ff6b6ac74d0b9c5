"""The star of the month for HR: its rule, what is proposed, and who was it before."""

from django.contrib import messages
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liji.access.guards import needs
from liji.access.models import Role
from liji.people.problems import Refused
from liji.recognition import queries
from liji.recognition import stars as services
from liji.recognition.models import Star
from liji.web.pages.contests_forms import StarForm
from liji.web.pages.filling import done


@needs(Role.HR)
def stars(request: HttpRequest) -> HttpResponse:
    """Proposals to decide on, the rule, and the stars of the last months."""
    rule = queries.settings()
    shown = {
        "active": rule.star_active, "measure": rule.star_measure, "least_orders": rule.star_least_orders,
        "unit": rule.star_unit, "by_itself": rule.star_by_itself,
    }
    form = StarForm(request.POST or None, initial=shown)
    if done(form, lambda: services.set_rule(**form.cleaned_data, by=request.user), "measure"):
        services.propose_due()
        messages.success(request, _("The rule is kept."))
        return redirect("stars")
    context = {"form": form, "proposed": services.proposed(), "past": services.past(), "rule": rule}
    return render(request, "web/contests/stars.html", context, status=400 if form.is_bound else 200)


@needs(Role.HR)
@require_POST
def decide(request: HttpRequest, star: int) -> HttpResponse:
    """Confirms a proposed star, or declines it."""
    there = get_object_or_404(Star, pk=star)
    confirm = request.POST.get("decision") == "confirm"
    if not confirm and request.POST.get("decision") != "decline":
        return redirect("stars")
    try:
        services.decide(there, confirm=confirm, by=request.user)
        messages.success(request, _("Confirmed. The badge is given.") if confirm else _("Declined."))
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, f"{problem.message} {problem.mend}")
    return redirect("stars")
