"""S16: < 100,000 1 %, 100,000–200,000 1.5 %, > 200,000 2 %, of the whole month; > 120 % → 5,000 more."""

from decimal import Decimal

import pytest

from liji.people import queries as people
from liji.plans import queries as plans
from tests import scenes
from tests.pages import sees
from tests.pages import sign_in
from tests.server import Crm
from tests.server import eventually

# sales of the month (CNY), what they pay; the target is 200,000. The edges are those of the mission.
MONTHS = [
    ("0.01", "0.00"),  # a fen
    ("99999.99", "1000.00"),  # the first band's last fen: 999.9999
    ("100000.00", "1500.00"),  # both edges belong to the middle band
    ("160000.00", "2400.00"),
    ("200000.00", "3000.00"),
    ("200000.01", "4000.00"),  # the cliff: 4,000.0002
    ("240000.00", "4800.00"),  # exactly 120 %: no bonus
    ("240000.01", "9800.00"),  # beyond it: 4,800.0002 + 5,000
    ("1000000.00", "25000.00"),
]


@pytest.mark.parametrize(("sold", "pays"), MONTHS)
def test_the_month_pays_by_the_reached_rate(crm: Crm, sold, pays):
    rep = scenes.team("小李", plan="ladder", target="200000")["小李"]
    assert crm.post(scenes.order(rep, sold))[0] == 201
    eventually(lambda: scenes.total(rep) == Decimal(pays), what=f"{pays} for {sold}")


@pytest.mark.browser
def test_a_later_order_lifts_the_band_and_the_page_says_what_it_added_to_earlier_ones(crm: Crm, phone):
    """90,000 at 1 % pays 900; 20,000 more lift all to 1.5 %: +300 for the order, +450 on the earlier ones."""
    rep = scenes.team("小李", plan="ladder", target="200000")["小李"]
    crm.post(scenes.order(rep, "90000.00", occurred_at=scenes.earlier_this_month()))
    eventually(lambda: scenes.total(rep) == 900)
    sign_in(phone, rep)
    crm.post(scenes.order(rep, "20000.00"))
    sees(phone, "¥1,650.00", "+750.00", "+450.00")


@pytest.mark.browser
def test_a_return_takes_the_bonus_back_in_the_open_month(crm: Crm, phone):
    rep = scenes.team("小李", plan="ladder", target="200000")["小李"]
    order = scenes.order(rep, "250000.00")
    crm.post(order)
    sign_in(phone, rep)
    sees(phone, "¥10,000.00", "¥5,000.00")
    back = {name: order[name] for name in ("source", "occurred_at")}
    back |= {"external_id": "RT-" + order["external_id"], "type": "order_returned"}
    crm.post(back | {"order": order["external_id"], "amount": "10000.00"})
    sees(phone, "120%", "¥4,800.00")
    assert scenes.total(rep) == 4800


@pytest.mark.browser
def test_the_page_names_the_day_by_which_it_is_paid(crm: Crm, phone):
    rep = scenes.team("小李", plan="ladder", target="200000")["小李"]
    crm.post(scenes.order(rep, "1000.00"))
    sign_in(phone, rep)
    following = plans.month(people.today())[1]
    sees(phone, f"{following.month} 月 5 日")


def test_orders_of_the_month_count_in_any_order(crm: Crm):
    """120,000 and 80,000.01, or the reverse: the same pay."""
    for amounts in (("120000.00", "80000.01"), ("80000.01", "120000.00")):
        rep = scenes.team("小李", plan="ladder", target="200000")["小李"]
        for amount in amounts:
            crm.post(scenes.order(rep, amount))
        eventually(lambda rep=rep: scenes.total(rep) == 4000)
