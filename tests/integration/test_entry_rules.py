"""The table of `docs/entry-rules.md`: every rule is held by every way in that the table says holds it."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from liji.connectors import queries as imports
from liji.connectors import services as importing
from liji.facts import services as facts
from liji.people import services as people
from liji.people.problems import WORDS
from tests import scenes
from tests.integration.test_entry_facts import Api

pytestmark = pytest.mark.django_db(transaction=True)
DOCS = Path(__file__).parents[2] / "docs" / "entry-rules.md"
DAY = "2025-11-20"
WAYS = ("API", "array", "file", "correction", "co-owner", "reversal")


def rules() -> list[tuple[str, tuple[str, ...]]]:
    """(code, ways in that hold it) of every line of the table."""
    text = DOCS.read_text(encoding="utf-8")
    table = next(block for block in text.split("\n\n") if block.startswith("| rule | code |"))
    lines = table.strip().splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert rows[0][2:8] == list(WAYS)
    return [(row[1], tuple(way for way, cell in zip(WAYS, row[2:8], strict=True) if cell == "✓")) for row in rows[2:]]


class Company:
    """Two reps, one who has left, an order of one, and what has been recorded beside."""

    def __init__(self) -> None:
        team = scenes.team("王晓阳", "李静", "赵敏")
        self.rep, self.other, self.gone = (team[name].number for name in ("王晓阳", "李静", "赵敏"))
        people.leave(team["赵敏"], last_day=date(2025, 11, 10))
        self.order = self.made("ORDER")
        self.payment = self.made("PAYMENT", type="payment_received")
        late = self.made("LATE", employee=self.gone, occurred_at="2025-11-09")
        changed = self.made("CHANGED", amount="50")
        for record in (self.order, self.payment, late, changed, changed | {"amount": "60"}):
            assert facts.record(record).status in ("created", "corrected")
        for record in (self.back("BACK", amount="1"), self.back("BACK", amount="2")):
            assert facts.record(record).status in ("created", "corrected")

    def made(self, number: str, **more: Any) -> dict[str, Any]:
        record = {"source": "crm", "external_id": number, "type": "order_closed", "employee": self.rep}
        return record | {"occurred_at": DAY, "amount": "100", "currency": "CNY"} | more

    def back(self, number: str, **more: Any) -> dict[str, Any]:
        record = {"source": "crm", "external_id": number, "type": "order_returned", "order": "ORDER"}
        return record | {"occurred_at": DAY, "amount": "10"} | more


def bad(company: Company, code: str, way: str) -> dict[str, Any]:
    """A record that breaks one rule, as it comes by one way in."""
    number = "ORDER" if way == "correction" else "NEW"
    back = way == "reversal"
    one: Callable[..., dict[str, Any]] = company.back if back else company.made
    both = [{"employee": company.rep, "share": "60%"}]
    changes: dict[str, dict[str, Any]] = {
        "not_a_decimal": {"amount": "007"},
        "too_precise": {"amount": "1.0000001"},
        "too_large": {"amount": "1" + "0" * 18},
        "wrong_credits": {"credits": [{"employee": company.rep, "share": "1e1"}]},
        "shares_over": {"credits": [*both, {"employee": company.other, "share": "41%"}]},
        "date_range": {"credit_date": "9999-12-31"},
        "not_a_date": {"credit_date": "20251120"},
        "bad_text": {"customer" if not back else "external_id": "a\u202eb"},
        "not_iso_currency": {"currency": "RMB"},
        "source_not_bound": {"source": "erp"},
        "unknown_employee": {"employee": "NOBODY"},
        "not_employed": {"employee": company.gone},
    }
    if way == "co-owner" and code in ("unknown_employee", "not_employed"):
        who = "NOBODY" if code == "unknown_employee" else company.gone
        return company.made("NEW", credits=[*both, {"employee": who, "share": "40%"}])
    if code in changes:
        return one(number, **changes[code])
    return _about_others(company, code, way, back)


def _about_others(company: Company, code: str, way: str, back: bool) -> dict[str, Any]:
    number = "BACK" if way == "correction" else "NEW"
    share = [{"employee": company.other}]
    if code == "after_exit":
        number = f"LEFT-{way}"  # it is kept, so each way in has one of its own
        if back:
            return company.back(number, order="LATE", amount="1")
        number = "PAYMENT" if way == "correction" else number
        return company.made(number, type="payment_received", employee=company.gone)
    if code == "other_type":
        return company.back("ORDER") if back else company.made("ORDER", type="payment_received")
    if code == "stale":
        return company.back("BACK", amount="1") if back else company.made("CHANGED", amount="50")
    if code == "has_reversals":
        return {"source": "crm", "external_id": "ORDER", "status": "retracted", "type": "order_closed"}
    reversals = {
        "currency_of_original": {"currency": "EUR"},
        "payee_of_original": {"credits": share} if way == "co-owner" else {"employee": company.other},
        "before_original": {"occurred_at": "2025-11-19"},
        "not_reversible": {"order": "PAYMENT"},
    }
    return company.back(number, **reversals[code])


def by_api(api: Api, record: dict[str, Any]) -> list[str]:
    return codes(api.post(record)[1])


def by_array(api: Api, record: dict[str, Any], good: dict[str, Any]) -> list[str]:
    """The record beside a good one, which is taken whatever becomes of the other."""
    _, answer = api.post([record, good])
    assert answer["outcomes"][1]["status"] in ("created", "duplicate")
    return codes(answer["outcomes"][0])


def by_file(record: dict[str, Any]) -> list[str]:
    """The record as a row; what is no number, no day or no code fails as it would in a cell."""
    cells = {name: _cell(value) for name, value in record.items() if name != "source"}
    text = io.StringIO()
    writer = csv.DictWriter(text, cells)
    writer.writeheader()
    writer.writerow(cells)
    mapping = json.dumps(
        {"mapping": "m", "what": "facts", "source": "crm", "file": "f.csv", "fields": {name: name for name in cells}}
    )
    if not {"occurred_at", "amount"} <= cells.keys():  # a retraction needs none, a mapping does
        return _retraction(record)
    run = importing.start(mapping, [("f.csv", BytesIO(text.getvalue().encode()))], by=None, job=False)
    run = importing.carry_out(run.pk)
    refused = [problem.code for row in imports.refused(run.pk) for problem in row.problems]
    noted = [note["code"] for each in run.notes for note in each["problems"]]
    return refused + noted + ["stale"] * run.stale


def _retraction(record: dict[str, Any]) -> list[str]:
    fields = {name: {"constant": value} for name, value in record.items() if name != "source"}
    fields |= {name: {"constant": DAY if name == "occurred_at" else "E1"} for name in ("occurred_at", "employee")}
    mapping = json.dumps({"mapping": "m", "what": "facts", "source": "crm", "file": "f.csv", "fields": fields})
    run = importing.start(mapping, [("f.csv", BytesIO(b"x\n1\n"))], by=None, job=False)
    return [problem.code for row in imports.refused(importing.carry_out(run.pk).pk) for problem in row.problems]


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(":".join([one["employee"], one.get("share", "100%")]) for one in value)
    return str(value)


def codes(answer: dict[str, Any]) -> list[str]:
    return [one["code"] for one in (*answer.get("problems", []), *answer.get("notes", []))]


@pytest.fixture
def api(client) -> Api:
    return Api(client)


def test_every_rule_holds_by_every_way_in(api):
    company = Company()
    good = company.made("GOOD")
    failed = []
    for code, ways in rules():
        for way in ways:
            record = bad(company, code, way)
            if way == "array":
                found = by_array(api, record, good)
            else:
                found = by_file(record) if way == "file" else by_api(api, record)
            if found != [code]:
                failed.append(f"{code} by {way}: {found or 'taken'}")
    assert not failed, "\n".join(failed)


def test_the_table_names_every_way_in_and_codes_that_exist():
    table = rules()
    assert len(table) >= 20
    assert {code for code, _ in table} <= WORDS.keys()
    assert {way for _, ways in table for way in ways} == set(WAYS)
