"""The names of all values that a result of a plan holds, in order: what examples expect and traces show."""

from collections.abc import Iterator

from liji.plan.model import Component
from liji.plan.model import Plan
from liji.plan.typed import Group
from liji.plan.typed import Lookup
from liji.plan.typed import Marginal
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.typed import Typed
from liji.plan.typed import parts
from liji.plan.typed import written


def result_names(plan: Plan) -> tuple[str, ...]:
    """Measures, targets, attainments, lookups, values, components (gate, raw, amount, reason), total,
    eligible.
    """
    names = [*plan.attributes, "eligible", *plan.measures]
    for measure, target in plan.targets.items():
        names += [f"quota({measure})"] if target.factor is not None else []
        names += [f"target({measure})", f"attainment({measure})"]
    for key, found in lookups(plan).items():
        names += [key, f"band({found.table}, {written(found.argument)})"]
    names += [written(group) for group in groups(plan)]
    names += [f"opening({balance})" for balance in plan.balances]
    names += plan.values
    for component in plan.components:
        names += [f"{component}.when", f"{component}.raw", f"{component}.reason", component]
        names += [part_name(component, at) for at, _ in enumerate(plan.components[component].instalments, start=1)]
    names += [f"closing({balance})" for balance in plan.balances]
    return tuple(dict.fromkeys([*names, "total"]))


def attributes_read(plan: Plan) -> frozenset[str]:
    """The attributes that a formula of the plan reads or a group is made by; the others are only shown."""
    formulas = [plan.eligible, *_all(plan)]
    formulas += [formula for measure in plan.measures.values() for formula in measure.formulas]
    formulas += [target.factor for target in plan.targets.values()]
    formulas += [formula for pool in plan.pools.values() for formula in (pool.amount, pool.weight)]
    found = {pool.over for pool in plan.pools.values()}
    for part in (part for formula in formulas if formula is not None for part in parts(formula)):
        if isinstance(part, Reference) and part.role is Role.ATTRIBUTE:
            found.add(part.name)
        elif isinstance(part, Group):
            found.add(part.over)
    return frozenset(name for name in found if name is not None)


def part_name(component: str, number: int) -> str:
    """The name of an instalment's amount, counted from 1."""
    return f"part({component}, {number})"


def groups(plan: Plan) -> list[Group]:
    """Every value over a group that stands in values, components or balances."""
    found = {written(part): part for formula in _all(plan) for part in parts(formula) if isinstance(part, Group)}
    return list(found.values())


def _all(plan: Plan) -> list[Typed]:
    formulas = [formula for name in plan.order for formula in formulas_of(plan, name)]
    return formulas + [balance.closing for balance in plan.balances.values()]


def lookups(plan: Plan) -> dict[str, Lookup | Marginal]:
    """Every reading of a table that stands in values or components, by its fixed spelling."""
    found: dict[str, Lookup | Marginal] = {}
    for formula in _all(plan):
        for part in parts(formula):
            if isinstance(part, Lookup | Marginal):
                found.setdefault(written(part), part)
    return found


def formulas_of(plan: Plan, name: str) -> Iterator[Typed]:
    """The formulas of a value or component, its gate first."""
    if name in plan.values:
        yield plan.values[name].formula
        return
    component: Component = plan.components[name]
    own = (component.when, component.formula, component.cap, component.floor)
    yield from (formula for formula in own if formula is not None)
