"""Measures that are told for each customer, each product: `per` a field, and `then` what each one's comes to."""

from dataclasses import replace

from liji.plan.checking import typed
from liji.plan.checking import wrong_result
from liji.plan.model import How
from liji.plan.model import Measure
from liji.plan.reading import Part
from liji.plan.scope import Scope
from liji.plan.suggest import hint
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.types import NUMERIC
from liji.plan.types import SPOKEN
from liji.plan.types import Kind

EACH = ("each", "每个")


def for_each(measure: Measure, part: Part, fields: Scope) -> Measure | None:
    """The measure told for each value of a text field. `fields`: what may be named of a fact.

    What it sums up for each of them must lie in the payee's own period: over a window or a roll-up the parts would have
    to be put together first.
    """
    key = part.text("per", "customer", needed=True)
    formula = part.formula("then")
    if formula is None and part.get("then") is None:
        part.missing("then", "then: MIN(each, 100000)")
    if key is None or formula is None:
        return None
    field = fields.names.get(key)
    named = fields.names.items()
    texts = {name: found for name, found in named if found.role is Role.FIELD and found.kind is Kind.TEXT}
    if field is None and "fields" in fields.declared.get(key, ()):  # it could not be read
        return None
    if field is None or field.name not in {found.name for found in texts.values()}:
        part.findings.add("per_text", part.at("per"), part.mark("per"), name=key, hint=hint(key, texts))
        return None
    if measure.window or measure.levels or measure.how in (How.LAST, How.COUNT_DISTINCT):
        part.findings.add("per_alone", part.at("per"), part.mark("per"))
        return None
    own = Reference(Role.EACH, "each", measure.kind)
    attributes = {name: found for name, found in fields.names.items() if found.role is Role.ATTRIBUTE}
    names = {**dict.fromkeys(EACH, own), **attributes}
    scope = replace(fields, names=names, sees=fields.sees - {"fields"})
    then = typed(formula, scope, None, part)
    if then is None:
        return None
    if then.kind is not Kind.BOOL and then.kind not in NUMERIC:
        wrong_result(formula, SPOKEN[Kind.NUMBER], then.kind, part)
        return None
    kind = {Kind.BOOL: Kind.COUNT, Kind.PLAIN: Kind.NUMBER}.get(then.kind, then.kind)
    return replace(measure, kind=kind, per=field.name, then=then)
