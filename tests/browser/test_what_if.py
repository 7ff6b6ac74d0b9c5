"""What if I close this deal? The rep asks in the sheet and reads what it would bring, before it is there."""

import pytest
from django.test import Client

from liji.access.models import AuditEntry
from liji.access.models import User
from liji.earnings.models import PayeePeriod
from tests import scenes
from tests.pages import sees
from tests.pages import sign_in
from tests.server import Crm
from tests.server import eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def rep(crm: Crm):
    made = scenes.team("小周", "小吴", plan="ladder", target="200000")
    crm.post(scenes.order(made["小周"], "90000.00", occurred_at=scenes.earlier_this_month()))
    eventually(lambda: scenes.total(made["小周"]) == 900)
    return made


def test_a_deal_that_lifts_the_rate_is_told_before_it_is_closed(rep, phone) -> None:
    sign_in(phone, rep["小周"])
    phone.locator("a.what-if").first.click()
    phone.locator("#sheet #amount").fill("7万")
    sees(phone, "+¥1,500.00", "¥2,400.00", "90,000 → 160,000 (+70,000)", within="#sheet")
    phone.locator("#sheet #amount").fill("many")
    sees(phone, "“many”", within="#sheet")
    phone.reload()
    sees(phone, "¥900.00")  # nothing was saved
    assert scenes.total(rep["小周"]) == 900


def test_only_who_may_see_the_pay_may_ask_and_it_is_audited(rep, served) -> None:
    address = f"/what-if/{PayeePeriod.objects.get(payee=rep['小周'], start=scenes.this_month()).pk}/"
    colleague, manager = Client(), Client()
    colleague.force_login(User.objects.get(employee=rep["小吴"]))
    manager.force_login(User.objects.get(employee=rep.manager))
    assert colleague.get(address, {"amount": "70000"}).status_code == 403
    assert manager.get(address).status_code == 200
    assert "1,500.00" in manager.get(address, {"amount": "70000"}).content.decode()
    assert AuditEntry.objects.filter(action="what_if_asked", about=rep["小周"]).count() == 1
