"""Live equals full: whatever changes backwards, every payee-period that it can touch is worked out again."""

import threading
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.db import ProgrammingError
from django.db import connection
from django.db import transaction
from django.test import Client

from liji.access.models import Role
from liji.base.terms import writing
from liji.earnings.models import LateTruth
from liji.earnings.models import PayeePeriod
from liji.earnings.services import open_periods
from liji.earnings.services import recalculate_all
from liji.earnings.verification.verifying import differences
from liji.facts import services as facts
from liji.people import history
from liji.people import services as people
from liji.people.models import Assignment
from liji.people.models import Employee
from liji.people.models import Unit
from liji.people.places import EVERYTHING
from liji.people.places import Places
from liji.people.problems import Refused
from liji.plans import services as plans
from liji.plans.models import IncentivePlan
from tests import scenes
from tests.conftest import Clock
from tests.server import eventually

pytestmark = pytest.mark.django_db
ALL_YEAR = date(2026, 1, 1)
PLAN = """\
plan: {code}
currency: CNY
period: {period}
attributes: {{grade: {{type: text, missing: ""}}}}
crediting:
  below: {{of: order_closed, roll_up: [10%, 1%]}}
measures:
  sales: {{of: [order_closed, order_returned, payment_received], sum: amount}}
  override: {{of: below, sum: credit}}
targets: {{sales: {{missing: none}}}}
components:
  commission: {{formula: sales * 5% + override, floor: none}}
  guarantee: {{formula: {guarantee}}}
  graded: {{formula: 'IF(grade = "A", 7, 0)'}}
  reached: {{when: attainment(sales) >= 100%, formula: 11}}
"""


@pytest.fixture(autouse=True)
def in_november(clock: Clock) -> None:
    """A Wednesday in the middle of a month."""
    clock.at("2026-11-18 10:00")


def plan(code: str = "wakes", *, period: str = "month", guarantee: int = 0, since: date = ALL_YEAR) -> IncentivePlan:
    """A published plan with an override over two levels, a guarantee, an attribute and a target."""
    version = plans.save_version(PLAN.format(code=code, period=period, guarantee=guarantee), by=None)
    plans.publish(version, since=since, by=None)
    return version.plan


def sold(who: Employee, amount: str, day: str, **more: object) -> None:
    """An order of a person, closed on a day."""
    (outcome,) = facts.record_many([scenes.order(who, amount, occurred_at=f"{day}T12:00:00+08:00", **more)])
    assert outcome.status == "created", outcome.problems


def paid(who: Employee) -> dict[str, Decimal]:
    """First day of each stored payee-period → what was earned in it."""
    recalculate_all()
    rows = PayeePeriod.objects.filter(payee=who).order_by("start", "end")
    return {f"{row.start:%m-%d}": row.total for row in rows}


@pytest.fixture
def team() -> Iterator[scenes.Team]:
    """Two reps under a manager under a director, all in one plan since January; everything is right at the end."""
    scenes.company()
    top = people.unit("TOP", "公司")
    director = scenes.employee("D1", "总监", top, "director")
    made = scenes.team("小王", "小李", above=director)
    made.director = director
    yield made
    recalculate_all()
    assert [str(each) for each in differences()] == []


def everybody(made: scenes.Team) -> list[Employee]:
    return [made.director, made.manager, *made.reps.values()]


def enrol(made: scenes.Team, of: IncentivePlan, since: date = ALL_YEAR) -> None:
    """Everybody takes part by themselves."""
    for person in everybody(made):
        plans.assign(of, since=since, employee=person)


