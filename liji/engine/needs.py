"""What a compiled plan wants to be given: fact types, their fields, targets and attributes."""

from collections.abc import Mapping
from dataclasses import dataclass

from liji.plan.facts import BUILT_IN
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
    `windows`: facts of other periods are; `groups`: the others who take part are.
    """

    types: frozenset[str]
    fields: Mapping[str, Field]
    targets: tuple[str, ...]
    attributes: Mapping[str, Field]
    ordered: bool = False
    levels: int = 0
    windows: tuple[Window, ...] = ()


def needs_of(plan: Plan) -> Needs:
    """The needs of a plan."""
    known = {**BUILT_IN, **plan.fields}
    used: dict[str, Field] = {}
    for measure in plan.measures.values():
        for formula in measure.formulas:
            own = (reference.name for reference in references(formula) if reference.role is Role.FIELD)
            used |= {name: known[name] for name in own}
        used |= {measure.per: known[measure.per]} if measure.per else {}
    types = frozenset(kind for measure in plan.measures.values() for kind in measure.of)
    measures = plan.measures.values()
    asked = [formula for measure in measures for formula in measure.formulas]
    running = any(reference.role is Role.RUNNING for formula in asked for reference in references(formula))
    return Needs(
        types,
        used,
        tuple(plan.targets),
        plan.attributes,
        ordered=running or any(measure.per or measure.how is How.LAST for measure in measures),
        levels=max((len(measure.levels) for measure in measures), default=0),
        windows=tuple(dict.fromkeys(measure.window for measure in measures if measure.window)),
    )
