"""Reads what is paid: eligibility, named values and components, in an order in which each follows what it
needs.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from decimal import Decimal
from graphlib import CycleError
from graphlib import TopologicalSorter

from liji.plan.facts import typed
from liji.plan.model import Component
from liji.plan.model import Due
from liji.plan.model import How
from liji.plan.model import Measure
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
from liji.plan.typed import Apply
from liji.plan.typed import Constant
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.typed import Typed
from liji.plan.types import Kind

_VALUE = "reached: attainment(sales)"
_COMPONENT = "commission: {formula: sales * 1.5%}"
_FORMULAS = ("when", "formula", "cap", "floor")
_OF_FACTS = ("formula", "cap", "floor", "where")  # of a component that is worked out per fact


class Draft:
    """A value or component with its formulas parsed but not yet checked."""

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
    def over_the_period(self) -> dict[str, Formula]:
        """The formulas that speak of the period, not of a single fact."""
        return {key: found for key, found in self.formulas.items() if not (self.per and key in _OF_FACTS)}


def read_drafts(root: Part) -> dict[str, Draft]:
    """The values and components as far as they can be read alone."""
    values = gathered(root.named("values", _VALUE), lambda name, tree: _value(name, tree, root))
    components = gathered(root.named("components", _COMPONENT), lambda name, tree: _component(name, tree, root))
    for name in values.keys() & components.keys():
        root.findings.add("name_taken", f"components.{name}", root.mark("components"), name=name, other="values")
    return {**values, **components}


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
    part.only("names", "per", *_FORMULAS, *(["where"] if part.has("per") else []), "reward", "due")
    if part.has("per") and part.get("per") is None:
        part.missing("per", "per: order_closed")
        return None
    return _draft(name, part, Role.COMPONENT)


def _draft(name: str, part: Part, role: Role) -> Draft | None:
    if part.get("formula") is None:
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
        mark = draft.formulas["formula"].leaf.mark
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


def check_component(draft: Draft, scope: Scope, of_facts: Scope, minor_unit: int) -> Component | None:
    """The component with its formulas checked; those of a single fact against the names that a fact has."""
    checked: dict[str, Typed] = {}
    for key, formula in draft.formulas.items():
        names = of_facts if draft.per and key in _OF_FACTS else scope
        found = typed(formula, names, Kind.BOOL if key in ("when", "where") else Kind.MONEY, draft.part)
        if found is not None:
            checked[key] = found
    reward = draft.part.choice("reward", ["money"], default="money")
    due = _due(draft.part)
    if len(checked) < len(draft.formulas):
        return None
    if draft.per:
        each = _each(draft, checked, minor_unit)
        summed = Reference(Role.MEASURE, each.id, Kind.MONEY)
        never_negative = _no_floor(draft.part) or "floor" in checked
        when = checked.get("when")
        return Component(draft.name, draft.called, summed, when, None, None, never_negative, reward, due, each)
    return Component(
        draft.name,
        draft.called,
        formula=checked["formula"],
        when=checked.get("when"),
        cap=checked.get("cap"),
        floor=checked.get("floor"),
        floor_none=_no_floor(draft.part),
        reward=reward,
        due=due,
    )


def _each(draft: Draft, checked: Mapping[str, Typed], minor_unit: int) -> Measure:
    """The sum over the facts: of each the amount between floor and cap, rounded to the minor unit."""
    amount = checked["formula"]
    for key, pick in (("floor", "max"), ("cap", "min")):
        if key in checked:
            amount = Apply(pick, (amount, checked[key]), Kind.MONEY)
    rounded = Apply("round", (amount, Constant(Decimal(minor_unit), Kind.PLAIN)), Kind.MONEY)
    where = checked.get("where")
    return Measure(f"{draft.name}.each", draft.called, Kind.MONEY, How.SUM, draft.per, rounded, where)


def _due(part: Part) -> Due | None:
    own = part.part("due", "{day: 5, months_after: 1}")
    if own is None:
        return None
    own.only("day", "months_after")
    day, after = own.number("day"), own.number("months_after")
    for key, value, most in (("day", day, 31), ("months_after", after, 120)):
        if value is not None and value not in range(0 if key == "months_after" else 1, most + 1):
            own.findings.add("not_decimal", own.at(key), own.mark(key), found=value)
            return None
    return Due(int(day or 1), int(after or 0))


def reference(draft: Draft, kind: Kind) -> dict[str, Reference]:
    """The names under which a checked draft is known to those after it."""
    own = Reference(draft.role, draft.name, kind)
    return {name: own for name in draft.spellings if name.isidentifier()}
