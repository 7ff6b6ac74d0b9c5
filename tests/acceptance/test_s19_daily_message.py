"""S19: 今日业绩, every day at 18:30 to the managers: the team's orders, their sum, the attainment, who shone."""

from datetime import datetime
from datetime import time
from datetime import timedelta

import pytest

from liji.people import queries as people
from liji.reactions import clock
from liji.reactions.models import Notice
from liji.reactions.models import Tick
from tests import scenes
from tests.pages import sees
from tests.pages import sign_in
from tests.server import Crm
from tests.server import Installation
from tests.server import eventually

pytestmark = pytest.mark.browser


def evening() -> datetime:
    """Today at 18:30 on the company's clock."""
    return datetime.combine(people.today(), time(18, 30), people.zone())


def test_the_manager_is_told_of_the_day(crm: Crm, desk, served: Installation):
    team = scenes.team("小王", "小赵", plan="ladder", target="200000")
    for name, amount in (("小王", "120000.00"), ("小赵", "30000.00"), ("小赵", "10000.00")):
        assert crm.post(scenes.order(team[name], amount))[0] == 201
    eventually(lambda: scenes.total(team["小王"]) and scenes.total(team["小赵"]))
    Tick.objects.all().delete()  # another test's team may have been told already
    clock.tick(evening() + timedelta(seconds=20))
    (notice,) = Notice.objects.filter(kind="daily_results", user__employee=team.manager)
    mail = eventually(
        lambda: [one for one in served.mail.to(team.manager.email) if "今日业绩" in one["Subject"]], what="the mail"
    )[0]
    assert "3 单, ¥160,000.00" in mail["Subject"]
    text = mail.get_content()
    for part in ("¥160,000.00", "40%", "¥240,000.00", "小王", "¥120,000.00"):
        assert part in text, part
    sign_in(desk, team.manager)
    desk.goto("/notices/")
    sees(desk, "今日业绩", "¥160,000.00", "今日之星: 小王")
    clock.tick(evening() + timedelta(minutes=1))
    assert Notice.objects.filter(kind="daily_results", user__employee=team.manager).count() == 1, notice
