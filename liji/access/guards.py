"""What stands before a page: signed in, the right role, the right to see somebody's pay (and its audit)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.http import HttpRequest
from django.http import HttpResponse

from liji.access import queries
from liji.access.services import audit
from liji.people import queries as people
from liji.people.models import Employee

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """Others are sent to sign in; a part of a page that is fetched anew answers 401 instead."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if "HX-Request" in request.headers:
            return HttpResponse(status=401)
        return redirect_to_login(request.get_full_path())

    return guarded


def needs(*roles: str) -> Callable[[View], View]:
    """Only for users who hold one of the roles."""

    def decorate(view: View) -> View:
        @signed_in
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not queries.has_role(request.user, *roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def look_at_pay(
    request: HttpRequest, employee: int, action: str, *, again: bool = False, **detail: Any
) -> None:
    """Refuses who may not see the employee's pay; a look at somebody else's is audited.

    `again` is for a part of an open page that is fetched anew: the look was recorded when it was opened.
    """
    if not queries.may_see_pay(request.user, employee, people.today()):
        raise PermissionDenied
    if employee == request.user.employee_id:
        return
    if not Employee.objects.filter(pk=employee).exists():  # HR may see everybody, also who is not there
        raise Http404
    if not again:
        audit(request, action, about=employee, detail=detail)
