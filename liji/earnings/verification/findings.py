"""What a verification finds: differences, what waits, what stands in closed periods."""

from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import datetime
from decimal import Decimal

KINDS = ("missing", "extra", "stale", "result", "failed", "record")


@dataclass(frozen=True)
class Difference:
    """One payee-period whose stored result is not what its inputs give.

    `kind`: missing (no result is stored), extra (a result is stored and nobody takes part), stale (an input has
    changed), result (same inputs, other result), failed (it cannot be worked out and the stored row does not say so, or
    the other way round), record (a broken record, only with `--records`).

    `start` is the first day, `end` the day after the last. `stored` and `right` are totals in `currency`; None where
    there is no result. `zh` and `en` say it in one sentence each, `cause` names the inputs that differ.
    """

    kind: str
    zh: str
    en: str
    payee: str = ""
    plan: str = ""
    start: date | None = None
    end: date | None = None
    stored: Decimal | None = None
    right: Decimal | None = None
    currency: str = ""
    cause: tuple[str, ...] = ()

    @property
    def amount(self) -> Decimal:
        """By how much the stored total is off, without its sign."""
        return abs((self.right or Decimal(0)) - (self.stored or Decimal(0)))


@dataclass
class Findings:
    """What a verification found.

    `cells` is how many payee-periods were compared, `pending` how many wait to be worked out, `oldest` since when the
    first of them waits. `late`: payee-periods in closed days whose result would be another one today. `unread`: what
    could not be verified, one sentence each. `finished` is False when the time did not suffice.
    """

    cells: int = 0
    differences: list[Difference] = field(default_factory=list)
    late: list[Difference] = field(default_factory=list)
    pending: int = 0
    oldest: datetime | None = None
    unread: list[str] = field(default_factory=list)
    seconds: float = 0.0
    finished: bool = True

    @property
    def largest(self) -> Difference | None:
        """The difference of the largest amount."""
        return max(self.differences, key=lambda each: each.amount, default=None)

    def add(self, other: "Findings") -> None:
        """Takes over what was found in another plan and period."""
        self.cells += other.cells
        self.differences += other.differences
        self.late += other.late
        self.pending += other.pending
        self.unread += other.unread
        self.oldest = min((each for each in (self.oldest, other.oldest) if each), default=None)
