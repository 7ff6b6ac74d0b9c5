"""From credits to earnings: marking payee-periods dirty, working them out again, telling what changed."""

import logging
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import OuterRef
from django.db.models import Q
from django.db.models import QuerySet
from django.db.models import Subquery
from django.dispatch import Signal

from liji.base import clock
from liji.base import terms
from liji.earnings import inputs
from liji.earnings import originals
from liji.earnings import tells
from liji.earnings import wakes
from liji.earnings.bulk import store
from liji.earnings.bulk import without_pauses
from liji.earnings.groups import Worked
from liji.earnings.groups import work_out
from liji.earnings.models import PayeePeriod
from liji.earnings.waiting import FEW
from liji.earnings.waiting import mark_dirty
from liji.earnings.waiting import waiting_beside
from liji.engine import EngineError
from liji.engine import Line
from liji.engine import Result
from liji.engine import compile_plan
from liji.engine import walk_to_result
from liji.engine import walk_to_results
from liji.events.happenings import Happening
from liji.events.happenings import tell
from liji.events.models import Event
from liji.events.services import publish
from liji.facts import standing
from liji.plans import queries as plans

log = logging.getLogger(__name__)

MANY = 100  # payee-periods that are worked out in one go
ALONG = 25  # that are taken along by one that is worked out at once
# Sent inside the calculating transaction when the result of a payee-period has changed: `plan` and `payee` (ids).
result_changed = Signal()


@dataclass(frozen=True)
class Change:
    """What a calculation changed for one payee-period: the results before (None: the first) and after.

    `lines` are those of all facts, `new_lines` those of facts that the result before did not hold; `gone` are facts
    that it held and that no longer count; `is_none`: all is as it was. `moved` are facts that came to something else.
    """

    payee_period: PayeePeriod
    before: Result | None
    after: Result
    new_lines: tuple[Line, ...]
    lines: tuple[Line, ...] = ()
    gone: frozenset[int] = frozenset()
    is_none: bool = False
    moved: frozenset[int] = frozenset()


@transaction.atomic
def open_periods(*, all_begun: bool = False) -> int:
    """Everybody who takes part in a plan has a payee-period in the present period, with or without a deal; with
    `all_begun` in each one since the horizon. Returns how many were missing.
    """
    terms.hold()
    return wakes.mark(wakes.missing(None if all_begun else clock.today()), cause="begun")


@transaction.atomic
def recalculate(payee_period: int) -> Change | None:
    """Works out one payee-period when it is dirty; None when there was nothing to do or nothing changed.

    The row stays locked meanwhile: whoever records a fact of this payee waits for these milliseconds and then
    marks the row dirty again, so no fact is ever missed. Where results move those of others, all dirty ones of the plan
    and period are worked out, and those whom they move.
    """
    if grouped := _lock_along([payee_period]):
        changes = _recalculated_group(*grouped)
        return next((each for each in changes if each.payee_period.pk == payee_period and not each.is_none), None)
    for row in _locked([payee_period]):
        given = inputs.gather(row)
        if given is None:
            publish(_removed(row))
            return None
        compiled = compile_plan(plans.parsed(given.version))
        try:
            change = _entered(row, given, *walk_to_result(compiled, given.payee, given.facts))
        except EngineError as error:
            return _failed(row, error)
        row.save()
        _pass_on(row, change.before, change.after)
        _follow(row, change.moved)
        publish(_told_of([change]))
        return None if change.is_none else change
    return None


def recalculate_along(payee_period: int) -> None:
    """Works out one payee-period and, in the same calculation, some others of its plan and period that wait: under
    load many orders cost hardly more than one. Their own jobs then find nothing to do.
    """
    try:
        _recalculated([payee_period], along=ALONG)
    except EngineError:
        recalculate(payee_period)


def recalculate_many(payee_periods: Sequence[int]) -> None:
    """Works out those that are dirty of some payee-periods of one plan and period: the same as one by one, but in one
    calculation and one write. Where one has no exact result they are worked out one by one.
    """
    try:
        with without_pauses():
            _recalculated(payee_periods)
    except EngineError:
        for number in payee_periods:
            recalculate(number)


@transaction.atomic
def _recalculated(payee_periods: Sequence[int], *, along: int = 0) -> None:
    """Works them out in one go, and at most `along` others that wait beside them. The rows stay locked meanwhile, as in
    `recalculate`. Raises EngineError.
    """
    if grouped := _lock_along(payee_periods):
        _recalculated_group(*grouped)
        return
    rows = _locked(payee_periods)
    if along and rows and rows[0].plan_id not in plans.reach().onward:  # whose next periods would be locked too
        rows += waiting_beside(rows[0], along)
    given = inputs.gather_all(rows) if rows else {}
    found = {}
    if given:
        compiled = compile_plan(plans.parsed(next(iter(given.values())).version))
        facts = [fact for own in given.values() for fact in own.facts]
        results = walk_to_results(compiled, [own.payee for own in given.values()], facts)
        found = {row.pk: results[row.payee_id, row.start] for row in rows if row.pk in given}
    _keep(rows, given, found)


