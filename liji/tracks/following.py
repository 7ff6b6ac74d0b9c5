"""Keeping every membership's progress up to now: marked when something changes, measured by a job of its own."""

from collections.abc import Collection
from collections.abc import Iterable
from datetime import date

from django.db import transaction

from liji.base import clock
from liji.events.happenings import Happening
from liji.events.happenings import tell
from liji.people import queries as people
from liji.people.models import Assignment
from liji.people.models import Employment
from liji.tracks import happenings as told
from liji.tracks.measuring import measure as worked_out
from liji.tracks.models import Membership
from liji.tracks.models import Promotion

LEARNT = {"course_finished", "exam_finished", "skill_proved"}


def on_recorded(sender: object, facts: set[tuple[str, int]], **_: object) -> None:
    """Facts have changed: so may the progress of their owners."""
    mark({owner for _, owner in facts})


def on_credited(sender: object, touched: set[tuple[int, date]], **_: object) -> None:
    """Credits have changed, also of those who only share in a deal."""
    mark({payee for payee, _ in touched})


def on_happened(sender: object, happenings: list[Happening], **_: object) -> None:
    """Something was learnt, or taken back."""
    mark({one.employee for one in happenings if one.kind in LEARNT})


def on_assigned(sender: object, instance: Assignment, **_: object) -> None:
    """Somebody has another post: a team has grown or shrunk."""
    mark({one for one in (instance.employee_id, instance.manager_id) if one})


def mark(employees: Collection[int]) -> None:
    """Marks the open memberships of these people and queues their measuring, once until it is done.

    Call it late in the transaction that changes something: mark, change and job commit together. The rows are locked
    also where they are marked already, so that a measuring under way waits and cannot miss what this one writes.
    """
    if not employees:
        return
    open_ = Membership.objects.filter(employee__in=employees, ended_on=None)
    locked = open_.select_for_update().order_by("pk").values_list("pk", "employee", "dirty")
    clean = [(number, who) for number, who, dirty in locked if not dirty]
    if not clean:
        return
    Membership.objects.filter(pk__in=[number for number, _ in clean]).update(dirty=True)
    from liji.tracks.tasks import measure as task

    task.batch_defer(*({"employees": [who]} for who in sorted({who for _, who in clean})))


@transaction.atomic
def measure(employees: Iterable[int], *, day: date | None = None) -> None:
    """Measures the open tracks of these people as of the day (today) and does what follows from it.

    A completed one proposes the promotion, once; who has left is on no track any more.
    """
    day = day or people.today()
    rows = Membership.objects.select_for_update(of=("self",)).filter(employee__in=employees, ended_on=None)
    by_track: dict[int, list[Membership]] = {}
    for row in rows.select_related("track__goal", "employee").order_by("pk"):
        by_track.setdefault(row.track_id, []).append(row)
    employed = set(Employment.objects.on(day).values_list("employee", flat=True))
    happened: list[Happening] = []
    for members in by_track.values():
        for gone in [one for one in members if one.employee_id not in employed]:
            end(gone, Membership.Ended.LEFT_COMPANY, on=day)
        here = [one for one in members if one.employee_id in employed]
        criteria = list(members[0].track.criteria.all())
        measured = worked_out(criteria, [one.employee_id for one in here], day)
        for one in here:
            share, own = measured[one.employee_id]
            one.share, one.measured = share, [each.to_json() for each in own]
            one.measured_at, one.dirty = clock.now(), False
            _without_manager(one)
            happened += _follows(one, bool(own) and all(each.met for each in own))
            one.save()
    tell(happened)


def _follows(one: Membership, complete: bool) -> list[Happening]:
    """What is told when a track is completed, or no longer."""
    if complete and one.completed_at is None:
        one.completed_at = clock.now()
        first = not one.promotions.exists()
        return [told.completed(one), *([told.proposed(propose_for(one))] if first else [])]
    if not complete and one.completed_at is not None:
        one.completed_at = None
        return [told.completed(one, retracted=True)]
    return []


def _without_manager(one: Membership) -> None:
    """What waits for a manager who is there no more waits for HR."""
    waiting = one.promotions.filter(state=Promotion.State.MANAGER)
    if waiting.exists() and not _has_manager(one.employee_id):
        waiting.update(state=Promotion.State.HR)


def _has_manager(employee: int) -> bool:
    held = people.assignment_on(employee, people.today())
    return bool(held and held.manager_id)


def propose_for(membership: Membership, **values: object) -> Promotion:
    """The promotion as it begins: it waits for the manager, or for HR where there is none."""
    state = Promotion.State.MANAGER if _has_manager(membership.employee_id) else Promotion.State.HR
    return Promotion.objects.create(membership=membership, state=state, **values)


def end(membership: Membership, how: str, *, on: date) -> None:
    """Ends a membership; what was proposed and not decided lapses."""
    membership.ended, membership.ended_on, membership.dirty = how, on, False
    membership.save()
    if how != Membership.Ended.PROMOTED:
        waiting = membership.promotions.filter(state__in=(Promotion.State.MANAGER, Promotion.State.HR))
        waiting.update(state=Promotion.State.LAPSED)


def measure_all() -> int:
    """Measures everybody who is on a track; returns how many people."""
    everybody = sorted(set(Membership.objects.filter(ended_on=None).values_list("employee", flat=True)))
    for start in range(0, len(everybody), 500):
        measure(everybody[start : start + 500])
    return len(everybody)
