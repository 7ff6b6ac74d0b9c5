"""One plan and period worked out again in one batch and held against what is stored. Nothing is written."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any

from liji.earnings import inputs
from liji.earnings.models import PayeePeriod
from liji.engine import Compiled
from liji.engine import EngineError
from liji.engine import Fact
from liji.engine import Line
from liji.engine import Link
from liji.engine import Result
from liji.engine import compile_plan
from liji.engine import group_values
from liji.engine import run
from liji.engine import walk_to_results
from liji.plans import queries as plans


@dataclass
class Right:
    """What a plan and period come to, by id of the row: inputs, result with its lines, or why there is none."""

    given: Mapping[int, inputs.Inputs] = field(default_factory=dict)
    results: dict[int, Result] = field(default_factory=dict)
    lines: dict[int, list[Line]] = field(default_factory=dict)
    failed: dict[int, EngineError] = field(default_factory=dict)


def worked_out(rows: Sequence[PayeePeriod]) -> Right:
    """The results of rows of one plan and period, which are all members of its groups.

    The totals come from the batch query, other than those of the live path, which walks through the facts one by one;
    only what each fact brought is asked of the walk. Raises EngineError when it names no payee of these.
    """
    right = Right(given=inputs.gather_all(rows) if rows else {})
    there = {row.payee_id: row for row in rows if row.pk in right.given}
    if not there:
        return right
    compiled = compile_plan(plans.parsed(next(iter(right.given.values())).version))
    while there:
        try:
            _work_out(compiled, there, right)
        except EngineError as error:
            if error.payee not in there:
                raise
            right.failed[there.pop(error.payee).pk] = error
        else:
            break
    return right


def _work_out(compiled: Compiled, there: Mapping[int, PayeePeriod], right: Right) -> None:
    given = [right.given[row.pk] for row in there.values()]
    payees = [own.payee for own in given]
    facts, links = _owned([fact for own in given for fact in own.facts])
    results = run(compiled, payees, facts, links)
    groups: list[dict[str, Any]] = [group_values(compiled, result) for result in results]
    told = [replace(payee, groups=own) for payee, own in zip(payees, groups, strict=True)]
    walked = walk_to_results(compiled, told, [fact for own in given for fact in own.facts])
    for row, result in zip(there.values(), results, strict=True):
        right.results[row.pk], right.lines[row.pk] = result, walked[row.payee_id, row.start][1]


def _owned(frames: Sequence[Fact]) -> tuple[list[Fact], list[Link]]:
    """The facts of frames with owners, as the batch query wants them: those of people below get an owner of their own
    for each frame and level, below the payee whose frame it is. No payee has such a number.
    """
    owners: dict[tuple[int, int], int] = {}
    facts = []
    for fact in frames:
        if fact.level:
            owner = owners.setdefault((fact.payee, fact.level), -1 - len(owners))
            facts.append(replace(fact, payee=owner, level=0))
        else:
            facts.append(fact)
    return facts, [Link(owner, frame, level) for (frame, level), owner in owners.items()]
