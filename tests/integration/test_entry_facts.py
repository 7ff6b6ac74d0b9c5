"""What the entry gate refuses of facts by each way in: API, file, correction, co-owner, reversal, array."""

import json
from datetime import date
from io import BytesIO
from typing import Any

import pytest

from liji.access.services import make_api_key
from liji.api.signing import sign
from liji.base import clock
from liji.connectors import queries as imports
from liji.connectors import services as importing
from liji.facts.models import Fact
from liji.people import services as people
from tests import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep():
    return scenes.team("王晓阳")["王晓阳"]


class Api:
    """A signed client in this process."""

    def __init__(self, client) -> None:
        self.client = client
        self.key, self.secret = make_api_key("crm", by=None)

    def send(self, method: str, path: str, body: bytes = b"") -> tuple[int, Any]:
        stamp = str(int(clock.now().timestamp()))
        headers = {
            "X-Liji-Key": self.key.key,
            "X-Liji-Timestamp": stamp,
            "X-Liji-Signature": sign(self.secret, stamp, method, path, body),
        }
        answer = self.client.generic(method, path, body, content_type="application/json", headers=headers)
        return answer.status_code, json.loads(answer.content)

    def post(self, record: Any) -> tuple[int, Any]:
        return self.raw(json.dumps(record).encode())

    def raw(self, body: bytes) -> tuple[int, Any]:
        return self.send("POST", "/api/facts", body)


@pytest.fixture
def api(client) -> Api:
    return Api(client)


def problems(answer: Any) -> list[tuple[str, str]]:
    return [(problem["field"], problem["code"]) for problem in answer.get("problems", [])]


NUMBERS = [
    ("1,234.50", "not_a_decimal"), ("1,5", "not_a_decimal"), ("1_000", "not_a_decimal"), ("١٢٣", "not_a_decimal"),
    ("１２３", "not_a_decimal"), ("+5", "not_a_decimal"), ("007", "not_a_decimal"), (" 5", "not_a_decimal"),
    ("1e3", "not_a_decimal"), ("0x1F", "not_a_decimal"), ("NaN", "not_finite"), (True, "not_a_number"),
    ("1.0000001", "too_precise"), ("1000000000000000000", "too_large"), ("20万", "not_a_decimal"),
    ("60%", "not_a_decimal"),
]  # fmt: skip


def answers(api, records: list[dict]) -> list[list[tuple[str, str]]]:
    """What the API finds wrong with each of many records, sent as one array."""
    status, answer = api.post(records)
    assert status in (200, 422)
    return [problems(outcome) for outcome in answer["outcomes"]]


@pytest.mark.parametrize("field", ["amount", "quantity", "cost"])
def test_the_api_takes_plain_decimals_only(api, rep, field):
    sent = [scenes.order(rep, "1") | {field: value} for value, _ in NUMBERS]
    assert answers(api, sent) == [[(field, code)] for _, code in NUMBERS]
    status, answer = api.post(scenes.order(rep, "1") | {field: NUMBERS[0][0]})
    assert (status, problems(answer)) == (422, [(field, NUMBERS[0][1])])


def test_an_exponent_in_json_is_refused(api, rep):
    body = json.dumps([scenes.order(rep, f"AMOUNT{n}") for n in range(3)])
    for n, written in enumerate(["1e3", "1E3", "1e-3"]):
        body = body.replace(f'"AMOUNT{n}"', written)
    _, answer = api.raw(body.encode())
    assert [problems(outcome) for outcome in answer["outcomes"]] == [[("amount", "not_a_decimal")]] * 3


def test_a_correction_takes_plain_decimals_only(api, rep):
    order = scenes.order(rep, "1")
    assert api.post(order)[0] == 201
    sent = [order | {"amount": value} for value, _ in NUMBERS]
    assert answers(api, sent) == [[("amount", code)] for _, code in NUMBERS]


def test_a_share_is_a_plain_number_or_a_percentage(api, rep):
    values = ["1,5", "+1", "1_0%", "1e1", "٦٠%", True, "0", "-1", "1001%", [1]]
    sent = [scenes.order(rep, "1") | {"credits": [{"employee": rep.number, "share": value}]} for value in values]
    assert answers(api, sent) == [[("credits", "wrong_credits")]] * len(values)


