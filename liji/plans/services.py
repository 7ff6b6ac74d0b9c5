"""Writing plans: drafts, publishing, who takes part, quotas, closing a period."""

from datetime import date
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from liji.access.models import User
from liji.access.services import audit
from liji.base.terms import writes_terms
from liji.engine import run_examples
from liji.people import queries as people
from liji.people.dated import span
from liji.people.models import Employee
from liji.people.models import Unit
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.plan import Problem as PlanProblem
from liji.plan import Severity
from liji.plan import load
from liji.plans import queries
from liji.plans.models import ClosedPeriod
from liji.plans.models import IncentivePlan
from liji.plans.models import PlanAssignment
from liji.plans.models import PlanVersion
from liji.plans.models import Publication
from liji.plans.models import Quota


class PlanRefused(Exception):
    """A plan text that may not be stored or published; `problems` say where and why."""

    def __init__(self, problems: tuple[PlanProblem, ...], failed_examples: tuple = ()) -> None:
        super().__init__(f"{len(problems)} problems, {len(failed_examples)} failed examples")
        self.problems, self.failed_examples = problems, failed_examples


@transaction.atomic
def save_version(text: str, *, by: User | None) -> PlanVersion:
    """Stores a plan text as a new version (or finds the one with the same content).

    Raises PlanRefused when the text has errors; warnings do not stop it.
    """
    loaded = load(text)
    if loaded.plan is None:
        raise PlanRefused(tuple(p for p in loaded.problems if p.severity is Severity.ERROR))
    plan, _ = IncentivePlan.objects.update_or_create(
        code=loaded.plan.id, defaults={"zh": loaded.plan.names("zh"), "en": loaded.plan.names("en")}
    )
    same = plan.versions.filter(digest=loaded.plan.digest).first()
    if same:
        return same
    latest = plan.versions.aggregate(latest=Max("number"))["latest"] or 0
    version = PlanVersion.objects.create(
        plan=plan, number=latest + 1, text=text, digest=loaded.plan.digest, made_by=by
    )
    audit(by, "plan_version_saved", detail={"plan": plan.code, "version": version.number})
    return version


@writes_terms
def publish(version: PlanVersion, *, since: date, by: User | None) -> Publication:
    """From `since` on this version is in force; the one before ends the day before.

    Raises PlanRefused when an example of the plan fails. Raises Refused when `since` lies in a closed period, or inside
    a period when the version before has periods of another kind: a day would count in two periods or in none.
    """
    plan = load(version.text).plan
    failed = tuple(outcome for outcome in run_examples(plan) if not outcome.passed)
    if failed:
        raise PlanRefused((), failed)
    _must_be_open(since)
    before = Publication.objects.on(since).filter(plan=version.plan).first()
    replaced = Publication.objects.filter(plan=version.plan, days__startswith__gte=since).order_by("days")
    gone = [f"{each.version.number}: {each.since}" for each in replaced.select_related("version")]
    replaced.delete()
    if before and before.since != since:
        before.days = span(before.since, since)
        before.save(update_fields=["days"])
    made = Publication.objects.create(plan=version.plan, version=version, days=span(since), published_by=by)
    _must_begin_a_period(made)
    audit(
        by,
        "plan_published",
        detail={"plan": version.plan.code, "version": version.number, "since": str(since), "replaced": gone},
    )
    return made


@writes_terms
def assign(
    plan: IncentivePlan,
    *,
    since: date,
    until: date | None = None,
    employee: Employee | None = None,
    unit: Unit | None = None,
    by: User | None = None,
) -> PlanAssignment:
    """One employee, or everybody of a unit and below it, takes part in the plan from `since`.

    `until` is the first day on which they no longer do. Raises django.db.IntegrityError on an overlap.
    """
    made = PlanAssignment.objects.create(plan=plan, employee=employee, unit=unit, days=span(since, until))
    who = employee.number if employee else unit.code
    audit(by, "plan_assigned", about=employee and employee.pk, detail={"plan": plan.code, "to": who})
    return made


@writes_terms
def end_participation(assignment: PlanAssignment, *, last_day: date, by: User | None) -> None:
    """The employee or unit takes part until `last_day`; what was earned on later days is taken back in open periods.

    Before the first day it is as if they had never taken part. Raises Refused when a later day is in a closed period.
    """
    after = last_day + timedelta(days=1)
    _must_be_open(max(after, assignment.since))
    plan, employee, unit = assignment.plan, assignment.employee, assignment.unit
    detail = {"plan": plan.code, "to": employee.number if employee else unit.code, "last_day": last_day.isoformat()}
    if after <= assignment.since:
        assignment.delete()
    else:
        assignment.days = span(assignment.since, after)
        assignment.save(update_fields=["days"])
    audit(by, "plan_participation_ended", about=employee and employee.pk, detail=detail)


@writes_terms
def unassign_all(plan: IncentivePlan, *, by: User | None) -> None:
    """Nobody takes part in the plan any more, on no day: in open periods nothing is earned by it."""
    since = min((each.since for each in queries.assigned_to(plan.pk)), default=None)
    if since is None:
        return
    PlanAssignment.objects.filter(plan=plan).delete()
    audit(by, "plan_unassigned", detail={"plan": plan.code})


@writes_terms
def set_quotas(rows: list[tuple[Employee, str, date, Decimal]], *, by: User | None = None) -> None:
    """Sets targets: (employee, measure, first day of the period, amount ≥ 0), replacing what was there.

    Raises Refused when an amount is negative or a period is closed.
    """
    for _employee, _measure, start, amount in rows:
        if amount < 0:
            raise Refused(Problem("amount", "negative", {"value": str(amount)}))
        _must_be_open(start)
    Quota.objects.bulk_create(
        [
            Quota(employee=employee, measure=measure, start=start, amount=amount)
            for employee, measure, start, amount in rows
        ],
        update_conflicts=True,
        unique_fields=["employee", "measure", "start"],
        update_fields=["amount"],
    )
    audit(by, "quotas_set", detail={"rows": len(rows)})


@writes_terms
def close_period(start: date, end: date, *, by: User | None) -> ClosedPeriod:
    """Closes the days from `start` up to, not including, `end`: what is credited there stays as it is.

    Raises Refused when they have not ended yet, or some of them are closed already.
    """
    if end > people.today():
        raise Refused(Problem("end", "not_over", {"value": (end - timedelta(days=1)).isoformat()}))
    if other := ClosedPeriod.objects.filter(start__lt=end, end__gt=start).first():
        raise Refused(Problem("start", "overlap", {"start": str(other.start), "end": str(other.end)}))
    audit(by, "period_closed", detail={"start": str(start), "end": str(end)})
    return ClosedPeriod.objects.create(start=start, end=end, closed_by=by)


def _must_be_open(day: date) -> None:
    if opens := queries.closed_until(day, queries.closed_spans()):
        raise Refused(Problem("since", "closed", {"value": day.isoformat(), "open": opens.isoformat()}))


def _must_begin_a_period(made: Publication) -> None:
    if day := queries.calendar().begins_with(made.plan_id, made.since):
        raise Refused(Problem("since", "period_edge", {"value": made.since.isoformat(), "next": day.isoformat()}))
