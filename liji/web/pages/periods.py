"""Closing months: from then on nothing that is credited in them changes."""

from django.contrib import messages
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from liji.access.guards import needs
from liji.access.models import Role
from liji.earnings import queries as earnings
from liji.people import queries as people
from liji.people.problems import Refused
from liji.plan.periods import add_months
from liji.plans import queries
from liji.plans import services

ROLES = (Role.FINANCE, Role.ADMIN)
SHOWN = 12


@needs(*ROLES)
def periods(request: HttpRequest) -> HttpResponse:
    """The last twelve months with what was earned in them; the oldest open one may be closed."""
    this = people.today().replace(day=1)
    closed = queries.closed_spans()
    months = [add_months(this, -place) for place in range(SHOWN)]
    totals = earnings.totals(months[-1], add_months(this, 1))
    rows = [
        {
            "month": month,
            "closed": queries.closed_until(month, closed) is not None,
            "total": totals.get(month, (0, 0, ""))[0],
            "people": totals.get(month, (0, 0, ""))[1],
            "currency": totals.get(month, (0, 0, ""))[2] or people.company().currency,
        }
        for month in months
    ]
    open_ones = [row["month"] for row in rows if not row["closed"] and row["month"] < this]
    oldest = open_ones[-1] if open_ones else None
    if request.method == "POST" and oldest and request.POST.get("month") == oldest.isoformat():
        return _close(request, oldest)
    return render(request, "web/periods.html", {"rows": rows, "oldest": oldest, "late": earnings.late()})


def _close(request: HttpRequest, month) -> HttpResponse:
    end = add_months(month, 1)
    if pending := earnings.pending(month, end):
        text = _("%(count)s results of this month are still being worked out. Try again in a moment.")
        messages.error(request, text % {"count": pending})
        return redirect("periods")
    try:
        services.close_period(month, end, by=request.user)
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, f"{problem.message} {problem.mend}")
    else:
        messages.success(request, _("%(month)s is closed.") % {"month": f"{month:%Y-%m}"})
    return redirect("periods")
