"""Rules that look by the clock: once at their time of the company's day, for every payee or every manager."""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import datetime
from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.db import transaction

from liji.events.happenings import Happening
from liji.events.happenings import Kind
from liji.events.happenings import Named
from liji.events.happenings import Value
from liji.facts import queries as facts
from liji.people import queries as people
from liji.plans import queries as plans
from liji.reactions.deciding import Live
from liji.reactions.deciding import published
from liji.reactions.deciding import verdicts
from liji.reactions.documents import Clock

LATE = timedelta(hours=3)  # a server that was down at the rule's time makes up for it so long
SOLD = ("order_closed", "order_returned", "order_cancelled")
KIND = Kind(
    "clock",
    "到了某个时刻",
    "At a time of day",
    (
        Named("orders_today", "count", "今日订单数", "Orders_today"),
        Named("sold_today", "money", "今日销售额", "Sold_today"),
        Named("done", "money", "本月销售额", "Done"),
        Named("target", "money", "目标", "Target"),
        Named("to_go", "money", "距离目标", "To_go"),
        Named("attainment", "rate", "达成率", "Attainment"),
        Named("idle_days", "count", "未跟进天数", "Idle_days"),
        Named("days_left", "count", "本月剩余天数", "Days_left"),
        Named("people", "count", "团队人数", "People"),
        Named("star", "text", "今日之星", "Star"),
        Named("star_sold", "money", "今日之星销售额", "Star_sold"),
        Named("day", "date", "日期", "Day"),
        Named("currency", "text", "币种", "Currency"),
    ),
)


@dataclass
class _Figures:
    """What a person has sold on a day and in its month, and what the target is."""

    orders: int = 0
    today: Decimal = Decimal(0)
    month: Decimal = Decimal(0)
    target: Decimal = Decimal(0)
    followed: date | None = field(default=None)


def tick(now: datetime) -> int:
    """Lets every rule look that is due; returns how many did. `now` is aware.

    A rule looks once on a day of the company's calendar, also where the clock is put forward or back.
    """
    return sum(_look(live, now) for live in published().get("clock", []) if is_due(live.rule.clock, now))


def is_due(clock: Clock, now: datetime) -> bool:
    """Whether the rule's time of the present company day has come, not longer than LATE ago."""
    local = now.astimezone(people.zone())
    at = datetime.combine(local.date(), clock.at, local.tzinfo)
    return on_its_day(clock, local.date()) and at <= now < at + LATE


def on_its_day(clock: Clock, day: date) -> bool:
    """Every day, on Mondays, or on the first of the month."""
    return {"day": True, "week": day.weekday() == 0, "month": day.day == 1}[clock.every]


@transaction.atomic
def _look(live: Live, now: datetime) -> bool:
    from liji.reactions.listening import fire

    day = people.local_day(now)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reactions_tick (rule_id, day) VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING id",
            [live.pk, day],
        )
        if cursor.fetchone() is None:
            return False
    said = verdicts({"clock": [live]}, happenings(live.rule.clock, day, now), day)
    fire(verdict for verdict in said if verdict.fires or verdict.problem)
    return True


def happenings(clock: Clock, day: date, at: datetime) -> list[Happening]:
    """What there is to be said at the end of a day: of every payee or manager who works here then."""
    if clock.each == "manager":
        teams = {manager.pk: people.subtree(manager.pk, day) for manager in people.managers(day)}
    else:
        teams = {payee: {payee} for payee in _payees(day)}
    there = people.employed({*teams, *(one for team in teams.values() for one in team)}, day)
    figures = _figures(there, day)
    occasion = f"clock:{_span(clock.once, day)}"
    told = []
    for one, team in sorted(teams.items()):
        if one in there:
            values = _values([(each, figures[each]) for each in sorted(team & there)], day)
            told.append(Happening("clock", occasion, one, at, values, "/team/" if clock.each == "manager" else "/"))
    return told


def _payees(day: date) -> set[int]:
    period = plans.month(day)
    return {payee for plan in plans.all_plans() for payee in plans.participants(plan.pk, period)}


def _span(once: str, day: date) -> date:
    return {"day": day, "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1)}[once]


def _figures(employees: Iterable[int], day: date) -> dict[int, _Figures]:
    found = {one: _Figures() for one in employees}
    start = plans.month(day)[0]
    for payee, on, kind, amount in facts.credited_between(found, start, day + timedelta(days=1), SOLD):
        found[payee].month += amount
        if on == day:
            found[payee].today += amount
            found[payee].orders += kind == "order_closed"
    for payee, quotas in plans.quotas_of(found, start).items():
        found[payee].target = next(iter(quotas.values()), Decimal(0))
    for owner, moment in facts.last_days(found, "follow_up", until=day).items():
        found[owner].followed = people.local_day(moment)
    return found


def _values(team: Sequence[tuple[int, _Figures]], day: date) -> dict[str, Value]:
    done = sum((own.month for _, own in team), Decimal(0))
    target = sum((own.target for _, own in team), Decimal(0))
    sold = Counter({one: own.today for one, own in team if own.today > 0})
    best = sold.most_common(1)
    followed = [own.followed for _, own in team if own.followed]
    return {
        "orders_today": Decimal(sum(own.orders for _, own in team)),
        "sold_today": sum((own.today for _, own in team), Decimal(0)),
        "done": done,
        "target": target or None,
        "to_go": max(target - done, Decimal(0)) if target else None,
        "attainment": done / target if target else None,
        "idle_days": Decimal((day - max(followed)).days) if followed else None,
        "days_left": Decimal((plans.month(day)[1] - day).days - 1),
        "people": Decimal(len(team)),
        "star": _name(best[0][0]) if best else None,
        "star_sold": best[0][1] if best else None,
        "day": day,
        "currency": people.company().currency,
    }


def _name(employee: int) -> str:
    from liji.people.models import Employee

    return Employee.objects.values_list("name", flat=True).get(pk=employee)
