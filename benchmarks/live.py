"""Order posted → figure on an open page: p50 and p95 at 1, 20 and 100 orders a second with 50 open pages.

An open page does what the page's script does: it listens to the stream and, when earnings change, fetches its
fragment, at most one at a time; when a notice comes, the number of unread ones. An order counts as seen when the
fragment's count of facts has reached it. The baseline of the same run is a bare round trip to the same server
(`/health`): the ratio says how many of them the whole way costs.
"""

import asyncio
import json
import os
import re
import time

from benchmarks import server
from benchmarks.client import Client
from liji.base import clock

PAGES = 50
SECONDS = int(os.environ.get("LIJI_BENCH_SECONDS", "60"))
RATES = tuple(int(rate) for rate in os.environ.get("LIJI_BENCH_RATES", "1,20,100").split(","))
SETTLE = 60  # seconds after the last order in which every one of them must be seen
COUNT = re.compile(rb'data-count="(\d+)"')


class Page:
    """One open page: the orders posted for its rep, and when each was seen."""

    def __init__(self, client: Client, cookie: str, number: str) -> None:
        self.client, self.number = client, number
        self.headers = {"cookie": cookie}
        self.posted: list[float] = []
        self.seen: list[float] = []
        self.wanted, self.noticed = asyncio.Event(), asyncio.Event()

    async def listen(self) -> None:
        async for line in self.client.lines("/live", self.headers):
            if line == b"event: resync" or b'"kind": "earnings"' in line:
                self.wanted.set()
            if line == b"event: resync" or b'"kind": "notice"' in line:
                self.noticed.set()

    async def count(self) -> None:
        while True:
            await self.noticed.wait()
            self.noticed.clear()
            await self.client.request("GET", "/notices/unread", self.headers)

    async def refresh(self) -> None:
        while True:
            await self.wanted.wait()
            self.wanted.clear()
            _, content = await self.client.request("GET", "/today/fragment", self.headers)
            found = COUNT.search(content)
            now = time.perf_counter()
            count = int(found.group(1)) if found else 0
            self.seen += [now] * (min(count, len(self.posted)) - len(self.seen))

    @property
    def latencies(self) -> list[float]:
        return [seen - posted for posted, seen in zip(self.posted, self.seen, strict=False)]


async def _post(client: Client, page: Page, key: tuple[str, str], number: int) -> None:
    from liji.api.signing import sign

    body = json.dumps(
        {
            "source": "bench",
            "external_id": f"{page.number}-{number}",
            "type": "order_closed",
            "employee": page.number,
            "occurred_at": clock.now().isoformat(),
            "amount": "100.00",
        }
    ).encode()
    stamp = str(int(clock.now().timestamp()))
    headers = {
        "X-Liji-Key": key[0],
        "X-Liji-Timestamp": stamp,
        "X-Liji-Signature": sign(key[1], stamp, "POST", "/api/facts", body),
        "content-type": "application/json",
    }
    page.posted.append(time.perf_counter())
    status, answer = await client.request("POST", "/api/facts", headers, body)
    assert status == 201, answer


async def _hold(
    client: Client, pages: list[Page], key: tuple[str, str], rate: int, start: int
) -> int:
    """Posts `rate` orders a second for a while, waits until all are seen; returns how many were lost."""
    before = sum(len(page.posted) for page in pages)
    for page in pages:
        page.marks = len(page.posted)
    tasks, began = [], time.perf_counter()
    for turn in range(rate * SECONDS):
        await asyncio.sleep(max(0.0, began + turn / rate - time.perf_counter()))
        tasks.append(asyncio.create_task(_post(client, pages[turn % len(pages)], key, start + turn)))
    await asyncio.gather(*tasks)
    deadline = time.perf_counter() + SETTLE
    while any(len(page.seen) < len(page.posted) for page in pages) and time.perf_counter() < deadline:
        await asyncio.sleep(0.1)
    assert sum(len(page.posted) for page in pages) - before == rate * SECONDS
    return sum(len(page.posted) - len(page.seen) for page in pages)


async def _measure(
    address: str, cookies: list[tuple[str, str]], key: tuple[str, str]
) -> list[tuple[str, str]]:
    rows, start = [], 0
    client = Client(*address.removeprefix("http://").split(":"))
    trips = []
    for _ in range(200):
        began = time.perf_counter()
        await client.request("GET", "/health", {})
        trips.append(time.perf_counter() - began)
    base = server.percentile(trips, 0.5)
    pages = [Page(client, cookie, number) for number, cookie in cookies]
    running = [asyncio.create_task(job) for page in pages for job in (page.listen(), page.refresh(), page.count())]
    await asyncio.sleep(2)
    for rate in RATES:
        lost = await _hold(client, pages, key, rate, start)
        start += rate * SECONDS
        times = [value for page in pages for value in page.latencies[page.marks :]]
        p50, p95 = server.percentile(times, 0.5), server.percentile(times, 0.95)
        what = f"order → figure on an open page, {rate}/s for {SECONDS} s, {PAGES} pages"
        figure = f"p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms ({p50 / base:.0f}× a bare round trip)"
        figure += f", lost {lost}"
        rows.append((what, figure))
        print(f"  {what}: {figure}", flush=True)
    for task in running:
        task.cancel()
    return rows


def run() -> list[tuple[str, str]]:
    """The three rates, one after another, on one installation."""
    with server.home():
        from django.db import connection

        from benchmarks.company import build
        from liji.access.services import make_api_key
        from liji.earnings.services import recalculate_all

        _, users, _ = build(PAGES, users=PAGES)
        recalculate_all()
        with connection.cursor() as cursor:  # what these jobs would do is done; the run starts with an empty queue
            cursor.execute("DELETE FROM procrastinate_jobs")
        key, secret = make_api_key("bench", by=None, sources=["bench", "crm"])
        cookies = [(user.username, server.session_cookie(user)) for user in users]
        with server.running() as address:
            return asyncio.run(_measure(address, cookies, (key.key, secret)))
