"""What the engine is given for one payee-period: the plan in force, the payee's quotas and attributes, the credits."""

import json
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from decimal import Decimal
from functools import cache
from functools import partial
from typing import Any
from typing import NamedTuple

from django.db import connection

from liji.earnings import originals
from liji.earnings.models import PayeePeriod
from liji.engine import Fact
from liji.engine import PayeePeriod as EnginePayeePeriod
from liji.engine import Result
from liji.engine import brought_forward
from liji.engine import compile_plan
from liji.people import queries as people
from liji.plan import Plan
from liji.plan.crediting import credit_dates
from liji.plan.crediting import entries_of
from liji.plan.periods import earliest
from liji.plan.periods import period_of
from liji.plans import queries as plans
from liji.plans.models import PlanVersion
from liji.plans.participation import Participation


@dataclass(frozen=True)
class Inputs:
    """Everything that a calculation reads."""

    version: PlanVersion
    payee: EnginePayeePeriod
    facts: tuple[Fact, ...]


def gather(row: PayeePeriod) -> Inputs | None:
    """The inputs of a payee-period; None when no plan is in force or the payee takes no part in it."""
    return gather_all([row]).get(row.pk)


def gather_all(rows: Sequence[PayeePeriod]) -> dict[int, Inputs]:
    """The inputs of payee-periods of one plan and period, by id; without those who take no part, and without any where
    the days are no period of the version in force.

    Attributes are those of the last day on which the payee takes part in the period.
    """
    period = (rows[0].start, rows[0].end)
    known = Participation.load([row.payee_id for row in rows], *period)
    calendar = plans.calendar()
    number = calendar.version(rows[0].plan_id, period)
    days = {row.pk: known.spans(row.payee_id, row.plan_id, period) for row in rows}
    rows = [row for row in rows if days[row.pk]]
    if number is None or not rows:
        return {}
    version = plans.version(number)
    plan = plans.parsed(version)
    years = plan.year_starts or calendar.fiscal_year_starts
    quotas = plans.quotas_in([row.payee_id for row in rows], period, plan)
    wanted = _wanted([(row, days[row.pk]) for row in rows], plan, years)
    attributes = _attributes(rows, days) if plan.attributes else {}
    balances = _brought_forward(rows, plan, years) if plan.balances else {}
    facts: dict[int, list[Fact]] = {}
    for fact in _with_originals(wanted, credited_facts(wanted, plan, years), rows[0], plan, years):
        facts.setdefault(fact.payee, []).append(fact)
    return {
        row.pk: Inputs(
            version,
            EnginePayeePeriod(
                payee=row.payee_id,
                period=row.start,
                targets=quotas.get(row.payee_id, {}),
                attributes=attributes.get(row.payee_id, {}),
                balances=balances.get(row.payee_id, {}),
            ),
            tuple(facts.get(row.payee_id, ())),
        )
        for row in rows
    }


def frame(row: PayeePeriod, plan: Plan, days: list[plans.Days]) -> tuple[Fact, ...]:
    """The facts that matter to a payee-period, also one that is not stored; on `days` the payee takes part."""
    years = plan.year_starts or people.company().fiscal_year_starts
    wanted = _wanted([(row, days)], plan, years)
    return tuple(_with_originals(wanted, credited_facts(wanted, plan, years), row, plan, years))


def _with_originals(
    wanted: Sequence["Wanted"], facts: list[Fact], row: PayeePeriod, plan: Plan, years: int
) -> list[Fact]:
    """The facts of frames, where something takes back also those of the periods of its originals, and what is known to
    have been earned there.
    """
    if not originals.clawbacks(plan):
        return facts
    read = originals.periods_read(facts, plan, row.start, years)
    held = {(own.frame, own.start, own.end) for own in wanted if own.level == 0 and own.end <= row.start}
    missing = [
        Wanted(period.payee, period.payee, 0, period.start, period.end)
        for period in read
        if not any(frame == period.payee and start <= period.start < end for frame, start, end in held)
    ]
    more = credited_facts(missing, plan, years) if missing else []
    return originals.with_lines([*more, *facts], plan, row.plan_id, row.start)


def _attributes(rows: Sequence[PayeePeriod], days: Mapping[int, list[plans.Days]]) -> dict[int, dict[str, Any]]:
    """By payee, on the last day of taking part."""
    return people.attributes_of({row.payee_id: days[row.pk][-1][1] - timedelta(days=1) for row in rows})


def _wanted(rows: Sequence[tuple[PayeePeriod, list[plans.Days]]], plan: Plan, years: int) -> list["Wanted"]:
    """Where the facts stand that matter to payee-periods: the own ones, those of people below, those of other periods.

    Of the period itself only those of the days on which the payee takes part.
    """
    needs = compile_plan(plan).needs
    wanted = []
    for row, own in rows:
        spans = list(own)
        if needs.windows:
            first = earliest(row.start, plan.period, needs.windows, year_starts=years)
            spans.insert(0, (first, row.start))
        wanted += [Wanted(row.payee_id, row.payee_id, 0, start, end) for start, end in spans]
    if needs.levels:
        asked = [(own.payee, own.start, own.end) for own in wanted]
        wanted += [Wanted(*link) for link in people.links_below(asked, needs.levels)]
    return wanted


