"""On the server, what is taken back is a part of what was worked out for the original."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from liji.earnings.models import PayeePeriod
from liji.earnings.services import recalculate_all
from liji.facts import services as facts
from liji.plans import services as plans
from tests import scenes

pytestmark = pytest.mark.django_db

FLAT = """\
plan: {id}
currency: CNY
fields: {{sold_on: date, product: text, order: text}}
measures: {{sales: {{of: order_closed, sum: amount}}}}
tables: {{ladder: {{bands: [{{below: 1000, rate: {rate}}}, {{beyond, rate: 20%}}]}}}}
components:
  climb:
    per: order_closed
    formula: marginal(ladder, running(sales) + amount) - marginal(ladder, running(sales))
    clawback: {{of: order_cancelled, {key}, within: 12, take: {take}}}
examples:
  - {{name: first, facts: [order_closed 500], expect: {{total: {first}}}}}
"""


class Scene:
    """A rep under a plan since long ago, at a moment in November 2026."""

    def __init__(self, take: str = "all", key: str = "since: sold_on") -> None:
        self.take, self.key = take, key
        team = scenes.team("王晓阳")
        self.rep, self.id = team["王晓阳"], f"climb-{team.code.lower()}"
        self.publish("10%", 50, date(2020, 1, 1))
        plans.assign(self.version.plan, since=date(2026, 1, 1), employee=self.rep)

    def publish(self, rate: str, first: int, since: date) -> None:
        text = FLAT.format(id=self.id, rate=rate, first=first, take=self.take, key=self.key)
        self.version = plans.save_version(text, by=None)
        plans.publish(self.version, since=since, by=None)

    def order(self, number: str, amount: str, day: date, **more: Any) -> None:
        self._record(scenes.order(self.rep, amount, f"{self.id}-{number}", occurred_at=scenes.at(day), **more))

    def cancelled(self, order: str, amount: str, day: date, **more: Any) -> None:
        own = {"type": "order_cancelled", "order": f"{self.id}-{order}", "customer": "", "product": "", **more}
        number = f"{self.id}-{order}-{day}"
        self._record(scenes.order(self.rep, amount, number, occurred_at=scenes.at(day), **own))

    def _record(self, record: dict[str, Any]) -> None:
        told = {name: value for name, value in record.items() if value != ""}
        outcome = facts.record(told)
        assert outcome.status in ("created", "corrected"), outcome

    def paid(self) -> dict[int, Decimal]:
        recalculate_all()
        rows = PayeePeriod.objects.filter(payee=self.rep, total__isnull=False).exclude(total=0)
        assert not PayeePeriod.objects.filter(payee=self.rep, problem__isnull=False).exists()
        return dict(rows.order_by("start").values_list("start__month", "total"))


@pytest.fixture(autouse=True)
def november(clock) -> None:
    clock.at("2026-11-20 12:00")


def test_at_the_rate_that_the_original_was_paid_at():
    scene = Scene()
    scene.order("1", "1000", date(2026, 10, 5))
    scene.order("2", "1000", date(2026, 10, 6))
    scene.order("3", "400", date(2026, 11, 2))
    scene.cancelled("2", "1000", date(2026, 11, 10))
    assert scene.paid() == {10: 300, 11: 40 - 200}


def test_by_the_version_that_held_when_it_was_sold():
    scene = Scene()
    scene.order("1", "500", date(2026, 10, 5))
    scene.paid()
    scene.publish("5%", 25, date(2026, 11, 1))
    scene.order("2", "500", date(2026, 11, 2))
    scene.cancelled("1", "500", date(2026, 11, 10))
    assert scene.paid() == {10: 50, 11: 25 - 50}


def test_parts_of_one_order_in_several_months_take_all_of_it_at_most():
    scene = Scene()
    scene.order("1", "1500", date(2026, 8, 5))
    scene.cancelled("1", "500", date(2026, 9, 10))
    scene.cancelled("1", "700", date(2026, 10, 10))
    scene.cancelled("1", "300", date(2026, 11, 10))
    assert scene.paid() == {8: 200, 9: Decimal("-66.67"), 10: Decimal("-93.33"), 11: -40}


def test_the_months_that_are_unused_begin_with_the_day_of_the_order():
    scene = Scene(take="unused")
    scene.order("1", "600", date(2026, 8, 10))
    scene.cancelled("1", "600", date(2026, 11, 10))
    assert scene.paid() == {8: 60, 11: -45}


def test_what_the_original_came_to_later_moves_what_is_taken_back():
    scene = Scene()
    scene.order("2", "1000", date(2026, 10, 6))
    scene.cancelled("2", "1000", date(2026, 11, 10))
    assert scene.paid() == {10: 100, 11: -100}
    scene.order("1", "1000", date(2026, 10, 5))  # before it: the other one is paid at the higher rate
    assert scene.paid() == {10: 300, 11: -200}
    scene.order("1", "500", date(2026, 10, 5))
    assert scene.paid() == {10: 200, 11: -150}


def test_an_original_that_the_server_does_not_hold_counts_on_the_day_that_is_said():
    scene = Scene(key="by: product, since: sold_on")
    scene.order("1", "500", date(2026, 10, 5), product="A")
    scene.cancelled("1", "500", date(2026, 11, 10))
    assert scene.paid() == {10: 50, 11: -50}


def test_a_return_means_the_order_whose_number_it_says_though_the_order_has_no_such_field():
    scene = Scene(key="by: order")
    scene.order("1", "1000", date(2026, 10, 5))
    scene.order("2", "500", date(2026, 10, 6))
    scene.cancelled("1", "400", date(2026, 10, 20))
    scene.cancelled("1", "600", date(2026, 11, 10))
    assert scene.paid() == {10: 160, 11: -60}
