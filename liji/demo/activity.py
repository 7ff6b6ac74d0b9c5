"""What happens in the demo company in a month, as the records that CRM, DingTalk and training system send.

A pure function of seed, person, month and the present moment: what lies after `now` has not happened yet.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from datetime import tzinfo
from decimal import Decimal
from random import Random
from typing import Any

from liji.demo.dice import dice
from liji.demo.names import CITIES
from liji.demo.names import COURSES
from liji.demo.names import FORMS
from liji.demo.names import KINDS
from liji.demo.names import LOST_BECAUSE
from liji.demo.names import PRODUCTS
from liji.demo.names import TRADES
from liji.demo.roster import Person
from liji.demo.roster import Team
from liji.demo.roster import target
from liji.plan.periods import add_months

Record = dict[str, Any]

# The guide's S5: 400,000 of 666,666.67 are sold, an order of 100,000 makes it 75 %; S6: 150,000 of 200,000.
STORY = {
    "E1001": ("120000", "86500", "73000", "68000", "52500"),
    "E1010": ("48000", "36000", "29500", "21500", "15000"),
}
# tier: (percent of the target sold, follow-ups a week, chance of taking a course), S10 and S3
_TIER = {"top": ((100, 135), 4, 100), "middle": ((65, 100), 2, 70), "bottom": ((35, 62), 1, 35)}
_CONVERSION = Decimal("0.26")  # of those who follow up less than three times a week
_SEASON = (95, 70, 105, 100, 100, 110, 95, 95, 105, 100, 105, 120)  # percent, January first


@dataclass(frozen=True)
class Scene:
    """One person's month, up to now."""

    seed: int
    person: Person
    month: date
    first: date  # the first month of the history
    now: datetime  # aware, in the company's zone

    @property
    def end(self) -> date:
        return add_months(self.month, 1)

    @property
    def zone(self) -> tzinfo | None:
        return self.now.tzinfo

    @property
    def present(self) -> bool:
        return self.month <= self.now.date() < self.end

    def chance(self, what: str) -> Random:
        return dice(self.seed, self.person.number, self.month, what)

    def number(self, prefix: str, index: int) -> str:
        return f"{prefix}-{self.month:%Y%m}-{self.person.number}-{index:02d}"

    def workdays(self) -> list[date]:
        """Monday to Friday on which the person sells."""
        days = (self.month + timedelta(days=n) for n in range((self.end - self.month).days))
        return [day for day in days if day.weekday() < 5 and self.person.sells(day)]


def month_records(scene: Scene) -> list[Record]:
    """Everything that is known by `scene.now`, in the order in which it happened."""
    days = scene.workdays()
    if not days:
        return []
    orders = list(_orders(scene, days))
    records = [order for order, _ in orders]
    for count, (order, customer) in enumerate(orders):
        records += _around_order(scene, order, customer, count)
    records += [*_lost(scene, days, len(orders)), *_follow_ups(scene, days), *_meetings(scene, days)]
    records += _training(scene, days)
    happened = [record for record in records if record["occurred_at"] <= scene.now]
    return sorted(happened, key=lambda record: record["occurred_at"])


# --- orders ---------------------------------------------------------------------------------------


def _orders(scene: Scene, days: list[date]) -> Iterator[tuple[Record, str]]:
    chance = scene.chance("orders")
    story = STORY.get(scene.person.number) if scene.present else None
    amounts = [Decimal(amount) for amount in story] if story else _amounts(scene, chance, days)
    moments = sorted(_working_moment(scene, chance, chance.choice(days)) for _ in amounts)
    if scene.present:
        moments = _up_to_now(scene, moments, all_of_them=bool(story))
    for count, (amount, moment) in enumerate(zip(amounts, moments, strict=False)):
        customer, product = _customer(chance), chance.choice(PRODUCTS)
        record = _record(scene, "crm", "order_closed", scene.number("SO", count), moment)
        cost = (amount * chance.randint(25, 50) / 100).quantize(Decimal("0.01"))
        record |= {"amount": amount, "customer": customer, "product": product, "cost": cost,
                   "new_customer": chance.random() < 0.3, "quantity": chance.randint(1, 40)}
        yield record, customer


