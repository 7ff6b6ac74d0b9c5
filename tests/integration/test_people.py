"""People and their dated history: every question as of a day, overlaps refused by the database itself."""

from datetime import date
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.db import transaction
from django.db.utils import IntegrityError

from liji.base.terms import writing
from liji.people import queries
from liji.people import services as people
from liji.people.dated import span
from liji.people.models import Assignment
from liji.people.models import Attribute
from liji.people.models import Employment
from liji.people.models import UnitParent
from liji.people.problems import Refused

pytestmark = pytest.mark.django_db

JAN, MAR, JUN, SEP = (date(2025, month, 1) for month in (1, 3, 6, 9))
DAY = timedelta(days=1)


@pytest.fixture
def east():
    return people.unit("EAST", "华东")


@pytest.fixture
def south():
    return people.unit("SOUTH", "华南")


@pytest.fixture
def rep_post():
    return people.position("sales_rep", "销售代表")


@pytest.fixture
def wang():
    return people.enter("P1", "王晓阳", on=JAN)


def unit_on(employee, day):
    held = queries.assignment_on(employee.pk, day)
    return held and held.unit.code


def test_a_transfer_ends_the_earlier_assignment_the_day_before(wang, east, south, rep_post):
    people.transfer(wang, on=JAN, unit=east, position=rep_post)
    people.transfer(wang, on=MAR, unit=south, position=rep_post)
    assert [unit_on(wang, day) for day in (JAN - DAY, JAN, MAR - DAY, MAR, SEP)] == [
        None, "EAST", "EAST", "SOUTH", "SOUTH",
    ]


def test_a_transfer_entered_late_lies_between_those_that_are_known(wang, east, south, rep_post):
    people.transfer(wang, on=JAN, unit=east, position=rep_post)
    people.transfer(wang, on=SEP, unit=east, position=rep_post)
    people.transfer(wang, on=MAR, unit=south, position=rep_post)
    assert [unit_on(wang, day) for day in (JAN, MAR, SEP - DAY, SEP)] == ["EAST", "SOUTH", "SOUTH", "EAST"]


def test_a_transfer_on_the_same_day_replaces_the_one_before(wang, east, south, rep_post):
    people.transfer(wang, on=JAN, unit=east, position=rep_post)
    people.transfer(wang, on=JAN, unit=south, position=rep_post)
    assert unit_on(wang, JAN) == "SOUTH"
    assert Assignment.objects.filter(employee=wang).count() == 1


def test_an_exit_ends_everything_with_the_last_day(wang, east, rep_post):
    people.transfer(wang, on=JAN, unit=east, position=rep_post)
    people.set_attribute(wang, "region", "east", on=JAN)
    people.leave(wang, last_day=JUN, reason="个人发展")
    assert unit_on(wang, JUN) == "EAST"
    assert unit_on(wang, JUN + DAY) is None
    assert queries.attributes_on(wang.pk, JUN + DAY) == {}
    assert queries.employed_spans([wang.pk]) == {wang.pk: [(JAN, JUN + DAY)]}


def test_nobody_leaves_who_is_not_there(wang):
    with pytest.raises(Refused) as refused:
        people.leave(wang, last_day=JAN - DAY)
    assert refused.value.problems[0].code == "not_employed"


def test_who_left_may_enter_again(wang):
    people.leave(wang, last_day=MAR)
    again = people.enter("P1", "王晓阳", on=SEP, returns=True)
    assert again.pk == wang.pk
    assert queries.employed_spans([wang.pk])[wang.pk] == [(JAN, MAR + DAY), (SEP, None)]


def test_entering_twice_is_refused_and_names_the_other_days(wang):
    with pytest.raises(Refused) as refused:
        people.enter("P1", "王晓阳", on=MAR)
    problem = refused.value.problems[0]
    assert (problem.code, problem.values["start"]) == ("overlap", "2025-01-01")


def test_an_attribute_is_asked_as_of_a_day(wang):
    people.set_attribute(wang, "grade", "3", on=JAN, type="number")
    people.set_attribute(wang, "grade", "4.5", on=JUN, type="number")
    assert [queries.attributes_on(wang.pk, day)["grade"] for day in (JAN, JUN - DAY, JUN)] == [3, 3, 4.5]


