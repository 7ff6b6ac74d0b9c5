"""Happenings a second through 50 published rules, and order → notice on an open phone.

The first: orders that are credited, told one by one, each in a transaction of its own, as a calculation tells it; two
of the 50 rules hold and act. The baseline of the same run is the same with no rule published. The second: from
posting an order to the notice arriving on the rep's open page, with the whole pack published, beside a bare round trip.
"""

import asyncio
import os
import time

from benchmarks import server
from benchmarks.client import Client
from benchmarks.live import Page
from benchmarks.live import _post

RULES = 50
HAPPENINGS = int(os.environ.get("LIJI_BENCH_HAPPENINGS", "500"))
PAGES = 50
SECONDS = int(os.environ.get("LIJI_BENCH_SECONDS", "60"))
RATES = tuple(int(rate) for rate in os.environ.get("LIJI_BENCH_NOTICE_RATES", "1,20").split(","))
SETTLE = 60  # seconds


class Phone(Page):
    """An open page that counts an order as seen when its notice comes."""

    async def listen(self) -> None:
        async for line in self.client.lines("/live", self.headers):
            if b'"kind": "notice"' in line and len(self.seen) < len(self.posted):
                self.seen.append(time.perf_counter())


def _publish(count: int) -> None:
    from liji.reactions import services

    for number in range(count):
        low = 0 if number < 2 else 10**9 + number
        act = {"action": "message", "to": "person", "subject": "{amount}", "body": "{title}"}
        document = {
            "rule": f"bench_{number}",
            "names": f"bench {number}",
            "when": {"happens": "credit"},
            "if": f'AND(type = "order_closed", amount > {low}, NOT(new_customer))',
            "do": [act],
        }
        services.publish(services.save(document, by=None), by=None)


def _told(employees: list[int], prefix: str) -> float:
    """Tells of HAPPENINGS credited orders; returns how many a second."""
    from decimal import Decimal

    from django.db import transaction
    from django.utils import timezone

    from liji.events.happenings import Happening
    from liji.events.happenings import tell

    values = {"type": "order_closed", "amount": Decimal(10000), "title": "bench", "new_customer": False}
    began = time.perf_counter()
    for number in range(HAPPENINGS):
        who = employees[number % len(employees)]
        with transaction.atomic():
            tell([Happening("credit", f"{prefix}:{number}", who, timezone.now(), values)])
    return HAPPENINGS / (time.perf_counter() - began)


def _through_rules() -> list[tuple[str, str]]:
    from benchmarks.company import build
    from liji.reactions.models import Firing
    from liji.reactions.models import Rule

    reps, _, _ = build(PAGES, users=PAGES)
    Rule.objects.update(state=Rule.State.PAUSED)
    employees = [rep.pk for rep in reps]
    bare = _told(employees, "none")
    _publish(RULES)
    _told(employees[:1], "warm")
    before = Firing.objects.count()
    rate = _told(employees, "rules")
    assert Firing.objects.count() - before == 2 * HAPPENINGS
    Rule.objects.filter(code__startswith="bench_").update(state=Rule.State.PAUSED)
    figure = f"{rate:.0f} a second, each firing 2 ({bare / rate:.1f}× the time of a happening that nobody hears)"
    return [(f"happenings through {RULES} published rules", figure)]


async def _notices(address: str, cookies: list[tuple[str, str]], key: tuple[str, str]) -> list[tuple[str, str]]:
    client = Client(*address.removeprefix("http://").split(":"))
    trips = []
    for _ in range(200):
        began = time.perf_counter()
        await client.request("GET", "/health", {})
        trips.append(time.perf_counter() - began)
    base = server.percentile(trips, 0.5)
    pages = [Phone(client, cookie, number) for number, cookie in cookies]
    running = [asyncio.create_task(page.listen()) for page in pages]
    await asyncio.sleep(2)
    rows, start = [], 0
    for rate in RATES:
        marks = [len(page.posted) for page in pages]
        tasks, began = [], time.perf_counter()
        for turn in range(rate * SECONDS):
            await asyncio.sleep(max(0.0, began + turn / rate - time.perf_counter()))
            tasks.append(asyncio.create_task(_post(client, pages[turn % PAGES], key, start + turn)))
        await asyncio.gather(*tasks)
        deadline = time.perf_counter() + SETTLE
        while any(len(page.seen) < len(page.posted) for page in pages) and time.perf_counter() < deadline:
            await asyncio.sleep(0.1)
        start += rate * SECONDS
        times = [each for page, mark in zip(pages, marks, strict=True) for each in page.latencies[mark:]]
        lost = rate * SECONDS - len(times)
        p50, p95 = server.percentile(times, 0.5), server.percentile(times, 0.95)
        figure = f"p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms ({p50 / base:.0f}× a bare round trip), lost {lost}"
        rows.append((f"order → notice on an open phone, {rate}/s for {SECONDS} s, {PAGES} pages", figure))
        print(f"  {rows[-1][0]}: {figure}", flush=True)
    for task in running:
        task.cancel()
    return rows


def run() -> list[tuple[str, str]]:
    """Both, one after the other, on one installation."""
    with server.home():
        from django.db import connection

        from liji.access.models import User
        from liji.access.services import make_api_key
        from liji.earnings.services import recalculate_all
        from liji.reactions.models import Rule

        rows = _through_rules()
        print(f"  {rows[0][0]}: {rows[0][1]}", flush=True)
        Rule.objects.exclude(code__startswith="bench_").update(state=Rule.State.PUBLISHED)
        recalculate_all()
        with connection.cursor() as cursor:  # what these jobs would do is done; the run starts with an empty queue
            cursor.execute("DELETE FROM procrastinate_jobs")
        key, secret = make_api_key("bench", by=None)
        users = User.objects.filter(username__startswith="R")
        cookies = [(user.username, server.session_cookie(user)) for user in users]
        with server.running() as address:
            return rows + asyncio.run(_notices(address, cookies, (key.key, secret)))
