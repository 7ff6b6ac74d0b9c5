"""Facts and payees in few words, so that a test reads like the field."""

from datetime import date
from decimal import Decimal

from liji.engine import Compiled
from liji.engine import Fact
from liji.engine import PayeePeriod
from liji.engine import Result
from liji.engine import compile_plan
from liji.engine import run
from liji.plan import load
from liji.plan import templates

MAY = date(2026, 5, 1)


def template(name: str) -> Compiled:
    return compile_plan(load(dict(templates())[name]).plan)


def plan(text: str) -> Compiled:
    loaded = load(text)
    assert loaded.plan is not None, [problem.shown(text, "en") for problem in loaded.problems]
    return compile_plan(loaded.plan)


def payee(target: str | None = None, number: int = 7, **attributes: object) -> PayeePeriod:
    targets = {"sales": Decimal(target)} if target else {}
    return PayeePeriod(number, MAY, targets, attributes)


def sales(*amounts: str, number: int = 7, **fields: object) -> list[Fact]:
    return [
        Fact(
            number,
            MAY,
            at,
            at,
            "order_returned" if amount.startswith("-") else "order_closed",
            MAY,
            Decimal(amount),
            fields,
        )
        for at, amount in enumerate(amounts, start=1)
    ]


def result(compiled: Compiled, *amounts: str, target: str | None = None, **fields: object) -> Result:
    return run(compiled, [payee(target)], sales(*amounts, **fields))[0]


# A plan with one measure, a target, and whatever is added to it.
def small(more: str) -> str:
    return f"""
plan: small
currency: CNY
measures:
  sales: {{of: [order_closed, order_returned], sum: amount}}
  orders: {{of: order_closed, count: }}
targets:
  sales: {{missing: none}}
{more}"""