def test_an_attribute_that_does_not_fit_its_kind_is_refused(wang):
    people.set_attribute(wang, "grade", "3", on=JAN, type="number")
    with pytest.raises(Refused) as refused:
        people.set_attribute(wang, "grade", "high", on=JUN, type="number")
    assert refused.value.problems[0].code == "wrong_type"


@pytest.mark.parametrize(
    "second",
    [
        span(JAN, MAR),  # the same days
        span(MAR - DAY, JUN),  # one day in common
        span(None, None),  # always
    ],
)
def test_the_database_itself_refuses_an_overlap(wang, east, rep_post, second):
    with writing():
        Assignment.objects.create(employee=wang, unit=east, position=rep_post, days=span(JAN, MAR))
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Assignment.objects.create(employee=wang, unit=east, position=rep_post, days=second)
    assert isinstance(refused.value.__cause__, psycopg.errors.ExclusionViolation)


def test_days_that_only_touch_are_no_overlap(wang, east, rep_post):
    with writing():
        Assignment.objects.create(employee=wang, unit=east, position=rep_post, days=span(JAN, MAR))
        Assignment.objects.create(employee=wang, unit=east, position=rep_post, days=span(MAR, JUN))


def test_a_second_assignment_beside_the_main_one_is_allowed(wang, east, south, rep_post):
    with writing():
        Assignment.objects.create(employee=wang, unit=east, position=rep_post, days=span(JAN, MAR))
        Assignment.objects.create(employee=wang, unit=south, position=rep_post, days=span(JAN, MAR), main=False)


@pytest.mark.parametrize("table", [Employment, Attribute, UnitParent])
def test_every_dated_table_has_its_constraint(table):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'x'",
            [table._meta.db_table],
        )
        assert cursor.fetchone()[0] == 1


def test_nobody_is_their_own_manager(wang, east, rep_post):
    with pytest.raises(IntegrityError), transaction.atomic():
        people.transfer(wang, on=JAN, unit=east, position=rep_post, manager=wang)


def test_the_subtree_is_that_of_the_day(wang, east, rep_post):
    boss, head, other = (people.enter(f"B{n}", "经理", on=JAN) for n in range(3))
    people.transfer(head, on=JAN, unit=east, position=rep_post)
    for manager in (boss, other):
        people.transfer(manager, on=JAN, unit=east, position=rep_post, manager=head)
    people.transfer(wang, on=JAN, unit=east, position=rep_post, manager=boss)
    people.transfer(wang, on=JUN, unit=east, position=rep_post, manager=other)
    assert [queries.subtree(boss.pk, day) for day in (JAN, JUN)] == [{wang.pk}, set()]
    assert queries.subtree(other.pk, JUN) == {wang.pk}
    assert queries.subtree(head.pk, JUN) == {boss.pk, other.pk, wang.pk}


def test_a_circle_of_managers_ends(wang, east, rep_post):
    other = people.enter("B9", "经理", on=JAN)
    people.transfer(wang, on=JAN, unit=east, position=rep_post, manager=other)
    held = people.transfer(other, on=JAN, unit=east, position=rep_post)
    with pytest.raises(Refused):
        people.transfer(other, on=JAN, unit=east, position=rep_post, manager=wang)
    with writing():
        Assignment.objects.filter(pk=held.pk).update(manager=wang)  # however it came there
    assert queries.subtree(wang.pk, JAN) == {other.pk}


def test_a_unit_stands_under_another_on_its_days(east, south):
    top, centre = people.unit("TOP", "公司"), people.unit("CENTRE", "销售中心")
    people.unit("EAST", "华东", parent=top, since=JAN)
    people.unit("CENTRE", "销售中心", parent=top, since=JAN)
    people.unit("EAST", "华东", parent=centre, since=JUN)
    assert queries.units_above(east.pk, MAR) == [east.pk, top.pk]
    assert queries.units_above(east.pk, JUN) == [east.pk, centre.pk, top.pk]
    assert queries.units_below([centre.pk], JAN, MAR) == {centre.pk}
    assert queries.units_below([centre.pk], JUN, SEP) == {centre.pk, east.pk}
