"""Asking about tasks and coaching plans."""

from dataclasses import dataclass
from datetime import date

from liji.access import queries as access
from liji.access.models import Role
from liji.access.models import User
from liji.coaching.models import Plan
from liji.coaching.models import Task
from liji.coaching.models import Template
from liji.people import queries as people


@dataclass(frozen=True)
class TaskLists:
    """Somebody's tasks: late ones first, then what is open, then what was done last."""

    late: list[Task]
    open: list[Task]
    done: list[Task]

    @property
    def to_do(self) -> int:
        """How many are not done."""
        return len(self.late) + len(self.open)


def tasks(employee: int, day: date, *, done: int = 20) -> TaskLists:
    """The employee's tasks on a day; of those done the newest."""
    mine = Task.objects.filter(employee=employee).select_related("about", "plan")
    waiting = list(mine.filter(done_at=None))
    return TaskLists(
        [task for task in waiting if task.due < day],
        [task for task in waiting if task.due >= day],
        list(mine.exclude(done_at=None).order_by("-done_at")[:done]),
    )


def plans(employee: int) -> list[Plan]:
    """The coaching plans in which the employee is coach or coachee, open ones first."""
    found = Plan.objects.filter(coachee=employee) | Plan.objects.filter(coach=employee)
    return sorted(_listed(found), key=lambda plan: (plan.closed_on is not None, plan.closes_on))


def all_plans() -> list[Plan]:
    """Every coaching plan, open ones first."""
    return sorted(_listed(Plan.objects.all()), key=lambda plan: (plan.closed_on is not None, plan.closes_on))


def _listed(found) -> list[Plan]:
    return list(found.select_related("coach", "coachee").distinct())


def may_see(user: User, plan: Plan) -> bool:
    """Coach, coachee and HR alone read what is said in a coaching plan."""
    own = user.employee_id is not None and user.employee_id in (plan.coach_id, plan.coachee_id)
    return own or access.has_role(user, Role.HR)


def may_lead(user: User, plan: Plan) -> bool:
    """The coach and HR record talks and outcomes; nobody about themselves."""
    if user.employee_id == plan.coachee_id:
        return False
    return user.employee_id == plan.coach_id or access.has_role(user, Role.HR)


def may_open(user: User, coachee: int, day: date) -> bool:
    """HR, and a manager for those of the dated subtree."""
    if user.employee_id == coachee:
        return False
    if access.has_role(user, Role.HR):
        return True
    manages = access.has_role(user, Role.MANAGER) and user.employee_id is not None
    return manages and coachee in people.subtree(user.employee_id, day)


def templates() -> list[Template]:
    """Every template, with its steps."""
    return list(Template.objects.prefetch_related("steps"))
