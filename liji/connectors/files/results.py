"""What became of one row."""

from dataclasses import dataclass

from liji.people.problems import Problem

CREATED, CORRECTED, DUPLICATE, REFUSED = "created", "corrected", "duplicate", "refused"
PROPOSED = "proposed"
STALE, RETRACTED = "stale", "retracted"


@dataclass(frozen=True)
class Result:
    """created, corrected, duplicate (nothing changed), proposed (somebody has to approve it), retracted, stale (an
    older version, not applied) or refused, the last two with problems. `notes` are no problems.
    """

    status: str
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    undone: bool = False  # refused in a later pass over the file: what the first one created is taken away again


def refused(*problems: Problem) -> Result:
    return Result(REFUSED, problems)
