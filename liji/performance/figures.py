"""The sums behind the indicators, for many people and months with two queries over credited facts.

What counts: the credits in the owner's role, with the payee's share, on their credit date, as they stand now: a
correction replaces what it corrects; a return or cancellation counts against sales on its own day, and an order that
has been taken back in full counts no more for contracts and customers. Amounts in other currencies are multiplied by
the company's rate, or left out where there is none.
"""

from collections.abc import Collection
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import timedelta
from decimal import ROUND_HALF_UP
from decimal import Decimal

from django.db import connection

from liji.people import queries as people
from liji.performance.models import Definitions
from liji.plan.periods import add_months

ZERO = Decimal(0)
_PLACES = Decimal("0.000001")  # of quotients
Sums = Mapping[str, Decimal]


@dataclass(frozen=True)
class Figures:
    """What one person did in one month. Amounts in the company's currency; None where nothing can be divided by.

    `parts`: what each quotient was made of (part, whole), so that many people's can be put together.
    """

    values: dict[str, Decimal | None]
    parts: dict[str, tuple[Decimal, Decimal]]
    today: dict[str, Decimal] = field(default_factory=dict)


# `mine`: what each person is credited with; `orders`: those of which something is left.
_MINE = """
WITH spans AS (SELECT unnest(%(employees)s::bigint[]) AS employee),
rates AS (SELECT * FROM unnest(%(currencies)s::text[], %(rates)s::numeric[]) AS r (currency, rate)),
mine AS MATERIALIZED (
    SELECT s.employee, date_trunc('month', c.credit_date)::date AS month, c.credit_date AS day, f.id, f.type,
        f.source_id, f.external_id, f.amount AS whole, f.amount * c.share * r.rate AS amount,
        c.amount * c.share * r.rate AS credit, f.occurred_at, f.fields
    FROM spans s
    JOIN facts_credit c ON c.current AND c.payee_id = s.employee AND c.role = 'owner'
        AND c.credit_date >= %(start)s AND c.credit_date < %(end)s
    JOIN facts_fact f ON f.id = c.fact_id
    LEFT JOIN rates r ON r.currency = f.currency
    WHERE f.type = ANY(%(types)s)
),
taken AS (
    SELECT back.source_id, back.reversed_id, sum(back.amount) AS amount FROM (
        SELECT DISTINCT r.id, r.source_id, r.reversed_id, c.amount
        FROM (SELECT DISTINCT source_id, external_id FROM mine WHERE type = 'order_closed') o
        JOIN facts_fact r ON r.source_id = o.source_id AND r.reversed_id = o.external_id AND r.reversed_id <> ''
            AND r.current AND r.credit_date <= %(known)s
        JOIN facts_credit c ON c.fact_id = r.id AND c.current
    ) back GROUP BY 1, 2
),
orders AS MATERIALIZED (
    SELECT m.*, m.fields->>'customer' AS customer, (m.fields->>'new_customer')::boolean AS marked
    FROM mine m LEFT JOIN taken t ON t.source_id = m.source_id AND t.reversed_id = m.external_id
    WHERE m.type = 'order_closed' AND (t.amount IS NULL OR m.whole + t.amount > 0)
)
"""
_FIRST = """NOT EXISTS (
    SELECT 1 FROM facts_fact e WHERE e.current AND e.type = 'order_closed' AND e.fields->>'customer' = o.customer
    AND (e.credit_date, e.occurred_at, e.id) < (o.day, o.occurred_at, o.id)
    AND NOT EXISTS (
        SELECT 1 FROM (
            SELECT DISTINCT r.id, c.amount FROM facts_fact r JOIN facts_credit c ON c.fact_id = r.id AND c.current
            WHERE r.current AND r.reversed_id <> '' AND r.source_id = e.source_id AND r.reversed_id = e.external_id
            AND r.credit_date <= %(known)s
        ) back HAVING e.amount + sum(back.amount) <= 0
    )
)"""
# What the company calls a new customer; an order without a customer's name makes none.
NEW = {
    "source": f"coalesce(o.marked, {_FIRST})",
    "first_order": _FIRST,
    "marked": "coalesce(o.marked, false)",
}
_SUMS = """
, plain AS (
    SELECT employee, month,
        coalesce(sum(credit) FILTER (WHERE type = ANY(%(sold)s)), 0) AS sales,
        count(DISTINCT id) FILTER (WHERE type = 'opportunity_won') AS won,
        count(DISTINCT id) FILTER (WHERE type = 'opportunity_lost') AS lost,
        coalesce(sum(amount) FILTER (WHERE type = 'opportunity_won'), 0) AS won_amount,
        coalesce(sum(amount) FILTER (WHERE type = 'opportunity_lost'), 0) AS lost_amount,
        count(DISTINCT id) FILTER (WHERE type = 'follow_up') AS follow_ups,
        count(DISTINCT fields->>'course') FILTER (WHERE type = 'course_completed') AS courses,
        count(*) FILTER (WHERE type = 'exam_passed') AS exams,
        coalesce(sum((fields->>'score')::numeric) FILTER (WHERE type = 'exam_passed'), 0) AS scores,
        coalesce(sum(credit) FILTER (WHERE type = ANY(%(sold)s) AND day = %(day)s), 0) AS sales_today,
        count(DISTINCT id) FILTER (WHERE type = 'follow_up' AND day = %(day)s) AS follow_ups_today
    FROM mine GROUP BY 1, 2
),
signed AS (
    SELECT o.employee, o.month, coalesce(sum(o.amount), 0) AS contract_amount, count(DISTINCT o.id) AS contracts,
        coalesce(max(o.amount), 0) AS largest_contract,
        count(DISTINCT o.customer) FILTER (WHERE o.customer <> '' AND {new}) AS new_customers,
        count(DISTINCT o.id) FILTER (WHERE o.day = %(day)s) AS contracts_today
    FROM orders o GROUP BY 1, 2
),
buying AS (
    SELECT m.month, o.employee, o.customer, bool_or(o.month > m.month - make_interval(months => %(retention)s)) AS here,
        bool_or(o.month <= m.month - make_interval(months => %(retention)s)) AS before
    FROM unnest(%(months)s::date[]) AS m (month)
    JOIN (SELECT DISTINCT employee, month, customer FROM orders WHERE customer <> '') o
        ON o.month <= m.month AND o.month > m.month - make_interval(months => 2 * %(retention)s)
    GROUP BY 1, 2, 3
),
kept AS (
    SELECT employee, month, count(*) FILTER (WHERE before) AS customers,
        count(*) FILTER (WHERE before AND here) AS stayed
    FROM buying GROUP BY 1, 2
)
SELECT * FROM plain FULL JOIN signed USING (employee, month) FULL JOIN kept USING (employee, month)
"""
# Held for somebody: what anybody of the same unit took part in, on days on which both belonged to it.
_HELD = """
WITH own AS (
    SELECT a.employee_id AS employee, a.unit_id AS unit, a.days FROM people_assignment a
    WHERE a.main AND a.employee_id = ANY(%(employees)s) AND a.days && daterange(%(start)s, %(end)s)
),
done AS MATERIALIZED (
    SELECT DISTINCT a.unit_id AS unit, a.employee_id AS by, f.type, f.credit_date AS day,
        CASE f.type WHEN 'meeting_attended' THEN concat(f.credit_date, ' ', f.fields->>'meeting')
            ELSE f.fields->>'course' END AS what
    FROM (SELECT DISTINCT unit FROM own) u
    JOIN people_assignment a ON a.main AND a.unit_id = u.unit
    JOIN facts_fact f ON f.owner_id = a.employee_id AND f.current AND f.credit_date >= %(start)s
        AND f.credit_date < %(end)s AND a.days @> f.credit_date
    WHERE f.type IN ('meeting_attended', 'course_completed')
),
each AS (
    SELECT o.employee, m.month, d.type, d.what, bool_or(d.by = o.employee) AS there
    FROM unnest(%(months)s::date[]) AS m (month)
    JOIN done d ON d.day < m.month + interval '1 month' AND d.day >= CASE d.type WHEN 'meeting_attended' THEN m.month
        ELSE m.month - make_interval(months => %(courses)s - 1) END
    JOIN own o ON o.unit = d.unit AND o.days @> d.day
    GROUP BY 1, 2, 3, 4
)
SELECT employee, month, type, count(*), count(*) FILTER (WHERE there) FROM each GROUP BY 1, 2, 3
"""
_TYPES = (
    *("order_closed", "order_returned", "order_cancelled", "opportunity_won", "opportunity_lost"),
    *("follow_up", "course_completed", "exam_passed"),
)
_SOLD = ("order_closed", "order_returned", "order_cancelled")


