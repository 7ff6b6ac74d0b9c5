"""What became of one row."""

from dataclasses import dataclass

from liji.people.problems import Problem

CREATED, CORRECTED, DUPLICATE, REFUSED = "created", "corrected", "duplicate", "refused"
PROPOSED = "proposed"


@dataclass(frozen=True)
class Result:
    """created, corrected, duplicate (nothing changed), proposed (somebody has to approve it) or refused, the last with
    problems.
    """

    status: str
    problems: tuple[Problem, ...] = ()


def refused(*problems: Problem) -> Result:
    return Result(REFUSED, problems)
