"""Storing what a ledger has planned, and taking an import back: SQL, inside the transaction of the service."""

import json
from collections.abc import Collection
from collections.abc import Sequence
from datetime import date
from datetime import datetime

from django.db import connection

from liji.facts.ledger import Ledger
from liji.facts.models import Fact
from liji.facts.models import RawRecord
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.plans import queries as plans

Touched = set[tuple[int, date]]  # payee id, credit date
Told = set[tuple[str, int]]  # fact type, owner's employee id
_encode = json.JSONEncoder(default=str, ensure_ascii=False).encode
_COPIES = {
    "facts_rawrecord": "id, source_id, external_id, version, body, digest, received_at, run, updated_at, retracts, key",
    "facts_fact": "id, raw_id, source_id, external_id, version, type, owner_id, amount, currency, occurred_at, "
    "credit_date, reversed_id, fields, current, withdrawn",
    "facts_credit": "fact_id, payee_id, credit_date, amount, share, role, current",
}


def write(ledger: Ledger, *, now: datetime, key: int | None) -> tuple[Told, Touched]:
    """Writes facts, retractions and the new credits of reversals; returns whose facts no longer count, and days of
    credits that moved beside those which the ledger knows."""
    told = _retire(list(ledger.retired)) if ledger.retired else set()
    rows: dict[str, list[tuple]] = {table: [] for table in _COPIES}
    for p in ledger.planned:
        r = p.record
        raw = (p.fact_id, p.source_id, r.external_id, p.version, r.raw, r.digest, now, ledger.run, r.updated_at, False)
        rows["facts_rawrecord"].append((*raw, key))
        rows["facts_fact"].append(
            (
                *(p.fact_id, p.fact_id, p.source_id, r.external_id, p.version, r.type, p.owner_id, r.amount),
                *(r.currency, r.occurred_at, r.credit_date, r.reverses, _encode(r.fields), p.current, False),
            )
        )
        for payee, share, role in p.credited:
            rows["facts_credit"].append((p.fact_id, payee, r.credit_date, p.credit, share, role, p.current))
    for one in ledger.retracted:
        said = one.retraction
        raw = (one.raw_id, one.source_id, said.external_id, one.version, said.raw, "", now, ledger.run)
        rows["facts_rawrecord"].append((*raw, said.updated_at, True, key))
    moved = _recredit(ledger, rows["facts_credit"])
    with connection.cursor() as cursor:
        for table, columns in _COPIES.items():
            if rows[table]:
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for row in rows[table]:
                        copy.write_row(row)
    for (source, number, version), at in ledger.times.items():
        found = RawRecord.objects.filter(source=source, external_id=number, version=version, withdrawn=False)
        found.update(updated_at=at)
    return told, moved


def _recredit(ledger: Ledger, rows: list[tuple]) -> Touched:
    """Stored reversals are credited to whom their original is credited now."""
    new = [one for one in ledger.recredited.values() if one.fact_id not in ledger.retired]
    if not new:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE facts_credit SET current = false WHERE current AND fact_id = ANY(%s) "
            "RETURNING payee_id, credit_date",
            [[one.fact_id for one in new]],
        )
        moved = set(cursor.fetchall())
    for one in new:
        Fact.objects.filter(pk=one.fact_id).update(owner=one.owner_id)
        for payee, share, role in one.credited:
            rows.append((one.fact_id, payee, one.credit_date, one.credit, share, role, True))
    return moved


def _retire(facts: Sequence[int]) -> Told:
    Fact.objects.filter(pk__in=facts).update(current=False)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE facts_credit SET current = false WHERE fact_id = ANY(%s)", [list(facts)])
    return _types_and_owners(facts)


# --- taking an import back --------------------------------------------------------------------------------------