def test_a_backdated_transfer_moves_the_managers_on_both_sides_in_every_month_since(team):
    enrol(team, plan())
    other = scenes.employee("M2", "刘经理", team.unit, "sales_manager", team.director)
    plans.assign(IncentivePlan.objects.get(), since=ALL_YEAR, employee=other)
    rep, post = team["小王"], people.position("sales_rep", "sales_rep")
    for month in ("07", "08", "09", "10", "11"):
        sold(rep, "1000", f"2026-{month}-10")
    assert paid(team.manager)["08-01"] == 100
    people.transfer(rep, on=date(2026, 8, 5), unit=team.unit, position=post, manager=other)
    assert [paid(team.manager)[f"{n:02}-01"] for n in (7, 8, 9, 10, 11)] == [100, 0, 0, 0, 0]
    assert [paid(other)[f"{n:02}-01"] for n in (7, 8, 9, 10, 11)] == [0, 100, 100, 100, 100]


def test_a_backdated_exit_of_a_manager_breaks_the_override_of_those_above(team):
    enrol(team, plan())
    for month in ("08", "09", "10"):
        sold(team["小王"], "500", f"2026-{month}-10")
    assert [paid(team.director)[f"{n:02}-01"] for n in (8, 9, 10)] == [5, 5, 5]
    people.leave(team.manager, last_day=date(2026, 8, 31))
    assert [paid(team.director)[f"{n:02}-01"] for n in (8, 9, 10)] == [5, 0, 0]
    people.leave(team.manager, last_day=date(2026, 9, 30))
    assert [paid(team.director)[f"{n:02}-01"] for n in (8, 9, 10)] == [5, 5, 0]
    people.stay(team.manager)
    assert [paid(team.director)[f"{n:02}-01"] for n in (8, 9, 10)] == [5, 5, 5]


def test_a_team_is_handed_over_when_its_manager_leaves(team):
    enrol(team, plan())
    for month in ("08", "09"):
        sold(team["小王"], "500", f"2026-{month}-10")
    client = Client()
    client.force_login(scenes.user("the-hr", Role.HR))
    address = f"/staff/{team.manager.pk}/exit/"
    assert f'<option value="{team.director.pk}" selected>' in client.get(address).content.decode()
    given = {"last_day": "2026-08-31", "reason": "", "reports_to": team.director.pk}
    assert client.post(address, given).status_code == 302
    assert [paid(team.director)[f"{n:02}-01"] for n in (8, 9)] == [5, 50]
    assert "reports_to" not in client.get(f"/staff/{team['小王'].pk}/exit/").content.decode()


def test_who_takes_part_in_person_earns_nothing_after_the_exit(team):
    enrol(team, plan(guarantee=3000), since=date(2026, 9, 1))
    rep = team["小王"]
    sold(rep, "1000", "2026-09-10")
    assert paid(rep) == {"09-01": 3050, "10-01": 3000, "11-01": 3000}
    people.leave(rep, last_day=date(2026, 9, 15))
    assert paid(rep) == {"09-01": 3050}


def test_a_backdated_entry_has_a_payee_period_in_every_month_since(team):
    of = plan(guarantee=100)
    plans.assign(of, since=ALL_YEAR, unit=team.unit)
    sold(team["小王"], "1", "2026-06-10")
    late = people.enter("N1", "新人", on=date(2026, 8, 10))
    post = people.position("sales_rep", "sales_rep")
    people.transfer(late, on=date(2026, 8, 10), unit=team.unit, position=post, manager=team.manager)
    assert paid(late) == {f"{n:02}-01": 100 for n in (8, 9, 10, 11)}


def test_people_from_a_file_with_last_days_have_theirs_too(team):
    of = plan(guarantee=100)
    plans.assign(of, since=ALL_YEAR, unit=team.unit)
    sold(team["小王"], "1", "2026-06-10")
    person = history.Person(
        "F1", "文件", entry=date(2026, 7, 1), since=date(2026, 7, 1), until=date(2026, 9, 30), unit=team.unit.code,
        position="sales_rep", manager=team.manager.number,
    )  # fmt: skip
    history.write(person, stretches=True, places=Places(EVERYTHING))
    who = Employee.objects.get(number="F1")
    assert paid(who) == {f"{n:02}-01": 100 for n in (7, 8, 9)}
    sold(who, "1000", "2026-08-03")
    assert paid(team.manager)["08-01"] == 200
    with writing():
        Assignment.objects.filter(employee=who).update(manager=None)
    assert paid(team.manager)["08-01"] == 100
    history.set_managers([person])
    assert paid(team.manager)["08-01"] == 200


