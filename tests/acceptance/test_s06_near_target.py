"""S6: at 80 % the rep is told "160,000 done, 40,000 to go" (target 200,000): once, and not by old data."""

from decimal import Decimal

import pytest

from liji.reactions.models import Notice
from tests import scenes
from tests.pages import sees
from tests.pages import sign_in
from tests.server import Crm
from tests.server import Installation
from tests.server import eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def rep(crm: Crm):
    made = scenes.team("小李", plan="ladder", target="200000")["小李"]
    crm.post(scenes.order(made, "150000.00", occurred_at=scenes.earlier_this_month()))
    eventually(lambda: scenes.total(made) == 2250)
    return made


def told(rep) -> int:
    return Notice.objects.filter(user__employee=rep, kind="near_target").count()


def test_at_eighty_percent_the_rep_is_encouraged(rep, phone, crm: Crm, served: Installation):
    assert told(rep) == 0
    sign_in(phone, rep)
    sees(phone, "75%")
    crm.post(scenes.order(rep, "10000.00"))
    sees(phone, "80%", "¥2,400.00")
    phone.goto("/notices/")
    sees(phone, "¥160,000.00", "¥40,000.00", "80%")
    mails = served.mail.to
    near = eventually(lambda: [m for m in mails(rep.email) if "40,000" in m["Subject"]], what="the mail")
    assert "¥160,000.00" in near[0].get_content()


def test_one_yuan_below_tells_nothing(rep, crm: Crm):
    crm.post(scenes.order(rep, "9999.99"))
    eventually(lambda: scenes.total(rep) == Decimal("2400.00"))
    assert told(rep) == 0


def test_it_is_told_once_in_a_period(rep, crm: Crm):
    order = scenes.order(rep, "10000.00")
    for amount in ("10000.00", "1.00", "10000.00", "12000.00"):
        crm.post(order | {"amount": amount})
        eventually(lambda: scenes.total(rep) is not None)
    assert told(rep) == 1


def test_who_jumps_over_the_target_at_once_is_not_told_how_near_it_is(rep, crm: Crm):
    crm.post(scenes.order(rep, "60000.00"))
    eventually(lambda: scenes.total(rep) == 4200)
    assert told(rep) == 0
