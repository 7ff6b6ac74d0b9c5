"""What a change wakes: which payee-periods must be worked out again because facts or terms have changed.

`cells` is the rule; `wake` and `wake_credited` apply it inside the transaction that makes the change, so that a
payee-period that is not dirty equals its inputs. Too many are safe, too few are not.
"""

from collections.abc import Collection
from collections.abc import Iterable
from datetime import date
from datetime import timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Min

from liji.base import clock
from liji.base import terms
from liji.earnings.models import Horizon
from liji.earnings.models import LateTruth
from liji.earnings.models import PayeePeriod
from liji.earnings.touched import Touched
from liji.earnings.touched import members_of
from liji.earnings.touched import take
from liji.earnings.waiting import mark_dirty
from liji.people import queries as people
from liji.plan.periods import earliest
from liji.plans import queries as plans
from liji.plans.calendar import Calendar
from liji.plans.participation import Days
from liji.plans.participation import Participation
from liji.plans.participation import within

Cell = tuple[int, int, date, date]  # payee, plan, first day, day after the last
FACTS = "facts"


class Stretch(NamedTuple):
    """Days of a payee that a change touches; `rolling`: only in plans that read the credits of people below."""

    payee: int
    start: date
    end: date
    rolling: bool = False


class Terms(NamedTuple):
    """What is read to say which payee-periods there are."""

    calendar: Calendar
    reach: plans.Reach
    known: Participation
    horizon: date
    tomorrow: date


def cells(stretches: Collection[Stretch], stored: Iterable[Cell], held: Terms) -> set[Cell]:
    """The payee-periods that stretches of days touch.

    Stored ones that share a day with a stretch stand for whoever took part before; those who take part now have one in
    each period that has begun. In plans whose windows look back, later stored ones that read those days are touched.
    """
    by_payee: dict[int, list[Stretch]] = {}
    for stretch in stretches:
        by_payee.setdefault(stretch.payee, []).append(stretch)
    found = {
        cell for cell in stored if any(_reads(cell, stretch, held) for stretch in by_payee.get(cell[0], ()))
    }
    for stretch in stretches:
        found.update(_taking_part(stretch, held))
    return found


def _reads(cell: Cell, stretch: Stretch, held: Terms) -> bool:
    _, plan, start, end = cell
    if stretch.rolling and plan not in held.reach.rolling:
        return False
    if plan in held.reach.dated or (start < stretch.end and end > stretch.start):
        return True
    return plan in held.reach.windowed and start >= stretch.end and _looks_back(plan, start, end, held) < stretch.end


def _looks_back(plan: int, start: date, end: date, held: Terms) -> date:
    """The first day that a payee-period reads."""
    number = held.calendar.version(plan, (start, end))
    if number is None:
        return start
    needs = plans.compiled(number).needs
    document = plans.parsed(plans.version(number))
    years = document.year_starts or held.calendar.fiscal_year_starts
    return earliest(start, document.period, needs.windows, year_starts=years)


def _taking_part(stretch: Stretch, held: Terms) -> Iterable[Cell]:
    days = (max(stretch.start, held.known.days[0]), min(stretch.end, held.tomorrow))
    for plan, own in held.known.of(stretch.payee):
        if (both := within(own, days)) and not (stretch.rolling and plan not in held.reach.rolling):
            for period in held.calendar.periods(plan, *both):
                if period[1] > held.horizon:
                    yield (stretch.payee, plan, *period)


_STORED = """
SELECT DISTINCT p.payee_id, p.plan_id, p.start, p."end"
FROM unnest(%s::bigint[], %s::date[], %s::date[]) AS t (payee, first, after)
JOIN earnings_payeeperiod p ON p.payee_id = t.payee AND (
    p."end" > t.first AND (p.start < t.after OR p.plan_id = ANY(%s::bigint[])) OR p.plan_id = ANY(%s::bigint[])
)
"""


def _stored(stretches: Collection[Stretch], reach: plans.Reach) -> list[Cell]:
    payees = [stretch.payee for stretch in stretches]
    firsts, afters = [stretch.start for stretch in stretches], [stretch.end for stretch in stretches]
    with connection.cursor() as cursor:
        cursor.execute(_STORED, [payees, firsts, afters, list(reach.windowed), list(reach.dated)])
        return cursor.fetchall()


def wake(sender: object = None, **_: object) -> int:
    """Marks what this transaction's changes of terms touch; the last act of whoever changes them. Returns how many.

    Waits for the writers of facts under way: they have read the terms before.
    """
    touched = take()
    if not touched:
        return 0
    terms.claim()
    calendar = plans.calendar()
    reach = plans.reach(calendar)
    stretches = {Stretch(payee, *days) for payee, days in touched.payees | _of_units(touched)}
    links = [(employee, manager, *days) for employee, manager, days in touched.links]
    above = people.chains_above([(p, *days) for p, days in touched.places], reach.levels, earlier=links)
    stretches |= {Stretch(*each, rolling=True) for each in above}
    found = _cells(stretches, calendar, reach, _horizon()) | _of_plans(touched, calendar, reach)
    return mark(found, cause=min(touched.causes))