def monthly(
    employees: Collection[int], first: date, day: date, definitions: Definitions, *, known: date | None = None
) -> dict[int, dict[date, Figures]]:
    """Employee → month → figures, from the month that begins on `first` to that of `day`, up to and with `day`.

    Returns are known up to `known` (`day` when none is given). A month without any fact has its noughts.
    """
    months = _months(first, day)
    longest = max(definitions.conversion_months, 2 * definitions.retention_months)
    end = day + timedelta(days=1)
    given = {
        "employees": list(employees), "months": months, "end": end, "day": day, "known": known or day,
        "start": add_months(first, 1 - longest), "types": list(_TYPES), "sold": list(_SOLD),
        "retention": definitions.retention_months, **exchange(definitions),
    }  # fmt: skip
    sums: dict[int, dict[date, dict[str, Decimal]]] = {employee: {} for employee in employees}
    with connection.cursor() as cursor:
        cursor.execute(_MINE + _SUMS.replace("{new}", NEW[definitions.new_customer_by]), given)
        names = [column.name for column in cursor.description]
        for row in cursor.fetchall():
            values = dict(zip(names, row, strict=True))
            employee, month = values.pop("employee"), values.pop("month")
            sums[employee][month] = {name: Decimal(value) for name, value in values.items() if value is not None}
        given |= {"start": add_months(first, 1 - definitions.course_months), "courses": definitions.course_months}
        cursor.execute(_HELD, given)
        for employee, month, kind, held, there in cursor.fetchall():
            own = sums[employee].setdefault(month, {})
            own[f"{kind}_held"], own[f"{kind}_there"] = Decimal(held), Decimal(there)
    spans = people.employed_spans(employees)
    return {
        employee: {month: _figures(own, month, end, definitions, spans.get(employee, [])) for month in months}
        for employee, own in sums.items()
    }