def withdraw(run: int) -> tuple[int, Touched, Told]:
    """Takes back all facts and retractions of an import; earlier versions count again.

    Returns how many, and what was touched. Raises Refused("closed"), or Refused("has_reversals") when a record that
    still counts would take back what is no longer there.
    """
    mine = Fact.objects.select_for_update().filter(raw__run=run, withdrawn=False)
    _must_be_open(mine.filter(current=True).values_list("credit_date", flat=True))
    touched = _payees_and_days([fact.pk for fact in mine if fact.current])
    told = set(mine.filter(current=True).values_list("type", "owner"))
    count = mine.update(current=False, withdrawn=True)
    count += RawRecord.objects.filter(run=run, retracts=True, withdrawn=False).count()
    RawRecord.objects.filter(run=run).update(withdrawn=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE facts_credit c SET current = false FROM facts_rawrecord r WHERE r.id = c.fact_id AND r.run = %s",
            [run],
        )
        cursor.execute(_REVIVE, [run])
        revived = [row[0] for row in cursor.fetchall()]
        cursor.execute(_REVIVE_CREDITS, [revived])
        cursor.execute(_RETIRE_REVERSALS, [revived])
        moved = set(cursor.fetchall())
        cursor.execute(_RECREDIT_REVERSALS, [revived])
        cursor.execute(_OWNERS_OF_REVERSALS, [revived])
    _must_be_open(Fact.objects.filter(pk__in=revived).values_list("credit_date", flat=True))
    touched |= _payees_and_days(revived) | moved | _payees_and_days(_reversals(revived))
    _must_fit(run)
    return count, touched, told | _types_and_owners(revived)


def _must_be_open(days: Collection[date]) -> None:
    closed = plans.closed_spans()
    for day in sorted(set(days)):
        if opens := plans.closed_until(day, closed):
            raise Refused(Problem("credit_date", "closed", {"value": day.isoformat(), "open": opens.isoformat()}))


def _must_fit(run: int) -> None:
    """Every reversal that still counts has an original from which it can be taken."""
    with connection.cursor() as cursor:
        cursor.execute(_ORPHANS, [run])
        found = cursor.fetchall()
    if found:
        number, count, names = found[0]
        values = {"id": number, "count": str(count), "reversals": names[:200]}
        raise Refused(Problem("external_id", "has_reversals", values))