def test_a_unit_that_is_moved_takes_its_people_into_the_plan_of_the_unit_above(team):
    of, parent = plan(guarantee=100), people.unit("EAST", "华东")
    plans.assign(of, since=ALL_YEAR, unit=parent)
    sold(team["小王"], "1", "2026-06-10")
    assert paid(team["小李"]) == {}
    people.unit(team.unit.code, team.unit.name, parent=parent, since=date(2026, 9, 1))
    assert paid(team["小李"]) == {f"{n:02}-01": 100 for n in (9, 10, 11)}
    people.unit(team.unit.code, team.unit.name, parent=Unit.objects.get(code="TOP"), since=date(2026, 10, 1))
    assert paid(team["小李"]) == {"09-01": 100}


def test_a_plan_that_goes_from_months_to_quarters_counts_each_day_once(team):
    of = plan(guarantee=100)
    enrol(team, of)
    rep = team["小王"]
    for month in ("07", "08", "10"):
        sold(rep, "1000", f"2026-{month}-10")
    assert paid(rep)["08-01"] == 150
    with pytest.raises(Refused) as refused:
        plan(period="quarter", guarantee=100, since=date(2026, 8, 1))
    assert refused.value.problems[0].values["next"] == "2026-10-01"
    plan(period="quarter", guarantee=100, since=date(2026, 7, 1))
    assert paid(rep) == {"07-01": 200, "10-01": 150}
    assert {(row.start, row.end) for row in PayeePeriod.objects.filter(payee=rep)} == {
        (date(2026, 7, 1), date(2026, 10, 1)), (date(2026, 10, 1), date(2027, 1, 1)),
    }  # fmt: skip


def test_quarters_follow_the_fiscal_year_when_that_begins_in_another_month(team):
    enrol(team, plan(period="quarter", guarantee=100))
    sold(team["小王"], "1000", "2026-08-10")
    assert paid(team["小王"]) == {"07-01": 150, "10-01": 100}
    people.save_company(fiscal_year_starts=2)
    assert paid(team["小王"]) == {"08-01": 150, "11-01": 100}


def test_attributes_and_targets_set_backwards_move_each_month_since(team):
    enrol(team, plan())
    rep = team["小王"]
    for month in ("09", "10", "11"):
        sold(rep, "100", f"2026-{month}-10")
    assert paid(rep) == {f"{n:02}-01": 5 for n in (9, 10, 11)}
    people.set_attribute(rep, "grade", "A", on=date(2026, 10, 1))
    assert paid(rep) == {"09-01": 5, "10-01": 12, "11-01": 12}
    plans.set_quotas([(rep, "sales", date(2026, 9, 1), Decimal(100))])
    assert paid(rep) == {"09-01": 16, "10-01": 12, "11-01": 12}


def test_the_first_fact_of_an_earlier_month_brings_the_months_of_everybody(team):
    enrol(team, plan(guarantee=100))
    open_periods()
    assert paid(team["小李"]) == {"11-01": 100}
    sold(team["小王"], "1", "2026-09-10")
    assert paid(team["小李"]) == {f"{n:02}-01": 100 for n in (9, 10, 11)}


def test_a_payee_period_that_got_lost_is_made_again_by_night(team):
    enrol(team, plan(guarantee=100))
    sold(team["小王"], "1", "2026-09-10")
    assert len(paid(team["小李"])) == 3
    PayeePeriod.objects.filter(payee=team["小李"], start=date(2026, 9, 1)).delete()
    assert open_periods() == 0
    assert open_periods(all_begun=True) == 1
    assert len(paid(team["小李"])) == 3


