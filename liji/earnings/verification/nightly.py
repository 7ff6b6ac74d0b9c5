"""The verification of every night: what was worked out since the last one, and a thirtieth of all the rest."""

import time
from datetime import timedelta

from django.db import connection

from liji.base import clock
from liji.earnings.models import PayeePeriod
from liji.earnings.models import VerificationRun
from liji.earnings.verification.findings import Findings
from liji.earnings.verification.scope import Scope
from liji.earnings.verification.verifying import verify

MINUTES = 20  # that a night's verification may take
NIGHTS = 30  # after which each payee-period has been verified
_WAITS = 2  # seconds that a result may wait before the verification makes room

_SAMPLE = """
SELECT id FROM earnings_payeeperiod
WHERE (("end" + ("end" - start) > %(today)s AND (computed_at IS NULL OR computed_at >= %(since)s))
    OR id %% %(nights)s = %(night)s)
"""


def run_nightly(*, minutes: float = MINUTES) -> Findings:
    """Verifies the sample of this night and stores how it went.

    A run that its time does not suffice for is followed by one that begins where the last finished one did.
    """
    found = verify(Scope(cells=sample()), seconds=minutes * 60, pause=_make_room)
    VerificationRun.objects.create(
        cells=found.cells,
        differences=len(found.differences),
        pending=found.pending,
        late=len(found.late),
        seconds=found.seconds,
        finished=found.finished and not found.unread,
    )
    return found


def sample() -> frozenset[int]:
    """The payee-periods of this night, by id: those of the present and last period of each kind that were worked out
    since the last finished run, and each of the others in one night out of thirty.
    """
    last = VerificationRun.objects.filter(finished=True).order_by("-at").first()
    since = last.at - timedelta(seconds=last.seconds) if last else clock.now() - timedelta(days=NIGHTS)
    today = clock.today()
    asked = {"today": today, "since": since, "nights": NIGHTS, "night": today.toordinal() % NIGHTS}
    with connection.cursor() as cursor:
        cursor.execute(_SAMPLE, asked)
        return frozenset(row[0] for row in cursor.fetchall())


def _make_room() -> None:
    """Waits while results that people wait for are behind, for a minute at most."""
    for _ in range(60):
        late = clock.now() - timedelta(seconds=_WAITS)
        if not PayeePeriod.objects.filter(dirty_since__lt=late).exists():
            return
        time.sleep(1)


def last_run() -> VerificationRun | None:
    """The newest run; None before the first."""
    return VerificationRun.objects.order_by("-at").first()
