"""`liji demo` and `liji play` on a real installation: filled once, refreshed after, never beside a real company."""

from datetime import timedelta
from decimal import Decimal

import pytest

from liji.access.models import AuditEntry
from liji.access.models import User
from liji.base import clock
from liji.demo import play
from liji.demo import roster
from liji.earnings import queries as earnings
from liji.earnings.models import PayeePeriod
from liji.facts.models import Fact
from liji.people import queries as people
from liji.people.models import Employee
from liji.reactions.models import Notice
from liji.recognition.models import Grant
from tests import scenes
from tests.server import Installation
from tests.server import eventually


def test_it_refuses_an_installation_that_holds_a_real_company(blank):
    installation = blank()
    with installation.entered():
        scenes.team("王晓阳")
    done = installation.liji("demo")
    assert done.returncode == 2
    assert "真实公司" in done.stderr
    with installation.entered():
        assert not User.objects.filter(username="E1001").exists()


@pytest.mark.slow
def test_the_demo_is_filled_once_refreshed_after_and_played_on(blank, monkeypatch):
    monkeypatch.setattr(roster, "MONTHS", 1)  # the real one takes most of a minute
    from liji.demo import company

    monkeypatch.setattr(company, "MONTHS", 1)
    installation: Installation = blank()
    with installation.entered():
        assert company.fill(7) == 0
        actors = set(AuditEntry.objects.values_list("actor", flat=True))
        assert "demo" in actors
        assert "system" not in actors
        counted = Fact.objects.count()
        rep = Employee.objects.get(number="E1001")
        (earning,) = earnings.today(rep.pk, people.today()).earnings
        assert (earning.progress.value, earning.total) == (400_000, 6_000)
        assert not PayeePeriod.objects.filter(dirty_since__isnull=False).exists()
        old = clock.now() - timedelta(days=3)
        known = {f"fact:{f.source}:{f.external_id}" for f in Fact.objects.filter(occurred_at__lt=old)}
        assert not Notice.objects.filter(occasion__in=known).exists()
        stars = Grant.objects.filter(badge__code="sales_star", occasion__startswith="demo").count()
        assert stars == 3
        assert company.fill(7) == 0
        assert Grant.objects.filter(badge__code="sales_star", occasion__startswith="demo").count() == stars
        assert Fact.objects.count() - counted < 20  # what has happened in these seconds
        assert earnings.today(rep.pk, people.today()).total == 6_000
    installation.start_web()
    installation.start_worker()
    try:
        monkeypatch.setenv("LIJI_BASE_URL", installation.base_url)
        with installation.entered():
            assert play.play(1, 0, "E1001", Decimal("100000")) == 0
            eventually(lambda: earnings.today(rep.pk, people.today()).total == 7_500)
        verified = installation.liji("verify", "--records")
        assert verified.returncode == 0, verified.stdout
    finally:
        installation.stop()
