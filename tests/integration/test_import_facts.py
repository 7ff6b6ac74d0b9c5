"""Orders come in by file: mapped, kept, refused row by row, given back, and never twice."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest

from liji.connectors import queries
from liji.connectors import services
from liji.connectors.files.returned import restored
from liji.facts.models import Credit
from liji.facts.models import Fact
from liji.facts.types import ensure_built_in
from liji.people import services as people
from liji.people.problems import Refused
from liji.plans import services as plans

pytestmark = pytest.mark.django_db(transaction=True)

MAPPING = """
mapping: orders
what: facts
source: crm
file: orders.csv
fields:
  type: {constant: order_closed}
  external_id: Order
  employee: Rep
  occurred_at: {column: Day, date: YYYY/MM/DD}
  amount: Amount
  customer: Customer
"""
HEAD = "Order,Rep,Day,Amount,Customer\n"


@pytest.fixture(autouse=True)
def _company():
    ensure_built_in()
    people.save_company(name="试验公司", currency="CNY")
    people.enter("1001", "王芳", on=date(2024, 1, 1))


def bring(text: str, mapping: str = MAPPING, name: str = "orders.csv"):
    run = services.start(mapping, [(name, BytesIO(text.encode()))], by=None, job=False)
    return services.carry_out(run.pk)


def counts(run) -> tuple[int, int, int, int]:
    return run.created, run.corrected, run.duplicate, run.refused


def test_good_rows_are_kept_and_bad_ones_are_refused_with_their_mend():
    run = bring(
        HEAD
        + "A1,1001,2026/01/05,100.50,甲公司\n"
        + "A2,9999,2026/01/05,100,乙公司\n"  # nobody has this number
        + "A3,1001,2026/01/05,-5,丙公司\n"  # negative
        + "A4,1001,2026/01/05,abc,丁公司\n"  # no number
        + "A5,1001,05.01.2026,10,丁公司\n"  # another date format
        + "A6,1001,2026/01/06,20,戊公司\n"
    )
    assert run.state == "done"
    assert counts(run) == (2, 0, 0, 4)
    assert Credit.objects.filter(current=True).count() == 2
    refused = {each.row: each.problems[0] for each in queries.refused(run.pk)}
    assert {row: (problem.field, problem.code) for row, problem in refused.items()} == {
        3: ("employee", "unknown_employee"),
        4: ("amount", "negative"),
        5: ("amount", "wrong_number"),
        6: ("occurred_at", "mixed_dates"),
    }
    assert all(problem.mend for problem in refused.values())


def test_the_same_file_again_changes_nothing():
    text = HEAD + "".join(f"A{n},1001,2026/01/05,{n}.25,甲\n" for n in range(50))
    assert counts(bring(text)) == (50, 0, 0, 0)
    assert counts(bring(text)) == (0, 0, 50, 0)
    assert Fact.objects.count() == 50


def test_a_corrected_row_is_a_new_version():
    bring(HEAD + "A1,1001,2026/01/05,100,甲\n")
    assert counts(bring(HEAD + "A1,1001,2026/01/05,120,甲\n")) == (0, 1, 0, 0)
    assert [c.amount for c in Credit.objects.filter(current=True)] == [Decimal(120)]


def test_the_error_file_is_mended_and_given_back():
    run = bring(HEAD + "A1,9999,2026/01/05,100,=1+2\nA2,1001,2026/01/05,1,乙\n")
    text = "".join(queries.error_file(run))
    assert text.startswith("\ufeff")
    assert "'=1+2" in text
    again = bring(text.removeprefix("\ufeff").replace("9999", "1001"), name="errors.csv")
    assert counts(again) == (1, 0, 0, 0)
    assert Fact.objects.get(external_id="A1").fields["customer"] == restored("'=1+2")


def test_an_import_is_taken_back_while_its_period_is_open():
    bring(HEAD + "A1,1001,2026/01/05,100,甲\n")
    run = bring(HEAD + "A1,1001,2026/01/05,120,甲\nA2,1001,2026/01/05,7,乙\n")
    assert services.take_back(run.pk, by=None) == 2
    assert [c.amount for c in Credit.objects.filter(current=True)] == [Decimal(100)]
    run.refresh_from_db()
    assert run.state == "taken_back"


def test_an_import_of_a_closed_period_stays():
    run = bring(HEAD + "A1,1001,2026/01/05,100,甲\n")
    plans.close_period(date(2026, 1, 1), date(2026, 2, 1), by=None)
    with pytest.raises(Refused, match="closed"):
        services.take_back(run.pk, by=None)
    assert Credit.objects.filter(current=True).count() == 1
    late = bring(HEAD + "A9,1001,2026/01/09,100,甲\n")
    assert [p.code for each in queries.refused(late.pk) for p in each.problems] == ["closed"]
