"""How far somebody is on a track, worked out for many people at once from the performance file.

A criterion's share is what is reached ÷ what is needed, 100 % at most. In months in a row, each month that counts is
one of them, and the present month counts by its own share until it is reached. The whole is the mean of the
criteria's shares by their weights.
"""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN
from decimal import Decimal
from typing import Any

from liji.engine.conditions import Conditions
from liji.engine.errors import EngineError
from liji.performance import queries as performance
from liji.plan.periods import add_months
from liji.tracks.criteria import names
from liji.tracks.criteria import names_of_a_month
from liji.tracks.models import Criterion
from liji.training import queries as training

Answer = Decimal | str | bool | date | None
_EXACT = Decimal("0.000001")


@dataclass(frozen=True)
class Measured:
    """One criterion of one person. Figures in the formula's unit; `current` and `missing` are the present month's where
    months count. `run`: the months in a row that are reached; None where months do not count.
    """

    criterion: int
    current: Decimal | None
    missing: Decimal | None
    share: Decimal
    met: bool
    run: int | None = None
    months: tuple[tuple[date, Decimal | None, bool], ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "criterion": self.criterion,
            "current": _text(self.current),
            "missing": _text(self.missing),
            "share": str(self.share),
            "met": self.met,
            "run": self.run,
            "months": [[month.isoformat(), _text(value), met] for month, value, met in self.months],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Measured":
        months = tuple((date.fromisoformat(month), _read(value), met) for month, value, met in kept["months"])
        return cls(
            kept["criterion"], _read(kept["current"]), _read(kept["missing"]), Decimal(kept["share"]), kept["met"],
            kept["run"], months,
        )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _read(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def measure(
    criteria: Sequence[Criterion], employees: Collection[int], day: date
) -> dict[int, tuple[Decimal, list[Measured]]]:
    """Employee → (share of the whole, each criterion) as of the day."""
    found: dict[int, list[Measured]] = {employee: [] for employee in employees}
    values = values_on(employees, day) if any(not one.months for one in criteria) else {}
    depth = max((one.months for one in criteria), default=0)
    first = add_months(day.replace(day=1), -depth)
    history = performance.history(employees, first, day) if depth else {}
    for one in criteria:
        if one.months:
            rows = [(who, month) for who in employees for month in sorted(history[who], reverse=True)]
            answers = _ask(one, names_of_a_month(), [history[who][month] for who, month in rows], day)
            by_person: dict[int, list[tuple[date, Answer]]] = {who: [] for who in employees}
            for (who, month), answer in zip(rows, answers, strict=True):
                by_person[who].append((month, answer))
            for who in employees:
                found[who].append(_in_a_row(one, by_person[who][: one.months + 1]))
        else:
            answers = _ask(one, names(), [values[who] for who in employees], day)
            for who, answer in zip(employees, answers, strict=True):
                found[who].append(_as_of_today(one, answer))
    return {who: (_whole(criteria, own), own) for who, own in found.items()}


def values_on(employees: Collection[int], day: date) -> dict[int, dict[str, Answer]]:
    """The performance file's values, and what training adds: passed_<course>, has_<skill>."""
    passed, skills = training.finished_codes(employees), training.skills_of(employees, day)
    courses = [one.code for one in training.courses()]
    found: dict[int, dict[str, Answer]] = {}
    for who, own in performance.values_on(employees, day).items():
        found[who] = {
            **own,
            **{f"passed_{code}": code in passed[who] for code in courses},
            **{f"has_{held.skill.code}": held.state in ("held", "expiring") for held in skills[who]},
        }
    return found


def _ask(one: Criterion, known: Mapping, rows: Sequence[Mapping[str, Answer]], day: date) -> list[Answer]:
    """The formula's value for each row; None where it has none, or no longer fits what may be named."""
    compiled = Conditions.compile(known, {"criterion": one.formula}, gives=None)
    if isinstance(compiled, list):
        return [None] * len(rows)
    try:
        return [answers["criterion"] for answers in compiled.evaluate(rows, on=day)]
    except EngineError:
        return [_alone(compiled, row, day) for row in rows]


def _alone(compiled: Conditions, row: Mapping[str, Answer], day: date) -> Answer:
    try:
        return compiled.evaluate([row], on=day)[0]["criterion"]
    except EngineError:  # a division by zero: there is nothing to go by
        return None


def _reach(one: Criterion, answer: Answer) -> tuple[Decimal | None, Decimal | None, Decimal, bool]:
    """(current, missing, share, met) of one answer."""
    if one.needed is None:
        met = answer is True
        return None, None, Decimal(int(met)), met
    current = answer if isinstance(answer, Decimal) else Decimal(answer) if isinstance(answer, int) else None
    if current is None:
        return None, one.needed, Decimal(0), False
    met = current >= one.needed
    share = Decimal(1) if met else max(current / one.needed, Decimal(0)).quantize(_EXACT, ROUND_DOWN)
    return current, max(one.needed - current, Decimal(0)), share, met


def _as_of_today(one: Criterion, answer: Answer) -> Measured:
    return Measured(one.pk, *_reach(one, answer))


def _in_a_row(one: Criterion, months: list[tuple[date, Answer]]) -> Measured:
    """`months`: the present one first, then those before it."""
    reached = [(month, *_reach(one, answer)) for month, answer in months]
    run = 0
    for _, _, _, _, met in reached[1:]:
        if not met:
            break
        run += 1
    _, current, missing, share, met = reached[0]
    counted = min(run + int(met), one.months)
    done = counted >= one.months
    partly = Decimal(0) if met or done else share
    whole = Decimal(1) if done else ((counted + partly) / one.months).quantize(_EXACT, ROUND_DOWN)
    told = tuple((month, value, reached_then) for month, value, _, _, reached_then in reversed(reached))
    return Measured(one.pk, current, missing, whole, done, counted, told)


def _whole(criteria: Sequence[Criterion], measured: Sequence[Measured]) -> Decimal:
    """The mean by weights; below 100 % as long as anything is missing."""
    weights = sum((one.weight for one in criteria), Decimal(0))
    if not weights:
        return Decimal(0)
    sums = sum((one.weight * own.share for one, own in zip(criteria, measured, strict=True)), Decimal(0))
    return (sums / weights).quantize(_EXACT, ROUND_DOWN)
