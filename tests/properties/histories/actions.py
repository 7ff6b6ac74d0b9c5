"""What happens in a history: small frozen actions whose references are relative, so that any part of one is a history.

`who` and `other` are places among the people there, `what` one among the records, units or plans there, `days` how many
days before the present one, `size` an amount or a choice. The interpreter takes each modulo what there is.
"""

import os
from collections.abc import Iterable
from typing import NamedTuple

from hypothesis import strategies as st


class Action(NamedTuple):
    """One thing that happens."""

    verb: str
    who: int = 0
    other: int = 0
    what: int = 0
    days: int = 0
    size: int = 0

    def __str__(self) -> str:
        told = [f"{name}={value}" for name, value in zip(self._fields[1:], self[1:], strict=True) if value]
        return " ".join([self.verb, *told])

    @classmethod
    def read(cls, line: str) -> "Action":
        """What `str` wrote."""
        verb, *told = line.split()
        return cls(verb, **{name: int(value) for name, value in (each.split("=") for each in told)})


DEEP = os.environ.get("LIJI_DEEP") == "1"
WEIGHTS = {
    "sale": 16,
    "payment": 4,
    "shared": 6,
    "amount": 4,
    "owner": 3,
    "redated": 3,
    "reshared": 2,
    "returned": 4,
    "cancelled": 3,
    "retract": 3,
    "file": 2,
    "file_back": 2,
    "entry": 4,
    "rehire": 3,
    "exit": 3,
    "stay": 2,
    "transfer": 6,
    "manager": 3,
    "file_person": 2,
    "file_manager": 2,
    "grade": 3,
    "team": 2,
    "target": 4,
    "weighted": 1,
    "unit_moved": 3,
    "publish": 3,
    "other_period": 2,
    "assign": 3,
    "assign_unit": 2,
    "end_part": 2,
    "unassign": 1,
    "fiscal_year": 1,
    "next_day": 3,
    "month": 3,
    "work": 6,
    "work_half": 4,
}
_VERBS = [verb for verb, weight in WEIGHTS.items() for _ in range(weight)]
FARTHEST = 78 if DEEP else 48  # days back: the first credit of a history is older, so results are due since then

# Half of what happens is of today; the rest lies back, near days more often than far ones.
_DAYS = st.one_of(
    st.just(0),
    st.integers(0, 20),
    st.just(0),
    st.one_of(st.integers(0, FARTHEST // 2), st.integers(0, FARTHEST)),
)
_SMALL = st.integers(0, 11)
ACTION = st.builds(Action, st.sampled_from(_VERBS), _SMALL, _SMALL, _SMALL, _DAYS, st.integers(0, 40))


def histories(shortest: int = 5, longest: int = 40 if DEEP else 16) -> st.SearchStrategy[list[Action]]:
    """Lists of actions; hypothesis makes a failing one shorter and its numbers smaller."""
    return st.lists(ACTION, min_size=shortest, max_size=longest)


def read(text: str) -> tuple[list[int], list[Action]]:
    """The plans (by place) and actions of a history that is kept in a file."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [int(number) for number in lines[0].removeprefix("plans ").split()], [
        Action.read(line) for line in lines[1:]
    ]


def written(plans: Iterable[int], actions: list[Action]) -> str:
    """The text that `read` reads."""
    return "\n".join(["plans " + " ".join(map(str, plans)), *map(str, actions)]) + "\n"
