"""Draws companies: people, teams, managers who change, and what happened in several periods."""

from datetime import date
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.properties.drawn.company import Above
from tests.properties.drawn.company import Company
from tests.properties.drawn.company import Deal
from tests.properties.drawn.company import Person
from tests.properties.drawn.formulas import DAYS
from tests.properties.drawn.tree import Plan

TYPES = ("order_closed", "order_closed", "order_closed", "order_returned", "order_cancelled", "contract_signed")
# Few round amounts, so that sums meet edges and targets exactly, and some odd ones.
AMOUNTS = st.sampled_from([Decimal(n) for n in (100, 1000, 5000, 50000, 100000, -100)]) | st.decimals(
    -1000, 60000, places=2
)
_MAY = date(2026, 5, 10)


def _some(draw: st.DrawFn, **fields: st.SearchStrategy[Any]) -> dict[str, Any]:
    """Some of the fields."""
    drawn = {name: draw(st.none() | own) for name, own in fields.items()}
    return {name: value for name, value in drawn.items() if value is not None}


@st.composite
def people(draw: st.DrawFn, plan: Plan, number: int) -> Person:
    attributes = _some(
        draw,
        team=st.sampled_from(["north", "south"]),
        level=st.sampled_from(["junior", "senior"]),
        grade=st.sampled_from([Decimal(1), Decimal("1.5"), Decimal(2), Decimal("0.333333")]),
        ratio=st.decimals(0, 1, places=2),
        hired_on=DAYS,
        left_on=DAYS,
    )
    counted = {one.name: one.kind for one in plan.measures}
    targets = {}
    for target in plan.targets:
        some = st.integers(0, 5).map(Decimal) if counted[target.measure] == "count" else AMOUNTS
        given = draw(st.none() | some)
        if given is not None:
            targets[target.measure] = given
    return Person(number, attributes, targets)


@st.composite
def deals(draw: st.DrawFn, plan: Plan, number: int, people: int) -> Deal:
    day = draw(st.dates(date(2026, 4, 1), date(2026, 5, 31)) | st.dates(date(2026, 5, 1), date(2026, 5, 31)) | DAYS)
    fields: dict[str, Any] = _some(
        draw,
        cost=st.decimals(0, 5000, places=2),
        margin=st.sampled_from([Decimal("0.1"), Decimal("0.2"), Decimal("0.25")]) | st.decimals(0, 1, places=3),
        product=st.sampled_from(["cloud", "paper"]),
        fresh=st.booleans(),
        paid_on=st.integers(-20, 60).map(lambda days: day + timedelta(days)),
        sold_on=st.integers(0, 3).map(lambda days: day - timedelta(days))
        | st.integers(-40, 500).map(lambda days: day - timedelta(days)),
        share=st.sampled_from([Decimal("0.5"), Decimal(1), Decimal("0.3333")]),
        role=st.sampled_from(["owner", "presales"]),
        external_id=st.sampled_from(["A1", "A2", "A3"]),
        original_id=st.sampled_from(["", "", "A1", "A2"]),
    )
    if draw(st.integers(0, 30)):
        fields["quantity"] = draw(st.integers(0, 20).map(Decimal) | st.decimals(0, 9, places=3))
    if plan.exchange:
        fields |= _some(draw, currency=st.sampled_from([plan.currency, *plan.exchange]))
    elif draw(st.integers(0, 9)) == 0:  # without rates: not counted
        fields["currency"] = draw(st.sampled_from(["EUR", plan.currency]))
    return Deal(
        number, draw(st.integers(1, people)), draw(st.sampled_from(TYPES)), day, {"amount": draw(AMOUNTS), **fields}
    )


@st.composite
def companies(draw: st.DrawFn, plan: Plan) -> Company:
    """Up to five people; each one's manager has a smaller number, and may change on one day."""
    count = draw(st.integers(1, 5))
    found = tuple(draw(people(plan, number)) for number in range(1, count + 1))
    changes = draw(st.none() | st.dates(date(2026, 4, 10), date(2026, 5, 25)))
    spans = [(None, changes), (changes, None)] if changes else [(None, None)]
    above = []
    for since, until in spans:
        managers = {n: draw(st.none() | st.integers(1, n - 1)) for n in range(2, count + 1)}
        for number in managers:
            at, level = managers.get(number), 1
            while at is not None:
                above.append(Above(number, at, level, since, until))
                at, level = managers.get(at), level + 1
    total = draw(st.integers(0, 9))
    happened = tuple(draw(deals(plan, number, count)) for number in range(1, total + 1))
    days = (_MAY, *([date(2026, 4, 20)] if draw(st.booleans()) else []))
    return Company(found, tuple(above), happened, days)