def _amounts(scene: Scene, chance: Random, days: list[date]) -> list[Decimal]:
    """The month's sales by tier, season, growth and training, cut into orders of whole hundreds."""
    team = scene.person.sells(days[0])
    low, high = _TIER[scene.person.tier][0]
    sold = target(team, scene.month, scene.first) * chance.randint(low, high) / 100
    sold *= Decimal(_SEASON[scene.month.month - 1]) / 100
    sold *= Decimal(min(100, 78 + _age(scene))) / 100
    if _trained(scene):
        sold *= Decimal("1.09")  # S3: about +18 % against those who were not, who sell a little less
    else:
        sold *= Decimal("0.92")
    sold *= Decimal(len(days)) / 21
    parts = [chance.randint(2, 10) for _ in range(chance.randint(4, 8))]
    hundreds = [(sold * part / sum(parts) / 100).quantize(Decimal(1)) for part in parts]
    return [max(Decimal(1), many) * 100 for many in hundreds] + _big_deal(team, chance)


def _big_deal(team: Team, chance: Random) -> list[Decimal]:
    """S7: now and then one customer signs for more than half a million."""
    signs = team.plan == "accelerator" and chance.random() < 0.05
    return [Decimal(chance.randint(5200, 7800) * 100)] if signs else []


def _age(scene: Scene) -> int:
    """Months since the history began, at most 24."""
    return min(24, (scene.month.year - scene.first.year) * 12 + scene.month.month - scene.first.month)


