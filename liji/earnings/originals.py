"""What later facts take back: their originals, with what these have earned, and what a changed one moves.

A plan with a clawback reads, for each fact of a payee-period that takes back, the periods in which its original and
what was taken of it before were credited. What those facts came to there stands in the lines of the stored
payee-periods: it holds, whatever the plan says now. So a changed line of a payee-period moves the later ones that hold
facts that take it back: `moved_by`.
"""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from typing import NamedTuple

from django.db import connection

from liji.earnings.models import PayeePeriod
from liji.engine import Fact
from liji.engine import earned_field
from liji.plan import Plan
from liji.plan.crediting import credit_dates
from liji.plan.model import Clawback
from liji.plan.periods import period_of
from liji.plans import queries as plans


class Period(NamedTuple):
    """A period of a payee, half-open."""

    payee: int
    start: date
    end: date


# The days on which originals were credited and on which something else took them back.
_ALIKE = """
SELECT DISTINCT c.payee_id, d.day
FROM facts_credit c
JOIN facts_fact f ON f.id = c.fact_id
CROSS JOIN LATERAL (
    SELECT c.credit_date AS day
    UNION
    SELECT (f.fields->>x.field)::date FROM unnest(%(dated)s::text[], %(fields)s::text[]) AS x (type, field)
    WHERE x.type = f.type
) AS d
WHERE c.current AND c.payee_id = ANY(%(payees)s) AND (
    EXISTS (
        SELECT 1 FROM facts_fact l WHERE l.id = ANY(%(facts)s) AND l.reversed_id <> '' AND l.source_id = f.source_id
            AND l.reversed_id IN (f.external_id, nullif(f.reversed_id, ''))
    )
    OR EXISTS (
        SELECT 1 FROM unnest(%(names)s::text[], %(values)s::text[]) AS n (name, value)
        WHERE coalesce(nullif(f.fields->>n.name, ''), f.external_id) = n.value
    )
)
"""


def clawbacks(plan: Plan) -> list[Clawback]:
    """What takes back in a plan."""
    return [component.clawback for component in plan.components.values() if component.clawback]


def named_days(plan: Plan) -> list[str]:
    """The fields in which a fact that takes back says on which day its original counted."""
    return list(dict.fromkeys(back.since for back in clawbacks(plan) if back.since))


def naming(plan: Plan) -> list[str]:
    """The fields in which originals, and what takes them back, say which original is meant."""
    return list(dict.fromkeys(back.by for back in clawbacks(plan) if back.by))


def name_of(name: str, external_id: str, reversed_id: str, own: Mapping[str, Any], original: Mapping[str, Any]) -> str:
    """What a fact says in a field of `naming`: what it says itself, or else its number. A reversal names its original:
    it says what that one says, whatever its own field (such as `order`, the number of the original) holds.
    """
    if reversed_id:
        return str(original.get(name) or reversed_id)
    return str(own.get(name) or external_id)


def periods_read(facts: Sequence[Fact], plan: Plan, start: date, years: int) -> set[Period]:
    """The periods before the one that begins on `start` that facts read which take back; each in its payee's own."""
    backs = clawbacks(plan)
    kinds = {kind for back in backs for kind in back.of}
    taking = [fact for fact in facts if fact.type in kinds and fact.level == 0 and fact.period >= start]
    if not taking:
        return set()
    days = {(fact.payee, day) for fact in taking for back in backs for day in _said(fact, back)}
    days |= _known(taking, backs, plan)
    found = {Period(payee, *period_of(day, plan.period, year_starts=years)) for payee, day in days}
    return {period for period in found if period.start < start}


def _said(fact: Fact, back: Clawback) -> Iterable[date]:
    told = fact.fields.get(back.since) if back.since else None
    if told:
        yield told if isinstance(told, date) else date.fromisoformat(str(told))


