"""What coaching tells: a task is given, due or done; a coaching plan is opened or closed."""

from datetime import datetime
from datetime import time

from liji.base import clock
from liji.coaching.models import Plan
from liji.coaching.models import Task
from liji.events.happenings import Happening
from liji.events.happenings import Kind
from liji.events.happenings import Named
from liji.events.happenings import declare
from liji.people import queries as people

_TASK = (
    Named("title", "text", "任务", "Task"),
    Named("due", "date", "截止日", "Due date"),
    Named("about", "text", "关于谁", "About whom"),
)
_PLAN = (
    Named("title", "text", "辅导计划", "Coaching plan"),
    Named("coachee", "text", "被辅导人", "Coachee"),
    Named("coach", "text", "辅导人", "Coach"),
    Named("closes_on", "date", "结束日", "Last day"),
)
_OUTCOME = Named("outcome", "text", "结果", "Outcome")
KINDS = (
    Kind("task_given", "收到任务", "Task given", _TASK),
    Kind("task_due", "任务到期", "Task due", _TASK),
    Kind("task_done", "任务完成", "Task done", _TASK),
    Kind("coaching_opened", "辅导计划开始", "Coaching plan opened", _PLAN),
    Kind("coaching_closed", "辅导计划结束", "Coaching plan closed", (*_PLAN, _OUTCOME)),
)


def declare_kinds() -> None:
    """Makes them known to whoever writes rules."""
    declare(*KINDS)


def given(task: Task) -> Happening:
    """That somebody is given a task."""
    return _task("task_given", task, task.at)


def due(task: Task) -> Happening:
    """That a task is due today, or was."""
    return _task("task_due", task, datetime.combine(people.today(), time(9), people.zone()))


def done(task: Task, *, retracted: bool = False) -> Happening:
    """That a task is done; `retracted`: not, after all."""
    return _task("task_done", task, task.done_at or clock.now(), retracted)


def _task(kind: str, task: Task, at: datetime, retracted: bool = False) -> Happening:
    values = {"title": task.title, "due": task.due, "about": task.about.name if task.about else ""}
    return Happening(kind, f"task:{task.pk}", task.employee_id, at, values, task.link or "/tasks/", retracted)


def opened(plan: Plan) -> Happening:
    """That a coaching plan begins; told of the coachee."""
    return _plan("coaching_opened", plan)


def closed(plan: Plan) -> Happening:
    """That a coaching plan has ended, with its outcome."""
    return _plan("coaching_closed", plan, outcome=plan.outcome)


def _plan(kind: str, plan: Plan, **more: str) -> Happening:
    names = {"coachee": plan.coachee.name, "coach": plan.coach.name}
    values = {"title": plan.title, "closes_on": plan.closes_on, **names, **more}
    return Happening(kind, f"coaching:{plan.pk}", plan.coachee_id, clock.now(), values, f"/coaching/{plan.pk}/")
