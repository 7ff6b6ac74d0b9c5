"""The rep's and the manager's page with 10,000 employees and 1 M facts in the database: p50 and p95.

The baseline of the same run is a small static file from the same server.
"""

import os
import random
import time
import urllib.request
from datetime import timedelta
from decimal import Decimal

from benchmarks import server
from liji.base import clock

REPS = int(os.environ.get("LIJI_BENCH_REPS", "10000"))
FACTS = int(os.environ.get("LIJI_BENCH_FACTS", "1000000"))
REQUESTS = 200
BATCH = 5000


def run() -> list[tuple[str, str]]:
    """Fills the installation through the product's own services, then asks for the pages one after another."""
    with server.home():
        from benchmarks.company import build

        sellers, users, manager = build(REPS, users=50)
        _fill([seller.number for seller in sellers])
        began = time.perf_counter()
        count = _work_out_this_month([seller.pk for seller in sellers[:1000]])
        rows = [("payee-periods worked out after the load", f"{count / (time.perf_counter() - began):,.0f}/s")]
        with server.running(worker=False) as address:
            bare = _times([f"{address}/static/liji/logo.svg"], "")
            base = server.percentile(bare, 0.5)
            cookies = [server.session_cookie(user) for user in users]
            reps = [
                t for cookie in cookies for t in _times([f"{address}/"], cookie, REQUESTS // len(cookies))
            ]
            team = _times([f"{address}/team/"], server.session_cookie(manager))
        for name, times in (("rep's page", reps), ("manager's page", team)):
            p50, p95 = server.percentile(times, 0.5), server.percentile(times, 0.95)
            figure = f"p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms ({p50 / base:.1f}× a bare answer)"
            rows.append((f"{name}, {REPS:,} employees, {FACTS:,} facts", figure))
        return rows


def _work_out_this_month(payees: list[int]) -> int:
    """What the pages show; all the others would take the worker a good while longer."""
    from liji.earnings.models import PayeePeriod
    from liji.earnings.services import recalculate
    from liji.people import queries as people

    first = people.today().replace(day=1)
    wanted = PayeePeriod.objects.filter(start=first, payee__in=payees, dirty_since__isnull=False)
    dirty = list(wanted.values_list("pk", flat=True))
    for number in dirty:
        recalculate(number)
    return len(dirty)


def _fill(numbers: list[str]) -> None:
    
    from liji.facts.services import record_many

    random_ = random.Random(8460)
    now = clock.now()
    began = time.perf_counter()
    for start in range(0, FACTS, BATCH):
        bodies = [
            {
                "source": "bench",
                "external_id": f"B{number}",
                "type": "order_closed",
                "employee": numbers[number % len(numbers)],
                "occurred_at": (now - timedelta(minutes=random_.randrange(500_000))).isoformat(),
                "amount": str(Decimal(random_.randrange(100, 5_000_000)) / 100),
                "customer": f"C{number % 997}",
            }
            for number in range(start, min(start + BATCH, FACTS))
        ]
        record_many(bodies)
    print(f"  {FACTS / (time.perf_counter() - began):,.0f} facts/s recorded", flush=True)


def _times(urls: list[str], cookie: str, count: int = REQUESTS) -> list[float]:
    times = []
    for turn in range(count):
        request = urllib.request.Request(urls[turn % len(urls)], headers={"cookie": cookie})
        began = time.perf_counter()
        with urllib.request.urlopen(request, timeout=60) as answer:
            answer.read()
            assert answer.status == 200
        times.append(time.perf_counter() - began)
    return times
