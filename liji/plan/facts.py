"""Reads what a plan knows of facts and employees: fields, attributes, measures, targets."""

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

from liji.plan.checking import typed
from liji.plan.checking import wrong_result
from liji.plan.crediting import CREDIT_NAMES
from liji.plan.crediting import condition_of
from liji.plan.crediting import credited
from liji.plan.crediting import dated_by
from liji.plan.crediting import is_linear
from liji.plan.crediting import levels_of
from liji.plan.crediting import read_window
from liji.plan.keyed import for_each
from liji.plan.model import Crediting
from liji.plan.model import Field
from liji.plan.model import How
from liji.plan.model import Measure
from liji.plan.model import Missing
from liji.plan.model import Names
from liji.plan.model import Scalar
from liji.plan.model import Target
from liji.plan.numbers import MOST_PLACES
from liji.plan.numbers import percent
from liji.plan.numbers import places
from liji.plan.reading import Formula
from liji.plan.reading import Part
from liji.plan.reading import gathered
from liji.plan.reading import section
from liji.plan.scalars import as_kind
from liji.plan.scope import Scope
from liji.plan.source import Leaf
from liji.plan.source import Tree
from liji.plan.suggest import hint
from liji.plan.typed import Role
from liji.plan.typed import Typed
from liji.plan.typed import references
from liji.plan.types import DECLARABLE
from liji.plan.types import NUMERIC
from liji.plan.types import SPOKEN
from liji.plan.types import Kind

BUILT_IN: Mapping[str, Field] = MappingProxyType(
    {
        "amount": Field("amount", Names("金额", "amount"), Kind.MONEY, Decimal(0)),
        "quantity": Field("quantity", Names("数量", "quantity"), Kind.NUMBER, None),
        "credit_date": Field("credit_date", Names("归属日", "credit_date"), Kind.DATE, None),
        "type": Field("type", Names("类型", "type"), Kind.TEXT, ""),
        "external_id": Field("external_id", Names("外部编号", "external_id"), Kind.TEXT, ""),
        "share": Field("share", Names("份额", "share"), Kind.RATE, Decimal(1)),
        "currency": Field("currency", Names("币种", "currency"), Kind.TEXT, ""),
        "original_id": Field("original_id", Names("原单编号", "original_id"), Kind.TEXT, ""),
        "original_date": Field("original_date", Names("原单归属日", "original_date"), Kind.DATE, None),
        "role": Field("role", Names("角色", "role"), Kind.TEXT, "owner"),
    }
)
_FIELD = "cost: money"
_MEASURE = "sales: {of: order_closed, sum: amount}"


def read_fields(root: Part, key: str) -> dict[str, Field]:
    """The declared fields or attributes: `cost: money`, or `cost: {type: money, missing: 0, names: …}`."""
    return gathered(root.named(key, _FIELD), lambda name, tree: _field(name, tree, f"{key}.{name}", root))


def _field(name: str, tree: Tree, path: str, root: Part) -> Field | None:
    kinds = [kind.value for kind in DECLARABLE]
    if isinstance(tree, Leaf):
        if tree.text not in kinds:
            words = {"found": tree.text, "hint": hint(tree.text, kinds), "known": ", ".join(kinds)}
            root.findings.add("not_one_of", path, tree.mark, **words)
            return None
        kind = Kind(tree.text)
        return Field(name, Names(name, name), kind, _nothing(kind))
    part = section(tree, path, root.findings, _FIELD)
    if part is None:
        return None
    part.only("names", "type", "missing")
    if part.get("type") is None:
        part.missing("type", "type: money")
    kind = Kind(part.choice("type", kinds, default=Kind.TEXT))
    return Field(name, part.names(name), kind, _missing(part, kind))


def _missing(part: Part, kind: Kind) -> Scalar | None:
    leaf = part.leaf("missing", "0")
    if leaf is None:
        return _nothing(kind)
    value = as_kind(leaf.text, kind)
    if value is None:
        part.findings.add("not_decimal", part.at("missing"), leaf.mark, found=leaf.text)
    elif isinstance(value, Decimal) and places(value) > MOST_PLACES:
        part.findings.add("number_long", part.at("missing"), leaf.mark, found=leaf.text, limit=MOST_PLACES)
    return value


def _nothing(kind: Kind) -> Scalar | None:
    """What stands in for a value that a record does not have, unless the plan says: no text, not true."""
    if kind is Kind.TEXT:
        return ""
    return False if kind is Kind.BOOL else None


def read_measures(root: Part, fields: Scope, rules: Mapping[str, Crediting], period: str) -> dict[str, Measure]:
    """The measures, their formulas checked against the fields of facts and the rules of crediting."""
    found = root.named("measures", _MEASURE)
    scope = fields.with_names({**CREDIT_NAMES, **fields.names})
    return gathered(found, lambda name, tree: _measure(name, tree, root, scope, rules, period))


