"""A mapping document says what is wrong with it, at which line, in both languages."""

from pathlib import Path

import pytest

from liji.connectors.files.loading import load

GOOD = """mapping: orders
name: {zh: 订单, en: Orders}
what: facts
file: orders.csv
read: {delimiter: "|", quoting: no, encoding: gbk}
joins:
  Rep: {file: reps.csv, key: Id, on: RepId}
where: {Status: [closed, won], Kind: {not: test}}
fields:
  type: {constant: order_closed}
  external_id: "{Order}-{Line}"
  employee: Rep.Number
  occurred_at: {column: Day, date: YYYY/MM/DD}
  amount: {column: Amount, number: "1.234,56 €"}
"""


def test_a_good_document_is_understood():
    loaded = load(GOOD)
    assert loaded.problems == ()
    mapping = loaded.mapping
    assert mapping.files == ("orders.csv", "reps.csv")
    assert (mapping.reading.delimiter, mapping.reading.quoting, mapping.reading.encoding) == ("|", False, "gb18030")
    assert mapping.rule("external_id").template == "{Order}-{Line}"
    assert mapping.rule("employee").column == "Rep.Number"
    assert mapping.where[1].wanted is False
    assert mapping.joins[0].reading == mapping.reading  # as the main file, unless it says otherwise


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("what: facts", "what: orders", 3, "facts, people, quotas"),
        ("mapping: orders", "mapping: our orders", 1, "letters"),
        ("file: orders.csv", "fiel: orders.csv", 4, "fiel"),
        ("gbk", "klingon", 5, "klingon"),
        ("quoting: no", "quoting: maybe", 5, "yes or no"),
        ("key: Id, ", "", 7, "lacks “key”"),
        ("on: RepId", "on: Reseller.Id, read: {columns: [Id, Id]}", 7, "different column names"),
        ("YYYY/MM/DD", "the usual", 13, "not a date format"),
        ("1.234,56 €", "12", 14, "not a number format"),
        ('  external_id: "{Order}-{Line}"\n', "", 9, "external_id"),
        ("{constant: order_closed}", "{constant: a, column: b}", 10, "exactly one"),
        ("employee: Rep.Number", "employee: [a, b]", 12, ""),
        ("fields:", "fields: [", 11, "YAML"),
        ("type: {", "type: x\n  type: {", 11, "type"),  # the same key twice
        ("where: {Status", "where: [Status", 8, ""),
    ],
)
def test_a_mistake_is_named_with_its_line(old, new, line, words):
    loaded = load(GOOD.replace(old, new, 1))
    assert loaded.mapping is None
    assert any(words in problem.en and abs(problem.line - line) <= 1 for problem in loaded.problems), loaded.problems
    assert all(problem.zh and problem.en for problem in loaded.problems)


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b", "\x00", "a: &a [*a]", "!!python/object:os.system {}"])
def test_what_is_no_document_is_refused_plainly(text):
    loaded = load(text)
    assert loaded.mapping is None
    assert loaded.problems


def test_columns_without_a_header_are_checked_at_once():
    loaded = load(
        GOOD.replace('read: {delimiter: "|", quoting: no, encoding: gbk}', "read: {columns: [Order, Line, RepId, Day]}")
    )
    assert sorted(problem.en for problem in loaded.problems) == [
        "There is no column “Amount”.",
        "There is no column “Kind”.",
        "There is no column “Status”.",
    ]


def test_the_example_mappings_are_good():
    for path in Path("examples").rglob("*.yaml"):
        assert load(path.read_text(encoding="utf-8")).problems == ()
