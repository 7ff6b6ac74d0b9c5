"""`POST /api/facts`: one record, or up to a thousand, in; what became of each, out."""

import json
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.http import JsonResponse
from ninja import Router

from liji.access.models import ApiKey
from liji.api.signing import SignedKey
from liji.base.gate import identity
from liji.facts import services
from liji.facts.validation import Doubled
from liji.facts.validation import Writer
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
        "currency": {"type": "string", "example": "CNY", "description": "ISO 4217; default: the company's"},
        "credits": {
            "type": "array",
            "description": "who is credited instead of the employee alone; owners' shares are at most 100% together",
            "items": {
                "type": "object",
                "required": ["employee"],
                "properties": {
                    "employee": {"type": "string"},
                    "share": {"type": ["string", "number"], "example": "60%"},
                    "role": {"type": "string", "example": "owner"},
                },
            },
        },
        "updated_at": {"type": "string", "format": "date-time", "description": "when the source changed the record"},
        "status": {"type": "string", "enum": ["retracted"], "description": "the record no longer counts"},
        "if_old": {"type": "string", "enum": ["report", "apply"], "description": "content of an older version"},
        "replace": {"type": "boolean", "description": "what is not named is cleared, not kept"},
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
        409: {"description": "stale: the content of an older version, not applied (`if_old: apply` applies it)"},
        401: {"description": "unknown key, wrong signature, or a timestamp too far from now"},
        413: {"description": "too large"},
        422: {"description": "refused, with field, error and mend; nothing of that record was stored"},
    },
}

_DELETE = {
    "responses": {
        200: {"description": "retracted; or a duplicate, when it counts no more already"},
        401: {"description": "unknown key, wrong signature, or a timestamp too far from now"},
        404: {"description": "no such record"},
        409: {"description": "records take it back: retract them first, or all together (`reversals=true`)"},
        422: {"description": "refused, for example because its period is closed"},
    }
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
        outcome = services.record(sent, writer=_writer(request.auth))
        return JsonResponse(_as_json(outcome), status=_status(outcome))
    if len(sent) > MOST:
        return _refused(413, Problem("", "too_long", {"limit": f"{MOST} records"}))
    outcomes = services.record_many(sent, writer=_writer(request.auth))
    status = 422 if sent and all(outcome.status == "refused" for outcome in outcomes) else 200
    return JsonResponse({"outcomes": [_as_json(outcome) for outcome in outcomes]}, status=status)


def _writer(key: ApiKey) -> Writer:
    return Writer(key.pk, key.name, frozenset(identity(source).key for source in key.sources))


def _status(outcome: services.Outcome) -> int:
    if outcome.problems and outcome.problems[0].code == "internal":
        return 500
    known = {"refused": 422, "duplicate": 200, "retracted": 200, "stale": 409}
    return known.get(outcome.status, 201)


@router.delete("/{source}/{path:external_id}", openapi_extra=_DELETE, summary="Retract a fact")
def delete_fact(request: HttpRequest, source: str, external_id: str, reversals: str = "") -> JsonResponse:
    """Takes a record back: it no longer counts. With `reversals=true` what takes it back is retracted with it."""
    if reversals not in ("", "true", "false"):
        return _refused(422, Problem("reversals", "wrong_type", {"value": reversals[:200], "type": "true/false"}))
    outcome = services.retract(
        [(source, external_id)],
        by=request.auth.name,
        reversals=reversals == "true",
        writer=_writer(request.auth),
    )[0]
    status = {"unknown_record": 404, "has_reversals": 409}
    code = outcome.problems[0].code if outcome.problems else ""
    return JsonResponse(_as_json(outcome), status=status.get(code, _status(outcome)))


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
    if outcome.problems:
        told["problems"] = [problem_json(problem) for problem in outcome.problems]
    if outcome.status != "refused":
        told["version"] = outcome.version
    if outcome.notes:
        told["notes"] = [problem_json(problem) for problem in outcome.notes]
    if outcome.fact_id:
        told["fact"] = outcome.fact_id
    return told
