"""Dashboards: the pace of a month, what is arranged, and how many queries a page asks however many people there are."""

from datetime import date
from datetime import timedelta
from decimal import Decimal

import pytest

from liji.dashboards import queries
from liji.dashboards import services
from liji.dashboards.look import Look
from liji.dashboards.models import Dashboard
from liji.dashboards.registry import OWN
from liji.earnings.models import PayeePeriod
from liji.earnings.pace import pace
from liji.earnings.services import recalculate_all
from liji.facts import services as facts
from liji.people import queries as people
from liji.plan.periods import add_months
from tests import scenes

pytestmark = pytest.mark.django_db


def rep(sold: str, target: str):
    made = scenes.team("小王", plan="accelerator", target=target)["小王"]
    facts.record(scenes.order(made, sold))
    recalculate_all()
    return made


def workdays() -> list[date]:
    first = scenes.this_month()
    days = [first + timedelta(days=each) for each in range((add_months(first, 1) - first).days)]
    return [day for day in days if day.weekday() < 5]


@pytest.mark.parametrize("target", ["200000", "100000000"])  # beyond 120 % all is paid 2 %; or far from it
def test_the_forecast_is_what_the_plan_pays_when_every_workday_goes_on_as_those_before(target):
    number = PayeePeriod.objects.get(payee=rep("60000", target)).pk
    days = workdays()
    found = pace(number, days[2])
    assert (found.past, found.whole, found.to_come) == (3, len(days), len(days) - 3)
    assert found.a_day == 20_000
    sales = 60_000 + 20_000 * Decimal(found.to_come)
    assert found.expected.value == sales
    assert found.total == sales * (Decimal("0.02") if sales > Decimal(target) * Decimal("1.2") else Decimal("0.015"))


def test_on_the_last_workday_the_forecast_is_what_is_earned():
    number = PayeePeriod.objects.get(payee=rep("60000", "200000")).pk
    assert pace(number, workdays()[-1]).total == 900


def test_before_the_first_workday_there_is_no_pace():
    number = PayeePeriod.objects.get(payee=rep("60000", "200000")).pk
    assert pace(number, workdays()[0] - timedelta(days=1)) is None


def codes(user, look) -> list[str]:
    return [one.widget.code for one in queries.placed(user, OWN, look)]


def test_what_a_board_does_not_offer_changes_nothing():
    employee = rep("60000", "200000")
    user, look = employee.user, Look(employee.pk, people.today())
    before = codes(user, look)
    for code in ("team_table", "nonsense", "", "rank"):
        services.add(user, OWN, look, code)
        services.remove(user, OWN, look, code)
        services.move(user, OWN, look, code, -1)
    services.move(user, OWN, look, before[0], -1)
    services.move(user, OWN, look, before[-1], 1)
    services.order(user, OWN, look, ["nonsense"])
    assert codes(user, look) == before


def test_a_widget_that_is_hidden_for_a_while_comes_back():
    employee = rep("60000", "200000")
    user, day = employee.user, people.today()
    people.company().__class__.objects.update(shows_rankings=True)
    people.company.forget()
    services.add(user, OWN, Look(employee.pk, day), "rank")
    assert "rank" in codes(user, Look(employee.pk, day))
    people.company().__class__.objects.update(shows_rankings=False)
    people.company.forget()
    assert "rank" not in codes(user, Look(employee.pk, day))
    services.remove(user, OWN, Look(employee.pk, day), "track")
    people.company().__class__.objects.update(shows_rankings=True)
    people.company.forget()
    assert codes(user, Look(employee.pk, day))[-1] == "rank"


def test_an_empty_board_stays_empty_and_a_broken_size_is_the_usual_one():
    employee = rep("60000", "200000")
    look = Look(employee.pk, people.today())
    kept = Dashboard.objects.create(user=employee.user, board=OWN, widgets=[])
    assert codes(employee.user, look) == []
    kept.widgets = [["commission", "enormous"], ["gone", "half"]]
    kept.save()
    assert [(one.widget.code, one.size) for one in queries.placed(employee.user, OWN, look)] == [("commission", "half")]
