"""Why a figure is what it is: the explanation tree, from the pay down to the source records."""

from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import render

from liji.access.guards import look_at_pay
from liji.access.guards import signed_in
from liji.earnings import queries as earnings
from liji.facts import queries as facts
from liji.web.pages.months import payee


@signed_in
def why(request: HttpRequest, payee_period: int) -> HttpResponse:
    """In the sheet of a page, or as a page of its own. `node` opens the tree at one component or fact."""
    look_at_pay(request, payee(payee_period), "explanation_seen", payee_period=payee_period)
    fact = request.GET.get("fact", "")
    earning = earnings.earning(payee_period)
    deal = next((deal for deal in earning.deals if str(deal.fact_id) == fact), None)
    context = {
        "earning": earning,
        "deal": deal,
        "source": facts.fact(deal.fact_id) if deal else None,
        "deals": {each.fact_id: each for each in earning.deals},
        "root": None if deal else earnings.why(payee_period, own=earning.payee == request.user.employee_id),
        "node": request.GET.get("node", ""),
    }
    sheet = "HX-Request" in request.headers
    return render(request, "web/why.html" if sheet else "web/why_page.html", context)
