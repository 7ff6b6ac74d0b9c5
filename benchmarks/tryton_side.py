"""Runs inside trytond's own environment: `python tryton_side.py lines.csv`; answers with one line of JSON."""

import csv
import datetime as dt
import itertools
import json
import os
import sys
import time
from decimal import Decimal
from pathlib import Path

os.environ["DB_NAME"] = ":memory:"
from trytond.config import config

config.set("database", "uri", "sqlite://")

from proteus import Model
from trytond.modules.account.tests.tools import create_chart
from trytond.modules.account.tests.tools import create_fiscalyear
from trytond.modules.account.tests.tools import get_accounts
from trytond.modules.account_invoice.tests.tools import create_payment_term
from trytond.modules.account_invoice.tests.tools import set_fiscalyear_invoice_sequences
from trytond.modules.company.tests.tools import create_company
from trytond.modules.company.tests.tools import get_company
from trytond.pool import Pool
from trytond.tests.test_tryton import DB_NAME
from trytond.tests.tools import activate_modules
from trytond.transaction import Transaction

FORMULA = (
    "amount * 0.05 if amount <= 250 else "
    "(12.5 + (amount - 250) * 0.08 if amount <= 1000 else 72.5 + (amount - 1000) * 0.12)"
)
YEAR = dt.date(2025, 1, 1), dt.date(2025, 12, 31)
AT_ONCE = 100  # invoices in one transaction


def saved(model: str, **values: object) -> Model:
    record = Model.get(model)(**values)
    record.save()
    return record


def set_up() -> tuple[list[int], dict[str, dict[str, int]]]:
    """A company with fifty agents on the plan; their ids, and what an invoice needs."""
    activate_modules("commission", create_company, create_chart)
    company = get_company()
    year = set_fiscalyear_invoice_sequences(create_fiscalyear(today=YEAR))
    year.click("create_period")
    accounts = get_accounts()
    category = saved(
        "product.category",
        name="All",
        accounting=True,
        account_expense=accounts["expense"],
        account_revenue=accounts["revenue"],
    )
    (unit,) = Model.get("product.uom").find([("name", "=", "Unit")])
    products = [
        saved(
            "product.template",
            name=name,
            default_uom=unit,
            type="service",
            list_price=Decimal(0),
            account_category=category,
        ).products[0]
        for name in ("Commission", "Sold")
    ]
    plan = Model.get("commission.plan")(name="Bands", commission_product=products[0], commission_method="posting")
    plan.lines.new().formula = FORMULA
    plan.save()
    term = create_payment_term()
    term.save()
    agents = []
    for number in range(50):
        party = saved("party.party", name=f"R{number}", supplier_payment_term=term)
        agent = saved("commission.agent", party=party, type_="agent", plan=plan, currency=company.currency)
        agents.append(agent.id)
    customer = saved("party.party", name="Customer")
    needed = {
        "company": company.id,
        "party": customer.id,
        "invoice_address": customer.addresses[0].id,
        "currency": company.currency.id,
        "account": accounts["receivable"].id,
        "payment_term": term.id,
    }
    line = {
        "company": company.id,
        "currency": company.currency.id,
        "product": products[1].id,
        "unit": unit.id,
        "account": accounts["revenue"].id,
    }
    return agents, {"invoice": needed, "line": line}


def inside(work):
    """What `work` gives, in a transaction of its own."""
    with Transaction().start(DB_NAME, 1, context={"_skip_warnings": True}) as transaction:
        found = work()
        transaction.commit()
        return found


def main() -> None:
    agents, needed = set_up()
    with Path(sys.argv[1]).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    by_invoice = [list(own) for _, own in itertools.groupby(rows, key=lambda row: row["invoice"])]
    pool = Pool(DB_NAME)

    def invoice(own: list[dict[str, str]], journal: int) -> dict[str, object]:
        sold = {**needed["line"], "type": "line", "invoice_type": "out", "quantity": 1}
        lines = [{**sold, "unit_price": Decimal(row["amount"])} for row in own]
        day = dt.date.fromisoformat(own[0]["day"])
        agent = agents[int(own[0]["rep"]) - 1]
        head = {"type": "out", "journal": journal, "invoice_date": day, "agent": agent, "lines": [("create", lines)]}
        return {**needed["invoice"], **head}

    def make() -> list[int]:
        (journal,) = pool.get("account.journal").search([("type", "=", "revenue")], limit=1)
        made = pool.get("account.invoice").create([invoice(own, journal.id) for own in by_invoice])
        return [one.id for one in made]

    numbers = inside(make)

    def pay(some: list[int]) -> None:
        model = pool.get("account.invoice")
        model.create_commissions(model.browse(some))

    began = time.perf_counter()
    for first in range(0, len(numbers), AT_ONCE):
        inside(lambda first=first: pay(numbers[first : first + AT_ONCE]))
    seconds = time.perf_counter() - began
    total = inside(lambda: sum((one.amount for one in pool.get("commission").search([])), Decimal(0)))
    print(json.dumps({"lines": len(rows), "seconds": seconds, "total": str(total)}))


main()
