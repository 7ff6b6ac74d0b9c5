"""What a preference brings is done, not only said: courses are offered and end, tracks are entered and left."""

from datetime import timedelta
from decimal import Decimal

import pytest

from liji.base import clock
from liji.earnings.services import recalculate_all
from liji.facts import services as facts
from liji.people import queries as people
from liji.people import services as people_services
from liji.plans import services as plans
from liji.preferences import following
from liji.preferences import services
from liji.preferences.models import Kind
from liji.preferences.models import Preference
from liji.reactions import queries as reactions
from liji.recognition.models import Grant
from liji.tracks import services as tracks
from liji.tracks.criteria import Draft
from liji.tracks.models import Membership
from liji.training import results
from liji.training import services as training
from liji.training.models import Offer
from tests import scenes

pytestmark = pytest.mark.django_db
TRAINING, PROMOTION = [("training", 5), ("cash", 2)], [("promotion", 5)]


@pytest.fixture
def li():
    """李静, a catalogue of four courses of which one waits for another, and the way to supervisor."""
    made = scenes.team("李静")["李静"]
    for code, name in (("product", "新产品培训"), ("follow_up", "客户跟进技巧"), ("negotiation", "客户谈判技巧")):
        training.save_course(code, zh=name, en=code, hours=Decimal(4))
    training.save_course("advanced", zh="产品进阶培训", en="Advanced", requires=["product"])
    start = people.assignment_on(made.pk, people.today()).position
    tracks.save_track(
        "supervisor", "销售主管", "Supervisor", goal=people_services.position("supervisor", "销售主管"), start=start,
        criteria=[Draft("月销售额 25 万", "250,000 a month", "sales", Decimal(250_000))], by=None,
    )
    yield made
    assert not reactions.failures()


def state(li, ranking, days: int = 0) -> None:
    services.state(li, ranking, on=people.today() + timedelta(days=days), source="self")


def offered(li) -> set[str]:
    return set(Offer.objects.filter(employee=li, withdrawn_at=None).values_list("course__code", flat=True))


def on_track(li) -> bool:
    return Membership.objects.filter(employee=li, ended_on=None).exists()


def test_who_prefers_training_is_offered_the_courses_that_are_open(li):
    state(li, TRAINING)
    assert offered(li) == {"product", "follow_up", "negotiation"}
    assert not on_track(li)


def test_a_change_to_promotion_ends_the_offers_and_shows_the_criteria(li):
    state(li, TRAINING)
    state(li, PROMOTION)
    assert not offered(li)
    assert on_track(li)
    state(li, TRAINING)
    assert offered(li) == {"product", "follow_up", "negotiation"}
    assert not on_track(li)


def test_a_course_that_is_begun_or_offered_by_the_manager_stays(li):
    training.offer_course("product", li.pk, occasion="by the manager", because={})
    state(li, TRAINING)
    training.start(Offer.objects.get(employee=li, course__code="follow_up"))
    state(li, PROMOTION)
    assert offered(li) == {"product", "follow_up"}


def test_a_track_that_the_manager_has_chosen_is_not_left(li):
    tracks.enter_track("supervisor", li.pk, occasion="by the manager", because={})
    state(li, PROMOTION)
    state(li, TRAINING)
    assert on_track(li)


def test_another_strength_or_rank_offers_nothing_anew(li):
    state(li, TRAINING)
    before = Offer.objects.count()
    state(li, [("training", 4), ("team", 1)])
    assert (Offer.objects.count(), offered(li)) == (before, {"product", "follow_up", "negotiation"})


def test_what_is_stated_for_a_later_day_begins_on_that_day(li):
    state(li, TRAINING)
    state(li, PROMOTION, days=3)
    assert offered(li)
    assert not on_track(li)
    assert following.follow_all(people.today()) == 0
    assert following.follow_all(people.today() + timedelta(days=3)) == 3
    assert not offered(li)
    assert on_track(li)


def test_what_a_kind_brings_follows_when_hr_changes_it(li):
    state(li, [("cash", 5)])
    kind = Kind.objects.get(code="cash")
    about = {"zh": kind.zh, "en": kind.en, "zh_about": "", "en_about": "", "active": True}
    services.save_kind("cash", elements=["next_band", "courses"], **about)
    assert offered(li)
    services.save_kind("cash", elements=["next_band"], **about)
    assert not offered(li)


def test_who_leaves_has_no_scheme_any_more(li):
    state(li, TRAINING)
    people_services.leave(li, last_day=people.today())
    following.follow_all(people.today() + timedelta(days=1))
    assert not offered(li)


def test_a_finished_course_brings_the_learning_badge_to_who_prefers_training_alone(li):
    other = scenes.team("王晓阳")["王晓阳"]
    state(li, TRAINING)
    state(other, PROMOTION)
    for one in (li, other):
        at = clock.local().isoformat(timespec="seconds")
        done = facts.record({
            "source": "lms", "external_id": one.number, "type": "course_completed", "employee": one.number,
            "occurred_at": at, "course": "新产品培训",
        })  # fmt: skip
        assert not done.problems
    results.follow([li.pk, other.pk])
    assert list(Grant.objects.filter(badge__code="learning").values_list("employee", flat=True)) == [li.pk]


def test_earned_money_is_the_same_whatever_one_prefers(li):
    plans.assign(scenes.published("ladder").plan, since=scenes.this_month(), employee=li)
    facts.record(scenes.order(li, "150000.00"))
    recalculate_all()
    assert scenes.total(li) == 2250
    for ranking in (TRAINING, PROMOTION, [("flexible_hours", 5)]):
        state(li, ranking)
        recalculate_all()
        assert scenes.total(li) == 2250
    assert Preference.objects.on(people.today()).filter(employee=li).count() == 1