def test_participation_that_ends_backwards_takes_back_what_came_after(team):
    of = plan(guarantee=100)
    held = plans.assign(of, since=ALL_YEAR, unit=team.unit, by=None)
    sold(team["小王"], "1", "2026-08-10")
    assert paid(team["小李"]) == {f"{n:02}-01": 100 for n in (8, 9, 10, 11)}
    plans.end_participation(held, last_day=date(2026, 9, 30), by=None)
    assert paid(team["小李"]) == {f"{n:02}-01": 100 for n in (8, 9)}
    plans.end_participation(held, last_day=date(2025, 12, 31), by=None)
    assert paid(team["小李"]) == {}


BANK = """\
plan: bank
currency: CNY
measures:
  sales: {of: order_closed, sum: amount}
balances:
  bank: {closing: opening(bank) + sales - commission}
components:
  commission: {formula: "MIN(sales + opening(bank), 1000)"}
"""


def test_a_balance_is_carried_over_a_gap(team):
    version = plans.save_version(BANK, by=None)
    plans.publish(version, since=ALL_YEAR, by=None)
    rep = team["小王"]
    plans.assign(version.plan, since=date(2026, 7, 1), until=date(2026, 8, 1), employee=rep)
    plans.assign(version.plan, since=date(2026, 10, 1), employee=rep)
    sold(rep, "1700", "2026-07-10")
    sold(rep, "100", "2026-10-10")
    assert paid(rep) == {"07-01": 1000, "10-01": 800, "11-01": 0}
    sold(rep, "150", "2026-07-11")
    assert paid(rep) == {"07-01": 1000, "10-01": 950, "11-01": 0}


def test_what_reaches_a_closed_period_is_listed_and_changes_nothing(team):
    enrol(team, plan())
    for month in ("08", "10"):
        sold(team["小王"], "1000", f"2026-{month}-10")
    assert paid(team.manager)["08-01"] == 100
    plans.close_period(date(2026, 8, 1), date(2026, 9, 1), by=None)
    post = people.position("sales_rep", "sales_rep")
    people.transfer(team["小王"], on=date(2026, 8, 5), unit=team.unit, position=post)
    assert [paid(team.manager)[month] for month in ("08-01", "10-01")] == [100, 0]
    late = LateTruth.objects.filter(payee=team.manager)
    assert [(row.start, row.cause) for row in late] == [(date(2026, 8, 1), "people_assignment")]
    client = Client()
    client.force_login(scenes.user("the-finance", Role.FINANCE))
    page = client.get("/periods/").content.decode()
    assert team.manager.number in page
    assert "调动或上级变更" in page


@pytest.mark.django_db(transaction=True)
def test_terms_that_are_changed_past_the_services_are_not_committed():
    scenes.company()
    who = people.enter("X1", "某人", on=ALL_YEAR)
    with pytest.raises(ProgrammingError, match="people_employment"):
        who.employments.update(exit_reason="nobody is told")
    with writing():
        who.employments.update(exit_reason="everybody is")


@pytest.mark.django_db(transaction=True)
def test_a_fact_in_flight_during_a_transfer_reaches_the_new_manager():
    scenes.company()
    made = scenes.team("小王")
    other = scenes.employee("M3", "刘经理", made.unit, "sales_manager")
    of, rep = plan("race"), made["小王"]
    for person in (made.manager, other, rep):
        plans.assign(of, since=ALL_YEAR, employee=person)
    post = people.position("sales_rep", "sales_rep")

    def move() -> None:
        try:
            people.transfer(rep, on=date(2026, 11, 1), unit=made.unit, position=post, manager=other)
            recalculate_all()
        finally:
            connection.close()

    thread = threading.Thread(target=move)
    with transaction.atomic():
        sold(rep, "1000", "2026-11-10")  # it has read the old manager
        thread.start()
        eventually(_somebody_waits, what="the transfer waits for the fact")
    thread.join()
    assert paid(other) == {"11-01": 100}
    assert paid(made.manager) == {"11-01": 0}
    assert differences() == []


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0
