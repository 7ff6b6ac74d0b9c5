"""Rows become records: joins, filters, templates, formats; what does not fit is the problem of that row."""

from pathlib import Path

import pytest

from liji.connectors.files.loading import load
from liji.connectors.files.rows import bind
from liji.connectors.files.tables import Unreadable

MAPPING = """
mapping: orders
what: facts
file: orders.csv
joins:
  Rep: {file: reps.csv, key: Id, on: RepId}
  Boss: {file: reps.csv, key: Id, on: Rep.Boss}
where: {State: {not: draft}}
fields:
  type: {constant: order_closed}
  external_id: "{Order}-{Line}"
  employee: Rep.Number
  occurred_at: {column: Day, date: DD.MM.YYYY}
  amount: {column: Amount, number: "1.234,56"}
  new_customer: {column: New, values: {ja: "true", nein: "false"}, default: "false"}
  customer: Boss.Number
"""
REPS = "Id,Number,Boss\n1,E1,2\n2,E2,\n"
HEAD = "Order,Line,RepId,Day,Amount,New,State\n"


def read(tmp_path: Path, orders: str, reps: str = REPS, mapping: str = MAPPING, after: int = 0):
    loaded = load(mapping)
    assert not loaded.problems
    (tmp_path / "orders.csv").write_text(orders)
    (tmp_path / "reps.csv").write_text(reps)
    with bind(loaded.mapping, [tmp_path / name for name in loaded.mapping.files], {"new_customer": "text"}) as source:
        return [row for _, row in source.rows(after=after)]


def test_a_row_becomes_a_record(tmp_path):
    (row,) = read(tmp_path, HEAD + 'A,1,1,05.01.2026,"1.234,50",ja,open\n')
    assert row.problems == []
    assert row.record == {
        "type": "order_closed",
        "external_id": "A-1",
        "employee": "E1",
        "occurred_at": "2026-01-05",
        "amount": "1234.50",
        "new_customer": "true",
        "customer": "E2",
    }


def test_rows_that_the_filter_leaves_out_are_passed_over(tmp_path):
    rows = read(tmp_path, HEAD + "A,1,1,05.01.2026,5,,draft\nA,2,1,05.01.2026,5,,open\n")
    assert [row and row.record["external_id"] for row in rows] == [None, "A-2"]


def test_reading_goes_on_after_a_row(tmp_path):
    rows = read(tmp_path, HEAD + "".join(f"A,{n},1,05.01.2026,5,,\n" for n in range(5)), after=4)
    assert [row.record["external_id"] for row in rows] == ["A-3", "A-4"]


@pytest.mark.parametrize(
    ("line", "problems"),
    [
        ("A,1,7,05.01.2026,5,,", [("RepId", "no_match")]),  # the second join is not blamed as well
        ("A,1,2,05.01.2026,5,,", []),  # an empty key joins nothing
        ("A,1,1,2026-01-05,5,,", [("occurred_at", "mixed_dates")]),
        ("A,1,1,05.01.2026,5.5,,", [("amount", "wrong_number")]),
        ("A,1,1,,,,", []),  # what is missing is the business of facts
        ("A,1,1,05.01.2026,5", [("", "too_few_cells")]),
        ("A,1,1,05.01.2026,5,,,x", [("", "too_many_cells")]),
        ("A,1,1,05.01.2026,5,,,,,", []),  # empty cells at the end, as spreadsheets add them
        ("A,1,1,05.01.2026,5,\ufffd,", [("new_customer", "wrong_encoding")]),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, line, problems):
    (row,) = read(tmp_path, HEAD + line + "\n")
    assert [(problem.field, problem.code) for problem in row.problems] == problems
    assert all(problem.message and problem.mend for problem in row.problems)


@pytest.mark.parametrize(
    ("orders", "reps", "words"),
    [
        ("Order,Line\n", REPS, "RepId"),
        (HEAD.replace("Amount", "Amout"), REPS, "no column “Amount”"),
        (HEAD.replace("New", "Day"), REPS, "twice"),
        (HEAD, REPS + "1,E9,\n", "more than one row"),
        (HEAD, "Id,Number\n", "Boss"),
    ],
)
def test_a_file_that_does_not_fit_the_mapping_is_refused_whole(tmp_path, orders, reps, words):
    with pytest.raises(Unreadable, match=words):
        read(tmp_path, orders, reps)


def test_one_of_several_rows_with_the_same_key_is_chosen(tmp_path):
    mapping = MAPPING.replace("on: RepId", "on: RepId, keep: last").replace("on: Rep.Boss", "on: Rep.Boss, keep: first")
    (row,) = read(tmp_path, HEAD + "A,1,1,05.01.2026,5,,\n", REPS + "1,E9,1\n", mapping)
    assert (row.record["employee"], row.record["customer"]) == ("E9", "E1")
