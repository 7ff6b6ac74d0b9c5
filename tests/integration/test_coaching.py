"""Coaching: tasks with a due date, plans with steps, talks that three read, an outcome; who leaves, who has nobody."""

from datetime import date
from datetime import timedelta

import pytest

from liji.access.models import Role
from liji.coaching import queries
from liji.coaching import services
from liji.coaching.models import Plan
from liji.coaching.models import Task
from liji.people import queries as people
from liji.people import services as people_services
from liji.people.problems import Refused
from tests import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    services.save_template(
        "bottom", "后 20% 辅导计划", days=60,
        steps=[("一对一面谈", 3, True), ("本周跟进 5 家客户", 7, False), ("中期复盘", 30, True)],
    )
    return scenes.team("小李", "小王")


def opened(team, occasion="2026-10", **more) -> Plan | None:
    because = {"layer": "bottom"}
    return services.open_plan(team["小李"].pk, template="bottom", occasion=occasion, because=because, **more)


def test_a_task_is_given_once_an_occasion(team, told):
    due = people.today() + timedelta(days=3)
    rep = team["小李"].pk
    task = services.add_task(rep, "给客户回电", due=due, occasion="order:1", because={})
    assert task.title == "给客户回电"
    assert services.add_task(rep, "给客户回电", due=due, occasion="order:1", because={}) is None
    assert services.add_task(rep, "给客户回电", due=due, occasion="order:2", because={})
    assert [one.kind for one in told] == ["task_given", "task_given"]


def test_a_task_is_late_the_day_after_its_due_date(team):
    rep, day = team["小李"].pk, date(2026, 11, 24)
    services.add_task(rep, "写周报", due=day, occasion="a", because={})
    assert [task.title for task in queries.tasks(rep, day).open] == ["写周报"]
    assert [task.title for task in queries.tasks(rep, day + timedelta(days=1)).late] == ["写周报"]


def test_a_task_is_ticked_and_unticked(team, told):
    task = services.add_task(team["小李"].pk, "写周报", due=people.today(), occasion="a", because={})
    services.tick(task)
    services.tick(task)
    assert queries.tasks(team["小李"].pk, people.today()).done == [task]
    services.tick(task, done=False)
    assert [(one.kind, one.retracted) for one in told] == [
        ("task_given", False), ("task_done", False), ("task_done", True),
    ]


def test_a_due_task_is_told_once(team, told):
    day = people.today()
    services.add_task(team["小李"].pk, "写周报", due=day + timedelta(days=1), occasion="a", because={})
    assert services.tell_due(day) == 0
    assert services.tell_due(day + timedelta(days=1)) == 1
    assert services.tell_due(day + timedelta(days=2)) == 0
    assert [one.kind for one in told].count("task_due") == 1


def test_who_has_left_is_given_nothing_and_told_nothing(team, told):
    rep, today = team["小李"], people.today()
    services.add_task(rep.pk, "写周报", due=today, occasion="a", because={})
    people_services.leave(rep, last_day=today - timedelta(days=1))
    assert services.add_task(rep.pk, "再写", due=today, occasion="b", because={}) is None
    assert services.tell_due(today) == 0
    assert opened(team) is None


def test_a_plans_steps_are_tasks_of_coach_and_coachee(team):
    plan = opened(team)
    assert plan.coach == team.manager
    day = plan.opened_on
    given = [(task.employee.name, task.about.name, task.title, (task.due - day).days) for task in Task.objects.all()]
    assert given == [
        ("陈经理", "小李", "一对一面谈", 3),
        ("小李", "陈经理", "本周跟进 5 家客户", 7),
        ("陈经理", "小李", "中期复盘", 30),
    ]
    assert (plan.closes_on - day).days == 60


def test_a_plan_is_opened_once_an_occasion_and_one_at_a_time(team):
    first = opened(team)
    assert opened(team) is None
    assert opened(team, "2026-11") is None
    services.close(first, Plan.Outcome.REACHED)
    assert opened(team) is None
    assert opened(team, "2026-11")


def test_without_a_manager_a_coach_must_be_named(team):
    manager = team.manager.pk
    with pytest.raises(Refused) as refused:
        services.open_plan(manager, template="bottom", occasion="x", because={})
    assert refused.value.problems[0].code == "no_coach"
    with pytest.raises(Refused) as refused:
        services.open_plan(manager, coach=manager, template="bottom", occasion="x", because={})
    assert refused.value.problems[0].code == "own_coach"
    assert services.open_plan(manager, coach=team["小王"].pk, template="bottom", occasion="x", because={})


def test_talks_are_for_coach_coachee_and_hr(team):
    plan = opened(team)
    director = scenes.employee("DIRC", "周总监", team.unit, "director", roles=[Role.MANAGER])
    hr = scenes.user("hr-coaching", Role.HR)
    admin = scenes.user("admin-coaching", Role.ADMIN)
    seeing = {user: queries.may_see(user, plan) for user in (team.manager.user, team["小李"].user, hr)}
    assert all(seeing.values())
    for user in (team["小王"].user, director.user, admin):
        assert not queries.may_see(user, plan)
    assert queries.may_lead(team.manager.user, plan)
    assert not queries.may_lead(team["小李"].user, plan)


def test_an_outcome_closes_the_plan_and_what_was_left_to_do(team, told):
    plan = opened(team)
    services.check_in(plan, on=people.today(), note="聊了开场白", by=team.manager.user)
    services.close(plan, Plan.Outcome.IMPROVED, note="进步明显", by=team.manager.user)
    assert not Task.objects.exists()
    plan.refresh_from_db()
    assert (plan.outcome, plan.closed_on) == ("improved", people.today())
    with pytest.raises(Refused):
        services.check_in(plan, on=people.today(), note="晚了", by=team.manager.user)
    with pytest.raises(Refused):
        services.close(plan, Plan.Outcome.REACHED)
    assert [one.values["outcome"] for one in told if one.kind == "coaching_closed"] == ["improved"]


def test_a_plan_whose_last_day_is_over_closes_and_may_still_be_given_an_outcome(team):
    plan = opened(team)
    services.tidy(plan.closes_on)
    plan.refresh_from_db()
    assert plan.closed_on is None
    services.tidy(plan.closes_on + timedelta(days=1))
    plan.refresh_from_db()
    assert (plan.closed_on, plan.outcome) == (plan.closes_on, "none")
    services.close(plan, Plan.Outcome.REACHED)
    plan.refresh_from_db()
    assert plan.outcome == "reached"


def test_a_plan_ends_with_the_coachees_exit_and_passes_on_with_the_coachs(team):
    plan = opened(team)
    other = scenes.team("小赵").manager
    today = people.today()
    post = people.assignment_on(team["小李"].pk, today)
    people_services.leave(team.manager, last_day=today - timedelta(days=1))
    people_services.transfer(team["小李"], on=today, unit=post.unit, position=post.position, manager=other)
    services.tidy(today)
    plan.refresh_from_db()
    assert plan.coach == other
    assert Task.objects.filter(employee=other, about=team["小李"]).count() == 2
    people_services.leave(team["小李"], last_day=today)
    services.tidy(today + timedelta(days=1))
    plan.refresh_from_db()
    assert plan.outcome == "left"
