"""`POST /api/facts`: one record, or up to a thousand, in; what became of each, out."""

import json
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.http import JsonResponse
from ninja import Router

from liji.api.signing import SignedKey
from liji.facts import services
from liji.facts.validation import Doubled
from liji.people.problems import Problem

router = Router(tags=["facts"], auth=SignedKey())
MOST = 1000

_FACT_SCHEMA = {
    "type": "object",
    "required": ["source", "external_id", "type", "employee", "occurred_at"],
    "properties": {
        "source": {"type": "string", "example": "crm"},
        "external_id": {
            "type": "string",
            "example": "SO-1001",
            "description": "the record's id in the source",
        },
        "version": {"type": "integer", "minimum": 1, "description": "a correction carries a higher one"},
        "type": {"type": "string", "example": "order_closed"},
        "employee": {"type": "string", "example": "E1001", "description": "employee number 工号"},
        "occurred_at": {"type": "string", "format": "date-time"},
        "credit_date": {"type": "string", "format": "date", "description": "default: the day of occurred_at"},
        "amount": {"type": ["string", "number"], "example": "100000.00"},
        "currency": {"type": "string", "example": "CNY", "description": "default: the company's"},
    },
    "additionalProperties": {"description": "the fields of the fact type"},
}
_OPENAPI = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "oneOf": [_FACT_SCHEMA, {"type": "array", "items": _FACT_SCHEMA, "maxItems": MOST}]
                }
            }
        },
    },
    "responses": {
        200: {"description": "known already, or (for an array) the outcome of each record"},
        201: {"description": "recorded: created, or corrected"},
        401: {"description": "unknown key, wrong signature, or a timestamp too far from now"},
        413: {"description": "too large"},
        422: {"description": "refused, with field, error and mend; nothing of that record was stored"},
    },
}


@router.post("", openapi_extra=_OPENAPI, summary="Record facts")
def post_facts(request: HttpRequest) -> JsonResponse:
    """Records facts. The same record sent again changes nothing; another version is a correction."""
    try:
        sent = json.loads(
            request.body, parse_float=_number, parse_constant=_refuse_constant, object_pairs_hook=_object
        )
    except (ValueError, RecursionError):
        return _refused(422, Problem("", "not_an_object"))
    if not isinstance(sent, list):
        outcome = services.record(sent)
        status = {"refused": 422, "duplicate": 200}.get(outcome.status, 201)
        return JsonResponse(_as_json(outcome), status=status)
    if len(sent) > MOST:
        return _refused(413, Problem("", "too_long", {"limit": f"{MOST} records"}))
    outcomes = services.record_many(sent)
    status = 422 if sent and all(outcome.status == "refused" for outcome in outcomes) else 200
    return JsonResponse({"outcomes": [_as_json(outcome) for outcome in outcomes]}, status=status)


def _number(text: str) -> Decimal | str:
    """A JSON number exactly; one with an exponent stays text, which the gate refuses as a number."""
    return Decimal(text) if text.isascii() and "e" not in text.lower() else text


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    keys = [key for key, _ in pairs]
    doubled = Doubled(made)
    doubled.twice = next(key for key in keys if keys.count(key) > 1)[:60]
    return doubled


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _refused(status: int, problem: Problem) -> JsonResponse:
    return JsonResponse({"status": "refused", "problems": [problem_json(problem)]}, status=status)


def problem_json(problem: Problem) -> dict[str, str]:
    """A problem as the API tells it: the stable code, and the words in the caller's language."""
    return {"field": problem.field, "code": problem.code, "message": problem.message, "mend": problem.mend}


def _as_json(outcome: services.Outcome) -> dict[str, Any]:
    told: dict[str, Any] = {"status": outcome.status, "external_id": outcome.external_id}
    if outcome.status == "refused":
        told["problems"] = [problem_json(problem) for problem in outcome.problems]
    else:
        told["version"] = outcome.version
    if outcome.fact_id:
        told["fact"] = outcome.fact_id
    return told
