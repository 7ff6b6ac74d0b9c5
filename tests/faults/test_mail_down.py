"""A mail server that is down: nothing is lost, nothing comes twice, each person's order is kept."""

import pytest

from liji.reactions.models import Notice
from tests import scenes
from tests.server import Crm
from tests.server import Installation
from tests.server import MailServer
from tests.server import eventually


@pytest.fixture
def silent(served: Installation):
    """The installation's mail server, stopped; started again at the end in any case."""
    served.mail.stop()
    yield served.mail
    if served.mail.port_is_free():
        served.mail.start()


def test_what_was_told_meanwhile_comes_once_and_in_order(crm: Crm, silent: MailServer):
    rep = scenes.team("小王", plan="accelerator", target="9000000")["小王"]
    sums = [f"{10001 + at}.00" for at in range(4)]
    for amount in sums:
        assert crm.post(scenes.order(rep, amount))[0] == 201
        eventually(lambda amount=amount: _told(rep, amount), what="the notice on the page")
    waiting = Notice.objects.filter(user__employee=rep, kind="order_credited", mail=Notice.Mail.WAITING)
    assert waiting.count() == 4  # the pages work on meanwhile
    silent.start()
    eventually(lambda: len(silent.to(rep.email)) >= 4, patience=90, what="the mails")
    crm.post(scenes.order(rep, "20000.00"))
    eventually(lambda: len(silent.to(rep.email)) >= 5, patience=90, what="the next mail")
    subjects = [mail["Subject"] for mail in silent.to(rep.email)]
    expected = ["10,001", "10,002", "10,003", "10,004", "20,000"]
    assert [part in subject for part, subject in zip(expected, subjects, strict=True)] == [True] * 5
    assert len({mail["Message-ID"] for mail in silent.to(rep.email)}) == 5
    assert not waiting.exists()


def _told(rep, amount: str) -> bool:
    notices = Notice.objects.filter(user__employee=rep, kind="order_credited")
    return notices.filter(values__amount__startswith=amount[:5]).exists()
