"""The two workloads in the product: credits in PostgreSQL → `recalculate_all` → results with trace in PostgreSQL.

What is timed reads the credits, works out every payee-period, walks through its transactions one by one, and stores
the result with all named values and, for each transaction, what it brought and at which rate. Loading the transactions
is not timed: `python -m benchmarks imports` measures that.
"""

import sys
import time
from decimal import Decimal

from benchmarks import child
from benchmarks import server
from benchmarks.workloads import PLANS
from benchmarks.workloads import REPS
from benchmarks.workloads import START
from benchmarks.workloads import Transactions
from benchmarks.workloads import met
from benchmarks.workloads import transactions

_LOADED = """
WITH source AS (INSERT INTO facts_source (code, name) VALUES (%(code)s, '') RETURNING id),
given AS (
    SELECT nextval(pg_get_serial_sequence('facts_fact', 'id')) AS id, source.id AS source, n, payee, day, amount
    FROM source, unnest(%(payees)s::bigint[], %(days)s::date[], %(amounts)s::numeric[])
        WITH ORDINALITY AS w (payee, day, amount, n)
),
raw AS (
    INSERT INTO facts_rawrecord (id, source_id, external_id, version, body, digest, received_at)
    SELECT id, source, n::text, 1, '{}', '', now() FROM given
),
fact AS (
    INSERT INTO facts_fact (id, raw_id, source_id, external_id, version, type, owner_id, amount, currency, occurred_at,
        credit_date, reversed_id, fields, current, withdrawn)
    SELECT id, id, source, n::text, 1, 'order_closed', payee, amount, 'CNY', day, day, '', '{}', true, false FROM given
)
INSERT INTO facts_credit (fact_id, payee_id, credit_date, amount, share, role, current)
SELECT id, payee, day, amount, 1, 'owner', true FROM given
"""


def measure(name: str, count: int) -> dict[str, float]:
    """`seconds` from credits to stored results, `cpu` seconds of the calculating process and its `peak` memory in MB.

    Raises AssertionError when the total is not the known one or a line is missing.
    """
    return child.run("benchmarks.stored", name, count)


def _measured(name: str, count: int) -> dict[str, float]:
    given = transactions(count)
    with server.home():
        from django.db import connection
        from django.db.models import Sum

        from liji.earnings.models import PayeePeriod
        from liji.earnings.services import recalculate_all

        _fill(given, name)
        began, used = time.perf_counter(), time.process_time()
        done = recalculate_all()
        seconds, cpu = time.perf_counter() - began, time.process_time() - used
        assert done == REPS * 12, done
        met(PayeePeriod.objects.aggregate(total=Sum("total"))["total"], name, count)
        with connection.cursor() as cursor:
            cursor.execute("SELECT sum(jsonb_array_length(lines)) FROM earnings_payeeperiod")
            assert cursor.fetchone() == (count,)
        return {"seconds": seconds, "cpu": cpu, "peak": child.peak()}


def _fill(given: Transactions, name: str) -> None:
    """Reps on the workload's plan, and its credits."""
    from django.db import connection

    from liji.people import services as people
    from liji.plans import services as plans

    people.save_company(name="Benchmark", currency="CNY", time_zone="Asia/Shanghai")
    reps = [people.enter(f"R{n}", f"R{n}", on=START) for n in range(1, REPS + 1)]
    version = plans.save_version(PLANS[name], by=None)
    plans.publish(version, since=START, by=None)
    for rep in reps:
        plans.assign(version.plan, since=START, until=START.replace(year=START.year + 1), employee=rep)
    columns = {"payees": [reps[rep - 1].pk for rep in given.rep], "days": given.day}
    columns["amounts"] = [Decimal(amount) for amount in given.amounts[name]]
    with connection.cursor() as cursor:
        cursor.execute(_LOADED, {"code": name, **columns})
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    child.answer(_measured(sys.argv[1], int(sys.argv[2])))