def together(many: Collection[Figures]) -> dict[str, Decimal | None]:
    """The indicators of many months or people as one: sums, the largest contract, quotients of the summed parts."""
    values: dict[str, Decimal | None] = {}
    for name in many and next(iter(many)).values:
        own = [each.values[name] for each in many]
        if name in next(iter(many)).parts:
            parts = [each.parts[name] for each in many]
            values[name] = quotient(sum((p for p, _ in parts), ZERO), sum((w for _, w in parts), ZERO))
        elif name == "largest_contract":
            values[name] = max((value for value in own if value is not None), default=ZERO)
        else:
            values[name] = sum((value for value in own if value is not None), ZERO)
    return values


def exchange(definitions: Definitions) -> dict[str, list]:
    """Currencies whose amounts count, and by what they are multiplied."""
    rates = {people.company().currency: "1"} | definitions.exchange
    return {"currencies": list(rates), "rates": [Decimal(rate) for rate in rates.values()]}


def _months(first: date, day: date) -> list[date]:
    months = [first.replace(day=1)]
    while add_months(months[-1], 1) <= day:
        months.append(add_months(months[-1], 1))
    return months


def quotient(part: Decimal, whole: Decimal) -> Decimal | None:
    """To six places, half up; None of nothing."""
    return (part / whole).quantize(_PLACES, rounding=ROUND_HALF_UP) if whole else None


def _figures(
    own: Mapping[date, Sums], month: date, end: date, definitions: Definitions, spans: list[tuple]
) -> Figures:
    here = own.get(month, {})

    def get(name: str) -> Decimal:
        return here.get(name, ZERO)

    window = [own.get(add_months(month, -back), {}) for back in range(definitions.conversion_months)]
    suffix = "_amount" if definitions.conversion_by == "amount" else ""
    won, lost = (sum((each.get(kind + suffix, ZERO) for each in window), ZERO) for kind in ("won", "lost"))
    days = employed_days(spans, month, min(add_months(month, 1), end))
    exact = ("sales", "contract_amount", "contracts", "largest_contract", "new_customers", "follow_ups", "courses")
    values: dict[str, Decimal | None] = {name: get(name) for name in exact}
    parts = {
        "conversion": (won, won + lost),
        "retention": (get("stayed"), get("customers")),
        "follow_ups_a_week": (get("follow_ups") * 7, Decimal(days)),
        "meeting_participation": (get("meeting_attended_there"), get("meeting_attended_held")),
        "course_completion": (get("course_completed_there"), get("course_completed_held")),
        "exam_score": (get("scores"), get("exams")),
    }
    values |= {name: quotient(*part) for name, part in parts.items()}
    return Figures(values, parts, {name: get(name) for name in ("sales_today", "contracts_today", "follow_ups_today")})


def employed_days(spans: list[tuple], start: date, end: date) -> int:
    """Calendar days from `start` up to, not including, `end` on which somebody is employed."""
    return sum(
        max(0, (min(end, last or end) - max(start, since or start)).days) for since, last in spans
    )
