"""The star of the month: by the company's rule, equals together, decided once."""

from datetime import datetime
from datetime import time
from datetime import timedelta
from decimal import Decimal

import pytest

from liji.access.models import AuditEntry
from liji.access.models import Role
from liji.facts import services as facts
from liji.people import queries as people
from liji.people import services as people_services
from liji.people.problems import Refused
from liji.plan.periods import add_months
from liji.recognition import stars
from liji.recognition.built_in import ensure
from liji.recognition.models import Badge
from liji.recognition.models import Grant
from liji.recognition.models import Star
from liji.recognition.tasks import propose_stars
from tests import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return scenes.team("甲", "乙", "丙")


def last_month():
    return add_months(scenes.this_month(), -1)


def sold(rep, *amounts):
    at = datetime.combine(last_month() + timedelta(days=9), time(10), people.zone()).isoformat()
    for amount in amounts:
        assert not facts.record(scenes.order(rep, amount, occurred_at=at)).problems


def ruled(**more):
    rule = {"measure": "sales", "least_orders": 1, "unit": None, "active": True, "by_itself": False}
    return stars.set_rule(**rule | more, by=None)


def proposed():
    return [(each.star.employee.name, each.value) for each in stars.proposed()]


def test_nothing_is_proposed_before_the_company_has_a_rule_that_is_active(team):
    sold(team["甲"], "30000")
    assert stars.propose_due() == []
    ruled(active=False)
    assert stars.propose_due() == []
    ruled()
    propose_stars(0)
    assert proposed() == [("甲", Decimal(30000))]


def test_who_leads_is_proposed_once_and_equals_together(team):
    ruled()
    sold(team["甲"], "20000", "10000")
    sold(team["乙"], "30000")
    sold(team["丙"], "29999.99")
    for _ in range(2):
        stars.propose_due()
    assert [name for name, _ in proposed()] == ["甲", "乙"]


def test_who_has_too_few_orders_or_works_elsewhere_is_passed_over(team):
    other = scenes.team("丁")
    sold(team["甲"], "90000")
    sold(team["乙"], "10000", "10000")
    sold(other["丁"], "20000", "20000")
    ruled(least_orders=2)
    stars.propose_due()
    assert [name for name, _ in proposed()] == ["丁"]
    ruled(least_orders=2, unit=team.unit)
    stars.propose_due()
    assert [name for name, _ in proposed()] == ["乙"]


def test_a_proposal_follows_the_facts_until_it_is_decided(team):
    ruled()
    sold(team["甲"], "30000")
    stars.propose_due()
    sold(team["乙"], "40000")
    stars.propose_due()
    assert [name for name, _ in proposed()] == ["乙"]
    stars.decide(Star.objects.get(), confirm=True, by=None)
    sold(team["甲"], "50000")
    assert stars.propose_due() == []
    assert Star.objects.count() == 1


def test_a_confirmed_star_holds_the_badge_and_is_shown(team):
    hr = scenes.user(f"hr-{team.code}", Role.HR)
    ruled()
    sold(team["甲"], "30000")
    (star,) = stars.propose_due()
    stars.decide(star, confirm=True, by=hr)
    grant = Grant.objects.get(badge__code="star_of_month")
    assert grant.employee == team["甲"]
    assert grant.because["measure"] == "sales"
    (shown,) = stars.current()
    assert (shown.name, shown.star.month, shown.value) == ("甲", last_month(), None)
    assert AuditEntry.objects.get(action="star_confirmed").about == team["甲"]
    with pytest.raises(Refused) as refused:
        stars.decide(star, confirm=False, by=hr)
    assert refused.value.problems[0].code == "star_decided"
    assert Grant.objects.count() == 1


def test_a_declined_star_gets_nothing_and_is_not_proposed_again(team):
    ruled()
    sold(team["甲"], "30000")
    (star,) = stars.propose_due()
    stars.decide(star, confirm=False, by=None)
    assert not stars.propose_due()
    assert not Grant.objects.exists()
    assert stars.current() == []


def test_by_itself_the_badge_is_given_without_anybody_confirming(team):
    ruled(by_itself=True)
    sold(team["甲"], "30000")
    stars.propose_due()
    stars.propose_due()
    assert [shown.name for shown in stars.current()] == ["甲"]
    assert Grant.objects.count() == 1


def test_a_badge_that_was_retired_keeps_no_star_from_being_decided(team):
    ruled(by_itself=True)
    sold(team["甲"], "30000")
    ensure("star_of_month")
    Badge.objects.update(active=False)
    stars.propose_due()
    assert [shown.name for shown in stars.current()] == ["甲"]
    assert not Grant.objects.exists()


def test_who_has_left_is_passed_over_and_cannot_be_confirmed(team):
    ruled()
    sold(team["甲"], "30000")
    (star,) = stars.propose_due()
    people_services.leave(team["甲"], last_day=people.today() - timedelta(days=1))
    with pytest.raises(Refused) as refused:
        stars.decide(star, confirm=True, by=None)
    assert refused.value.problems[0].code == "has_left"
    assert stars.propose_due() == []
    assert not Star.objects.exists()