def _reversals(originals: Sequence[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.id FROM facts_fact b JOIN facts_fact o ON o.source_id = b.source_id "
            "AND o.external_id = b.reversed_id WHERE b.current AND b.reversed_id <> '' AND o.id = ANY(%s)",
            [list(originals)],
        )
        return [row[0] for row in cursor.fetchall()]


def reversals_of(keys: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """(source, external id) of what takes any of some records back."""
    found: list[tuple[str, str]] = []
    for source in sorted({source for source, _ in keys}):
        numbers = [number for code, number in keys if code == source]
        rows = Fact.objects.filter(current=True, source__code=source, reversed_id__in=numbers)
        found += [(source, number) for number in rows.order_by("pk").values_list("external_id", flat=True)]
    return found


def reversals_of_run(run: int) -> list[tuple[str, str]]:
    """(source, external id) of what takes a record of an import back and was not in the import itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT s.code, f.external_id FROM facts_fact f JOIN facts_source s ON s.id = f.source_id "
            "JOIN facts_rawrecord own ON own.id = f.raw_id AND own.run IS DISTINCT FROM %s "
            "JOIN facts_fact o ON o.source_id = f.source_id AND o.external_id = f.reversed_id AND o.current "
            "JOIN facts_rawrecord r ON r.id = o.raw_id AND r.run = %s "
            "WHERE f.current AND f.reversed_id <> ''",
            [run, run],
        )
        return cursor.fetchall()


# The newest version that was neither withdrawn nor retracted counts again, for each record of the run with none left.
_REVIVE = """
UPDATE facts_fact SET current = true WHERE id IN (
    SELECT DISTINCT ON (f.source_id, f.external_id) f.id
    FROM facts_fact f
    JOIN facts_rawrecord r ON r.run = %s AND r.source_id = f.source_id AND r.external_id = f.external_id
    WHERE NOT f.withdrawn AND NOT EXISTS (
        SELECT 1 FROM facts_fact o
        WHERE o.source_id = f.source_id AND o.external_id = f.external_id AND o.current
    ) AND NOT EXISTS (
        SELECT 1 FROM facts_rawrecord back
        WHERE back.source_id = f.source_id AND back.external_id = f.external_id
          AND back.retracts AND NOT back.withdrawn AND back.version > f.version
    )
    ORDER BY f.source_id, f.external_id, f.version DESC
) RETURNING id
"""
# A reversal may have been credited anew when its original was corrected: its newest credits count.
_REVIVE_CREDITS = """
UPDATE facts_credit c SET current = true WHERE c.fact_id = ANY(%s) AND NOT EXISTS (
    SELECT 1 FROM facts_credit n
    WHERE n.fact_id = c.fact_id AND n.payee_id = c.payee_id AND n.role = c.role AND n.id > c.id
)
"""
# The reversals of a version that counts again are credited to whom it is credited.
_RETIRE_REVERSALS = """
UPDATE facts_credit c SET current = false
FROM facts_fact b JOIN facts_fact o ON o.source_id = b.source_id AND o.external_id = b.reversed_id
WHERE c.fact_id = b.id AND c.current AND b.current AND b.reversed_id <> '' AND o.id = ANY(%s)
RETURNING c.payee_id, c.credit_date
"""
_RECREDIT_REVERSALS = """
INSERT INTO facts_credit (fact_id, payee_id, credit_date, amount, share, role, current)
SELECT b.id, oc.payee_id, b.credit_date, -coalesce(b.amount, coalesce(o.amount, 0) - coalesce((
    SELECT sum(p.amount) FROM facts_fact p
    WHERE p.source_id = o.source_id AND p.reversed_id = o.external_id AND p.current AND p.amount IS NOT NULL
), 0)), oc.share, oc.role, true
FROM facts_fact b JOIN facts_fact o ON o.source_id = b.source_id AND o.external_id = b.reversed_id
JOIN facts_credit oc ON oc.fact_id = o.id AND oc.current
WHERE b.current AND b.reversed_id <> '' AND o.id = ANY(%s)
"""
_OWNERS_OF_REVERSALS = """
UPDATE facts_fact b SET owner_id = o.owner_id FROM facts_fact o
WHERE o.source_id = b.source_id AND o.external_id = b.reversed_id AND b.current AND b.reversed_id <> ''
  AND o.id = ANY(%s)
"""
# Originals of the run's records with reversals that take back more than there is, in another currency, or of nothing.
_ORPHANS = """
WITH mine AS (
    SELECT DISTINCT r.source_id, x.number
    FROM facts_rawrecord r
    LEFT JOIN facts_fact f ON f.raw_id = r.id
    CROSS JOIN LATERAL (VALUES (r.external_id), (nullif(f.reversed_id, ''))) x(number)
    WHERE r.run = %s AND x.number IS NOT NULL
)
SELECT back.reversed_id, count(*), string_agg(back.external_id, ', ' ORDER BY back.external_id)
FROM mine
JOIN facts_fact back ON back.source_id = mine.source_id AND back.reversed_id = mine.number AND back.current
LEFT JOIN facts_fact o ON o.source_id = mine.source_id AND o.external_id = mine.number AND o.current
WHERE back.reversed_id <> ''
GROUP BY back.source_id, back.reversed_id, o.id, o.amount, o.currency
HAVING o.id IS NULL OR bool_or(back.currency <> o.currency)
    OR coalesce(o.amount, 0) + coalesce(sum(
        (SELECT min(c.amount) FROM facts_credit c WHERE c.fact_id = back.id AND c.current)), 0) < 0
LIMIT 1
"""


def _types_and_owners(facts: Sequence[int]) -> Told:
    return set(Fact.objects.filter(pk__in=facts).values_list("type", "owner"))


def _payees_and_days(facts: Sequence[int]) -> Touched:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT payee_id, credit_date FROM facts_credit WHERE fact_id = ANY(%s)", [list(facts)])
        return set(cursor.fetchall())
