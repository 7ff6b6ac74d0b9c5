"""Where a month ends if it goes on as it has: by workdays, and paid as the plan itself pays.

Workdays are Monday to Friday on which the payee takes part in the plan; the present one is among those past.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from decimal import ROUND_HALF_UP
from decimal import Decimal

from liji.earnings import inputs
from liji.earnings import whatif
from liji.earnings.models import PayeePeriod
from liji.earnings.queries import Progress
from liji.earnings.queries import progress
from liji.engine import EngineError
from liji.engine import Result
from liji.engine import as_given
from liji.engine import compile_plan
from liji.engine import walk_to_result
from liji.people import queries as people
from liji.plan.types import Kind
from liji.plans import queries as plans

SATURDAY = 5


@dataclass(frozen=True)
class Pace:
    """`past` of `whole` workdays are over; `total` is the pay at the end, in `currency`.

    With `progress` (where the plan has a target for an amount) so much is assumed for each workday to come: `a_day`.
    Without it the pay itself goes on as it has.
    """

    past: int
    whole: int
    currency: str
    so_far: Decimal
    total: Decimal
    a_day: Decimal
    progress: Progress | None
    expected: Progress | None

    @property
    def to_come(self) -> int:
        """Workdays that are still to come."""
        return self.whole - self.past


def workdays(spans: Iterable[plans.Days]) -> Iterator[date]:
    """The days from Monday to Friday in some stretches of days."""
    for start, end in spans:
        days = (start + timedelta(days=each) for each in range((end - start).days))
        yield from (day for day in days if day.weekday() < SATURDAY)


def pace(payee_period: int, day: date) -> Pace | None:
    """Where a payee-period ends at its pace so far; None before its first workday, or without a result.

    Nothing is kept. Raises PayeePeriod.DoesNotExist.
    """
    row = PayeePeriod.objects.select_related("version__plan", "plan").get(pk=payee_period)
    days = list(workdays(plans.participation(row.payee_id, row.plan_id, (row.start, row.end))))
    past = sum(1 for each in days if each <= day)
    if row.result is None or not past:
        return None
    result = Result.from_json(row.result)
    own = progress(row, result)
    plan = plans.parsed(row.version)
    if own is None or own.value <= 0 or plan.measures[own.measure].kind is not Kind.MONEY:
        total, a_day = (_rounded(row.total * count / past, plan.minor_unit) for count in (len(days), 1))
        return Pace(past, len(days), _currency(row), row.total, total, a_day, None, None)
    a_day = _rounded(own.value / past, plan.minor_unit)
    after = _after(row, result, a_day, [each for each in days if each > day])
    if after is None:
        return None
    return Pace(past, len(days), _currency(row), row.total, after.total, a_day, own, progress(row, after))


def _after(row: PayeePeriod, result: Result, a_day: Decimal, days: list[date]) -> Result | None:
    """The result with one deal of `a_day` on each of the days; None where the plan cannot be asked."""
    if not days:
        return result
    given = inputs.gather(row)
    if given is None:
        return None
    compiled = compile_plan(plans.parsed(row.version))
    facts = whatif.counted(row, given.facts)
    asked = [*facts, *whatif.deals(compiled, row, a_day, days, after=len(facts))]
    try:
        return walk_to_result(compiled, as_given(compiled, result), asked)[0]
    except EngineError:
        return None


def _currency(row: PayeePeriod) -> str:
    return row.currency or people.company().currency


def _rounded(amount: Decimal, places: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
