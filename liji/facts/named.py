"""The fields of fact types as conditions name them, those that the company has defined among them."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from liji.events.happenings import Named
from liji.events.happenings import Value
from liji.facts.models import FactType
from liji.facts.types import BUILT_IN
from liji.people.kept import kept

Fields = dict[tuple[str, str], Named]  # fact type and field → the name under which conditions know it
_SECONDS = 5
BUILT_IN_FIELDS = {own.name: own for _, _, _, _, fields in BUILT_IN.values() for own in fields}


def fields_beside(static: Iterable[Named]) -> Callable[[], Fields]:
    """Asks which fields there are beside the values that a kind of happening has in any case.

    A field of the same name and type in several fact types is one value. Where the types differ, or the name is
    taken, the name of the later one is that of its fact type with the field's: visit_score.
    """
    reserved = {each.name: each.type if _is_field(each) else None for each in static}

    @kept(_SECONDS)
    def ask() -> Fields:
        known: dict[str, str | None] = dict(reserved)
        found: Fields = {}
        for kind in FactType.objects.order_by("-built_in", "code"):
            for own in kind.fields:
                name = own["name"]
                if known.get(name, own["type"]) != own["type"]:
                    name = f"{kind.code}_{name}"
                known[name] = own["type"]
                zh, en = own["zh"].split("(")[0], own["en"].replace(" ", "_")
                found[kind.code, own["name"]] = Named(name, own["type"], zh, en)
        return found

    return ask


def _is_field(value: Named) -> bool:
    return value.name in BUILT_IN_FIELDS and BUILT_IN_FIELDS[value.name].type == value.type


def own_of(fields: Callable[[], Fields], static: Iterable[Named]) -> Callable[[], tuple[Named, ...]]:
    """The names among the fields that are not among the values that a kind has in any case."""
    taken = {each.name for each in static}
    return lambda: tuple({own.name: own for own in fields().values() if own.name not in taken}.values())


def told(fields: Fields, kind: str, given: Mapping[str, Any]) -> dict[str, Value]:
    """The fields of a record of a fact type under the names by which conditions know them."""
    values: dict[str, Value] = {own.name: None for own in fields.values()}
    own = {field: named for (code, field), named in fields.items() if code == kind}
    return values | {named.name: _value(given.get(field), named.type) for field, named in own.items()}


def _value(given: object, kind: str) -> Value:
    if given is None or given == "":
        return None
    if kind in ("number", "count", "money", "rate"):
        return Decimal(str(given))
    if kind == "date":
        return date.fromisoformat(str(given)[:10])
    return given is True if kind == "true/false" else str(given)
