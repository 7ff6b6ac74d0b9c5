"""Periods of one plan worked out again in one batch. Nothing is written."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace

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

    given: dict[int, inputs.Inputs] = field(default_factory=dict)
    results: dict[int, Result] = field(default_factory=dict)
    lines: dict[int, list[Line]] = field(default_factory=dict)
    failed: dict[int, EngineError] = field(default_factory=dict)


def worked_out(stretches: Sequence[Sequence[PayeePeriod]]) -> Right:
    """The results of the rows of some periods of one plan and version; of each period all members of its groups.

    The totals come from the batch query, other than those of the live path, which walks through the facts one by one;
    only what each fact brought is asked of the walk. Raises EngineError when it names no payee of these.
    """
    right, cells = Right(), {}
    for place, rows in enumerate(stretches, start=1):
        given = inputs.gather_all(rows) if rows else {}
        right.given |= given
        cells |= {place * _APART + row.payee_id: row for row in rows if row.pk in given}
    if not cells:
        return right
    compiled = compile_plan(plans.parsed(next(iter(right.given.values())).version))
    while cells:
        try:
            _work_out(compiled, cells, right)
        except EngineError as error:
            if error.payee not in cells:
                raise
            right.failed[cells.pop(error.payee).pk] = error
        else:
            break
    return right


# A payee has a number of its own in each period, so that the periods do not meet; in each they keep their order.
_APART = 10**12


def _work_out(compiled: Compiled, cells: Mapping[int, PayeePeriod], right: Right) -> None:
    payees, frames = [], []
    for number, row in cells.items():
        given = right.given[row.pk]
        payees.append(replace(given.payee, payee=number))
        frames += [replace(fact, payee=number) for fact in given.facts]
    results = run(compiled, payees, *_owned(frames))
    groups = [group_values(compiled, result) for result in results]
    told = [replace(payee, groups=own) for payee, own in zip(payees, groups, strict=True)]
    walked = walk_to_results(compiled, told, frames)
    for (number, row), result in zip(cells.items(), results, strict=True):
        right.results[row.pk] = replace(result, payee=row.payee_id)
        right.lines[row.pk] = walked[number, row.start][1]


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
