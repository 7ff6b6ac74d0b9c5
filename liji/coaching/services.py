"""Giving tasks, ticking them off, opening coaching plans, recording talks and outcomes."""

import json
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db import transaction

from liji.access.models import User
from liji.base import clock
from liji.coaching import happenings as told
from liji.coaching.models import CheckIn
from liji.coaching.models import Plan
from liji.coaching.models import Task
from liji.coaching.models import Template
from liji.coaching.models import TemplateStep
from liji.events.happenings import tell
from liji.people import queries as people
from liji.people.models import Employee
from liji.people.problems import Problem
from liji.people.problems import Refused

# --- tasks ------------------------------------------------------------------------------------------------


@transaction.atomic
def add_task(
    employee: int,
    title: str,
    *,
    due: date,
    about: int | None = None,
    occasion: str,
    link: str = "",
    because: Mapping[str, Any],
    by: User | None = None,
) -> Task | None:
    """Gives an employee something to do by a day, and tells of it (`task_given`).

    None, and nothing changes, when the same title was given on this occasion before, or to who is not employed today.
    """
    task = _write(Task(
        employee_id=employee, title=title[:200], due=due, about_id=about, occasion=occasion, link=link,
        because=dict(because), by=by,
    ))
    if task:
        tell([told.given(task)])
    return task


def _write(task: Task) -> Task | None:
    """The new task, or None when there is one already. The database decides, not a look before."""
    if not people.is_employed(task.employee_id, people.today()):
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO coaching_task "
            "(employee_id, about_id, title, due, link, occasion, because, plan_id, by_id, at, told_due) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, false) ON CONFLICT DO NOTHING RETURNING id, at",
            [task.employee_id, task.about_id, task.title, task.due, task.link, task.occasion,
             json.dumps(task.because, default=str), task.plan_id, task.by_id, clock.now()],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    task.pk, task.at = row
    task._state.adding = False
    return task


@transaction.atomic
def tick(task: Task, done: bool = True) -> None:
    """Marks a task as done, or as not done after all."""
    if (task.done_at is not None) == done:
        return
    task.done_at = clock.now() if done else None
    task.save(update_fields=["done_at"])
    tell([told.done(task, retracted=not done)])


@transaction.atomic
def tell_due(day: date) -> int:
    """Tells once of each open task whose day has come, to those who are employed; returns how many."""
    open_ = Task.objects.select_for_update(of=("self",)).filter(
        done_at=None, told_due=False, due__lte=day, employee__employments__days__contains=day
    )
    tasks = list(open_.select_related("about"))
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(told_due=True)
    tell(told.due(task) for task in tasks)
    return len(tasks)


# --- coaching plans -----------------------------------------------------------------------------------------


@transaction.atomic
def save_template(
    code: str, title: str, *, days: int, steps: Sequence[tuple[str, int, bool]], goal: str = ""
) -> Template:
    """Makes or changes a template. A step is (what is to be done, days after the opening, by the coach)."""
    values = {"title": title, "days": days, "goal": goal}
    template, _ = Template.objects.update_or_create(code=code, defaults=values)
    template.steps.all().delete()
    TemplateStep.objects.bulk_create(
        TemplateStep(template=template, place=place, title=step, after_days=after, by_coach=by_coach)
        for place, (step, after, by_coach) in enumerate(steps)
    )
    return template


@transaction.atomic
def open_plan(
    coachee: int,
    *,
    coach: int | None = None,
    template: str,
    occasion: str,
    because: Mapping[str, Any],
    on: date | None = None,
) -> Plan | None:
    """Opens a coaching plan by a template: its steps become tasks of the coach (by default the manager) and coachee.

    None, and nothing changes, when this occasion has opened it before, when one by this template is still open, or
    when the coachee is not employed on the day. Raises Refused: "unknown_template", "no_coach", "own_coach".
    """
    day = on or people.today()
    made_by = Template.objects.filter(code=template).first()
    if made_by is None:
        raise Refused(Problem("template", "unknown_template", {"value": template}))
    if not people.is_employed(coachee, day):
        return None
    coach = coach or _manager(coachee, day)
    if coach is None or coach == coachee:
        name = Employee.objects.get(pk=coachee).name
        raise Refused(Problem("coach", "own_coach" if coach else "no_coach", {"value": name}))
    there = Plan.objects.filter(coachee=coachee, template=made_by)
    Employee.objects.select_for_update(no_key=True).get(pk=coachee)  # two at once follow one another
    if there.filter(occasion=occasion).exists() or there.filter(closed_on=None).exists():
        return None
    plan = Plan.objects.create(
        coachee_id=coachee, coach_id=coach, template=made_by, title=made_by.title, goal=made_by.goal, occasion=occasion,
        because=json.loads(json.dumps(dict(because), default=str)), opened_on=day,
        closes_on=day + timedelta(days=made_by.days),
    )
    for step in made_by.steps.all():
        who, about = (coach, coachee) if step.by_coach else (coachee, coach)
        _write(Task(
            employee_id=who, about_id=about, title=step.title, due=day + timedelta(days=step.after_days),
            occasion=f"coaching:{plan.pk}:{step.place}", link=f"/coaching/{plan.pk}/", plan=plan,
        ))
    tell([told.opened(plan)])
    return plan


def check_in(plan: Plan, *, on: date, note: str, by: User) -> CheckIn:
    """Records a talk. Raises Refused("coaching_closed")."""
    if plan.closed_on:
        raise Refused(Problem("on", "coaching_closed"))
    return CheckIn.objects.create(plan=plan, on=on, note=note, by=by)


@transaction.atomic
def close(plan: Plan, outcome: str, *, note: str = "", by: User | None = None, on: date | None = None) -> None:
    """Records the outcome and closes the plan; what it left to be done falls away.

    A plan whose last day was over without an outcome may still be given one. Raises Refused("coaching_closed").
    """
    plan = Plan.objects.select_for_update(of=("self",)).select_related("coach", "coachee").get(pk=plan.pk)
    if plan.closed_on and plan.outcome != Plan.Outcome.NONE:
        raise Refused(Problem("outcome", "coaching_closed"))
    plan.closed_on = plan.closed_on or on or people.today()
    plan.outcome, plan.outcome_note, plan.outcome_by = outcome, note, by
    plan.save()
    if outcome != Plan.Outcome.NONE:
        plan.tasks.filter(done_at=None).delete()
    tell([told.closed(plan)])


@transaction.atomic
def hand_over(plan: Plan, coach: int) -> None:
    """Another coach takes over the plan and what the former one had left to do."""
    plan.tasks.filter(employee=plan.coach_id, done_at=None).update(employee=coach)
    plan.coach_id = coach
    plan.save(update_fields=["coach"])


@transaction.atomic
def tidy(day: date) -> None:
    """Closes the plans whose last day is over or whose coachee has left; a coach who has left is followed by the
    coachee's present manager."""
    for plan in Plan.objects.filter(closed_on=None).select_related("coachee"):
        if not people.is_employed(plan.coachee_id, day):
            close(plan, Plan.Outcome.LEFT, on=day)
        elif plan.closes_on < day:
            close(plan, Plan.Outcome.NONE, on=plan.closes_on)
        elif not people.is_employed(plan.coach_id, day) and (manager := _manager(plan.coachee_id, day)):
            hand_over(plan, manager)


def _manager(employee: int, day: date) -> int | None:
    held = people.assignment_on(employee, day)
    return held.manager_id if held else None
