"""The plan document that a contest becomes: a window of days, a rank, prizes by place, and examples that prove them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from decimal import ROUND_UP
from decimal import Decimal
from typing import Any

from liji.plan.periods import add_months
from liji.plan.periods import period_of

# what is ranked → (zh, en)
MEASURES: dict[str, tuple[str, str]] = {
    "sales": ("销售额", "Sales"),
    "orders": ("订单数", "Orders"),
    "new_customers": ("新客户数", "New customers"),
    "attainment": ("达成率", "Attainment"),
    "growth": ("增长率", "Growth"),
    "formula": ("公式", "Formula"),
}
# what is won beside money: reward of the plan language → (zh, en)
THINGS: dict[str, tuple[str, str]] = {
    "points": ("积分", "Recognition points"),
    "ticket": ("门票", "Ticket"),
    "leave": ("休假(天)", "Days of leave"),
}
PERIODS = ("month", "quarter", "year")  # never half a month: the prize stands with the month's other pay
ORDERS = ["order_closed", "order_returned", "order_cancelled"]
_LEAST = "-1000000000000"


@dataclass(frozen=True)
class Prize:
    """What a place wins: `amount` in the company's currency for money, else how many of the thing."""

    reward: str  # money, or one of THINGS
    amount: Decimal


@dataclass(frozen=True)
class Terms:
    """What a contest ranks and gives. `least`: the smallest value that can win. `prizes`: by place, first first.

    `badge`: the code of the one that every winner gets beside the prize; empty for none.
    """

    measure: str
    prizes: tuple[Prize, ...]
    least: Decimal = Decimal(0)
    least_orders: int = 0
    shared: bool = True  # equals share the prizes of the places that they take; else each wins the place's
    formula: str = ""
    of: str = "order_closed"
    badge: str = ""

    def to_json(self) -> dict[str, Any]:
        """As it is stored; decimals as text."""
        prizes = [{"reward": prize.reward, "amount": str(prize.amount)} for prize in self.prizes]
        return vars(self) | {"prizes": prizes, "least": str(self.least)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Terms":
        prizes = tuple(Prize(each["reward"], Decimal(each["amount"])) for each in stored["prizes"])
        return cls(**{**stored, "prizes": prizes, "least": Decimal(stored["least"])})


def period_for(start: date, end: date, *, year_starts: int = 1) -> str | None:
    """The shortest kind of period that holds the days from `start` up to, not including, `end`; None: none does."""
    for kind in PERIODS:
        first, after = period_of(start, kind, year_starts=year_starts)
        if first <= start and end <= after:
            return kind
    return None


def days_before(start: date, end: date) -> tuple[date, date]:
    """With what growth compares: as many whole months before whole months, else as many days before."""
    if start.day == 1 and end.day == 1:
        months = (end.year - start.year) * 12 + end.month - start.month
        return add_months(start, -months), start
    return start - (end - start), start


def _within(start: date, end: date) -> str:
    """The condition that a fact counts on one of the days; what takes another back counts on that one's day."""
    day = "IF(original_date > DATE(1970, 1, 1), original_date, credit_date)"
    last = end - timedelta(days=1)
    return f"AND({day} >= {_day(start)}, {day} <= {_day(last)})"


def _day(day: date) -> str:
    return f"DATE({day.year}, {day.month}, {day.day})"


def document(
    code: str, names: tuple[str, str], start: date, end: date, terms: Terms, *,
    currency: str, period: str, year_starts: int, fields: Mapping[str, str] | None = None,
) -> str:
    """The text of the plan. `fields`: name → type of the further fields of facts that a formula may name."""
    within = _within(start, end)
    measures: dict[str, Any] = {
        "sales": {"names": _names("sales"), "of": ORDERS, "sum": "credit", "where": within},
        "orders": {"names": _names("orders"), "of": "order_closed", "count": "", "where": within},
    }
    declared: dict[str, Any] = {"original_date": {"type": "date", "missing": "1970-01-01"}}
    plan: dict[str, Any] = {
        "plan": code, "names": {"zh": names[0], "en": names[1]}, "currency": currency, "period": period,
        "year_starts": year_starts, "fields": declared, "measures": measures,
    }
    if terms.measure == "new_customers":
        declared["new_customer"] = "true/false"
        measures["new_customers"] = {
            "names": _names("new_customers"), "of": "order_closed", "count": "",
            "where": f"AND({within}, new_customer)",
        }
    elif terms.measure == "attainment":
        plan["targets"] = {"sales": {"missing": "0%"}}
    elif terms.measure == "growth":
        back = days_before(start, end)
        measures["before"] = {
            "names": {"zh": "此前同样长的销售额", "en": "Sales of as many days before"}, "of": ORDERS, "sum": "credit",
            "where": _within(*back), "window": f"last {_periods_back(back[0], start, period, year_starts) + 1}",
        }
    elif terms.measure == "formula":
        declared |= {name: {"type": kind, "missing": _MISSING[kind]} for name, kind in (fields or {}).items()}
        measures["score"] = {
            "names": {"zh": "得分", "en": "Score"}, "of": terms.of, "sum": terms.formula, "where": within,
        }
    plan["values"] = _values(terms)
    money = [(place, prize) for place, prize in enumerate(terms.prizes, 1) if prize.reward == "money"]
    if terms.shared and money:
        plan["pools"] = {
            f"place_{place}": {
                "names": {"zh": f"第 {place} 名奖金", "en": f"Prize of place {place}"},
                "amount": str(prize.amount),
                "who": f"AND(qualified, place <= {place}, place + level > {place})",
            }
            for place, prize in money
        }
    plan["components"] = _components(terms, names, money)
    plan["examples"] = _examples(terms, start, end)
    return json.dumps(plan, ensure_ascii=False, indent=2) + "\n"


# What a fact that does not say a field has there.
_MISSING = {"text": "", "true/false": "false", "rate": "0%", "date": "1970-01-01"} | dict.fromkeys(
    ("number", "count", "money"), "0"
)


def _names(measure: str) -> dict[str, str]:
    zh, en = MEASURES[measure]
    return {"zh": zh, "en": en}


def _periods_back(first: date, start: date, period: str, year_starts: int) -> int:
    """How many periods before the one that holds `start` the day `first` lies."""
    back, here = 0, period_of(start, period, year_starts=year_starts)[0]
    while first < here:
        here = period_of(here - timedelta(days=1), period, year_starts=year_starts)[0]
        back += 1
    return back


def _values(terms: Terms) -> dict[str, Any]:
    """What is reached, whether that may win, and the place."""
    ranked = {
        "attainment": "attainment(sales)",
        "growth": "DIVIDE(sales - before, before, 0)",
        "formula": "score",
    }.get(terms.measure, terms.measure)
    least = f"{terms.least * 100}%" if terms.measure in ("attainment", "growth") else str(terms.least)
    conditions = ["reached > 0", f"reached >= {least}"]
    if terms.least_orders:
        conditions.append(f"orders >= {terms.least_orders}")
    if terms.measure == "growth":
        conditions.append("before > 0")
    last = f"{_LEAST}%" if terms.measure in ("attainment", "growth") else _LEAST
    values = {
        "reached": {"names": {"zh": "竞赛成绩", "en": "Result in the contest"}, "formula": ranked},
        "qualified": {
            "names": {"zh": "达到最低要求", "en": "Reaches the minimum"}, "formula": f"AND({', '.join(conditions)})",
        },
        "entry": {
            "names": {"zh": "参与排名的成绩", "en": "Result that is ranked"},
            "formula": f"IF(qualified, reached, {last})",
        },
        "place": {"names": {"zh": "名次", "en": "Place"}, "formula": "rank(entry, all)"},
    }
    if terms.shared and any(prize.reward == "money" for prize in terms.prizes):
        # How many stand on the same place: all, less those ahead, less those behind.
        values["level"] = {
            "names": {"zh": "同名次人数", "en": "How many share the place"},
            "formula": "headcount(all) + 2 - rank(entry, all) - rank(-entry, all)",
        }
    return values


def _components(terms: Terms, names: tuple[str, str], money: list[tuple[int, Prize]]) -> dict[str, Any]:
    components: dict[str, Any] = {}
    if money:
        if terms.shared:
            formula = " + ".join(f"pool(place_{place})" for place, _ in money)
        else:
            formula = "0"
            for place, prize in reversed(money):
                formula = f"IF(place = {place}, {prize.amount}, {formula})"
        components["prize"] = {
            "names": {"zh": f"竞赛奖金:{names[0]}", "en": f"Contest prize: {names[1]}"},
            "when": "qualified", "formula": formula, "floor": "0", "due": {"day": 5, "months_after": 1},
        }
    for reward, (zh, en) in THINGS.items():
        won = [(place, prize) for place, prize in enumerate(terms.prizes, 1) if prize.reward == reward]
        if not won:
            continue
        formula = "0"
        for place, prize in reversed(won):
            formula = f"IF(place = {place}, {prize.amount}, {formula})"
        components[reward] = {"names": {"zh": zh, "en": en}, "reward": reward, "when": "qualified", "formula": formula}
    return components


def _examples(terms: Terms, start: date, end: date) -> list[dict[str, Any]]:
    """That only the days of the contest count, that the first wins the first prize, and what a tie does."""
    if terms.measure == "formula":  # only who wrote it knows what a fact is worth by it
        return []
    best = _entrant(terms, start, end)
    outside = {**best, "facts": [f"order_closed 999999999 {end}"]}
    first = terms.prizes[0]
    name = "prize" if first.reward == "money" else first.reward
    shared = terms.shared and first.reward == "money"
    second = terms.prizes[1].amount if len(terms.prizes) > 1 and terms.prizes[1].reward == "money" else Decimal(0)
    both = first.amount + second if shared else first.amount * 2
    half = (both / 2).quantize(Decimal("0.01"), ROUND_UP)
    return [
        {
            "name": "只有竞赛期内的业绩计入 / only the days of the contest count",
            "period": str(start),
            "payees": {
                "a": {**best, "expect": {"place": "1", name: str(first.amount)}},
                "b": {**outside, "expect": {"qualified": "false", name: "0"}},
            },
        },
        {
            "name": "并列第一 / two first",
            "period": str(start),
            "payees": {
                "a": {**best, "expect": {"place": "1", name: str(half)}},
                "b": {**best, "expect": {"place": "1", name: str(both - half)}},
            },
        },
    ]


def _entrant(terms: Terms, start: date, end: date) -> dict[str, Any]:
    """Somebody who may win: what the least asks for, and more."""
    orders = max(terms.least_orders, 1)
    if terms.measure in ("orders", "new_customers"):
        orders = max(orders, int(terms.least) + 1)
    share = max(terms.least, Decimal(0)) + 2
    amount = share * 10000 if terms.measure in ("attainment", "growth") else max(terms.least, Decimal(0)) + 1000
    facts = [f"order_closed {amount:f} {start}" + (" new_customer=true" if terms.measure == "new_customers" else "")]
    facts *= orders
    if terms.measure == "growth":
        facts.append(f"order_closed 1000 {days_before(start, end)[0]}")
    found: dict[str, Any] = {"facts": facts}
    return found | {"targets": {"sales": "1000"}} if terms.measure == "attainment" else found
