"""Happenings a second through 50 published rules, and order → notice on an open phone, beside the figures without.

The first: orders that are credited, told one by one, each in a transaction of its own, as a calculation tells it; two
of the 50 rules hold and act. The baseline of the same run is the same with no rule published. Whole orders too, which
are recorded and worked out, without and with the 50 rules. The second: from posting an order to the notice arriving on
the rep's open phone, with the whole pack published, beside the figure of the same order on the rep's open page, and a
bare round trip. One table at the end has both sides: without rules, as before there were any, and with them.
"""

import asyncio
import os
import time

from benchmarks import server
from benchmarks.client import Client
from benchmarks.live import Page
from benchmarks.live import _post
from liji.base import clock

RULES = 50
HAPPENINGS = int(os.environ.get("LIJI_BENCH_HAPPENINGS", "500"))
PAGES = 50
SECONDS = int(os.environ.get("LIJI_BENCH_SECONDS", "60"))
RATES = tuple(int(rate) for rate in os.environ.get("LIJI_BENCH_NOTICE_RATES", "1,20").split(","))
SETTLE = 60  # seconds
Sides = tuple[str, str, str, float]  # what, without rules, with them, how many times the time


class Phone(Page):
    """The open phone of somebody whose page is open too: it counts an order as seen when its notice comes."""

    def __init__(self, page: Page) -> None:
        super().__init__(page.client, page.headers["cookie"], page.number)
        self.posted = page.posted

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
    
    from liji.events.happenings import Happening
    from liji.events.happenings import tell

    values = {"type": "order_closed", "amount": Decimal(10000), "title": "bench", "new_customer": False}
    began = time.perf_counter()
    for number in range(HAPPENINGS):
        who = employees[number % len(employees)]
        with transaction.atomic():
            tell([Happening("credit", f"{prefix}:{number}", who, clock.now(), values)])
    return HAPPENINGS / (time.perf_counter() - began)


def _orders(reps: list, prefix: str) -> float:
    """Records HAPPENINGS orders and works each out; returns how many a second."""
    
    from liji.earnings.services import recalculate_all
    from liji.facts.services import record

    recalculate_all()
    began = time.perf_counter()
    for number in range(HAPPENINGS):
        body = {"source": "bench", "external_id": f"{prefix}-{number}", "type": "order_closed", "amount": "100.00"}
        record(body | {"employee": reps[number % len(reps)].number, "occurred_at": clock.now().isoformat()})
        recalculate_all()
    return HAPPENINGS / (time.perf_counter() - began)


def _through_rules() -> list[Sides]:
    from benchmarks.company import build
    from liji.reactions.models import Firing
    from liji.reactions.models import Rule

    reps, _, _ = build(2 * PAGES, users=PAGES)
    phones, others = reps[:PAGES], reps[PAGES:]  # a page counts the orders that it has seen from none on
    Rule.objects.update(state=Rule.State.PAUSED)
    employees = [rep.pk for rep in phones]
    bare, orders = _told(employees, "none"), _orders(others, "none")
    _publish(RULES)
    _told(employees[:1], "warm")
    before = Firing.objects.count()
    rate = _told(employees, "rules")
    assert Firing.objects.count() - before == 2 * HAPPENINGS
    with_rules = _orders(others, "rules")
    Rule.objects.filter(code__startswith="bench_").update(state=Rule.State.PAUSED)
    return [
        (f"happenings told a second; {RULES} rules, 2 of which fire", f"{bare:.0f}", f"{rate:.0f}", bare / rate),
        (f"orders recorded and worked out a second; {RULES} rules", f"{orders:.0f}", f"{with_rules:.0f}",
         orders / with_rules),
    ]  # fmt: skip


async def _notices(address: str, cookies: list[tuple[str, str]], key: tuple[str, str]) -> list[Sides]:
    client = Client(*address.removeprefix("http://").split(":"))
    trips = []
    for _ in range(200):
        began = time.perf_counter()
        await client.request("GET", "/health", {})
        trips.append(time.perf_counter() - began)
    base = server.percentile(trips, 0.5)
    pages = [Page(client, cookie, number) for number, cookie in cookies]
    phones = [Phone(page) for page in pages]
    running = [asyncio.create_task(job) for page in pages for job in (page.listen(), page.refresh(), page.count())]
    running += [asyncio.create_task(phone.listen()) for phone in phones]
    await asyncio.sleep(2)
    found, start = [], 0
    for rate in RATES:
        marks = [len(page.posted) for page in pages]
        tasks, began = [], time.perf_counter()
        for turn in range(rate * SECONDS):
            await asyncio.sleep(max(0.0, began + turn / rate - time.perf_counter()))
            tasks.append(asyncio.create_task(_post(client, pages[turn % PAGES], key, start + turn)))
        await asyncio.gather(*tasks)
        await _settle([*pages, *phones])
        start += rate * SECONDS
        sides = [
            [each for page, mark in zip(side, marks, strict=True) for each in page.latencies[mark:]]
            for side in (pages, phones)
        ]
        p95 = [server.percentile(times, 0.95) for times in sides]
        told = [_spoken(times, base, rate * SECONDS) for times in sides]
        what = f"order → open page, order → phone, {rate}/s for {SECONDS} s, {PAGES} of each"
        found.append((what, *told, p95[1] / p95[0]))
        print(f"  {found[-1]}", flush=True)
    for task in running:
        task.cancel()
    return found


async def _settle(pages: list[Page]) -> None:
    deadline = time.perf_counter() + SETTLE
    while any(len(page.seen) < len(page.posted) for page in pages) and time.perf_counter() < deadline:
        await asyncio.sleep(0.1)


def _spoken(times: list[float], base: float, posted: int) -> str:
    p50, p95 = server.percentile(times, 0.5), server.percentile(times, 0.95)
    lost = f", lost {posted - len(times)}" if posted > len(times) else ""
    return f"p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms ({p50 / base:.0f}× a bare round trip){lost}"


def table(found: list[Sides]) -> str:
    """Both sides as a table for docs/speed.md."""
    head = "| | without rules: the order's figure | with rules: its notice | time, with ÷ without |"
    rows = [f"| {what} | {one} | {other} | {ratio:.1f}× |" for what, one, other, ratio in found]
    return "\n".join([head, "|---|---|---|---|", *rows])


def run() -> list[tuple[str, str]]:
    """Both, one after the other, on one installation."""
    with server.home():
        from django.db import connection

        from liji.access.models import User
        from liji.access.services import make_api_key
        from liji.earnings.services import recalculate_all
        from liji.reactions.models import Rule

        found = _through_rules()
        Rule.objects.exclude(code__startswith="bench_").update(state=Rule.State.PUBLISHED)
        recalculate_all()
        with connection.cursor() as cursor:  # what these jobs would do is done; the run starts with an empty queue
            cursor.execute("DELETE FROM procrastinate_jobs")
        key, secret = make_api_key("bench", by=None, sources=["bench", "crm"])
        users = User.objects.filter(username__startswith="R")
        cookies = [(user.username, server.session_cookie(user)) for user in users]
        with server.running() as address:
            found += asyncio.run(_notices(address, cookies, (key.key, secret)))
    print(table(found), flush=True)
    return [(what, f"{one} | {other} ({ratio:.1f}×)") for what, one, other, ratio in found]