def _measure(
    name: str, tree: Tree, root: Part, fields: Scope, rules: Mapping[str, Crediting], period: str
) -> Measure | None:
    part = section(tree, f"measures.{name}", root.findings, _MEASURE)
    if part is None:
        return None
    part.only("names", "of", "where", "window", "per", "then", *How)
    ways = [how for how in How if part.has(how)]
    if len(ways) != 1:
        part.findings.add("measure_how", part.path, root.section.marks.get("measures", part.section.mark))
        return None
    how = ways[0]
    formula = part.formula(how) if how is not How.COUNT else None
    if how is not How.COUNT and formula is None:
        if part.get(how) is None:
            part.missing(how, f"{how}: amount")
        return None
    of = part.texts("of", "order_closed")
    if not of:
        part.missing("of", "of: order_closed")
    window = read_window(part, period)
    checked = _checked_measure(name, part, how, of, formula, fields, rules)
    if checked and how is How.LAST and (window or checked.levels):
        part.findings.add("last_over", part.at("last"), part.mark("last"))
    if checked and window:
        no_attributes((checked.formula, checked.where), part, str(how), "attribute_windowed")
    if checked and (part.has("per") or part.has("then")):
        return for_each(replace(checked, window=window), part, fields)
    return replace(checked, window=window) if checked else None


def _checked_measure(
    name: str,
    part: Part,
    how: How,
    of: tuple[str, ...],
    formula: Formula | None,
    fields: Scope,
    rules: Mapping[str, Crediting],
) -> Measure | None:
    types, rule = credited_types(of, rules, part, "of")
    dated = dated_by(rule)
    where = part.formula("where")
    condition = typed(where, fields, Kind.BOOL, part) if where else None
    if (where and condition is None) or (part.get("where") and not where):
        return None
    condition = condition_of(rule, credited(condition, rule) if condition else None)
    summed = typed(formula, fields, None, part) if formula else None
    if formula and summed is None:
        return None
    levels = levels_of(rule, summed)
    if rule and rule.levels:
        no_attributes((summed, condition), part, str(how), "attribute_rolled_up")
    if summed is None or formula is None:
        return Measure(name, part.names(name), Kind.COUNT, how, types, None, condition, levels, dated=dated)
    if any(share != 1 for share in levels) and not (how is How.SUM and is_linear(summed)):
        part.findings.add("credit_not_linear", formula.path, formula.leaf.place(0))
    summed = credited(summed, rule)
    if how is How.COUNT_DISTINCT:
        return Measure(name, part.names(name), Kind.COUNT, how, types, summed, condition, levels, dated=dated)
    if summed.kind not in NUMERIC:
        wrong_result(formula, SPOKEN[Kind.NUMBER], summed.kind, part)
        return None
    kind = Kind.NUMBER if summed.kind is Kind.PLAIN else summed.kind
    return Measure(name, part.names(name), kind, how, types, summed, condition, levels, dated=dated)


def no_attributes(formulas: Iterable[Typed | None], part: Part, key: str, code: str) -> None:
    """What is rolled up are others' facts, what a window looks at are other periods': attributes do not weigh them."""
    for name in sorted({used.name for one in formulas for used in references(one) if used.role is Role.ATTRIBUTE}):
        part.findings.add(code, part.at(key), part.mark(key), name=name)


def credited_types(
    of: tuple[str, ...], rules: Mapping[str, Crediting], part: Part, key: str
) -> tuple[tuple[str, ...], Crediting | None]:
    """The types of facts that count, and the rule by which they are credited, if one is named."""
    named = [rules[name] for name in of if name in rules]
    if len(of) > 1 and named:
        part.findings.add("rule_alone", part.at(key), part.mark(key), name=named[0].id)
    return (named[0].of, named[0]) if named else (of, None)


def read_targets(root: Part, measures: Mapping[str, Measure], terms: Scope) -> dict[str, Target]:
    """The targets: `sales:` alone, or `sales: {default: 200000, missing: none | error | 0%, factor: …, weight: 40%}`.

    `terms`: what the factor may name.
    """
    part = root.part("targets", "sales: {default: 200000}")
    found: dict[str, Target] = {}
    for name, tree in part.section.entries.items() if part else ():
        if part and name not in measures and "measures" in terms.declared.get(name, ()):
            continue  # the measure could not be read
        if part and name not in measures:
            words = {"name": name, "hint": hint(name, measures)}
            part.findings.add("target_of_unknown", part.at(name), part.mark(name), **words)
            continue
        own = section(tree, f"targets.{name}", root.findings, "sales: {default: 200000}")
        if own is not None:
            own.only("default", "missing", "factor", "weight")
            default = own.number("default")
            if default is not None and places(default) > MOST_PLACES:
                mark = own.mark("default")
                own.findings.add("number_long", own.at("default"), mark, found=default, limit=MOST_PLACES)
            factor = own.formula("factor")
            ramp = typed(factor, terms, Kind.RATE, own) if factor else None
            found[name] = Target(name, default, _without(own), ramp, own.number("weight"))
    _weights(root, found)
    return found


def _weights(root: Part, targets: Mapping[str, Target]) -> None:
    """Weights sum up to 100 %."""
    weights = [target.weight for target in targets.values() if target.weight is not None]
    total = sum(weights, Decimal(0))
    if weights and total != 1:
        root.findings.add("weights_sum", "targets", root.mark("targets"), found=percent(total))


def _without(part: Part) -> Missing | Decimal:
    leaf = part.leaf("missing", "none")
    if leaf is None:
        return Missing.NONE
    if leaf.text in tuple(Missing):
        return Missing(leaf.text)
    return part.decimal(leaf, part.at("missing")) or Decimal(0)
