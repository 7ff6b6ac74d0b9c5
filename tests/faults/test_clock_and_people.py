"""Odd clocks and odd people: a quarter that ends in the night of a clock change, two positions, no manager, gone."""

from datetime import date
from datetime import timedelta

import pytest
from django.test import override_settings

from liji.base import clock
from liji.base.terms import writing
from liji.coaching import services as coaching
from liji.coaching.models import Task
from liji.earnings.models import PayeePeriod
from liji.earnings.services import recalculate_all
from liji.facts import services as facts
from liji.facts.models import Credit
from liji.people import queries as people
from liji.people import services as people_services
from liji.people.kept import forget_all
from liji.people.models import Assignment
from liji.people.models import Company
from liji.plans import services as plans
from liji.preferences import services as preferences
from liji.reactions import delivery
from liji.reactions import queries as reactions
from liji.reactions.models import Notice
from liji.recognition.models import Grant
from liji.training import services as training
from liji.training.models import Offer
from tests import scenes
from tests.server import MailServer

pytestmark = pytest.mark.django_db

QUARTERS = """
plan: quarters
currency: CNY
period: quarter
measures: {sales: {of: order_closed, sum: credit}}
components:
  commission: {formula: sales * 1%}
"""


def sold(rep, amount: str, **more) -> None:
    outcome = facts.record(scenes.order(rep, amount, **more))
    assert not outcome.problems, outcome


def told(employee) -> list[str]:
    return list(Notice.objects.filter(user__employee=employee).order_by("pk").values_list("kind", flat=True))


# The clock. In Berlin the first quarter of 2024 ended on the very Sunday on which summer time began.


@pytest.fixture
def berlin():
    """小王 in Berlin, in a plan that pays by the quarter."""
    rep = scenes.team("小王")["小王"]
    Company.objects.update(time_zone="Europe/Berlin")
    forget_all()
    version = plans.save_version(QUARTERS, by=None)
    plans.publish(version, since=date(2024, 1, 1), by=None)
    plans.assign(version.plan, since=date(2024, 1, 1), until=date(2024, 7, 1), employee=rep)
    return rep


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2024-03-31T01:59:59+01:00", date(2024, 3, 31)),  # the last second of winter time
        ("2024-03-31T03:00:00+02:00", date(2024, 3, 31)),  # the next one
        ("2024-03-31T23:59:59+02:00", date(2024, 3, 31)),
        ("2024-03-31T21:59:59Z", date(2024, 3, 31)),  # the same; an hour more would be April by winter time's offset
        ("2024-03-31T22:00:00Z", date(2024, 4, 1)),
        ("2024-04-01T00:00:00+02:00", date(2024, 4, 1)),
        ("2024-03-30T23:00:00Z", date(2024, 3, 31)),  # by winter time's offset midnight
    ],
)
def test_at_a_quarters_end_with_a_clock_change_an_order_counts_on_the_companys_day(berlin, moment, day):
    sold(berlin, "1000.00", occurred_at=moment)
    assert Credit.objects.get(payee=berlin).credit_date == day


def test_the_two_quarters_around_a_clock_change_share_the_night_without_a_gap_and_without_an_overlap(berlin):
    for amount, moment in (
        ("100.00", "2024-03-31T01:59:59+01:00"), ("2000.00", "2024-03-31T21:59:59Z"),
        ("30000.00", "2024-03-31T22:00:00Z"), ("400000.00", "2024-06-30T21:59:59Z"),
    ):  # fmt: skip
        sold(berlin, amount, occurred_at=moment)
    recalculate_all()
    quarters = PayeePeriod.objects.filter(payee=berlin).order_by("start").values_list("start", "total")
    assert list(quarters) == [(date(2024, 1, 1), 21), (date(2024, 4, 1), 4300)]


# Two positions.


def test_a_person_with_two_positions_is_paid_and_told_once():
    team = scenes.team("小王", plan="accelerator", target="100000")
    other = scenes.team(plan="accelerator")
    second(team["小王"], other)
    sold(team["小王"], "10000.00")
    recalculate_all()
    assert PayeePeriod.objects.filter(payee=team["小王"], start=scenes.this_month()).count() == 1
    assert scenes.total(team["小王"]) == 150
    assert told(team["小王"]).count("order_credited") == 1


def test_a_course_for_the_second_position_is_offered_too():
    team, other = scenes.team("小王"), scenes.team()
    second(team["小王"], other)
    training.save_course("for_the_second", zh="课", en="Course", units=[other.unit])
    preferences.state(team["小王"], [("training", 5)], on=people.today(), source="self")
    assert Offer.objects.get(employee=team["小王"]).course.code == "for_the_second"


def second(employee, team: scenes.Team) -> None:
    """Gives somebody a second position in another team."""
    position = people_services.position("sales_rep", "sales_rep")
    with writing():
        Assignment.objects.create(
            employee=employee, unit=team.unit, position=position, manager=team.manager, main=False,
            days=(scenes.LONG_AGO, None),
        )  # fmt: skip


# No manager.


def test_a_big_deal_of_someone_without_a_manager_is_celebrated_all_the_same():
    team = scenes.team("小王", plan="accelerator", target="100000")
    with writing():
        Assignment.objects.filter(employee=team["小王"]).update(manager=None)
    sold(team["小王"], "600000.00")
    recalculate_all()
    assert Grant.objects.filter(employee=team["小王"], badge__code="sales_star").count() == 1
    assert "big_deal" in told(team["小王"])
    assert not told(team.manager)
    assert not reactions.failures()


# Gone.


def test_a_mail_that_was_held_back_is_not_sent_to_someone_who_has_left_meanwhile():
    team = scenes.team("小王", plan="accelerator", target="100000")
    sold(team["小王"], "10000.00")
    recalculate_all()
    held = Notice.objects.filter(user__employee=team["小王"], mail=Notice.Mail.WAITING)
    assert held.exists()
    people_services.leave(team["小王"], last_day=people.today() - timedelta(days=1))
    server = MailServer()
    server.start()
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    there = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": server.port, "EMAIL_CONFIGURED": True, "EMAIL_BACKEND": smtp}
    try:
        with override_settings(**there):
            assert delivery.deliver(team["小王"].user.pk) == 0
            assert delivery.deliver(team.manager.user.pk) > 0
    finally:
        server.stop()
    assert server.to(team.manager.email)
    assert not server.to(team["小王"].email)
    assert not held.exists()


def test_someone_who_has_left_gets_no_message_badge_course_or_task():
    team = scenes.team("小王", "小赵", plan="accelerator", target="100000")
    gone = team["小王"]
    people_services.leave(gone, last_day=people.today() - timedelta(days=1))
    before = clock.now()
    outcome = facts.record(scenes.order(gone, "600000.00"))
    recalculate_all()
    training.save_course("product", zh="课", en="Course")
    assert outcome.problems
    assert training.offer_course("product", gone.pk, occasion="x", because={}) is None
    assert coaching.add_task(gone.pk, "任务", due=people.today(), about=None, occasion="x", because={}) is None
    assert not Grant.objects.filter(employee=gone).exists()
    assert not Notice.objects.filter(user__employee=gone, made_at__gte=before).exists()
    assert not Offer.objects.filter(employee=gone).exists()
    assert not Task.objects.filter(employee=gone).exists()
