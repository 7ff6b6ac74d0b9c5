"""`GET /api/payees/{number}/earnings?period=2026-11`: what a payee has earned in the period that holds the month."""

from typing import Any

from django.http import HttpRequest
from django.http import JsonResponse
from ninja import Router

from liji.access.models import ApiKey
from liji.access.queries import may_see_pay
from liji.access.services import audit
from liji.api.signing import SignedIn
from liji.api.signing import SignedKey
from liji.base import gate
from liji.earnings import queries
from liji.people import queries as people
from liji.people.problems import Problem

router = Router(tags=["earnings"], auth=[SignedKey(), SignedIn()])

_OPENAPI = {
    "responses": {
        200: {
            "description": "each plan's earnings, decimals as text; `pending` when newer facts are being worked in"
        },
        403: {"description": "the caller may not see this payee's pay"},
        404: {"description": "no such payee"},
        422: {"description": "period is not YYYY-MM"},
    }
}


@router.get("/{number}/earnings", openapi_extra=_OPENAPI, summary="A payee's earnings")
def get_earnings(request: HttpRequest, number: str, period: str = "") -> JsonResponse:
    """The earnings of the payee with this employee number; the present month by default."""
    day = people.today()
    if period:
        found = gate.month(period, people.day_limits())
        if isinstance(found, gate.Wrong):
            problem = Problem.of("period", found)
            answer = {"field": "period", "code": problem.code, "message": "YYYY-MM", "mend": problem.message}
            return JsonResponse(answer, status=422)
        day = found
    employee = people.ids_by_number([number]).get(number)
    if not _may_see(request, employee):
        return JsonResponse({"message": "not allowed"}, status=403)
    if employee is None:
        return JsonResponse({"message": "no such payee"}, status=404)
    audit(request, "pay_read_by_api", about=employee, detail={"period": period or str(day)[:7]})
    shown = queries.today(employee, day)
    return JsonResponse({"payee": number, "earnings": [_as_json(earning) for earning in shown.earnings]})


def _may_see(request: HttpRequest, employee: int | None) -> bool:
    """A key must have been given the right to read pay; a user sees what the pages would show."""
    if isinstance(request.auth, ApiKey):
        return request.auth.reads_pay
    return employee is not None and may_see_pay(request.user, employee, people.today())


def _as_json(earning: queries.Earning) -> dict[str, Any]:
    progress = earning.progress
    return {
        "plan": earning.plan_name,
        "start": earning.start.isoformat(),
        "end": earning.end.isoformat(),
        "currency": earning.currency,
        "total": str(earning.total),
        "components": {name: str(amount) for name, _, amount in earning.components},
        "balances": {name: str(amount) for name, _, amount in earning.balances},
        "measure": progress
        and {"name": progress.measure, "value": str(progress.value), "target": _text(progress.target)},
        "attainment": progress and _text(progress.attainment),
        "pending": earning.pending,
        "computed_at": earning.computed_at and earning.computed_at.isoformat(),
        "problem": earning.problem,
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