def _brought_forward(rows: Sequence[PayeePeriod], plan: Plan, years: int) -> dict[int, dict[str, Decimal]]:
    """By payee, what the payee-period before has left in each balance, unless the balance begins anew with this one.

    The one before is the last stored one with a result: a balance is carried over a gap, as it is on files.
    """
    start = rows[0].start
    earlier = PayeePeriod.objects.filter(payee__in=[row.payee_id for row in rows], plan=rows[0].plan_id)
    stored = earlier.filter(end__lte=start, result__isnull=False).order_by("payee_id", "-end").distinct("payee_id")
    return {
        payee: brought_forward(plan, Result.from_json(result), start, year_starts=years)
        for payee, result in stored.values_list("payee_id", "result")
    }


class Wanted(NamedTuple):
    """Credits of one payee that count on some days, half-open, in somebody's frame; `level` is how far they stand below
    (0: oneself).
    """

    frame: int
    payee: int
    level: int
    start: date
    end: date


# A fact counts on its credit date, or on the day in the field that the plan names for its type. What takes another fact
# back has that one's fields too, where it says nothing else.
_CREDITS = """
SELECT f.id, f.type, c.day, c.amount, c.share, c.role, f.currency, f.external_id, f.fields, w.level,
    o.credit_date, o.fields, w.frame, f.reversed_id, '', f.occurred_at
FROM unnest(%(frames)s::bigint[], %(payees)s::bigint[], %(levels)s::int[], %(starts)s::date[], %(ends)s::date[])
    AS w (frame, payee, level, start, "end")
CROSS JOIN LATERAL (
    SELECT id, fact_id, credit_date AS day, amount, share, role FROM facts_credit
    WHERE current AND payee_id = w.payee AND credit_date >= w.start AND credit_date < w."end"
) c
JOIN facts_fact f ON f.id = c.fact_id
LEFT JOIN facts_fact o
    ON f.reversed_id <> '' AND o.source_id = f.source_id AND o.external_id = f.reversed_id AND o.current
WHERE NOT f.type = ANY(%(only_dated)s)
ORDER BY c.day, f.occurred_at, f.id, c.id, w.level
"""
_DATED_CREDITS = """
SELECT f.id, f.type, (f.fields->>d.field)::date AS day, c.amount, c.share, c.role, f.currency, f.external_id, f.fields,
    w.level, o.credit_date, o.fields, w.frame, f.reversed_id, d.field, f.occurred_at
FROM unnest(%(frames)s::bigint[], %(payees)s::bigint[], %(levels)s::int[], %(starts)s::date[], %(ends)s::date[])
    AS w (frame, payee, level, start, "end")
JOIN facts_credit c ON c.current AND c.payee_id = w.payee
JOIN facts_fact f ON f.id = c.fact_id
JOIN unnest(%(dated)s::text[], %(fields)s::text[]) AS d (type, field) ON d.type = f.type
LEFT JOIN facts_fact o
    ON f.reversed_id <> '' AND o.source_id = f.source_id AND o.external_id = f.reversed_id AND o.current
WHERE (f.fields->>d.field)::date >= w.start AND (f.fields->>d.field)::date < w."end"
ORDER BY day, f.occurred_at, f.id, c.id, w.level
"""


def credited_facts(wanted: Sequence[Wanted], plan: Plan, years: int) -> list[Fact]:
    """The facts that make up the frames of payees, in the order in which they count. One that counts on its credit date
    and on another day stands there twice. `years`: the month with which the plan's years begin.
    """
    dates = credit_dates(plan)
    only = {kind for kind, _ in dates} - {kind for kind, field in entries_of(plan) if not field}
    names = ("frames", "payees", "levels", "starts", "ends")
    given = dict(zip(names, map(list, zip(*wanted, strict=True)), strict=True))
    given |= {"dated": [kind for kind, _ in dates], "fields": [field for _, field in dates], "only_dated": list(only)}
    rows: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for query in [_CREDITS, *([_DATED_CREDITS] if dates else [])]:
            cursor.execute(query, given)
            rows += cursor.fetchall()
    if dates:  # in one order: by day, then as they came
        rows.sort(key=lambda row: (row[2], row[15], row[0], row[14]))
    period = cache(partial(period_of, kind=plan.period, year_starts=years))
    facts: list[Fact] = []
    since, named = originals.named_days(plan), originals.naming(plan)
    for number, kind, day, amount, share, role, money, external_id, fields, level, sold, original, payee, *more in rows:
        back, by, _ = more
        told, said = _values(original) if original else {}, _values(fields)
        own = {**told, **said, "original_date": sold}
        own |= {name: originals.name_of(name, external_id, back, said, told) for name in named}
        own |= {"original_id": back, **{name: sold for name in since if sold and not own.get(name)}}
        own |= {"share": share, "role": role, "external_id": external_id, "currency": money}
        facts.append(Fact(payee, period(day)[0], number, len(facts), kind, day, amount, own, level, by))
    return facts


def _values(fields: Any) -> dict[str, Any]:
    if fields == "{}":  # as most are
        return {}
    return json.loads(fields, parse_float=Decimal) if isinstance(fields, str) else dict(fields)
