"""The indicators' SQL against plain Python on random facts: shares, returns, corrections, month edges, currencies."""

from collections import defaultdict
from datetime import date
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from decimal import ROUND_HALF_UP
from decimal import Decimal
from random import Random

import pytest

from liji.facts import services as facts
from liji.performance import queries
from liji.performance.models import Definitions
from liji.plan.periods import add_months
from tests import scenes

pytestmark = pytest.mark.django_db

ZERO = Decimal(0)
SHANGHAI = timezone(timedelta(hours=8))
FIRST = date(2025, 1, 1)
MONTHS = [add_months(FIRST, n) for n in range(9)]
CUSTOMERS = [f"客户{n}" for n in range(6)]


def moment(day: date, hour: int = 12, minute: int = 0) -> str:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI).isoformat()


def sent(kind: str, number: str, who: str, at: str, **more) -> dict:
    return {"source": "crm", "external_id": number, "type": kind, "employee": who, "occurred_at": at, **more}


def record(bodies) -> None:
    for outcome in facts.record_many(bodies):
        assert outcome.status in ("created", "corrected"), outcome


def half_up(part: Decimal, whole: Decimal) -> Decimal | None:
    return (Decimal(part) / whole).quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP) if whole else None


class Book:
    """What was sent, kept as plain records, and the indicators worked out from it one by one."""

    def __init__(self, chance: Random, people_: list[str]) -> None:
        self.chance, self.people = chance, people_
        self.orders, self.returns, self.other = [], [], []
        self.bodies: list[dict] = []

    def fill(self, count: int) -> None:
        for place in range(count):
            self._order(place)
        for place in range(count):
            who, day = self._who(), self._day()
            kind = self.chance.choice(["opportunity_won", "opportunity_lost", "follow_up"])
            amount = Decimal(self.chance.randint(1, 5000))
            self.other.append((kind, who, day, amount))
            more = {} if kind == "follow_up" else {"amount": str(amount), "currency": "CNY"}
            self.bodies.append(sent(kind, f"X{place}", who, moment(day), customer="某", **more))

    def _who(self) -> str:
        return self.chance.choice(self.people)

    def _day(self) -> date:
        month = self.chance.choice(MONTHS)
        edge = self.chance.choice([0, 0, self.chance.randint(1, 27), 27])  # first days and late ones more often
        return month + timedelta(days=edge)

    def _order(self, place: int) -> None:
        chance = self.chance
        who, other = chance.sample(self.people, 2)
        shares = chance.choice([{who: Decimal(1)}, {who: Decimal("0.6"), other: Decimal("0.4")}])
        order = {
            "id": f"S{place}", "who": who, "shares": shares, "day": self._day(), "customer": chance.choice(CUSTOMERS),
            "marked": chance.choice([True, False, None]), "amount": Decimal(chance.randint(100, 9000)),
            "currency": chance.choice(["CNY", "CNY", "CNY", "USD", "EUR"]), "left": None, "sent": len(self.bodies),
        }  # fmt: skip
        body = sent("order_closed", order["id"], who, moment(order["day"], chance.choice([0, 9, 23]), 30))
        body |= {"amount": str(order["amount"]), "currency": order["currency"], "customer": order["customer"]}
        if order["marked"] is not None:
            body["new_customer"] = order["marked"]
        if len(shares) > 1:
            body["credits"] = [{"employee": number, "share": str(share)} for number, share in shares.items()]
        order["at"] = body["occurred_at"]
        self.bodies.append(body)
        if chance.random() < 0.3:  # a correction replaces the whole record
            order["amount"] += 50
            self.bodies.append(body | {"amount": str(order["amount"])})
            order["sent"] = len(self.bodies) - 1
        order["left"] = order["amount"]
        self.orders.append(order)
        if chance.random() < 0.5:
            self._return(order)
        if chance.random() < 0.2 and order["left"] > 0:
            self._return(order)

    def _return(self, order: dict) -> None:
        part = self.chance.choice([order["left"], (order["left"] / 2).quantize(Decimal(1))])
        if part <= 0:
            return
        day = order["day"] + timedelta(days=self.chance.randint(0, 40))
        number = f"R{len(self.returns)}"
        body = sent("order_returned", number, order["who"], moment(day), order=order["id"], amount=str(part))
        if part == order["left"] and self.chance.random() < 0.5:
            body = sent("order_cancelled", number, order["who"], moment(day), order=order["id"])
        self.bodies.append(body | {"currency": order["currency"]})
        order["left"] -= part
        self.returns.append((order, part, day))

    # --- the oracle -----------------------------------------------------------------------------

    def rate(self, currency: str, rates: dict) -> Decimal | None:
        return Decimal(rates[currency]) if currency in rates else None

    def month(self, who: str, month: date, d: Definitions) -> dict:
        rates = {"CNY": "1"} | d.exchange
        kept = [o for o in self.orders if o["left"] > 0]
        mine = [o for o in kept if who in o["shares"]]
        here = [o for o in mine if _month(o["day"]) == month]
        signed = [(o["amount"] * o["shares"][who], self.rate(o["currency"], rates)) for o in here]
        amounts = [amount * rate for amount, rate in signed if rate is not None]
        sold = sum((self._credit(o, o["amount"], who, rates) for o in self.orders if _month(o["day"]) == month), ZERO)
        sold -= sum((self._credit(o, part, who, rates) for o, part, day in self.returns if _month(day) == month), ZERO)
        span = [add_months(month, -n) for n in range(d.conversion_months)]
        decided = [(k, a) for k, w, day, a in self.other if w == who and _month(day) in span]
        weigh = (lambda a: a) if d.conversion_by == "amount" else (lambda a: Decimal(1))
        won = sum((weigh(a) for k, a in decided if k == "opportunity_won"), ZERO)
        lost = sum((weigh(a) for k, a in decided if k == "opportunity_lost"), ZERO)
        now = {add_months(month, -n) for n in range(d.retention_months)}
        then = {add_months(month, -n) for n in range(d.retention_months, 2 * d.retention_months)}
        bought = defaultdict(set)
        for o in mine:
            bought[_month(o["day"])].add(o["customer"])
        before = set().union(*(bought[m] for m in then))
        after = set().union(*(bought[m] for m in now))
        follow = sum(1 for k, w, day, _ in self.other if k == "follow_up" and w == who and _month(day) == month)
        days = (add_months(month, 1) - month).days
        return {
            "sales": sold, "contract_amount": sum(amounts, ZERO), "contracts": Decimal(len(here)),
            "largest_contract": max(amounts, default=ZERO), "conversion": half_up(won, won + lost),
            "new_customers": Decimal(len({o["customer"] for o in here if self._new(o, kept, d)})),
            "retention": half_up(Decimal(len(before & after)), Decimal(len(before))),
            "follow_ups": Decimal(follow), "follow_ups_a_week": half_up(Decimal(follow * 7), Decimal(days)),
        }  # fmt: skip

    def _credit(self, order: dict, amount: Decimal, who: str, rates: dict) -> Decimal:
        rate = self.rate(order["currency"], rates)
        return amount * order["shares"].get(who, ZERO) * rate if rate is not None else ZERO

    def _new(self, order: dict, kept: list, d: Definitions) -> bool:
        def key(o: dict) -> tuple:
            return (o["day"], datetime.fromisoformat(o["at"]), o["sent"])

        first = not any(o["customer"] == order["customer"] and key(o) < key(order) for o in kept)
        if d.new_customer_by == "first_order":
            return first
        if d.new_customer_by == "marked":
            return bool(order["marked"])
        return first if order["marked"] is None else order["marked"]


def _month(day: date) -> date:
    return day.replace(day=1)


DEFINITIONS = [
    {},
    {"conversion_by": "amount", "conversion_months": 3, "new_customer_by": "first_order", "retention_months": 1},
    {"new_customer_by": "marked", "retention_months": 4, "exchange": {"USD": "7.1"}},
]


@pytest.mark.parametrize("seed", range(6))
def test_random_facts_come_to_what_plain_python_makes_of_them(seed: int):
    team = scenes.team("甲", "乙", "丙")
    numbers = {rep.number: rep.pk for rep in team.reps.values()}
    book = Book(Random(seed), list(numbers))
    book.fill(60)
    record(book.bodies)
    for given in DEFINITIONS:
        held = Definitions.objects.create(**given)
        found = queries.history(numbers.values(), MONTHS[0], add_months(MONTHS[-1], 3))
        for number, pk in numbers.items():
            for month in [*MONTHS, add_months(MONTHS[-1], 3)]:
                own = {name: found[pk][month][name] for name in book.month(number, month, held)}
                assert own == book.month(number, month, held), (number, month, given)
