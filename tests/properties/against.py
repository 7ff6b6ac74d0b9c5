"""Runs a drawn plan on a drawn company with the product, by every path."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from liji.engine import Compiled
from liji.engine import Fact
from liji.engine import Link
from liji.engine import PayeePeriod
from liji.engine import compile_plan
from liji.plan import load
from tests.properties.by_hand.facts import Facts
from tests.properties.drawn.company import Company
from tests.properties.drawn.document import document
from tests.properties.drawn.tree import Plan


def compiled_of(plan: Plan) -> Compiled:
    text = document(plan)
    loaded = load(text)
    assert loaded.plan is not None, text + "\n" + "\n".join(found.shown(text, "en") for found in loaded.problems)
    return compile_plan(loaded.plan)


def given(
    plan: Plan, company: Company, openings: Mapping[int, Mapping[str, Fraction]] | None = None
) -> tuple[list[PayeePeriod], list[Fact], list[Link]]:
    """Payees, facts and links as the engine is given them."""
    counted = Facts(plan, company)
    payees = [
        PayeePeriod(one.number, start, one.targets, one.attributes, decimals((openings or {}).get(one.number, {})))
        for start in sorted({counted.period_of(day) for day in company.days})
        for one in company.people
    ]
    facts = [
        Fact(
            deal.payee,
            counted.period_of(day),
            deal.number,
            deal.number,
            deal.type,
            day,
            deal.fields["amount"],
            {name: value for name, value in deal.fields.items() if name != "amount"},
            dated_by=by,
        )
        for day, _, by, deal in counted.counted
    ]
    return payees, facts, [Link(one.payee, one.above, one.level, one.since, one.until) for one in company.above]


def decimals(own: Mapping[str, Fraction]) -> dict[str, Decimal]:
    return {name: Decimal(value.numerator) / Decimal(value.denominator) for name, value in own.items()}


def different(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The values that came out differently: what was found and what was wanted."""
    pairs = {name: (found.get(name, "absent"), value) for name, value in wanted.items()}
    return {name: pair for name, pair in pairs.items() if not _same(*pair)}


def _same(found: Any, wanted: Any) -> bool:
    if isinstance(found, Decimal) and isinstance(wanted, Fraction):
        return Fraction(found) == wanted
    return type(found) is type(wanted) and bool(found == wanted)
