"""Reads values, pools and components as far as they can be read alone, and brings them into an order in which each
follows what it needs.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from graphlib import CycleError
from graphlib import TopologicalSorter

from liji.plan.checking import typed
from liji.plan.model import Value
from liji.plan.reading import Formula
from liji.plan.reading import Part
from liji.plan.reading import gathered
from liji.plan.reading import section
from liji.plan.scope import Scope
from liji.plan.source import Leaf
from liji.plan.source import Tree
from liji.plan.syntax import Call
from liji.plan.syntax import Name
from liji.plan.syntax import Negation
from liji.plan.syntax import Operation
from liji.plan.syntax import Written
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.types import Kind

_VALUE = "reached: attainment(sales)"
_COMPONENT = "commission: {formula: sales * 1.5%}"
_POOL = "champions: {amount: 10000, among: all, who: attainment(sales) >= 100%}"
_FORMULAS = ("when", "formula", "cap", "floor")
_OF_POOLS = ("amount", "who", "by")
OF_FACTS = ("formula", "cap", "floor", "where")  # of a component that is worked out per fact


class Draft:
    """A value, a pool or a component with its formulas parsed but not yet checked."""

    def __init__(self, name: str, part: Part, role: Role, formulas: dict[str, Formula]) -> None:
        self.name = name
        self.part = part
        self.role = role
        self.formulas = formulas
        self.called = part.names(name)
        self.per = part.texts("per", "order_closed")

    @property
    def spellings(self) -> set[str]:
        """The names under which others refer to it."""
        return {self.name, self.called.zh, self.called.en}

    @property
    def has_no_floor(self) -> bool:
        """Whether it is said that a negative amount is meant."""
        return _no_floor(self.part)

    @property
    def over_the_period(self) -> dict[str, Formula]:
        """The formulas that speak of the period, not of a single fact."""
        return {key: found for key, found in self.formulas.items() if not (self.per and key in OF_FACTS)}


def read_drafts(root: Part) -> dict[str, Draft]:
    """The values, pools and components as far as they can be read alone."""
    pools = gathered(root.named("pools", _POOL), lambda name, tree: _pool(name, tree, root))
    values = gathered(root.named("values", _VALUE), lambda name, tree: _value(name, tree, root))
    components = gathered(root.named("components", _COMPONENT), lambda name, tree: _component(name, tree, root))
    for name in sorted((values.keys() | pools.keys()) & components.keys() | (values.keys() & pools.keys())):
        root.findings.add("name_taken", f"components.{name}", root.mark("components"), name=name, other="values")
    return {**values, **pools, **components}


def _value(name: str, tree: Tree, root: Part) -> Draft | None:
    path = f"values.{name}"
    if isinstance(tree, Leaf) and not tree.is_null:
        formula = root.parsed(tree, path)
        empty = section(Leaf("", True, tree.mark, tree.mark, 1), path, root.findings, _VALUE)
        return Draft(name, empty, Role.VALUE, {"formula": formula}) if formula and empty else None
    part = section(tree, path, root.findings, _VALUE)
    if part is None:
        return None
    part.only("names", "formula")
    return _draft(name, part, Role.VALUE)


def _component(name: str, tree: Tree, root: Part) -> Draft | None:
    part = section(tree, f"components.{name}", root.findings, _COMPONENT)
    if part is None:
        return None
    per_fact = ["where", "clawback"] if part.has("per") else ["clawback"]
    part.only("names", "per", *_FORMULAS, *per_fact, "reward", "due", "instalments")
    if part.has("per") and part.get("per") is None:
        part.missing("per", "per: order_closed")
        return None
    return _draft(name, part, Role.COMPONENT)


def _pool(name: str, tree: Tree, root: Part) -> Draft | None:
    part = section(tree, f"pools.{name}", root.findings, _POOL)
    if part is None:
        return None
    part.only("names", "among", *_OF_POOLS)
    if part.get("amount") is None:
        part.missing("amount", "amount: 10000")
        return None
    wanted = [key for key in _OF_POOLS if part.get(key) is not None]
    parsed = {key: formula for key in wanted if (formula := part.formula(key)) is not None}
    return Draft(name, part, Role.POOL, parsed) if len(parsed) == len(wanted) else None


def _draft(name: str, part: Part, role: Role) -> Draft | None:
    is_thing = part.text("reward", "money") not in (None, "money") if role is Role.COMPONENT else False
    if part.get("formula") is None and not is_thing:
        part.missing("formula", "formula: sales * 1.5%")
        return None
    no_floor = _no_floor(part)
    keys = (*_FORMULAS, "where") if part.has("per") else _FORMULAS
    wanted = [key for key in keys if part.get(key) is not None and not (key == "floor" and no_floor)]
    formulas = {key: part.formula(key) for key in wanted}
    parsed = {key: formula for key, formula in formulas.items() if formula is not None}
    return Draft(name, part, role, parsed) if len(parsed) == len(formulas) else None


def _no_floor(part: Part) -> bool:
    floor = part.get("floor")
    return isinstance(floor, Leaf) and floor.text == "none"


def in_order(drafts: Mapping[str, Draft], root: Part) -> list[Draft]:
    """Each after all that it refers to; a circle is reported and leaves nothing in order."""
    by_spelling = {spelling: name for name, draft in drafts.items() for spelling in draft.spellings}
    graph = {
        name: [
            by_spelling[used]
            for formula in draft.over_the_period.values()
            for used in _names(formula.tree)
            if used in by_spelling
        ]
        for name, draft in drafts.items()
    }
    try:
        return [drafts[name] for name in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        circle = list(reversed(error.args[1]))
        draft = drafts[circle[0]]
        mark = next(iter(draft.formulas.values())).leaf.mark
        root.findings.add("cycle", f"{draft.part.path}.formula", mark, cycle=" → ".join(circle))
        return []


def _names(tree: Written) -> Iterator[str]:
    if isinstance(tree, Name):
        yield tree.name
    elif isinstance(tree, Negation):
        yield from _names(tree.operand)
    elif isinstance(tree, Operation):
        yield from _names(tree.left)
        yield from _names(tree.right)
    elif isinstance(tree, Call):
        for argument in tree.arguments:
            yield from _names(argument)


def check_value(draft: Draft, scope: Scope) -> Value | None:
    """The value with its formula checked."""
    formula = typed(draft.formulas["formula"], scope, None, draft.part)
    return Value(draft.name, draft.called, formula) if formula else None


def reference(draft: Draft, kind: Kind) -> dict[str, Reference]:
    """The names under which a checked draft is known to those after it."""
    own = Reference(draft.role, draft.name, kind)
    return {name: own for name in draft.spellings if name.isidentifier()}
