"""What is carried from month to month: a correction of an early month moves every later one."""

from datetime import date
from decimal import Decimal

import pytest

from liji.earnings.models import PayeePeriod
from liji.earnings.services import recalculate_all
from liji.facts import services as facts
from liji.plan.periods import add_months
from liji.plans import services as plans
from tests import scenes

pytestmark = pytest.mark.django_db

DRAW = """\
plan: draw-{number}
currency: CNY
valid: {{from: 2020-01-01}}
measures:
  earned: {{of: order_closed, sum: amount}}
values:
  repaid: "MIN(opening(owed), MAX(0, earned - 2000))"
  lent: "MAX(0, 2000 - earned)"
components:
  net: {{formula: earned + lent - repaid}}
balances:
  owed: {{{resets}closing: opening(owed) + lent - repaid}}
examples:
  - name: a loan
    facts: [order_closed 1500]
    expect: {{net: 2000, closing(owed): 500}}
"""


def months(*amounts: str, resets: str = "", first: date | None = None):
    """A rep under the draw, with one order in each of the months that end with this one; their payee-periods."""
    team = scenes.team("王晓阳")
    rep = team["王晓阳"]
    first = first or add_months(scenes.this_month(), 1 - len(amounts))
    version = plans.save_version(DRAW.format(number=team.code.lower(), resets=resets), by=None)
    plans.publish(version, since=date(2020, 1, 1), by=None)
    plans.assign(version.plan, since=first, employee=rep)
    orders = [
        scenes.order(rep, amount, occurred_at=scenes.at(add_months(first, place)))
        for place, amount in enumerate(amounts)
    ]
    assert all(outcome.status == "created" for outcome in facts.record_many(orders))
    recalculate_all()
    return rep, orders


def paid(rep) -> list[Decimal]:
    return list(PayeePeriod.objects.filter(payee=rep).order_by("start").values_list("total", flat=True))


def test_six_months_of_a_recoverable_draw():
    rep, _ = months("2750", "3000", "1500", "2375", "3000", "2750")
    assert paid(rep) == [2750, 3000, 2000, 2000, 2875, 2750]


def test_a_correction_moves_what_later_months_carry():
    rep, orders = months("1500", "2375", "3000")
    assert paid(rep) == [2000, 2000, 2875]
    assert facts.record(orders[0] | {"amount": "1000"}).status == "corrected"
    recalculate_all()
    assert paid(rep) == [2000, 2000, 2375]


def test_a_balance_that_resets_begins_anew_with_the_year():
    rep, _ = months("1500", "1500", "2375", "3000", resets="resets: year, ", first=date(2025, 11, 1))
    assert paid(rep)[:4] == [2000, 2000, 2375, 3000]


def test_the_month_shows_what_is_carried_on(client):
    rep, _ = months("1500")
    client.force_login(rep.user)
    row = PayeePeriod.objects.get(payee=rep, start=scenes.this_month())
    page = client.get(f"/months/{row.pk}/").content.decode()
    assert "owed(结转下期)" in page
    assert "500.00" in page
