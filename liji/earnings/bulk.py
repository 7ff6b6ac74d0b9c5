"""For many payee-periods at once: they are stored by COPY and one statement, and worked out without pauses."""

import gc
import json
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager

from django.db import connection

from liji.earnings.models import PayeePeriod

_ROOM = """
CREATE TEMPORARY TABLE worked_out (
    id bigint, version bigint, computed_at timestamptz, currency text, total numeric, result jsonb, lines jsonb
) ON COMMIT DROP
"""
_PLACE = """
UPDATE earnings_payeeperiod p SET dirty_since = NULL, problem = NULL, version_id = w.version,
    computed_at = w.computed_at, currency = w.currency, total = w.total, result = w.result, lines = w.lines
FROM worked_out w WHERE p.id = w.id
"""


def store(rows: Sequence[PayeePeriod]) -> None:
    """Saves the results of rows that were worked out, with their lines. Call it inside the transaction that has locked
    them.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ROOM)
        with cursor.copy("COPY worked_out FROM STDIN") as copy:
            for row in rows:
                told = (json.dumps(row.result), json.dumps(row.lines))
                copy.write_row((row.pk, row.version_id, row.computed_at, row.currency, row.total, *told))
        cursor.execute(_PLACE)
        cursor.execute("DROP TABLE worked_out")


@contextmanager
def without_pauses() -> Iterator[None]:
    """Python does not look for circles meanwhile: there are none in results and lines, but a third of the time went
    into looking through them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
