"""The values that published plans name, as rules watch them: measures, attainments, bands, components, balances.

Results spell them as the plan language does, attainment(sales); conditions know each under a plain name,
attainment_sales.
"""

import re
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from liji.engine.data import Answer
from liji.events.happenings import Named
from liji.people.kept import kept
from liji.plan import Plan
from liji.plan.results import lookups
from liji.plan.typed import written
from liji.plan.types import NUMERIC
from liji.plan.types import Kind
from liji.plans import queries as plans

# Names that a happening has of itself; a plan's value that is called so gets a stroke behind its name.
_PROGRESS = ("attainment", "done", "target", "total")
_TAKEN = {"name", "position", "unit", "plan", "currency", "days_left", "to_go", *_PROGRESS}


@dataclass(frozen=True)
class Watched:
    """A named value of plans before and after something happened. `after` is what it is called in conditions."""

    before: Named
    after: Named


@kept(5)
def catalogue() -> dict[str, Watched]:
    """Every named number of the published plans, by its spelling in results; of the same name in two plans the newer
    version says what it is called, and a number it is where their types differ.
    """
    found: dict[str, tuple[str, str, Kind, bool]] = {}
    for version in plans.published_versions():
        for key, zh, en, kind, pay in _named(plans.parsed(version)):
            was = found.get(key)
            kind = Kind.NUMBER if kind is Kind.PLAIN or (was and was[2] is not kind) else kind
            found[key] = (zh, en, kind, pay or bool(was and was[3]))
    taken = _TAKEN | {f"{name}_before" for name in _PROGRESS}
    watched = {}
    for key, (zh, en, kind, pay) in sorted(found.items(), key=lambda one: ("(" in one[0], one[0])):
        name = re.sub(r"\W+", "_", key).strip("_")
        while name in taken or f"{name}_before" in taken:
            name += "_"
        taken |= {name, f"{name}_before"}
        after = Named(name, kind.value, zh, en.replace(" ", "_"), pay)
        watched[key] = Watched(Named(f"{name}_before", kind.value, f"此前{zh}", f"{after.en}_before", pay), after)
    return watched


def own() -> tuple[Named, ...]:
    """All of them, before and after."""
    return tuple(each for watched in catalogue().values() for each in (watched.after, watched.before))


def told(before: Mapping[str, Answer], after: Mapping[str, Answer]) -> dict[str, Answer]:
    """The named values of a result and of the one before it; what was before the first fact is nothing."""
    values: dict[str, Answer] = {}
    for key, watched in catalogue().items():
        if isinstance(now := after.get(key), Decimal):
            was = before.get(key)
            values[watched.after.name] = now
            values[watched.before.name] = was if isinstance(was, Decimal) else Decimal(0)
    return values


def _named(plan: Plan) -> Iterator[tuple[str, str, str, Kind, bool]]:
    """(spelling, Chinese, English, type, whether it is pay) of the numbers that a plan's results hold."""
    for measure in plan.measures.values():
        if not measure.id.isidentifier():  # what a component pays for each fact
            continue
        zh, en = measure.called.zh, measure.called.en
        yield measure.id, zh, en, measure.kind, False
        if measure.id in plan.targets:
            yield f"target({measure.id})", f"{zh}目标", f"{en} target", measure.kind, False
            yield f"attainment({measure.id})", f"{zh}达成率", f"{en} attainment", Kind.RATE, False
    for reading in lookups(plan).values():
        table = plan.tables[reading.table].called
        key = f"band({reading.table}, {written(reading.argument)})"
        yield key, f"{table.zh}所在档位", f"{table.en} band", Kind.COUNT, False
    for value in plan.values.values():
        if value.formula.kind in NUMERIC:
            yield value.id, value.called.zh, value.called.en, value.formula.kind, True
    for name, component in plan.components.items():
        kind = Kind.MONEY if component.reward == "money" else Kind.NUMBER
        yield name, component.called.zh, component.called.en, kind, True
    for name, balance in plan.balances.items():
        yield f"closing({name})", f"{balance.called.zh}余额", f"{balance.called.en} balance", balance.kind, True
