"""The own months: what was earned in each, and the deals behind a month."""

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import render

from liji.access.guards import look_at_pay
from liji.access.guards import signed_in
from liji.earnings import queries as earnings


@signed_in
def months(request: HttpRequest) -> HttpResponse:
    """All own months, newest first."""
    employee = request.user.employee_id
    return render(request, "web/months.html", {"months": earnings.months(employee) if employee else []})


@signed_in
def month(request: HttpRequest, payee_period: int) -> HttpResponse:
    """One month with all of its deals."""
    employee = payee(payee_period)
    look_at_pay(request, employee, "month_seen", payee_period=payee_period)
    context = {"earning": earnings.earning(payee_period), "own": employee == request.user.employee_id}
    return render(request, "web/month.html", context)


def payee(payee_period: int) -> int:
    """Whose it is; an unknown number is a page that is not there."""
    try:
        return earnings.payee_of(payee_period)
    except ObjectDoesNotExist as error:
        raise Http404 from error
