"""The JSON Schema of plan documents, for editors and integrators: what a document may hold, not yet what it means."""

from collections.abc import Mapping
from typing import Any

from liji.plan.components import REWARDS
from liji.plan.currencies import MINOR_UNITS
from liji.plan.loading import PERIODS
from liji.plan.model import How
from liji.plan.types import DECLARABLE

Schema = dict[str, Any]

_NAME = "^[a-z][a-z0-9_]*$"
_TEXT: Schema = {"type": "string"}
_NOTHING: Schema = {"type": ["null", "string"], "maxLength": 0}
_SCALAR: Schema = {"type": ["string", "number", "boolean", "null"]}
_NUMBER: Schema = {
    "anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^\s*[-−]?[0-9.０-９]+\s*[%％万亿]?\s*$"}]
}
_DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_FORMULA: Schema = {"type": ["string", "number", "boolean"]}
_NAMES: Schema = {"anyOf": [_TEXT, {"$ref": "#/$defs/names"}]}
_TEXTS: Schema = {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]}
_EDGES = ("below", "through", "beyond")
_GIVES = ("rate", "money", "factor")


def json_schema() -> Schema:
    """The schema (draft 2020-12) of a plan as YAML or JSON; numbers may be written as texts, as `1.5%` is."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Liji plan",
        **_object(_root(), needed=("plan", "currency")),
        "$defs": {"names": _object({"zh": _TEXT, "en": _TEXT}), "band": _band()},
    }


def _object(keys: Mapping[str, Schema], *, needed: tuple[str, ...] = ()) -> Schema:
    found: Schema = {"type": "object", "properties": dict(keys), "additionalProperties": False}
    return {**found, "required": list(needed)} if needed else found


def _named(own: Schema, pattern: str = _NAME) -> Schema:
    """Ids with what each of them is."""
    return {"type": ["object", "null"], "patternProperties": {pattern: own}, "additionalProperties": False}


def _list(own: Schema) -> Schema:
    return {"type": "array", "items": own}


def _one_of(*known: str) -> Schema:
    return {"enum": list(known)}


def _root() -> dict[str, Schema]:
    fields = _named({"anyOf": [_one_of(*_kinds()), _field()]})
    return {
        "plan": {"type": "string", "pattern": "^[a-z][a-z0-9_-]{0,60}$"},
        "names": _NAMES,
        "currency": _one_of(*sorted(MINOR_UNITS)),
        "period": _one_of(*PERIODS),
        "year_starts": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 12}, _NUMBER]},
        "valid": _object({"from": _DAY, "to": _DAY}),
        "eligible": _FORMULA,
        "attributes": fields,
        "fields": fields,
        "crediting": _named(_crediting()),
        "exchange": _named({"anyOf": [_NUMBER, _list(_object({"from": _DAY, "rate": _NUMBER}))]}, "^[A-Z]{3}$"),
        "measures": _named(_measure()),
        "targets": _named(_target()),
        "tables": _named(_table()),
        "values": _named({"anyOf": [_FORMULA, _object({"names": _NAMES, "formula": _FORMULA}, needed=("formula",))]}),
        "pools": _named(_pool()),
        "components": _named(_component()),
        "balances": _named(_balance()),
        "examples": _list(_example()),
    }


def _kinds() -> list[str]:
    return [kind.value for kind in DECLARABLE]


def _field() -> Schema:
    return _object({"names": _NAMES, "type": _one_of(*_kinds()), "missing": _SCALAR}, needed=("type",))


def _crediting() -> Schema:
    keys = {"names": _NAMES, "of": _TEXTS, "role": _TEXTS, "where": _FORMULA, "share": _NUMBER, "date": _TEXT}
    return _object({**keys, "roll_up": {"anyOf": [_NUMBER, _list(_NUMBER)]}}, needed=("of",))


def _measure() -> Schema:
    ways = {str(how.value): _SCALAR for how in How}
    each = {"per": _TEXT, "then": _FORMULA}
    return _object({"names": _NAMES, "of": _TEXTS, "where": _FORMULA, "window": _TEXT, **each, **ways}, needed=("of",))


def _target() -> Schema:
    keys = {"default": _NUMBER, "missing": _SCALAR, "factor": _FORMULA, "weight": _NUMBER}
    return {"anyOf": [_NOTHING, _object(keys)]}


def _table() -> Schema:
    bands = _list({"$ref": "#/$defs/band"})
    keys = {"names": _NAMES, "input": _one_of("money", "rate", "number", "count"), "before": _NUMBER}
    return _object(
        {
            **keys,
            "reads": _one_of("whole", "marginal"),
            "bands": bands,
            "rows": bands,
            "columns": bands,
            "points": bands,
        }
    )


def _band() -> Schema:
    gives = {key: {"anyOf": [_NUMBER, _list(_NUMBER)]} for key in _GIVES}
    edges = {"below": _NUMBER, "through": _NUMBER, "beyond": _NOTHING, "at": _NUMBER}
    return _object({**edges, "is": _TEXTS, "otherwise": _NOTHING, **gives})


def _pool() -> Schema:
    keys = {"names": _NAMES, "among": _TEXT, "amount": _FORMULA, "who": _FORMULA, "by": _FORMULA}
    return _object(keys, needed=("amount",))


def _component() -> Schema:
    clawback = _object(
        {"of": _TEXTS, "since": _TEXT, "by": _TEXT, "within": _NUMBER, "take": _SCALAR}, needed=("of", "within")
    )
    part = _object({"share": _NUMBER, "months_after": _NUMBER, "milestone": _TEXT}, needed=("share",))
    formulas = dict.fromkeys(("when", "formula", "cap", "floor", "where"), _FORMULA)
    return _object(
        {
            "names": _NAMES,
            "per": _TEXTS,
            **formulas,
            "clawback": clawback,
            "reward": _one_of(*REWARDS),
            "due": _object({"day": _NUMBER, "months_after": _NUMBER}),
            "instalments": _list(part),
        }
    )


def _balance() -> Schema:
    keys = {"names": _NAMES, "type": _one_of("money", "number", "count", "rate"), "start": _NUMBER}
    resets = _one_of("month", "quarter", "year")
    return _object({**keys, "resets": resets, "closing": _FORMULA}, needed=("closing",))


def _given(more: Mapping[str, Schema]) -> Schema:
    """What an example gives for a payee, and what it expects. Names of results may be written as formulas are."""
    values = {"type": ["object", "null"], "additionalProperties": _SCALAR}
    fact = {"type": "object", "properties": {"type": _TEXT}, "required": ["type"], "additionalProperties": _SCALAR}
    named = ("targets", "balances", "attributes", "expect")
    own = {**dict.fromkeys(named, values), "facts": {"type": ["array", "null"], "items": {"anyOf": [_TEXT, fact]}}}
    return _object({**own, **more})


def _example() -> Schema:
    payee = _given({"manager": _TEXT})
    several = {"type": "object", "additionalProperties": payee}
    return _given({"name": _TEXT, "period": _DAY, "payees": several})
