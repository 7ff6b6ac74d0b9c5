"""The performance file with 10,000 employees and 1 M facts of all kinds in the database: p50 and p95.

The peers of the same run work out the same person's sales, contracts and new customers of the same months: plain SQL
over the same tables, as one writes it by hand, and pandas over the same facts held in memory.
"""

import os
import random
import time
from datetime import date
from datetime import timedelta
from decimal import Decimal

from benchmarks import server
from benchmarks.pages import _times
from liji.base import clock

REPS = int(os.environ.get("LIJI_BENCH_REPS", "10000"))
FACTS = int(os.environ.get("LIJI_BENCH_FACTS", "1000000"))
REQUESTS = int(os.environ.get("LIJI_BENCH_REQUESTS", "200"))
BATCH, USERS, MONTHS = 5000, 50, 13
# What a record is, in hundred.
MIX = (
    *[("order_closed", ("customer", "product"))] * 50,
    *[("opportunity_won", ("customer",))] * 6,
    *[("opportunity_lost", ("customer",))] * 6,
    *[("follow_up", ("customer",))] * 30,
    *[("meeting_attended", ("meeting",))] * 5,
    *[("exam_passed", ("exam", "score"))] * 1,
    *[("course_completed", ("course",))] * 2,
)
WITH_AMOUNT = ("order_closed", "opportunity_won", "opportunity_lost")
_SQL = """
SELECT date_trunc('month', c.credit_date) AS month, sum(c.amount * c.share), count(DISTINCT f.id),
    count(DISTINCT f.fields->>'customer') FILTER (WHERE NOT EXISTS (
        SELECT 1 FROM facts_fact e WHERE e.current AND e.type = 'order_closed'
        AND e.fields->>'customer' = f.fields->>'customer' AND e.credit_date < f.credit_date))
FROM facts_credit c JOIN facts_fact f ON f.id = c.fact_id
WHERE c.current AND c.payee_id = %s AND c.credit_date >= %s AND f.type = 'order_closed' GROUP BY 1
"""
_ALL = """
SELECT c.payee_id, c.credit_date, c.amount * c.share AS amount, f.id, f.fields->>'customer' AS customer
FROM facts_credit c JOIN facts_fact f ON f.id = c.fact_id WHERE c.current AND f.type = 'order_closed'
"""


def run() -> list[tuple[str, str]]:
    """Fills the installation through the product's own services, then opens files one after another."""
    with server.home():
        from benchmarks.company import build

        sellers, users, manager = build(REPS, users=USERS, units=True)
        rows = [("facts of all kinds recorded", f"{_fill([seller.number for seller in sellers]):,.0f}/s")]
        dice = random.Random(4711)
        wanted = [seller.pk for seller in dice.sample(sellers, min(REQUESTS, len(sellers)))]
        by_sql, by_pandas = _peers(wanted)
        hr = _hr()
        with server.running(worker=False) as address:
            base = server.percentile(_times([f"{address}/static/liji/logo.svg"], ""), 0.5)
            cookies = [server.session_cookie(user) for user in users]
            each = max(1, REQUESTS // len(cookies))
            reps = [t for cookie in cookies for t in _times([f"{address}/performance/"], cookie, each)]
            addresses = [f"{address}/performance/{number}/" for number in wanted]
            others = _times(addresses, server.session_cookie(hr), REQUESTS)
            team = _times([f"{address}/performance/"], server.session_cookie(manager), REQUESTS)
        there = f"{REPS:,} employees, {FACTS:,} facts"
        for name, times in (("the own file", reps), ("a file, by HR", others), ("a file, by the manager", team)):
            p50, p95 = server.percentile(times, 0.5), server.percentile(times, 0.95)
            figure = f"p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms ({p50 / base:.1f}× a bare answer)"
            rows.append((f"{name}, {there}", figure))
        for name, times in (("plain SQL", by_sql), ("pandas in memory", by_pandas)):
            p50, p95 = server.percentile(times, 0.5), server.percentile(times, 0.95)
            figure = f"p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms"
            rows.append((f"three of its thirteen figures by {name}", figure))
        return rows


def _hr():
    from liji.access.models import Role
    from liji.access.services import make_user

    return make_user("hr", [Role.HR])


def _fill(numbers: list[str]) -> float:
    """Facts a second; every rep is credited with as many, over the last fourteen months."""
    from django.db import connection
    
    from liji.facts.services import record_many

    dice, now = random.Random(8460), clock.now()
    began = time.perf_counter()
    for start in range(0, FACTS, BATCH):
        record_many([_body(n, numbers, dice, now) for n in range(start, min(start + BATCH, FACTS))])
    rate = FACTS / (time.perf_counter() - began)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return rate


def _body(number: int, numbers: list[str], dice: random.Random, now) -> dict[str, str]:
    kind, fields = dice.choice(MIX)
    own = {
        "customer": f"C{dice.randrange(max(1, FACTS // 10))}",
        "product": "suite",
        "meeting": f"M{dice.randrange(50)}",
        "exam": f"E{dice.randrange(9)}",
        "course": f"K{dice.randrange(40)}",
        "score": str(dice.randrange(60, 101)),
    }
    body = {
        "source": "bench",
        "external_id": f"B{number}",
        "type": kind,
        "employee": numbers[number % len(numbers)],
        "occurred_at": (now - timedelta(minutes=dice.randrange(600_000))).isoformat(),
        **{name: own[name] for name in fields},
    }
    amount = {"amount": str(Decimal(dice.randrange(100, 5_000_000)) / 100)} if kind in WITH_AMOUNT else {}
    return body | amount


def _peers(wanted: list[int]) -> tuple[list[float], list[float]]:
    """Seconds for each person's sales, contracts and new customers by month: by SQL, and by pandas over all facts."""
    import pandas
    from django.db import connection

    from liji.people.queries import today
    from liji.plan.periods import add_months

    first: date = add_months(today().replace(day=1), 1 - MONTHS)
    by_sql, by_pandas = [], []
    with connection.cursor() as cursor:
        for number in wanted:
            began = time.perf_counter()
            cursor.execute(_SQL, [number, first])
            cursor.fetchall()
            by_sql.append(time.perf_counter() - began)
        cursor.execute(_ALL)
        frame = pandas.DataFrame(cursor.fetchall(), columns=["payee", "day", "amount", "fact", "customer"])
    frame["amount"], frame["day"] = frame["amount"].astype(float), pandas.to_datetime(frame["day"])
    frame = frame.sort_values(["day", "fact"])
    frame["new"] = ~frame["customer"].duplicated()
    frame["month"] = frame["day"].dt.to_period("M")
    for number in wanted:
        began = time.perf_counter()
        own = frame[(frame["payee"] == number) & (frame["day"] >= pandas.Timestamp(first))]
        own.groupby("month").agg({"amount": "sum", "fact": "nunique", "new": "sum"})
        by_pandas.append(time.perf_counter() - began)
    return by_sql, by_pandas
