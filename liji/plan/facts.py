"""Reads what a plan knows of facts and employees: fields, attributes, measures, targets."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from liji.plan.checker import check
from liji.plan.model import Field
from liji.plan.model import How
from liji.plan.model import Measure
from liji.plan.model import Missing
from liji.plan.model import Names
from liji.plan.model import Scalar
from liji.plan.model import Target
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
from liji.plan.syntax import Slip
from liji.plan.typed import Typed
from liji.plan.types import DECLARABLE
from liji.plan.types import NUMERIC
from liji.plan.types import SPOKEN
from liji.plan.types import Kind
from liji.plan.types import fits

BUILT_IN: Mapping[str, Field] = MappingProxyType(
    {
        "amount": Field("amount", Names("金额", "amount"), Kind.MONEY, Decimal(0)),
        "quantity": Field("quantity", Names("数量", "quantity"), Kind.NUMBER, None),
        "credit_date": Field("credit_date", Names("归属日", "credit_date"), Kind.DATE, None),
        "type": Field("type", Names("类型", "type"), Kind.TEXT, ""),
        "external_id": Field("external_id", Names("外部编号", "external_id"), Kind.TEXT, ""),
        "share": Field("share", Names("份额", "share"), Kind.RATE, Decimal(1)),
    }
)
MOST_PLACES = 6  # decimals that are kept of an amount that comes in
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


def read_measures(root: Part, fields: Scope) -> dict[str, Measure]:
    """The measures, their formulas checked against the fields of facts."""
    found = root.named("measures", _MEASURE)
    return gathered(found, lambda name, tree: _measure(name, tree, root, fields))


def _measure(name: str, tree: Tree, root: Part, fields: Scope) -> Measure | None:
    part = section(tree, f"measures.{name}", root.findings, _MEASURE)
    if part is None:
        return None
    part.only("names", "of", "where", *How)
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
    return _checked_measure(name, part, how, of, formula, fields)


def _checked_measure(
    name: str, part: Part, how: How, of: tuple[str, ...], formula: Formula | None, fields: Scope
) -> Measure | None:
    where = part.formula("where")
    condition = typed(where, fields, Kind.BOOL, part) if where else None
    if (where and condition is None) or (part.get("where") and not where):
        return None
    if formula is None:
        return Measure(name, part.names(name), Kind.COUNT, how, of, None, condition)
    summed = typed(formula, fields, None, part)
    if summed is None:
        return None
    if how is How.COUNT_DISTINCT:
        return Measure(name, part.names(name), Kind.COUNT, how, of, summed, condition)
    if summed.kind not in NUMERIC:
        wrong_result(formula, SPOKEN[Kind.NUMBER], summed.kind, part)
        return None
    kind = Kind.NUMBER if summed.kind is Kind.PLAIN else summed.kind
    return Measure(name, part.names(name), kind, how, of, summed, condition)


def typed(formula: Formula, scope: Scope, wanted: Kind | None, part: Part) -> Typed | None:
    """The checked formula; None, with a finding, when it is wrong or gives another type than wanted."""
    found = check(formula.tree, scope)
    if isinstance(found, Slip):
        formula.report(found, part.findings)
        return None
    if wanted is not None and not fits(found.kind, wanted):
        wrong_result(formula, SPOKEN[wanted], found.kind, part)
        return None
    return found


def wrong_result(formula: Formula, wanted: tuple[str, str], found: Kind, part: Part) -> None:
    """Notes that a formula gives another type than its place asks for."""
    mends = {
        Kind.RATE: ("用金额乘以这个比率", "multiply the rate by an amount"),
        Kind.COUNT: (
            "用每个的金额乘以个数, 例如 500 * new_customers",
            "multiply by the money for each, for example 500 * new_customers",
        ),
        Kind.NUMBER: ("用每个的金额乘以它", "multiply it by the money for each"),
        Kind.BOOL: ("用 IF(条件, 是, 否)", "use IF(condition, yes, no)"),
    }
    mend = mends.get(found, ("改正公式", "correct the formula"))
    words = {"wanted": wanted, "found": SPOKEN[found], "mend": mend}
    part.findings.add("result_type", formula.path, formula.leaf.place(0), **words)


def read_targets(root: Part, measures: Mapping[str, Measure]) -> dict[str, Target]:
    """The targets: `sales:` alone, or `sales: {default: 200000, missing: none | error | 0%}`."""
    part = root.part("targets", "sales: {default: 200000}")
    found: dict[str, Target] = {}
    for name, tree in part.section.entries.items() if part else ():
        if part and name not in measures:
            words = {"name": name, "hint": hint(name, measures)}
            part.findings.add("target_of_unknown", part.at(name), part.mark(name), **words)
            continue
        own = section(tree, f"targets.{name}", root.findings, "sales: {default: 200000}")
        if own is not None:
            own.only("default", "missing")
            default = own.number("default")
            if default is not None and places(default) > MOST_PLACES:
                mark = own.mark("default")
                own.findings.add("number_long", own.at("default"), mark, found=default, limit=MOST_PLACES)
            found[name] = Target(name, default, _without(own))
    return found


def _without(part: Part) -> Missing | Decimal:
    leaf = part.leaf("missing", "none")
    if leaf is None:
        return Missing.NONE
    if leaf.text in tuple(Missing):
        return Missing(leaf.text)
    return part.decimal(leaf, part.at("missing")) or Decimal(0)
