"""Everybody's results under one plan and period: as they stand, or worked out for a plan that nobody has yet."""

from collections.abc import Collection
from dataclasses import dataclass

from liji.earnings import inputs
from liji.earnings.models import PayeePeriod
from liji.engine import PayeePeriod as EnginePayeePeriod
from liji.engine import Result
from liji.engine import compile_plan
from liji.engine import measured
from liji.engine import together
from liji.plan import Plan
from liji.plans import queries as plans
from liji.plans.participation import Days


@dataclass(frozen=True)
class Standing:
    """A payee-period's last result (amounts in its `currency`); `pending` when something is not in it yet."""

    payee_period: int
    payee: int
    currency: str
    result: Result
    pending: bool


def standings(plan: int, period: Days) -> list[Standing]:
    """The last result of everybody in a plan and period; who has none yet is left out."""
    rows = PayeePeriod.objects.filter(plan=plan, start=period[0]).exclude(result=None).defer("lines")
    return [
        Standing(row.pk, row.payee_id, row.currency, Result.from_json(row.result), row.dirty_since is not None)
        for row in rows
    ]


def settled(plan: int, period: Days) -> bool:
    """Whether nothing of a plan and period waits to be worked out."""
    return not PayeePeriod.objects.filter(plan=plan, start=period[0], dirty_since__isnull=False).exists()


def worked_out(plan: Plan, employees: Collection[int], period: Days, days: list[Days]) -> dict[int, Result]:
    """Employee → result of a plan over the facts that are there, as if they took part on `days`; keeps nothing.

    The plan needs no attributes and no balances. Raises EngineError.
    """
    compiled = compile_plan(plan)
    quotas = plans.quotas_in(employees, period, plan)
    members = []
    for employee in sorted(employees):
        row = PayeePeriod(payee_id=employee, start=period[0], end=period[1])
        payee = EnginePayeePeriod(employee, period[0], targets=quotas.get(employee, {}))
        members.append((payee, measured(compiled, payee, inputs.frame(row, plan, days))))
    results = together(compiled, members) if members else []
    return {payee.payee: result for (payee, _), result in zip(members, results, strict=True)}