def _recalculated_group(plan: int, start: date, end: date) -> list[Change]:
    """Works out the dirty ones of a plan and period, and the others whom they move, in one calculation."""
    rows = PayeePeriod.objects.filter(plan=plan, start=start, end=end).select_related("plan").order_by(*_IN_ORDER)
    members = {row.pk: row for row in rows}
    dirty = [number for number, row in members.items() if row.dirty_since is not None]
    if not dirty:
        return []
    try:
        worked = work_out(members, dirty)
    except EngineError as error:  # nobody's in particular
        worked = Worked(failed=dict.fromkeys(dirty, error))
    reached = [members[number] for number in {*dirty, *worked.found} - worked.failed.keys()]
    changes = _keep(sorted(reached, key=lambda row: row.payee_id), worked.given, worked.found)
    for number, error in worked.failed.items():  # last, for it publishes: what follows must wait for nobody's rows
        _failed(members[number], error)
    return changes


def _keep(
    rows: Sequence[PayeePeriod], given: Mapping[int, inputs.Inputs], found: Mapping[int, tuple[Result, list[Line]]]
) -> list[Change]:
    """Stores the results of rows, in one go when they are many, and tells of them; who has no inputs takes no part."""
    there = [row for row in rows if row.pk in given]
    changes = [_entered(row, given[row.pk], *found[row.pk]) for row in there]
    if len(there) > FEW:
        store(there)
    else:
        for row in there:
            row.save()
    for change in changes:
        _pass_on(change.payee_period, change.before, change.after)
        _follow(change.payee_period, change.moved)
    events = [event for row in rows if row.pk not in given for event in _removed(row)]
    tellable = standing.tellable([line.fact_id for change in changes for line in change.new_lines])
    publish([*events, *_told_of(changes, tellable)])
    return changes


# Whoever locks several payee-periods does so in this order, as `mark_dirty` does: nobody waits in a circle.
_IN_ORDER = ("payee", "plan", "start", "end")


def _lock_along(payee_periods: Sequence[int]) -> tuple[int, date, date] | None:
    """Locks, before anything else, what working out some payee-periods of one plan and period may change further: the
    whole group where the results of others move one's own, the next ones where something is carried on, and the later
    ones where something is taken back.

    Returns the plan and the days of the period when it is a group.
    """
    row = PayeePeriod.objects.filter(pk__in=payee_periods).values_list("plan_id", "start", "end").first()
    reach = plans.reach()
    if row is None or row[0] not in reach.grouped | reach.onward:
        return None
    plan, start, end = row
    along = PayeePeriod.objects.filter(plan=plan, start=start, end=end)
    if plan not in reach.grouped:
        along = along.filter(pk__in=payee_periods)
    if plan in reach.carrying:
        along = PayeePeriod.objects.filter(Q(pk__in=along.values("pk")) | Q(pk__in=_next_of(along)))
    if plan in reach.taking:
        later = PayeePeriod.objects.filter(plan=plan, start__gte=end, payee__in=along.values("payee"))
        along = PayeePeriod.objects.filter(Q(pk__in=along.values("pk")) | Q(pk__in=later.values("pk")))
    list(along.order_by(*_IN_ORDER).select_for_update().values_list("pk"))
    return row if plan in reach.grouped else None


def _next_of(rows: QuerySet[PayeePeriod]) -> QuerySet[PayeePeriod]:
    """The ids of the stored payee-periods that follow some: of the same payee and plan, also over a gap."""
    later = PayeePeriod.objects.filter(payee=OuterRef("payee"), plan=OuterRef("plan"), start__gte=OuterRef("end"))
    return rows.values_list(Subquery(later.order_by("start", "end").values("pk")[:1]), flat=True)


def _locked(payee_periods: Sequence[int]) -> list[PayeePeriod]:
    """The dirty ones among payee-periods, locked until the end of the transaction, always in the same order."""
    rows = PayeePeriod.objects.select_for_update(of=("self",)).select_related("plan")
    return list(rows.filter(pk__in=payee_periods, dirty_since__isnull=False).order_by(*_IN_ORDER))


