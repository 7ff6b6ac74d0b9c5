"""To which source the records of an upload belong, and whether they would count a second time."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from decimal import InvalidOperation
from itertools import islice

from liji.base.gate.identity import external_id
from liji.base.gate.identity import identity
from liji.connectors.files.loading import load
from liji.connectors.files.rows import Row
from liji.connectors.models import ImportRun
from liji.facts import queries as facts

SAMPLE = 5_000  # rows that are looked at
SHARED = Decimal("0.2")  # of the ids: these are records of that source


def proposed(run: ImportRun, rows: Iterable[Row | None]) -> str:
    """The source of an upload: that of an earlier upload of the same file, or of records with at least a fifth of its
    ids; else one of its own."""
    digests = [each["digest"] for each in run.files]
    earlier = ImportRun.objects.filter(what="facts", files__0__digest=digests[0]).exclude(pk=run.pk).order_by("-pk")
    for each in earlier.exclude(state__in=(ImportRun.State.DRAFT, ImportRun.State.TAKEN_BACK))[:5]:
        if (document := load(each.mapping).mapping) is not None:
            return document.source
    ids = {external_id(row.record.get("external_id", "")) for row in islice(rows, SAMPLE) if row} - {""}
    if ids:
        source, count = max(facts.sources_of(ids).items(), key=lambda held: held[1], default=("", 0))
        if count >= SHARED * len(ids):
            return source
    return f"upload-{run.pk}"


def counted_elsewhere(rows: Iterable[Row | None], source: str) -> dict[str, int]:
    """Other source → how many of the first rows are records of it: same id, person, amount and day."""
    found: Counter[str] = Counter()
    records = [row.record for row in islice(rows, SAMPLE) if row and not row.problems]
    mine = {external_id(record.get("external_id", "")): record for record in records}
    for held in facts.elsewhere(mine, but=source):
        record = mine[held.external_id]
        day = (record.get("credit_date") or record.get("occurred_at") or "")[:10]
        same = identity(record.get("employee", "")).key == identity(held.number).key
        if same and day == held.day.isoformat() and _number(record.get("amount")) == held.amount:
            found[held.source] += 1
    return dict(found)


def _number(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None