def _known(taking: Sequence[Fact], backs: Sequence[Clawback], plan: Plan) -> set[tuple[int, date]]:
    names = {name for back in backs for name in (back.by, back.since) if name}
    alike = {(name, str(told)) for fact in taking for name in names if (told := fact.fields.get(name))}
    dated = credit_dates(plan)
    given = {
        "payees": sorted({fact.payee for fact in taking}),
        "facts": [fact.id for fact in taking],
        "names": [name for name, _ in alike],
        "values": [value for _, value in alike],
        "dated": [kind for kind, _ in dated],
        "fields": [field for _, field in dated],
    }
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, given)
        return {(payee, day) for payee, day in cursor.fetchall() if day is not None}


def with_lines(facts: Sequence[Fact], plan: Plan, number: int, start: date) -> list[Fact]:
    """Facts of earlier periods with what they came to there, where that is known; `number` is the plan's."""
    earlier = [fact for fact in facts if fact.period < start and fact.level == 0]
    if not earlier:
        return list(facts)
    known = _lines(number, {fact.payee for fact in earlier}, min(fact.period for fact in earlier), start)
    return [_with_line(fact, plan, known) if fact.period < start and fact.level == 0 else fact for fact in facts]


class _Stored(NamedTuple):
    start: date
    end: date
    dirty: bool
    brought: Mapping[int, Mapping[str, str]]


def _lines(plan: int, payees: set[int], first: date, after: date) -> dict[int, list[_Stored]]:
    rows = PayeePeriod.objects.filter(plan=plan, payee__in=payees, end__gt=first, start__lt=after)
    found: dict[int, list[_Stored]] = {}
    told = rows.filter(result__isnull=False).values_list("payee_id", "start", "end", "dirty_since", "lines")
    for payee, start, end, dirty, lines in told:
        brought = {line["fact_id"]: line["brought"] for line in lines}
        found.setdefault(payee, []).append(_Stored(start, end, dirty is not None, brought))
    return found


def _with_line(fact: Fact, plan: Plan, known: Mapping[int, list[_Stored]]) -> Fact:
    """A fact that has no line in a payee-period that was worked out earned nothing there; where it waits to be worked
    out, or where there is none, the rules at hand say what it earned.
    """
    own = next((row for row in known.get(fact.payee, ()) if row.start <= fact.credit_date < row.end), None)
    if own is None or (own.dirty and fact.id not in own.brought):
        return fact
    brought = own.brought.get(fact.id, {})
    earned: dict[str, Any] = {}
    for name in plan.paid:
        if plan.components[name].clawback:
            earned[earned_field(name)] = Decimal(brought.get(name, "0"))
    return replace(fact, fields={**fact.fields, **earned})


_LATER = """
SELECT DISTINCT p.payee_id, p.plan_id, p.start, p."end"
FROM facts_credit c
JOIN facts_fact l ON l.id = c.fact_id AND l.type = ANY(%(kinds)s)
JOIN earnings_payeeperiod p ON p.payee_id = c.payee_id AND p.plan_id = %(plan)s
    AND p.start <= c.credit_date AND p."end" > c.credit_date
WHERE c.current AND c.payee_id = %(payee)s AND c.credit_date >= %(after)s
"""


def moved_by(row: PayeePeriod) -> set[tuple[int, int, date, date]]:
    """The later payee-periods of the same payee and plan in which something is taken back: (payee, plan, start, end).
    They are to be worked out again when what facts came to in `row` has changed. Too many are safe, too few are not.
    """
    numbers = plans.calendar().versions()
    backs = [back for plan, number in numbers if plan == row.plan_id for back in clawbacks(plans.compiled(number).plan)]
    kinds = sorted({kind for back in backs for kind in back.of})
    given = {"plan": row.plan_id, "after": row.end, "payee": row.payee_id, "kinds": kinds}
    with connection.cursor() as cursor:
        cursor.execute(_LATER, given)
        return set(cursor.fetchall())
