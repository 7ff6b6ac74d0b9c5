"""What if one more deal is closed? The plan itself is asked, and what would be different is told node by node."""

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liji.earnings import inputs
from liji.earnings.models import PayeePeriod
from liji.earnings.queries import Progress
from liji.earnings.queries import progress
from liji.engine import Case
from liji.engine import Change
from liji.engine import Compiled
from liji.engine import EngineError
from liji.engine import Fact
from liji.engine import Result
from liji.engine import Step
from liji.engine import as_given
from liji.engine import compile_plan
from liji.engine import next_steps
from liji.engine import walk_to_result
from liji.engine import what_if
from liji.people import queries as people
from liji.people.problems import Problem
from liji.plan.crediting import credit_dates
from liji.plan.crediting import days_of
from liji.plan.numbers import places
from liji.plan.numbers import read_number
from liji.plans import queries as plans

_MOST = Decimal(10) ** 12


@dataclass(frozen=True)
class Answer:
    """What a deal of `amount` would bring, in the plan's currency; `steps` are those that come after it."""

    amount: Decimal
    currency: str
    total: Decimal
    change: Change
    steps: tuple[Step, ...]
    progress: Progress | None


def one_more_deal(payee_period: int, written: str) -> Answer | Problem:
    """The pay with one more deal of the amount as it was written (50000, 5万), today or on the period's last day.

    What others have sold stays as it is. Nothing is kept. Raises PayeePeriod.DoesNotExist.
    """
    row = PayeePeriod.objects.select_related("version__plan", "plan").get(pk=payee_period)
    given = inputs.gather(row) if row.result else None
    if row.result is None or given is None:
        return Problem("amount", "not_yet")
    compiled, result = compile_plan(plans.parsed(row.version)), Result.from_json(row.result)
    amount = _amount(written, compiled.plan.minor_unit)
    if isinstance(amount, Problem):
        return amount
    facts = counted(row, given.facts)
    day = min(max(people.today(), row.start), row.end - timedelta(days=1))
    asked = [*facts, *deals(compiled, row, amount, [day], after=len(facts))]
    try:
        after, _lines = walk_to_result(compiled, as_given(compiled, result), asked)
    except EngineError:
        return Problem("amount", "more_than_amount")
    language = "en" if (get_language() or "zh").startswith("en") else "zh"
    change = what_if(Case(compiled, result, facts), Case(compiled, after, asked), language)
    steps = tuple(next_steps(compiled, after, language))
    return Answer(amount, compiled.plan.currency, after.total, change, steps, progress(row, after))


def _amount(written: str, minor_unit: int) -> Decimal | Problem:
    found = read_number(written)
    if found is None:
        return Problem("amount", "not_a_number", {"value": written[:40]})
    if not 0 < found[0] <= _MOST:
        return Problem("amount", "not_above_zero" if found[0] <= 0 else "too_large", {"value": written[:40]})
    if places(found[0]) > minor_unit:
        return Problem("amount", "too_precise", {"value": written[:40], "places": str(minor_unit)})
    return found[0]


def counted(row: PayeePeriod, given: Iterable[Fact]) -> list[Fact]:
    """The facts that are in a payee-period's result, and those of earlier periods that its plan looks at."""
    known = {line["fact_id"] for line in row.lines}
    return [fact for fact in given if fact.id in known or fact.period < row.start]


def deals(compiled: Compiled, row: PayeePeriod, amount: Decimal, days: Sequence[date], *, after: int) -> list[Fact]:
    """Deals that are asked about, one a day: of the type that the first measure looks at, by the payee alone.

    No fact that is kept has their numbers: 0 and below.
    """
    plan = compiled.plan
    kind = next((kind for measure in plan.measures.values() for kind in measure.of), "order_closed")
    fields = {"share": Decimal(1), "role": "owner", "external_id": _("this deal"), "currency": plan.currency}
    dated = [field for own, field in credit_dates(plan) if own == kind]
    return [
        Fact(row.payee_id, row.start, -number, after + number, kind, day, amount, own, dated_by=by)
        for number, day in enumerate(days)
        for own in [fields | dict.fromkeys(dated, day)]
        for _, by in days_of(plan, kind, day, own)
    ]
