"""What if I close this deal? What one more deal would bring, asked before it is there."""

from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import render

from liji.access.guards import look_at_pay
from liji.access.guards import signed_in
from liji.earnings import queries as earnings
from liji.earnings import whatif
from liji.people.problems import Problem
from liji.web.pages.months import payee


@signed_in
def what_if(request: HttpRequest, payee_period: int) -> HttpResponse:
    """In the sheet of the day's page, or as a page of its own; an answer as soon as there is an `amount`."""
    written = request.GET.get("amount", "").strip()
    look_at_pay(request, payee(payee_period), "what_if_asked", again=bool(written), payee_period=payee_period)
    found = whatif.one_more_deal(payee_period, written) if written else None
    context = {
        "earning": earnings.earning(payee_period),
        "written": written,
        "problem": found if isinstance(found, Problem) else None,
        "answer": found if isinstance(found, whatif.Answer) else None,
    }
    sheet = "HX-Request" in request.headers
    return render(request, "web/what_if.html" if sheet else "web/what_if_page.html", context)