def _up_to_now(scene: Scene, moments: list[datetime], *, all_of_them: bool) -> list[datetime]:
    """In the present month: what has happened by now, and at least two orders, be it its first minute."""
    wanted = len(moments) if all_of_them else min(2, len(moments))
    done = [moment for moment in moments if moment <= scene.now]
    if len(done) >= wanted and not all_of_them:
        return moments
    start = datetime.combine(scene.month, time(), scene.zone)
    spread = [start + (scene.now - start) * n // (wanted + 1) for n in range(1, wanted + 1)]
    chance = scene.chance("moments")
    early = [_at_work(moment.replace(microsecond=0), scene.now, start, chance) for moment in spread]
    return early + moments[wanted:]


def _at_work(moment: datetime, now: datetime, start: datetime, chance: Random) -> datetime:
    """The same day in working hours, or on the Friday before, where that lies between `start` and now."""
    day = moment - timedelta(days=max(0, moment.weekday() - 4))
    worked = day.replace(hour=9 + moment.hour * 9 // 24, minute=chance.randint(0, 59))
    return worked if start <= worked <= now else moment


def _working_moment(scene: Scene, chance: Random, day: date) -> datetime:
    at = time(chance.randint(9, 17), chance.randint(0, 59), chance.randint(0, 59))
    return datetime.combine(day, at, scene.zone)


# --- what goes with an order ----------------------------------------------------------------------


def _around_order(scene: Scene, order: Record, customer: str, count: int) -> Iterator[Record]:
    """The opportunity before it, the payment after it, and now and then a return."""
    chance = scene.chance(f"around {count}")
    signed, amount = order["occurred_at"], order["amount"]
    opened = max(signed - timedelta(days=chance.randint(6, 40)), _first_moment(scene))
    for kind, prefix, moment in (
        ("opportunity_opened", "OPP", min(opened, signed)),
        ("opportunity_won", "WON", signed),
    ):
        yield _record(scene, "crm", kind, scene.number(prefix, count), moment) | {
            "amount": amount, "customer": customer
        }
    paid = signed + timedelta(days=chance.randint(5, 45), minutes=chance.randint(0, 300))
    yield _record(scene, "erp", "payment_received", scene.number("PAY", count), paid) | {
        "amount": amount, "customer": customer, "order": order["external_id"]
    }
    if chance.random() < 0.02 and scene.person.number not in STORY:
        back = signed + timedelta(days=chance.randint(2, 20))
        part = (amount * chance.choice((25, 50, 100)) / 100).quantize(Decimal("0.01"))
        record = _record(scene, "crm", "order_returned", scene.number("RT", count), back)
        yield record | {"amount": part, "order": order["external_id"]}


def _first_moment(scene: Scene) -> datetime:
    """The first working morning of the person, or of the history."""
    return datetime.combine(max(scene.person.entered, scene.first), time(9), scene.zone)


def _lost(scene: Scene, days: list[date], won: int) -> Iterator[Record]:
    """S3: who follows up three times a week or more converts 22 % better, so loses fewer for each one won."""
    chance = scene.chance("lost")
    often = _per_week(scene) >= 3
    rate = _CONVERSION * (Decimal("1.22") if often else 1)
    for count in range(int(won / rate) - won):
        ended = _working_moment(scene, chance, chance.choice(days))
        opened = min(max(ended - timedelta(days=chance.randint(6, 40)), _first_moment(scene)), ended)
        customer, amount = _customer(chance), Decimal(chance.randint(50, 900) * 100)
        about = {"amount": amount, "customer": customer}
        yield _record(scene, "crm", "opportunity_opened", scene.number("OPL", count), opened) | about
        yield _record(scene, "crm", "opportunity_lost", scene.number("LOST", count), ended) | about | {
            "reason": chance.choice(LOST_BECAUSE)
        }


# --- behaviour ------------------------------------------------------------------------------------


def _per_week(scene: Scene) -> int:
    """Follow-ups a week: 4 at the top, 1 at the bottom (S10), the middle between."""
    usual = _TIER[scene.person.tier][1]
    more = dice(scene.seed, scene.person.number).randint(0, 1) if scene.person.tier == "middle" else 0
    return usual + more


def _follow_ups(scene: Scene, days: list[date]) -> Iterator[Record]:
    chance = scene.chance("follow-ups")
    for count in range(_per_week(scene) * len(days) // 5):
        moment = _working_moment(scene, chance, chance.choice(days))
        yield _record(scene, "dingtalk", "follow_up", scene.number("FU", count), moment) | {
            "customer": _customer(chance)
        }


def _meetings(scene: Scene, days: list[date]) -> Iterator[Record]:
    chance = scene.chance("meetings")
    often = {"top": 98, "middle": 88, "bottom": 70}[scene.person.tier]
    for count, day in enumerate(day for day in days if day.weekday() == 0):
        if chance.randint(1, 100) <= often:
            moment = datetime.combine(day, time(9, 30), scene.zone)
            yield _record(scene, "dingtalk", "meeting_attended", scene.number("MT", count), moment) | {
                "meeting": "周例会"
            }


def _takes_course(scene: Scene, month: date) -> bool:
    often = _TIER[scene.person.tier][2]
    return dice(scene.seed, scene.person.number, month, "course").randint(1, 100) <= often


def _trained(scene: Scene) -> bool:
    """Whether the person took the course of the quarter before, or of this one."""
    return _takes_course(scene, _quarter(scene.month))


def _quarter(month: date) -> date:
    return month.replace(month=(month.month - 1) // 3 * 3 + 1)


def _training(scene: Scene, days: list[date]) -> Iterator[Record]:
    """One course a quarter, in its first month, and the exam some days later."""
    if scene.month != _quarter(scene.month) or not _takes_course(scene, scene.month):
        return
    chance = scene.chance("training")
    course = COURSES[(scene.month.year * 4 + scene.month.month // 3) % len(COURSES)]
    done = _working_moment(scene, chance, days[len(days) // 3])
    yield _record(scene, "training", "course_completed", scene.number("CR", 0), done) | {
        "course": course, "hours": chance.randint(2, 8)
    }
    low = {"top": 85, "middle": 70, "bottom": 60}[scene.person.tier]
    passed = _working_moment(scene, chance, days[len(days) * 2 // 3])
    if passed > done:
        yield _record(scene, "training", "exam_passed", scene.number("EX", 0), passed) | {
            "exam": course, "score": chance.randint(low, min(100, low + 18))
        }


# --- words ----------------------------------------------------------------------------------------


def _record(scene: Scene, source: str, kind: str, number: str, moment: datetime) -> Record:
    """The common part. Version 1: what was recorded before stays, whatever later generations would say."""
    return {"source": source, "external_id": number, "version": 1, "type": kind,
            "employee": scene.person.number, "occurred_at": moment, "currency": "CNY"}


def _customer(chance: Random) -> str:
    return "".join(chance.choice(words) for words in (CITIES, TRADES, KINDS, FORMS))
