"""The periods of plans: which days make up a period of a plan, and which version is in force in it."""

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from liji.plan.periods import period_of
from liji.plans.participation import Days
from liji.plans.participation import within


@dataclass(frozen=True)
class Published:
    """One publication of a version: its number, what it says of periods, and the days on which it is in force."""

    version: int
    kind: str  # month, half-month, quarter, year
    year_starts: int  # month
    days: Days

    @property
    def rule(self) -> tuple[str, int]:
        """What says which days are a period."""
        return self.kind, self.year_starts

    def period(self, day: date) -> Days:
        """The period of this version in which a day falls."""
        return period_of(day, self.kind, year_starts=self.year_starts)


@dataclass(frozen=True)
class Calendar:
    """The publications of every plan, in order. Read anew for each change and calculation: they are few."""

    plans: Mapping[int, tuple[Published, ...]]
    fiscal_year_starts: int = 1  # month; of plans that state no own

    def version(self, plan: int, period: Days) -> int | None:
        """The version in force on the first day of a period on which any is; None when these days are no period of it.
        """
        held = next((each for each in self.plans.get(plan, ()) if within(each.days, period)), None)
        if held is None or held.period(max(period[0], held.days[0])) != period:
            return None
        return held.version

    def periods(self, plan: int, start: date, end: date) -> Iterator[Days]:
        """The periods of a plan that share a day with those from `start` up to, not including, `end`; in order."""
        for held in self.plans.get(plan, ()):
            first = held.period(held.days[0])[0] if held.days[0] > date.min else start
            day, last = max(start, first), min(end, held.days[1])
            while day < last:
                period = held.period(day)
                if self.version(plan, period) == held.version and within(period, (start, end)):
                    yield period
                day = period[1]

    def versions(self) -> set[tuple[int, int]]:
        """(plan, version) of every publication."""
        return {(plan, each.version) for plan, held in self.plans.items() for each in held}

    def begins_with(self, plan: int, day: date) -> date | None:
        """When periods of another kind follow on a day that begins no period of both: the next day that does."""
        both = [each for each in self.plans.get(plan, ()) if day in each.days]
        if len(both) < 2 or both[0].rule == both[1].rule:
            return None
        begin = day
        while any(each.period(begin)[0] != begin for each in both):
            begin = both[1].period(begin)[1]
        return begin if begin != day else None
