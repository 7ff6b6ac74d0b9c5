"""What a payee carries from one period to the next."""

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import groupby

from liji.engine.compiler import Compiled
from liji.engine.data import Fact
from liji.engine.data import Link
from liji.engine.data import PayeePeriod
from liji.engine.data import Result
from liji.engine.running import run
from liji.plan.model import Plan
from liji.plan.periods import period_of


def brought_forward(plan: Plan, before: Result, start: date, *, year_starts: int) -> dict[str, Decimal]:
    """What the balances of an earlier result bring into the period that begins on `start`; not those that begin anew
    with it. `year_starts`: the month with which years begin.
    """
    found: dict[str, Decimal] = {}
    for name, balance in plan.balances.items():
        closing = before.values.get(f"closing({name})")
        anew = balance.resets and period_of(start, balance.resets, year_starts=year_starts)[0] > before.period
        if isinstance(closing, Decimal) and not anew:
            found[name] = closing
    return found


def run_in_turn(
    compiled: Compiled, payees: Sequence[PayeePeriod], facts: Iterable[Fact], links: Sequence[Link] = ()
) -> list[Result]:
    """As `run`, in the order given; balances go from each payee's period into the next that is given, over periods that
    are not. A balance that is given for a period holds in it. Raises EngineError.
    """
    if not compiled.plan.balances:
        return run(compiled, payees, facts, links)
    all_facts, found = list(facts), {}
    newest: dict[int, Result] = {}
    year_starts = compiled.plan.year_starts or 1
    for start, own in groupby(sorted(payees, key=lambda one: one.period), key=lambda one: one.period):
        carried = [_with_balances(compiled.plan, one, newest.get(one.payee), year_starts) for one in own]
        for result in run(compiled, carried, all_facts, links):
            found[result.payee, start] = newest[result.payee] = result
    return [found[one.payee, one.period] for one in payees]


def _with_balances(plan: Plan, payee: PayeePeriod, before: Result | None, year_starts: int) -> PayeePeriod:
    if before is None:
        return payee
    brought = brought_forward(plan, before, payee.period, year_starts=year_starts)
    return replace(payee, balances={**brought, **payee.balances})