def test_a_version_is_a_whole_number(api, rep):
    values = ["01", "1.0", "+1", True, "１", 0, -1, 10**12, [1]]
    sent = [scenes.order(rep, "1", version=value) for value in values]
    assert answers(api, sent) == [[("version", "wrong_version")]] * len(values)


DAYS = [
    ("20261123", "not_a_date"), ("2026-W48-1", "not_a_date"), ("2026-11-23T09", "not_a_date"),
    ("2026-11-23T9:42", "not_a_date"), ("2026-11-23T24:00", "not_a_date"), ("2026-02-30", "not_a_date"),
    ("1989-12-31", "date_range"), ("9999-12-31", "date_range"), ("0001-01-01T00:00:00+14:00", "date_range"),
    ("9999-12-31T23:59:59-14:00", "date_range"), ("2199-01-01", "date_range"), (20261123, "not_a_date"),
]  # fmt: skip


def test_the_api_takes_days_in_one_form_and_in_range(api, rep):
    sent = [scenes.order(rep, "1", credit_date=value) for value, _ in DAYS]
    assert answers(api, sent) == [[("credit_date", code)] for _, code in DAYS]
    # What has not happened yet is told as such, however far ahead.
    sent = [scenes.order(rep, "1", occurred_at=value) for value in ("9999-12-31T23:59:59-14:00", "1989-12-31")]
    assert answers(api, sent) == [[("occurred_at", "future")], [("occurred_at", "date_range")]]


def test_the_company_widens_the_range(api, rep):
    order = scenes.order(rep, "1", credit_date="2199-01-01")
    assert api.post(order)[0] == 422
    people.save_company(years_ahead=500, first_day=date(1900, 1, 1))
    assert api.post(order)[0] == 201


@pytest.mark.parametrize("field", ["customer", "external_id", "source", "employee", "type"])
def test_hidden_characters_are_refused(api, rep, field):
    values = ["a\x00b", "a\u202eb", "a\x07b", "\ud800", "a\u2066b"]
    sent = [scenes.order(rep, "1") | {field: value} for value in values]
    assert answers(api, sent) == [[(field, "bad_text")]] * len(values)


def test_only_text_is_text(api, rep):
    values = [[], {}, ["x"], True, 1.5]
    sent = [scenes.order(rep, "1") | {"customer": value} for value in values]
    assert answers(api, sent) == [[("customer", "wrong_type")]] * len(values)


def test_true_and_false_of_json_only(api, rep):
    values = ["yes", "1", "是", 1, 0]
    sent = [scenes.order(rep, "1") | {"new_customer": value} for value in [*values, True]]
    assert answers(api, sent) == [[("new_customer", "wrong_type")]] * len(values) + [[]]


def test_a_key_that_stands_twice_is_refused_and_costs_one_record(api, rep):
    good, bad = json.dumps(scenes.order(rep, "1")), json.dumps(scenes.order(rep, "1"))
    bad = bad.replace('"amount": "1"', '"amount": "1", "amount": "2"')
    status, answer = api.raw(f"[{good}, {bad}]".encode())
    assert status == 200
    assert [outcome["status"] for outcome in answer["outcomes"]] == ["created", "refused"]
    assert problems(answer["outcomes"][1]) == [("amount", "twice")]


CURRENCIES = [
    ("RMB", "not_iso_currency"), ("cny", "not_iso_currency"), ("ABC", "wrong_currency"), ("XXX", "wrong_currency"),
    ("HRK", "not_iso_currency"), (["CNY"], "wrong_currency"),
]  # fmt: skip


def test_only_currencies_of_iso_4217(api, rep):
    sent = [scenes.order(rep, "1") | {"currency": value} for value, _ in CURRENCIES]
    assert answers(api, sent) == [[("currency", code)] for _, code in CURRENCIES]


# --- files ------------------------------------------------------------------------------------------------------

