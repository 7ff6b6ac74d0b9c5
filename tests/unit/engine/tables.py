"""Payees, facts and links as the whole tables that `batch` and `spark` are given."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from liji.engine import Compiled
from liji.engine import Fact
from liji.engine import Link
from liji.engine import PayeePeriod
from liji.engine.rows import fact_rows
from liji.engine.rows import in_order
from liji.engine.rows import links_rows
from liji.engine.rows import payee_rows


def tables_of(
    compiled: Compiled, payees: Sequence[PayeePeriod], facts: Sequence[Fact], links: Sequence[Link]
) -> dict[str, Any]:
    wanted = [fact for fact in facts if fact.type in compiled.needs.types]
    rows = fact_rows(compiled, wanted)
    names = [name for name in rows.column_names if name.startswith("field:")]
    columns = {name.removeprefix("field:"): rows[name] for name in names}
    columns |= {name: rows[name] for name in ("payee", "period", "type", "fact_id")}
    ordered = in_order(wanted) if compiled.needs.ordered else wanted
    columns["currency"] = pa.array([fact.fields.get("currency") for fact in ordered], pa.string())
    columns |= {name: rows[name] for name in ("dated_by",) if name in rows.column_names}
    columns["credit_date"] = pa.array([fact.credit_date for fact in ordered], pa.date32())
    columns["seq"] = pa.array([fact.seq for fact in ordered], pa.int64())
    return {
        "payees": payee_rows(compiled, payees),
        "facts": pa.table(columns),
        "links": links_rows(links) if compiled.needs.levels else None,
    }