def wake_credited(sender: object, touched: Collection[tuple[int, date]], **_: object) -> None:
    """Marks what changed credits of (payee, day) touch; they and the managers above on that day."""
    calendar = plans.calendar()
    reach = plans.reach(calendar)
    after = timedelta(days=1)
    above = people.managers_above(touched, reach.levels) if reach.levels else set()
    stretches = {Stretch(payee, day, day + after) for payee, day in touched}
    stretches |= {Stretch(payee, day, day + after, rolling=True) for payee, day in above - set(touched)}
    if reach.dated & reach.rolling:  # the tree is read on the day in the plan's field, whichever that is
        ever = people.chains_above([(payee, date.min, date.max) for payee, _ in touched], reach.levels)
        stretches |= {Stretch(*each, rolling=True) for each in ever}
    horizon, added = _moved_horizon(min(day for _, day in touched))
    found = _cells(stretches, calendar, reach, horizon)
    if added:
        found |= _begun(calendar, reach, *added)
    mark(found, cause=FACTS)


def _cells(stretches: Collection[Stretch], calendar: Calendar, reach: plans.Reach, horizon: date) -> set[Cell]:
    if not stretches or not calendar.plans:
        return set()
    held = _terms({stretch.payee for stretch in stretches}, stretches, calendar, reach, horizon)
    return cells(stretches, _stored(stretches, reach), held)


def _terms(
    payees: Collection[int] | None,
    stretches: Collection[Stretch],
    calendar: Calendar,
    reach: plans.Reach,
    horizon: date | None = None,
) -> Terms:
    horizon, tomorrow = horizon or _horizon(), clock.today() + timedelta(days=1)
    first = max(min(stretch.start for stretch in stretches), horizon - timedelta(days=366))
    last = min(max(stretch.end for stretch in stretches), tomorrow)
    known = Participation.load(payees, first, last) if first < last else Participation((first, first))
    return Terms(calendar, reach, known, horizon, tomorrow)


def _of_units(touched: Touched) -> set[tuple[int, Days]]:
    members = {(unit, days) for _, unit, days in touched.members}
    return members_of(touched.units | members)


def _of_plans(touched: Touched, calendar: Calendar, reach: plans.Reach) -> set[Cell]:
    """The payee-periods of plans that are published anew, and of those whose years begin in another month."""
    stretches = set(touched.plans)
    stretches |= {(plan, days) for plan, _, days in touched.members}
    if touched.year:
        stretches |= {(plan, (date.min, date.max)) for plan in calendar.plans}
    found: set[Cell] = set()
    for plan, (start, end) in stretches:
        rows = PayeePeriod.objects.filter(plan=plan, end__gt=start, start__lt=end)
        found |= set(rows.values_list("payee_id", "plan_id", "start", "end"))
    if stretches:
        everybody = [Stretch(0, *days) for _, days in stretches]
        held = _terms(None, everybody, calendar, reach)
        concerned = {plan for plan, _ in stretches}
        for payee in held.known.employees():
            for _, days in stretches:
                found |= {cell for cell in _taking_part(Stretch(payee, *days), held) if cell[1] in concerned}
    return found


def _begun(calendar: Calendar, reach: plans.Reach, start: date, end: date) -> set[Cell]:
    """The payee-periods that share a day with those between two, of everybody who takes part in a plan."""
    ahead = [next(calendar.periods(plan, start, start + timedelta(days=1)), (start, end)) for plan in calendar.plans]
    start = min((first for first, _ in ahead), default=start)
    held = _terms(None, [Stretch(0, start, end)], calendar, reach)
    return {cell for payee in held.known.employees() for cell in _taking_part(Stretch(payee, start, end), held)}


def missing(start: date | None = None) -> set[Cell]:
    """The payee-periods that should be there and are not: of everybody who takes part, in each period that has begun
    since `start`, or since the horizon.
    """
    calendar, first = plans.calendar(), start or _horizon()
    there = PayeePeriod.objects.filter(end__gt=first)
    wanted = _begun(calendar, plans.reach(calendar), first, clock.today() + timedelta(days=1))
    return wanted - set(there.values_list("payee_id", "plan_id", "start", "end"))


def _horizon() -> date:
    return _first() or plans.month(clock.today())[0]


def _first() -> date | None:
    return Horizon.objects.aggregate(first=Min("first"))["first"]


def _moved_horizon(day: date) -> tuple[date, Days | None]:
    """Payee-periods are kept back to the month of this day. Returns the horizon and the days that this adds to it."""
    first = plans.month(day)[0]
    before = _first()
    if before is not None and before <= first:
        return before, None
    Horizon.objects.create(first=first)
    end = before or clock.today() + timedelta(days=1)
    return first, (first, end) if first < end else None


def mark(found: Iterable[Cell], *, cause: str) -> int:
    """Marks payee-periods dirty; those of closed periods keep their result and are listed as late. Returns how many."""
    closed = plans.closed_spans()
    late = {cell for cell in found if plans.closed_until(cell[2], closed)}
    wanted = set(found) - late
    mark_dirty(wanted)
    LateTruth.objects.bulk_create(
        [
            LateTruth(payee_id=payee, plan_id=plan, start=start, end=end, cause=cause, noted_at=clock.now())
            for payee, plan, start, end in sorted(late)
        ],
        ignore_conflicts=True,
    )
    return len(wanted)