MAPPING = """
mapping: orders
what: facts
source: crm
file: orders.csv
fields:
  type: {constant: order_closed}
  external_id: Order
  employee: Rep
  occurred_at: Day
  credit_date: Counts
  amount: Amount
  currency: Currency
  customer: Customer
  new_customer: New
  credits: Credits
"""
HEAD = "Order,Rep,Day,Counts,Amount,Currency,Customer,New,Credits\n"


def bring(*rows: str):
    text = HEAD + "".join(f"{row}\n" for row in rows)
    run = importing.start(MAPPING, [("orders.csv", BytesIO(text.encode()))], by=None, job=False)
    return importing.carry_out(run.pk)


def refusals(run) -> dict[int, list[tuple[str, str]]]:
    return {each.row: [(p.field, p.code) for p in each.problems] for each in imports.refused(run.pk)}


@pytest.mark.django_db(transaction=True)
def test_the_bad_rows_of_a_file_are_refused_and_the_good_ones_stay(rep):
    day = "2025-11-20"
    run = bring(
        f'A1,{rep.number},{day},,"1,000.50",CNY,甲,是,',
        f"A2,{rep.number},{day},9999-12-31,1000,CNY,甲,,",
        f"A3,{rep.number},{day},,1000,RMB,甲,,",
        f"A4,{rep.number},20251120,,1000,CNY,甲,,",
        f'A5,{rep.number},{day},,"1,5",CNY,甲,,',
        f"A6,{rep.number},{day},,+5,CNY,甲,,",
        f"A7,{rep.number},{day},,007,CNY,甲,,",
        f"A8,{rep.number},{day},,5,CNY,甲\u202e乙,,",
        f"A9,{rep.number},{day},,5,CNY,甲,perhaps,",
        f"A10,{rep.number},{day},,5,CNY,甲,,{rep.number}:1e1",
        f"A11,{rep.number},{day},{day}, 5 ,,甲,否,{rep.number}:60%",
    )
    assert (run.state, run.created, run.refused) == ("done", 2, 9)
    assert refusals(run) == {
        3: [("credit_date", "date_range")],
        4: [("currency", "not_iso_currency")],
        5: [("occurred_at", "mixed_dates")],
        6: [("amount", "wrong_number")],
        7: [("amount", "wrong_number")],
        8: [("amount", "not_a_decimal")],
        9: [("customer", "bad_text")],
        10: [("new_customer", "wrong_type")],
        11: [("credits", "wrong_credits")],
    }
    assert {fact.external_id: fact.fields.get("new_customer") for fact in Fact.objects.all()} == {
        "A1": True, "A11": False,
    }  # fmt: skip


# --- the calendar's edges in addresses ---------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/admin/audit/?from={0}&to={0}", "/records/?from={0}&to={0}", "/staff/?on={0}"])
def test_no_day_in_an_address_breaks_a_page(client, address):
    scenes.company()
    client.force_login(scenes.user("boss", "admin", "hr", "finance"))
    for value in ("9999-12-31", "0001-01-01", "20261123", "2026-02-30", "２０２６-11-23", "x"):
        assert client.get(address.format(value)).status_code == 200


def test_no_month_in_an_address_breaks_a_page_or_the_api(client, rep):
    client.force_login(scenes.user("boss", "admin", "hr", "finance"))
    for value in ("9999-12", "0001-01", "2026-13", "202611", "２０２６-11", "1989-12"):
        assert client.get(f"/targets/?month={value}").status_code == 200
        assert client.get(f"/performance/{rep.pk}/?month={value}").status_code == 200
        answer = client.get(f"/api/payees/{rep.number}/earnings?period={value}")
        assert (answer.status_code, answer.json()["code"] in ("not_a_date", "date_range")) == (422, True)


def test_the_companys_currency_is_one_of_iso_4217(client, rep):
    client.force_login(scenes.user("boss", "admin"))
    given = {"currency": "RMB", "time_zone": "Asia/Shanghai", "fiscal_year_starts": 1, "pay_day": 5}
    answer = client.post("/setup/steps/calendar/", given)
    assert answer.status_code == 200
    assert "CNY" in " ".join(answer.context["form"].errors["currency"])
    assert client.post("/setup/steps/calendar/", given | {"currency": "CNY"}).status_code == 302
