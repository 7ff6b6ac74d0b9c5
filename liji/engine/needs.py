"""What a compiled plan wants to be given: fact types, their fields, targets and attributes."""

from collections.abc import Mapping
from dataclasses import dataclass

from liji.plan.crediting import entries_of
from liji.plan.facts import BUILT_IN
from liji.plan.model import Component
from liji.plan.model import Field
from liji.plan.model import How
from liji.plan.model import Plan
from liji.plan.model import Window
from liji.plan.typed import Role
from liji.plan.typed import references


@dataclass(frozen=True)
class Needs:
    """Facts of other types than `types` may be left out. `fields` are those read, the built-in ones among
    them.

    `ordered`: the order of a payee's facts matters; `levels`: facts of so many levels of people below are needed;
    `windows`: facts of other periods are. Facts of the types in `takes_back` need their originals, with all that was
    credited in the period of these, and what was taken back of them before. `entries`: what is counted, types with the
    field that says on which day (empty: the credit date); `dated`: some count on another day; `days`: the day on which
    a fact counts matters.
    """

    types: frozenset[str]
    fields: Mapping[str, Field]
    targets: tuple[str, ...]
    attributes: Mapping[str, Field]
    ordered: bool = False
    levels: int = 0
    windows: tuple[Window, ...] = ()
    takes_back: frozenset[str] = frozenset()
    entries: frozenset[tuple[str, str]] = frozenset()
    days: bool = False

    @property
    def dated(self) -> bool:
        """Whether a fact may count on another day than its credit date."""
        return any(field for _, field in self.entries)


def earned_field(component: str) -> str:
    """The field in which a fact of another period may bring what it is known to have earned in a component (what it has
    taken back: negative).
    """
    return f"earned({component})"


def _of_originals(component: Component, known: Mapping[str, Field]) -> dict[str, Field]:
    """The fields by which what takes back finds its original, and what is known of it."""
    back = component.clawback
    if back is None:
        return {}
    asked = [formula for formula in (back.amount, back.where) if formula is not None]
    used = {one.name for formula in asked for one in references(formula) if one.role is Role.FIELD}
    used |= {"amount", "credit_date", "external_id", "original_id"} | {name for name in (back.since, back.by) if name}
    name = earned_field(component.id)
    kind = back.taken.kind
    return {each: known[each] for each in sorted(used)} | {name: Field(name, component.called, kind, None)}


def needs_of(plan: Plan) -> Needs:
    """The needs of a plan."""
    known = {**BUILT_IN, **plan.fields}
    used: dict[str, Field] = {}
    for measure in plan.measures.values():
        for formula in measure.formulas:
            own = (reference.name for reference in references(formula) if reference.role is Role.FIELD)
            used |= {name: known[name] for name in own}
        used |= {measure.per: known[measure.per]} if measure.per else {}
    backs = [component.clawback for component in plan.components.values() if component.clawback]
    for component in plan.components.values():
        used |= _of_originals(component, known)
    types = frozenset(kind for measure in plan.measures.values() for kind in measure.of)
    measures = plan.measures.values()
    asked = [formula for measure in measures for formula in measure.formulas]
    running = any(reference.role is Role.RUNNING for formula in asked for reference in references(formula))
    return Needs(
        types,
        used,
        tuple(plan.targets),
        plan.attributes,
        ordered=running or bool(backs) or any(measure.per or measure.how is How.LAST for measure in measures),
        levels=max((len(measure.levels) for measure in measures), default=0),
        windows=tuple(dict.fromkeys(measure.window for measure in measures if measure.window)),
        takes_back=frozenset(kind for back in backs for kind in back.of),
        entries=entries_of(plan),
        days=plan.valid_from is not None or plan.valid_to is not None,
    )