def _entered(row: PayeePeriod, given: inputs.Inputs, result: Result, lines: list[Line]) -> Change:
    """Puts a new result into the row, which is not saved yet."""
    before, known = _stored(row)
    told = {line["fact_id"]: line["brought"] for line in row.lines}
    row.dirty_since, row.computed_at, row.problem = None, clock.now(), None
    row.version, row.currency, row.total = given.version, plans.parsed(given.version).currency, result.total
    row.result, row.lines = result.to_json(), [_kept(line) for line in lines]
    new = tuple(line for line in lines if line.fact_id not in known)
    same = before is not None and before.to_json() == row.result and len(known) == len(lines)
    gone = frozenset(known - {line.fact_id for line in lines})
    moved = {line["fact_id"] for line in row.lines if told.get(line["fact_id"]) != line["brought"]} | gone
    return Change(row, before, result, new, tuple(lines), gone, same, frozenset(moved))


def _told_of(changes: Sequence[Change], tellable: Collection[int] | None = None) -> list[Event]:
    """The events that tell of changes; the other rooms are told what has happened, of all in one go."""
    real = [change for change in changes if not change.is_none]
    tell(happening for change in real for happening in _happenings(change, tellable))
    for change in real:
        row = change.payee_period
        result_changed.send(sender=None, plan=row.plan_id, payee=row.payee_id)
    return [Event(kind="earnings", payee=each.payee_period.payee_id, body=_body(each)) for each in real]


def _happenings(change: Change, tellable: Collection[int] | None) -> list[Happening]:
    row, lines = change.payee_period, change.lines
    return tells.of_change(row, change.before, change.after, lines, change.new_lines, change.gone, tellable)


def _pass_on(row: PayeePeriod, before: Result | None, after: Result | None) -> None:
    """What is carried on has changed: the payee's next stored period is worked out again, over a gap too."""
    if _carried(before) == _carried(after):
        return
    following = PayeePeriod.objects.filter(payee=row.payee_id, plan=row.plan_id, start__gte=row.end)
    mark_dirty(following.order_by("start", "end").values_list("payee_id", "plan_id", "start", "end")[:1])


def _follow(row: PayeePeriod, moved: Collection[int]) -> None:
    """What facts came to has changed: the later periods that take it back are worked out again."""
    if moved and row.plan_id in plans.reach().taking:
        mark_dirty(originals.moved_by(row))


def _carried(result: Result | None) -> dict[str, Any]:
    values = result.values if result else {}
    return {name: value for name, value in values.items() if name.startswith("closing(")}


def _stored(row: PayeePeriod) -> tuple[Result | None, set[int]]:
    result = Result.from_json(row.result) if row.result else None
    return result, {line["fact_id"] for line in row.lines}


def _kept(line: Line) -> dict[str, Any]:
    """What is stored of a line: what the fact brought. The values at each prefix are worked out when asked for."""
    return line.to_json(values=False)


def _removed(row: PayeePeriod) -> list[Event]:
    """The payee takes no part, or the days are no period of the version in force: nothing is kept for them."""
    before, known = _stored(row)
    number = row.pk
    row.delete()
    row.pk = number
    row.result, row.lines, row.total, row.version = None, [], Decimal(0), None
    _pass_on(row, before, None)
    _follow(row, known)
    if before is None:
        return []
    tell(tells.of_change(row, before, None, [], (), frozenset(known)))
    result_changed.send(sender=None, plan=row.plan_id, payee=row.payee_id)
    return [Event(kind="earnings", payee=row.payee_id, body={"payee_period": number})]


def _failed(row: PayeePeriod, error: EngineError) -> None:
    """The last good result stays; the page says that it is not the newest and why."""
    error.named(row.payee.number)
    problem = {"zh": error.message("zh"), "en": error.message("en")}
    if row.dirty_since is None and row.problem == problem:  # tried once more, because its group has changed
        return
    log.error("calculation failed", extra={"payee_period": row.pk, "code": error.code})
    row.dirty_since, row.computed_at, row.problem = None, clock.now(), problem
    row.save(update_fields=["problem", "dirty_since", "computed_at"])
    publish([Event(kind="earnings", payee=row.payee_id, body={"payee_period": row.pk})])


def _body(change: Change) -> dict[str, Any]:
    """The event's body: every named value that moved, before and after, decimals as text."""
    before = change.before.to_json()["values"] if change.before else {}
    after = change.after.to_json()["values"]
    moved = {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
    return {
        "payee_period": change.payee_period.pk,
        "total": [str(change.before.total) if change.before else "0", str(change.after.total)],
        "moved": moved,
        "facts": [line.fact_id for line in change.new_lines][:50],
    }


def recalculate_all() -> int:
    """Works out everything that is dirty, here and now, earlier periods first. Returns how many."""
    done = 0
    dirty = PayeePeriod.objects.filter(dirty_since__isnull=False).order_by("start", "plan_id", "end", "id")
    while found := list(dirty.values_list("start", "plan_id", "end", "id")[:MANY]):
        for _, rows in groupby(found, key=lambda row: row[:3]):
            recalculate_many([row[3] for row in rows])
        done += len(found)
    return done
