"""Contests from draft to prize: the check, the plan that one becomes, its end, and the winners as the facts change.

Money is paid by the plan alone; this room gives what is won beside it, and takes it back when it no longer holds.
"""

import logging
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.utils.translation import get_language

from liji.access.models import User
from liji.access.services import audit
from liji.base import clock
from liji.earnings.standings import settled
from liji.events.happenings import Happening
from liji.events.happenings import tell
from liji.people import queries as people
from liji.people.kept import memory
from liji.people.models import Employee
from liji.people.models import Unit
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.plan import Severity
from liji.plan import load
from liji.plan.periods import period_of
from liji.plans import queries as plans
from liji.plans import services as plan_services
from liji.recognition import rankings
from liji.recognition import winning
from liji.recognition.models import Contest
from liji.recognition.models import Winner
from liji.recognition.plan_text import Terms
from liji.recognition.plan_text import period_for
from liji.recognition.rankings import Row
from liji.recognition.told import ranked_anew

log = logging.getLogger(__name__)

State = Contest.State
# Plan → whether a contest made it, from its first day or never. Each result of a batch asks.
_is_contest: dict[int, bool] = memory()


@dataclass(frozen=True)
class Draft:
    """What somebody wrote down; `start` is the first day, `last` the last."""

    zh: str
    en: str
    start: date
    last: date
    terms: Terms
    units: Collection[Unit] = ()
    employees: Collection[Employee] = ()


@transaction.atomic
def save(there: Contest | None, draft: Draft, *, by: User | None) -> Contest:
    """Keeps a draft, new or changed. Raises Refused "contest_state" when it is one no longer."""
    contest = _locked(there.pk) if there else Contest(made_by=by)
    if contest.state != State.DRAFT:
        raise Refused(Problem("zh", "contest_state"))
    contest.zh, contest.en = draft.zh, draft.en
    contest.start, contest.end = draft.start, draft.last + timedelta(days=1)
    contest.terms = draft.terms.to_json()
    contest.save()
    contest.units.set(draft.units)
    contest.employees.set(draft.employees)
    audit(by, "contest_saved", detail={"contest": contest.pk, "name": contest.zh})
    return contest


def check(contest: Contest, *, today: date | None = None) -> list[Problem]:
    """What stands in the way of publishing on the company's present day, or another one: dates, someone who takes part,
    prizes, a period that can be paid.
    """
    terms = Terms.from_json(contest.terms)
    found = []
    if contest.end <= contest.start:
        return [Problem("last", "contest_ends")]
    if contest.end <= (today or people.today()):
        found.append(Problem("last", "contest_over"))
    if not terms.prizes:
        found.append(Problem("prizes", "contest_prizes"))
    if not rankings.taking_part(contest):
        found.append(Problem("units", "contest_nobody"))
    if plans.closed_until(contest.start, plans.closed_spans()):
        found.append(Problem("start", "contest_closed", {"value": str(contest.start)}))
    days = _check_days(contest, terms)
    found += days
    if terms.prizes and not days:
        found += _check_text(contest)
    return found


def _check_days(contest: Contest, terms: Terms) -> list[Problem]:
    """Some period holds the days: the month for attainment, one that begins with the contest for growth."""
    year_starts = people.company().fiscal_year_starts
    kind = period_for(contest.start, contest.end, year_starts=year_starts)
    if terms.measure == "attainment" and kind != "month":
        return [Problem("last", "contest_month")]
    if kind is None:
        ends = period_of(contest.start, "year", year_starts=year_starts)[1] - timedelta(days=1)
        values = {"start": str(contest.start), "end": str(contest.last), "mend": str(ends)}
        return [Problem("last", "contest_too_long", values)]
    first = period_of(contest.start, kind, year_starts=year_starts)[0]
    if terms.measure == "growth" and first != contest.start:
        return [Problem("start", "contest_growth", {"mend": str(first)})]
    return []


def _check_text(contest: Contest) -> list[Problem]:
    language = "en" if (get_language() or "zh").startswith("en") else "zh"
    for wrong in load(rankings.plan_text(contest)).problems:
        if wrong.severity is Severity.ERROR:
            values = {"value": wrong.message(language), "mend": wrong.mend(language)}
            return [Problem("formula", "contest_formula", values)]
    return []


@transaction.atomic
def publish(contest: Contest, *, by: User | None, today: date | None = None) -> Contest:
    """Makes the plan that pays the prizes; who takes part does so until its period ends, so that what is cancelled
    after the contest still counts.

    `today` is another day than the present one when history is loaded. Raises Refused with everything that `check`
    finds.
    """
    contest = _locked(contest.pk)
    if contest.state != State.DRAFT:
        raise Refused(Problem("zh", "contest_state"))
    if found := check(contest, today=today):
        raise Refused(*found)
    version = plan_services.save_version(rankings.plan_text(contest), by=by)
    plan_services.publish(version, since=contest.start, by=by)
    contest.plan, contest.state = version.plan, State.RUNNING
    contest.save()
    until = rankings.period(contest)[1]
    for unit in contest.units.all():
        plan_services.assign(version.plan, since=contest.start, until=until, unit=unit, by=by)
    for employee in contest.employees.all():
        plan_services.assign(version.plan, since=contest.start, until=until, employee=employee, by=by)
    audit(by, "contest_published", detail={"contest": contest.pk, "name": contest.zh})
    ranked_anew()
    return contest


