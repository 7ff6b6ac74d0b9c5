"""At the edges of months, in any hour: orders count, pages greet and stand, the demo is filled. The part of
`make test-clock` that every run of the tests takes along; `make test-clock` shows it further moments.
"""

import os
from collections import Counter
from datetime import UTC
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from liji.access.models import Role
from liji.access.services import make_api_key
from liji.base import clock as base_clock
from liji.dashboards import team as dashboards
from liji.dashboards.look import Look
from liji.earnings.models import PayeePeriod
from liji.earnings.services import recalculate_all
from liji.facts import services as facts
from liji.facts.models import Fact
from liji.facts.types import ensure_built_in
from liji.people import queries as people
from liji.people.models import Assignment
from tests import scenes
from tests.edges import EDGES

pytestmark = pytest.mark.django_db

SHOWN = os.environ.get("LIJI_TEST_MOMENT")


@pytest.fixture(params=[SHOWN] if SHOWN else EDGES[:3])
def edge(request, clock):
    """A moment of the company at which the test runs."""
    return clock.at(request.param)


def test_an_order_of_this_moment_counts_in_its_month_and_in_no_other(edge):
    rep = scenes.team("王晓阳", plan="accelerator", target="666666.67")["王晓阳"]
    assert facts.record(scenes.order(rep, "400000.00")).status == "created"
    recalculate_all()
    assert scenes.total(rep) == 6000
    periods = PayeePeriod.objects.filter(payee=rep).exclude(total=0)
    assert [row.start for row in periods] == [edge.date().replace(day=1)]


def test_an_order_of_the_next_hour_is_refused(edge):
    rep = scenes.team("王晓阳", plan="accelerator")["王晓阳"]
    later = (base_clock.local() + timedelta(hours=1)).isoformat()
    assert [problem.code for problem in facts.record(scenes.order(rep, "1", occurred_at=later)).problems] == ["future"]


def test_the_last_order_of_the_month_before_is_of_that_month(edge):
    rep = scenes.team("王晓阳", plan="accelerator")["王晓阳"]
    first = edge.replace(day=1, hour=0, minute=0)
    outcome = facts.record(scenes.order(rep, "1", occurred_at=(first - timedelta(seconds=1)).isoformat()))
    assert outcome.status == "created"
    moment = Fact.objects.get(owner=rep).occurred_at
    assert people.local_day(moment) == first.date() - timedelta(days=1)


def test_pages_greet_by_the_hour_and_stand(edge):
    team = scenes.team("王晓阳", "李静", plan="accelerator", target="100000")
    facts.record(scenes.order(team["王晓阳"], "60000"))
    recalculate_all()
    hour = edge.hour
    greeting = "晚上好" if hour < 5 or hour >= 18 else "早上好" if hour < 12 else "下午好"
    hr = scenes.user("hr-of-the-edge", Role.HR)
    for user, address in ((team["王晓阳"].user, "/"), (team.manager.user, "/team/"), (hr, "/company/")):
        client = Client()
        client.force_login(user)
        answer = client.get(address, headers={"Accept-Language": "zh"})
        assert answer.status_code == 200, address
        if address == "/":
            assert greeting in answer.content.decode()


def test_the_heat_map_has_every_week_that_has_begun(edge):
    team = scenes.team("甲", plan="accelerator", target="100000")
    facts.record(scenes.order(team["甲"], "50000"))
    found = dashboards.heat(Look(team.manager.pk, people.today()))
    begun = [start for start, _ in found["weeks"] if start <= people.today()]
    assert begun
    (row,) = found["rows"]
    assert row.cells[len(begun) - 1].share > 0
    assert row.cells[-1].share == Decimal("0.5")


def test_what_is_written_now_is_neither_old_nor_in_the_future(edge):
    user = scenes.user("written-now", Role.HR)
    key, _ = make_api_key("edge", by=user)
    key.refresh_from_db()
    assert timedelta(0) <= base_clock.now() - key.made_at < timedelta(minutes=5)
    assert key.made_at.astimezone(UTC) >= edge


@pytest.mark.slow
@pytest.mark.parametrize("edge", [SHOWN or EDGES[0]], indirect=True)
def test_the_demo_company_is_up_to_now(edge, monkeypatch):
    from liji.demo import company
    from liji.demo import roster
    from liji.demo import signins

    monkeypatch.setattr(roster, "MONTHS", 1)  # the real one takes most of a minute
    monkeypatch.setattr(company, "MONTHS", 1)
    ensure_built_in()
    assert company.fill(7) == 0
    now = base_clock.now()
    assert not Fact.objects.filter(occurred_at__gt=now).exists()
    orders = Fact.objects.filter(type="order_closed", occurred_at__gte=edge.replace(day=1, hour=0, minute=0))
    sold = Counter(orders.values_list("owner__number", flat=True))
    held = Assignment.objects.on(people.today()).filter(position__code=roster.REP, main=True)
    assert [number for number in held.values_list("employee__number", flat=True) if not sold[number]] == []
    assert not PayeePeriod.objects.filter(dirty_since__isnull=False).exists()
    assert not PayeePeriod.objects.filter(start__gt=people.today()).exists()
    for one in signins.SIGN_INS:
        client = Client()
        if user := scenes.User.objects.filter(username=one.number).first():
            client.force_login(user)
            answer = client.get("/", follow=True)
            assert answer.status_code == 200, one.number
            assert 'class="empty"' not in answer.content.decode(), one.number
