"""Whom one payee's facts reach: managers above, later periods."""

from collections.abc import Collection
from datetime import date

from liji.earnings.models import PayeePeriod
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