@transaction.atomic
def cancel(contest: Contest, *, by: User | None) -> Contest:
    """Calls a contest off: nobody wins or is paid. Raises Refused "contest_not_running" once it has ended."""
    contest = _locked(contest.pk)
    if contest.state not in (State.DRAFT, State.RUNNING):
        raise Refused(Problem("zh", "contest_not_running"))
    if contest.plan:
        plan_services.unassign_all(contest.plan, by=by)
    contest.state = State.CANCELLED
    contest.save(update_fields=["state"])
    audit(by, "contest_cancelled", detail={"contest": contest.pk, "name": contest.zh})
    ranked_anew()
    return contest


@transaction.atomic
def end(contest: Contest, *, by: User | None) -> Contest:
    """Ends a running contest; before its last day, with today as the last one, which still counts to its end.

    Raises Refused "contest_not_running" or "contest_not_begun".
    """
    contest = _locked(contest.pk)
    if contest.state != State.RUNNING:
        raise Refused(Problem("zh", "contest_not_running"))
    after = people.today() + timedelta(days=1)
    if contest.start >= after:
        raise Refused(Problem("start", "contest_not_begun"))
    if contest.end > after:
        contest.end = after
        version = plan_services.save_version(rankings.plan_text(contest), by=by)
        plan_services.publish(version, since=contest.start, by=by)
    contest.state = State.ENDED
    contest.save()
    audit(by, "contest_ended", detail={"contest": contest.pk, "name": contest.zh})
    ranked_anew()
    return contest


def end_due() -> None:
    """Ends what is over and lets the winners of ended contests follow the facts until their period is closed.

    A contest that fails keeps none of the others waiting; what failed is raised afterwards, as an ExceptionGroup.
    """
    failed = _each(partial(end, by=None), Contest.objects.filter(state=State.RUNNING, end__lte=people.today()))
    closed = plans.closed_spans()
    ended = [
        contest
        for contest in Contest.objects.filter(state=State.ENDED)
        if not plans.closed_until(rankings.period(contest)[0], closed) or not contest.winners.exists()
    ]
    failed += _each(settle, ended)
    if failed:
        raise ExceptionGroup("contests", failed)


def _each(work: Callable[[Contest], object], contests: Iterable[Contest]) -> list[Exception]:
    failed: list[Exception] = []
    for contest in contests:
        try:
            work(contest)
        except Exception as error:
            log.exception("contest failed", extra={"contest": contest.pk})
            failed.append(error)
    return failed


@transaction.atomic
def settle(contest: Contest) -> bool:
    """Writes down who has won as it stands now; False while results are still being worked out.

    Tells of each winner once, and that it no longer holds when the facts have changed.
    """
    contest = _locked(contest.pk)
    if contest.state != State.ENDED or not settled(contest.plan_id, rankings.period(contest)):
        return False
    prizes = Terms.from_json(contest.terms).prizes
    won = {row.employee: row for row in rankings.ranking(contest) if row.place and row.place <= len(prizes)}
    known = {winner.employee_id: winner for winner in contest.winners.all()}
    told = []
    for employee in known.keys() | won.keys():
        row, winner = won.get(employee), known.get(employee)
        if winner and (row is None or row.place != winner.place):
            told.append(_happening(contest, employee, winner.place, retracted=True))
        if row and (winner is None or row.place != winner.place):
            told.append(_happening(contest, employee, row.place))
        _write(contest, employee, row, winner)
        winning.give(contest, employee, row)
    tell(told)
    if told:
        ranked_anew()
    return True


def _write(contest: Contest, employee: int, row: Row | None, winner: Winner | None) -> None:
    if row is None:
        winner.delete()
    elif winner is None or (winner.place, winner.things) != (row.place, [list(each) for each in row.things]):
        values = {"place": row.place, "things": row.things}
        Winner.objects.update_or_create(contest=contest, employee_id=employee, defaults=values)


def _happening(contest: Contest, employee: int, place: int, *, retracted: bool = False) -> Happening:
    values = {"contest": contest.zh, "place": Decimal(place)}
    occasion = f"contest:{contest.pk}:{place}"
    link = f"/contests/{contest.pk}/"
    return Happening("contest_won", occasion, employee, clock.now(), values, link, retracted=retracted)


def on_result_changed(sender: object, plan: int, **_: object) -> None:
    """A result has changed: when it is one of a contest, its pages look again."""
    if plan not in _is_contest:
        _is_contest[plan] = Contest.objects.filter(plan=plan).exists()
    if _is_contest[plan]:
        ranked_anew()


def _locked(number: int) -> Contest:
    return Contest.objects.select_for_update(of=("self",)).get(pk=number)
