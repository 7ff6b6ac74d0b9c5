"""What the engine is given for one payee-period: the plan in force, the payee's quotas and attributes, the credits."""

import json
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from liji.earnings.models import PayeePeriod
from liji.engine import Fact
from liji.engine import PayeePeriod as EnginePayeePeriod
from liji.engine import Result
from liji.people import queries as people
from liji.plan import Plan
from liji.plan.periods import period_of
from liji.plans import queries as plans
from liji.plans.models import PlanVersion
from liji.plans.participation import Participation


@dataclass(frozen=True)
class Inputs:
    """Everything that a calculation reads."""

    version: PlanVersion
    payee: EnginePayeePeriod
    facts: tuple[Fact, ...]


def gather(row: PayeePeriod) -> Inputs | None:
    """The inputs of a payee-period; None when no plan is in force or the payee takes no part in it.

    Attributes are those of the last day on which the payee takes part in the period.
    """
    period = (row.start, row.end)
    known = Participation.load([row.payee_id], *period)
    number, days = known.version(row.plan_id, period), known.spans(row.payee_id, row.plan_id, period)
    if number is None or not days:
        return None
    version = plans.version(number)
    plan = plans.parsed(version)
    last = days[-1][1] - timedelta(days=1)
    payee = EnginePayeePeriod(
        payee=row.payee_id,
        period=row.start,
        targets=plans.quotas(row.payee_id, row.start),
        attributes=people.attributes_on(row.payee_id, last) if plan.attributes else {},
        balances=_brought_forward(row, plan) if plan.balances else {},
    )
    return Inputs(version, payee, credited_facts(row.payee_id, row.start, days, plan.currency))


def _brought_forward(row: PayeePeriod, plan: Plan) -> dict[str, Decimal]:
    """What the payee-period before has left in each balance, unless the balance begins anew with this one."""
    before = PayeePeriod.objects.filter(payee=row.payee_id, plan=row.plan_id, end=row.start).first()
    if before is None or before.result is None:
        return {}
    values = Result.from_json(before.result).values
    year_starts = people.company().fiscal_year_starts
    found: dict[str, Decimal] = {}
    for name, balance in plan.balances.items():
        closing = values.get(f"closing({name})")
        anew = balance.resets and period_of(row.start, balance.resets, year_starts=year_starts)[0] > before.start
        if isinstance(closing, Decimal) and not anew:
            found[name] = closing
    return found


_CREDITS = """
SELECT f.id, f.type, c.credit_date, c.amount, c.share, f.currency, f.external_id, f.fields
FROM facts_credit c JOIN facts_fact f ON f.id = c.fact_id
WHERE c.current AND c.payee_id = %s AND c.credit_date >= %s AND c.credit_date < %s
ORDER BY c.credit_date, f.occurred_at, f.id
"""


def credited_facts(payee: int, period: date, days: list[plans.Days], currency: str) -> tuple[Fact, ...]:
    """The facts credited to a payee on the given days, in the order in which they happened.

    Facts in another currency than the plan's are left out until the plan states a rate for them.
    """
    facts: list[Fact] = []
    with connection.cursor() as cursor:
        for start, end in days:
            cursor.execute(_CREDITS, [payee, start, end])
            for number, kind, day, amount, share, money, external_id, fields in cursor.fetchall():
                if money == currency:
                    own = _values(fields) | {"share": share, "external_id": external_id}
                    facts.append(Fact(payee, period, number, len(facts), kind, day, amount, own))
    return tuple(facts)


def _values(fields: Any) -> dict[str, Any]:
    return json.loads(fields, parse_float=Decimal) if isinstance(fields, str) else dict(fields)
