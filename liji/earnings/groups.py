"""The members of a group in one calculation: those whose own inputs have changed, and those whom that moves."""

from collections.abc import Collection
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from decimal import Decimal

from liji.earnings import inputs
from liji.earnings.inputs import Inputs
from liji.earnings.models import PayeePeriod
from liji.engine import Compiled
from liji.engine import EngineError
from liji.engine import Line
from liji.engine import Result
from liji.engine import as_given
from liji.engine import compile_plan
from liji.engine import group_values
from liji.engine import together
from liji.engine import walk_to_results
from liji.plans import queries as plans


@dataclass
class Worked:
    """What a calculation of a group gave, by payee-period: inputs, results with their lines, and who has none.

    Who is among the dirty ones and has no `given` takes no part any more.
    """

    given: dict[int, Inputs] = field(default_factory=dict)
    found: dict[int, tuple[Result, list[Line]]] = field(default_factory=dict)
    failed: dict[int, EngineError] = field(default_factory=dict)


def work_out(members: Mapping[int, PayeePeriod], dirty: Collection[int]) -> Worked:
    """Works out the dirty ones among all members of a plan and period, and the others for whom the group has changed.

    The others stand in the group with what was last worked out for them. A member whose calculation fails is left out
    of the group, as in a calculation of everything, and is tried again each time. Raises EngineError when it cannot be
    said whose calculation failed.
    """
    dirty = {*dirty, *(number for number, row in members.items() if row.problem)}
    worked = Worked(given=inputs.gather_all([members[number] for number in sorted(dirty)]))
    there = {number: row for number, row in members.items() if number in worked.given or number not in dirty}
    version = next((own.version for own in worked.given.values()), None) or _version(there)
    if version is None:
        return worked
    compiled = compile_plan(plans.parsed(version))
    while True:
        try:
            worked.found = _attempt(compiled, version.pk, there, worked)
        except EngineError as error:
            number = next((number for number, row in there.items() if row.payee_id == error.payee), None)
            if number is None:
                raise
            del there[number]
            worked.failed[number] = error
        else:
            return worked


def _version(there: Mapping[int, PayeePeriod]) -> plans.PlanVersion | None:
    newest = max((row.version_id for row in there.values() if row.version_id), default=None)
    return newest and plans.version(newest)


def _attempt(
    compiled: Compiled, version: int, there: Mapping[int, PayeePeriod], worked: Worked
) -> dict[int, tuple[Result, list[Line]]]:
    own = [number for number in there if number in worked.given]
    known = {
        number: Result.from_json(row.result)
        for number, row in there.items()
        if number not in own and row.result and row.version_id == version
    }
    measured = {number: result for number, (result, _) in _walked(compiled, there, worked.given, own, {}).items()}
    members = [(as_given(compiled, result), _measures(compiled, result)) for result in known.values()]
    members += [(worked.given[number].payee, _measures(compiled, measured[number])) for number in own]
    results = together(compiled, members) if members else []
    groups = dict(zip([*known, *own], (group_values(compiled, result) for result in results), strict=True))
    moved = [number for number, before in known.items() if groups[number] != group_values(compiled, before)]
    fresh = [there[number] for number in moved if number not in worked.given]
    worked.given |= inputs.gather_all(fresh) if fresh else {}
    return _walked(compiled, there, worked.given, [n for n in [*own, *moved] if n in worked.given], groups)


def _walked(
    compiled: Compiled,
    there: Mapping[int, PayeePeriod],
    given: Mapping[int, Inputs],
    numbers: Collection[int],
    groups: Mapping[int, dict[str, Decimal]],
) -> dict[int, tuple[Result, list[Line]]]:
    """Results and lines of payee-periods with what their groups come to."""
    payees = [replace(given[number].payee, groups=groups.get(number, {})) for number in numbers]
    facts = [fact for number in numbers for fact in given[number].facts]
    found = walk_to_results(compiled, payees, facts) if payees else {}
    return {number: found[there[number].payee_id, there[number].start] for number in numbers}


def _measures(compiled: Compiled, result: Result) -> dict[str, Decimal]:
    found = {name: result.values.get(name) for name in compiled.plan.measures}
    return {name: value if isinstance(value, Decimal) else Decimal(0) for name, value in found.items()}
