"""Whole tables of facts as they were recorded: they count on the days, and in the currency, that the plan names."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from liji.engine import EngineError
from liji.engine import lines_arrow
from liji.engine import run_arrow
from tests.unit.engine.miniature import plan

PLAN = """
plan: p
currency: CNY
period: PERIOD
fields: {paid_on: date}
crediting: {cash: {of: order_closed, date: paid_on}}
measures:
  sold: {of: order_closed, sum: amount}
  collected: {of: cash, sum: amount}
components: {pay: {formula: sold * 10% + collected}}
"""


def table(*rows: tuple[str, str | None, str]) -> pa.Table:
    """Of payee 7: day of the order, day of the payment, currency; each of 100."""
    day = [date.fromisoformat(sold) for sold, _, _ in rows]
    paid = [date.fromisoformat(on) if on else None for _, on, _ in rows]
    return pa.table(
        {
            "payee": [7] * len(rows),
            "period": pa.array([one.replace(day=1) for one in day], pa.date32()),
            "type": ["order_closed"] * len(rows),
            "fact_id": list(range(len(rows))),
            "seq": list(range(len(rows))),
            "credit_date": pa.array(day, pa.date32()),
            "paid_on": pa.array(paid, pa.date32()),
            "amount": pa.array([Decimal(100)] * len(rows), pa.decimal128(12, 2)),
            "currency": [currency for _, _, currency in rows],
        }
    )


def payees(*starts: date) -> pa.Table:
    return pa.table({"payee": [7] * len(starts), "period": pa.array(starts, pa.date32())})


@pytest.mark.parametrize(
    ("period", "paid_on", "start"),
    [
        ("month", "2026-06-30", date(2026, 6, 1)),
        ("half-month", "2026-06-15", date(2026, 6, 1)),
        ("half-month", "2026-06-16", date(2026, 6, 16)),
        ("half-month", "2026-02-28", date(2026, 2, 16)),
        ("quarter", "2026-06-30", date(2026, 4, 1)),
        ("quarter", "2026-12-31", date(2026, 10, 1)),
        ("quarter\nyear_starts: 2", "2026-01-31", date(2025, 11, 1)),
        ("quarter\nyear_starts: 12", "2026-12-31", date(2026, 12, 1)),
        ("year", "2026-12-31", date(2026, 1, 1)),
        ("year\nyear_starts: 4", "2026-03-31", date(2025, 4, 1)),
    ],
)
def test_a_fact_counts_in_the_period_of_the_day_in_its_field(period: str, paid_on: str, start: date) -> None:
    compiled = plan(PLAN.replace("PERIOD", period))
    found = run_arrow(compiled, payees(start), table(("2020-03-01", paid_on, "CNY"), ("2020-03-01", None, "CNY")))
    assert found.to_pylist()[0]["collected"] == 100


def test_each_line_says_what_it_brought_on_its_day() -> None:
    compiled = plan(PLAN.replace("PERIOD", "month"))
    found = lines_arrow(compiled, payees(date(2026, 5, 1)), table(("2026-05-02", "2026-05-09", "CNY"))).to_pylist()
    assert sorted((row["fact_id"], row["brought:pay"]) for row in found) == [(0, 10), (0, 100)]


def test_other_currencies_and_days_outside_valid_do_not_count() -> None:
    text = PLAN.replace("PERIOD", "month") + "valid: {from: 2026-05-10, to: 2026-05-20}\n"
    rows = [(f"2026-05-{day}", None, "CNY") for day in ("09", "10", "20", "21")] + [("2026-05-11", None, "EUR")]
    found = run_arrow(plan(text), payees(date(2026, 5, 1), date(2026, 6, 1)), table(*rows)).to_pylist()
    assert sorted((row["period"], row["sold"], row["total"], row["eligible"]) for row in found) == [
        (date(2026, 5, 1), 200, 20, True),
        (date(2026, 6, 1), 0, 0, False),
    ]


def test_days_are_needed_only_where_valid_cuts_a_period() -> None:
    facts = table(("2026-05-02", None, "CNY")).drop_columns(["credit_date"])
    text = PLAN.replace("PERIOD", "month").replace("crediting: {cash: {of: order_closed, date: paid_on}}\n", "")
    text = text.replace("of: cash", "of: order_closed")
    whole = plan(text + "valid: {from: 2026-05-01, to: 2026-05-31}\n")
    assert run_arrow(whole, payees(date(2026, 5, 1)), facts).to_pylist()[0]["sold"] == 100
    with pytest.raises(EngineError) as stopped:
        run_arrow(plan(text + "valid: {from: 2026-05-02}\n"), payees(date(2026, 5, 1)), facts)
    assert (stopped.value.code, stopped.value.expression) == ("missing_column", "credit_date")
    assert "payee" not in stopped.value.message("en")
