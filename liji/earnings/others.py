"""What one payee's facts mean for others: managers above, later periods, the members of a group."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from decimal import Decimal

from liji.earnings.inputs import Inputs
from liji.earnings.models import PayeePeriod
from liji.engine import Compiled
from liji.engine import PayeePeriod as EnginePayeePeriod
from liji.engine import Result
from liji.engine import as_given
from liji.engine import group_values
from liji.engine import measured
from liji.engine import together
from liji.people import queries as people
from liji.plans import queries as plans

Share = tuple[int, int, date, date]  # payee, plan, start, end


def reached(touched: Collection[tuple[int, date]]) -> set[Share]:
    """The payee-periods that look at credits of (payee, day): the own, those of managers above, later ones."""
    shares = plans.shares_on(touched)
    reach = plans.reach()
    above: set[tuple[int, date]] = set()
    if reach.levels:
        above = people.managers_above(touched, reach.levels) - set(touched)
        shares |= {share for share in plans.shares_on(above) if share[1] in reach.rolling}
    if reach.windowed:
        shares |= _later(above | set(touched), reach.windowed)
    if reach.dated:
        shares |= _open(above | set(touched), reach.dated)
    return shares


def _later(touched: Collection[tuple[int, date]], windowed: Collection[int]) -> set[Share]:
    """The payee-periods that begin after a day, in plans that look back."""
    days: dict[int, date] = {}
    for payee, day in touched:
        days[payee] = min(day, days.get(payee, day))
    rows = PayeePeriod.objects.filter(payee__in=days, plan__in=windowed)
    found = rows.values_list("payee_id", "plan_id", "start", "end")
    return {share for share in found if share[2] > days[share[0]]}


def _open(touched: Collection[tuple[int, date]], dated: Collection[int]) -> set[Share]:
    """All open payee-periods of plans in which a fact counts on another day than its credit date."""
    closed = plans.closed_spans()
    rows = PayeePeriod.objects.filter(payee__in={payee for payee, _ in touched}, plan__in=dated)
    found = rows.values_list("payee_id", "plan_id", "start", "end")
    return {share for share in found if not plans.closed_until(share[2], closed)}


def among_others(row: PayeePeriod, given: Inputs, compiled: Compiled) -> tuple[EnginePayeePeriod, set[Share]]:
    """The payee with what groups come to, and the payee-periods of others for whom that has changed.

    The others stand in the groups with what was last worked out for them: whose own measures change, comes by here.
    """
    if not compiled.groups:
        return given.payee, set()
    same = PayeePeriod.objects.filter(plan=row.plan_id, start=row.start, version=given.version)
    others = list(same.exclude(pk=row.pk))
    known = [(other, result) for other in others if (result := _result(other)) is not None]
    members = [(as_given(compiled, result), _measures(compiled, result)) for _, result in known]
    members.append((given.payee, measured(compiled, given.payee, given.facts)))
    results = together(compiled, members)
    moved = {
        (other.payee_id, other.plan_id, other.start, other.end)
        for (other, before), after in zip(known, results[:-1], strict=True)
        if group_values(compiled, before) != group_values(compiled, after)
    }
    return replace(given.payee, groups=group_values(compiled, results[-1])), moved


def _result(row: PayeePeriod) -> Result | None:
    return Result.from_json(row.result) if row.result else None


def _measures(compiled: Compiled, result: Result) -> dict[str, Decimal]:
    found = {name: result.values.get(name) for name in compiled.plan.measures}
    return {name: value if isinstance(value, Decimal) else Decimal(0) for name, value in found.items()}
