"""`liji play`: a day in the demo company, orders posted over HTTP at a human pace, as the CRM would."""

import json
import os
import sys
import time
from decimal import Decimal
from random import Random
from secrets import randbits
from typing import Any
from urllib.error import HTTPError
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request
from urllib.request import urlopen

from liji.access.models import ApiKey
from liji.access.services import unseal
from liji.api.signing import sign
from liji.base import clock
from liji.demo.activity import STORY
from liji.demo.dice import dice
from liji.demo.names import CITIES
from liji.demo.names import FORMS
from liji.demo.names import KINDS
from liji.demo.names import PRODUCTS
from liji.demo.names import TRADES
from liji.demo.roster import REP
from liji.people import queries as people
from liji.people.models import Assignment
from liji.people.numbers import money

KEY = "demo CRM"
PATH = "/api/facts"


class UnreachableError(Exception):
    """The server does not answer; the message says where it was looked for."""


def play(orders: int, every: float, employee: str | None = None, amount: Decimal | None = None) -> int:
    """Posts `orders` orders with exponential gaps of `every` seconds on average; returns the exit code.

    With `employee` (a number) all are theirs; with `amount` (CNY) all are of that size.
    """
    key = ApiKey.objects.filter(name=KEY, ended_at=None).first()
    if key is None:
        print("没有演示公司 / no demo company here: liji demo", file=sys.stderr)
        return 2
    secret = unseal(key.secret)
    chance = dice(randbits(64))
    sellers = _sellers()
    for count in range(orders):
        number = employee or _pick(chance, sellers)
        order = _order(chance, number, amount)
        try:
            status, answer = post(order, key.key, secret)
        except UnreachableError as error:
            print(error, file=sys.stderr)
            return 2
        print(_line(status, answer, order, sellers), flush=True)
        if count + 1 < orders:
            time.sleep(chance.expovariate(1 / every) if every > 0 else 0)
    return 0


def base_url() -> str:
    """Where the server runs."""
    return os.environ.get("LIJI_BASE_URL", "http://127.0.0.1:8460").rstrip("/")


def post(body: Any, key: str, secret: str, *, path: str = PATH) -> tuple[int, dict[str, Any]]:
    """Posts JSON, signed; returns status and answer. Raises UnreachableError."""
    url, sent, now = base_url() + path, json.dumps(body, ensure_ascii=False).encode(), str(int(clock.now().timestamp()))
    headers = {
        "Content-Type": "application/json",
        "X-Liji-Key": key,
        "X-Liji-Timestamp": now,
        "X-Liji-Signature": sign(secret, now, "POST", urlsplit(url).path, sent),
    }
    try:
        with urlopen(Request(url, sent, headers), timeout=30) as answer:  # noqa: S310 our own server
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)
    except (URLError, OSError) as error:
        raise UnreachableError(f"{base_url()}: {error}. 先运行 / first run: liji serve") from error


def _sellers() -> dict[str, str]:
    """Number → name of today's reps."""
    held = Assignment.objects.on(people.today()).filter(position__code=REP, main=True)
    return dict(held.order_by("employee__number").values_list("employee__number", "employee__name"))


def _pick(chance: Random, sellers: dict[str, str]) -> str:
    """Any rep; one time in five one of those who can sign in, so that an open page moves."""
    return chance.choice(sorted(STORY) if chance.random() < 0.2 else sorted(sellers))


def _order(chance: Random, number: str, amount: Decimal | None) -> dict[str, Any]:
    wanted = amount if amount is not None else Decimal(chance.randint(20, 600) * 100)
    return {
        "source": "crm",
        "external_id": f"PLAY-{randbits(48):012X}",
        "type": "order_closed",
        "employee": number,
        "occurred_at": clock.local().isoformat(timespec="seconds"),
        "amount": f"{wanted:f}",
        "currency": "CNY",
        "customer": "".join(chance.choice(words) for words in (CITIES, TRADES, KINDS, FORMS)),
        "product": chance.choice(PRODUCTS),
        "new_customer": chance.random() < 0.3,
    }


def _line(status: int, answer: dict[str, Any], order: dict[str, Any], sellers: dict[str, str]) -> str:
    who = f"{sellers.get(order['employee'], '')} ({order['employee']})"
    said = answer.get("status") or answer.get("detail", "")
    problems = "; ".join(problem["message"] for problem in answer.get("problems", []))
    at, amount = order["occurred_at"][11:19], money(Decimal(order["amount"]))
    return f"{at}  {who}  {amount}  {order['customer']}  {status} {said} {problems}".rstrip()
