"""`liji plan …` on files: what a designer sees, and the exit codes that a CI reads."""

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from liji.cli import main
from liji.plan import templates

PLAN = """\
plan: p
currency: CNY
period: quarter
attributes: {level: text}
fields: {cost: {type: money, missing: 0}}
measures:
  margin: {of: order_closed, sum: amount - cost}
targets: {margin: {missing: none}}
components:
  pay: {formula: margin * 10%, floor: none}
  bonus: {when: attainment(margin) >= 100%, formula: "IF(level = \\"senior\\", 200, 100)"}
examples:
  - name: ten percent
    attributes: {level: junior}
    facts: [order_closed 100 cost=50]
    expect: {pay: 5}
"""
FACTS = """\
payee,type,amount,credit_date,cost
A,order_closed,100.10,2026-02-03,50
A,order_closed,50,2026-04-01,
B,order_closed,7,2026-03-31,
"""
PAYEES = "payee,period,target:margin,level\nA,2026-01-15,50.10,senior\nA,2026-05-01,50,\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("p.yaml", PLAN), ("facts.csv", FACTS), ("payees.csv", PAYEES)):
        Path(name).write_text(text, encoding="utf-8")
    return tmp_path


def liji(*arguments: str) -> int:
    return main(["plan", *arguments])


def test_a_sound_plan_is_named_and_passes(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert liji("check", "p.yaml") == 0
    assert capsys.readouterr().out.startswith("✓ p.yaml: p")


def test_an_error_is_shown_at_its_place_in_the_language_asked_for(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("bad.yaml").write_text(PLAN.replace("margin * 10%", "margin + 10%"), encoding="utf-8")
    assert liji("check", "p.yaml", "bad.yaml", "--lang", "en") == 1
    said = capsys.readouterr().out
    assert "bad.yaml:10:25 money cannot be added to a rate" in said
    assert "                        ^" in said
    assert "✓ p.yaml" in said


def test_an_example_that_fails_says_what_came_out(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.yaml").write_text(PLAN.replace("pay: 5}", "pay: 6}"), encoding="utf-8")
    assert liji("test", "p.yaml", "--lang", "en") == 0
    assert liji("test", "bad.yaml", "--lang", "en") == 1
    assert "✗ bad.yaml:13 ten percent: pay should be 6, but is 5.00" in capsys.readouterr().out


def test_facts_are_paid_in_the_period_of_their_day(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert liji("run", "p.yaml", "--facts", "facts.csv", "--payees", "payees.csv") == 0
    assert capsys.readouterr().out.splitlines() == [
        "payee,period,pay,bonus,total",
        "A,2026-01-01,5.01,200.00,205.01",
        "A,2026-04-01,5.00,100.00,105.00",
        "B,2026-01-01,0.70,0.00,0.70",
    ]


ON_FACTS = ("--facts", "facts.csv", "--payees", "payees.csv")


def test_parquet_says_the_same_as_csv(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    liji("run", "p.yaml", *ON_FACTS)
    wanted = capsys.readouterr().out
    amounts = pa.array([Decimal("100.10"), Decimal("50.00"), Decimal("7.00")], pa.decimal128(12, 2))
    columns = {
        "payee": ["A", "A", "B"],
        "type": ["order_closed"] * 3,
        "amount": amounts,
        "credit_date": pa.array(["2026-02-03", "2026-04-01", "2026-03-31"]).cast(pa.date32()),
        "cost": pa.array([Decimal(50), None, None], pa.decimal128(12, 2)),
    }
    pq.write_table(pa.table(columns), "facts.parquet")
    assert liji("run", "p.yaml", "--facts", "facts.parquet", "--payees", "payees.csv") == 0
    assert capsys.readouterr().out == wanted
    pq.write_table(pa.table(columns | {"amount": amounts.cast(pa.float64())}), "facts.parquet")
    assert liji("run", "p.yaml", "--facts", "facts.parquet") == 2
    assert "facts.parquet, row 1: amount is a binary floating-point number" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("A,order_closed,1,31.12.2026,", "facts.csv, row 4: credit_date is '31.12.2026'. Write a day as 2026-05-31."),
        ("A,order_closed,1 000,2026-01-01,", "facts.csv, row 4: amount is '1 000'. Write a number as 1234.50."),
        (",order_closed,1,2026-01-01,", "facts.csv, row 4: the column payee is empty. Every row needs it."),
        ("A,order_closed,1.1234567,2026-01-01,", "1.1234567"),
    ],
)
def test_a_bad_row_is_named(desk: Path, capsys: pytest.CaptureFixture[str], row: str, said: str) -> None:
    Path("facts.csv").write_text(FACTS + row + "\n", encoding="utf-8")
    assert liji("run", "p.yaml", *ON_FACTS, "--lang", "en") != 0
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""  # nothing half-written


def test_explain_wants_one_period_and_tells_it(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert liji("explain", "p.yaml", *ON_FACTS, "--payee", "A") == 2
    assert "2026-01-01, 2026-04-01" in capsys.readouterr().err
    assert liji("explain", "p.yaml", *ON_FACTS, "--payee", "A", "--period", "2026-06-30", "--lang", "en") == 0
    assert "2026-04-01 order_closed 50" in capsys.readouterr().out


def test_diff_shows_who_gains_and_exits_as_diff_does(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert liji("diff", "p.yaml", "p.yaml", *ON_FACTS) == 0
    Path("q.yaml").write_text(PLAN.replace("10%, floor", "20%, floor").replace("pay: 5}", "pay: 10}"), encoding="utf-8")
    assert liji("diff", "p.yaml", "q.yaml", *ON_FACTS) == 1
    said = capsys.readouterr().out
    assert "payee,period,before,after,change,pay,bonus" in said
    assert "A,2026-01-01,205.01,210.02,+5.01,+5.01,0.00" in said


def test_fmt_is_stable_and_changes_no_meaning(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in templates():
        Path(f"{name}.yaml").write_text(text, encoding="utf-8")
        assert liji("fmt", "--check", f"{name}.yaml") == 0
    Path("p.yaml").write_text(PLAN.replace("currency: CNY", "currency:    CNY   # ours"), encoding="utf-8")
    assert liji("fmt", "--check", "p.yaml") == 1
    assert liji("fmt", "p.yaml") == 0
    assert liji("fmt", "--check", "p.yaml") == 0
    assert liji("test", "p.yaml") == 0
    assert "# ours" in Path("p.yaml").read_text(encoding="utf-8")


def test_whatif_tells_the_difference_of_facts_and_plans(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("whatif", "p.yaml", *ON_FACTS, "--payee", "A", "--period", "2026-02-01", "--lang", "en")
    assert liji(*asked, "--add", "order_closed 100 2026-03-01 cost=20") == 0
    said = capsys.readouterr().out
    assert said.startswith(
        "Total 205.01 → 213.01 (+8)\n  pay 5.01 → 13.01 (+8)\n    margin 50.1 → 130.1 (+80)\n      added 4: "
    )
    assert liji(*asked, "--without", "1") == 0
    assert "removed 1: 2026-02-03 order_closed 100.1 → 50.1" in capsys.readouterr().out
    Path("q.yaml").write_text(PLAN.replace("10%, floor", "20%, floor").replace("pay: 5}", "pay: 10}"), encoding="utf-8")
    assert liji(*asked, "--plan", "q.yaml") == 0
    assert capsys.readouterr().out == "Total 205.01 → 210.02 (+5.01)\n  pay 5.01 → 10.02 (+5.01)\n"
    for wrong, why in ((("--without", "99"), "no fact 99"), (("--add", "x y"), "'x y' cannot be read")):
        assert liji(*asked, *wrong) == 2
        assert why in capsys.readouterr().err


DRAW = """\
plan: draw
currency: CNY
measures:
  earned: {of: commission_earned, sum: amount}
values:
  repaid: "MIN(opening(owed), MAX(0, earned - 2000))"
  lent: "MAX(0, 2000 - earned)"
components:
  net: {formula: earned + lent - repaid}
balances:
  owed: {closing: opening(owed) + lent - repaid, resets: year}
"""
EARNED = """\
payee,type,amount,credit_date
B,commission_earned,2500,2026-02-03
A,commission_earned,2200,2026-03-31
A,commission_earned,1500,2026-01-05
A,commission_earned,1000,2025-12-05
A,commission_earned,2400,2026-04-30
"""


def test_balances_go_from_period_to_period_of_each_payee(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("draw.yaml").write_text(DRAW, encoding="utf-8")
    Path("earned.csv").write_text(EARNED, encoding="utf-8")
    Path("owed.csv").write_text("payee,period,balance:owed\nB,2026-02-01,400\n", encoding="utf-8")
    assert liji("run", "draw.yaml", "--facts", "earned.csv", "--payees", "owed.csv") == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "A,2025-12-01,2000.00,2000.00",
        "A,2026-01-01,2000.00,2000.00",  # 500 lent; what was owed in the old year is forgotten
        "A,2026-02-01,2000.00,2000.00",  # no record: 2000 lent
        "A,2026-03-01,2000.00,2000.00",  # 200 repaid
        "A,2026-04-01,2000.00,2000.00",  # 400 more
        "B,2026-02-01,2100.00,2100.00",  # 400 were owed before the first period
    ]
    told = ("--facts", "earned.csv", "--payee", "A", "--period", "2026-04-02", "--lang", "en")
    assert liji("explain", "draw.yaml", *told) == 0
    assert "400" in capsys.readouterr().out


MONTHS = """\
plan: months
currency: CNY
period: quarter
attributes: {level: {type: text, missing: none}}
measures: {s: {of: order_closed, sum: amount}, largest: {of: order_closed, max: amount}}
targets: {s: {missing: none}, largest: {missing: none}}
values: {of_the_largest: target(largest)}
components: {x: {formula: target(s)}, y: {formula: 'of_the_largest'}, z: {formula: 'IF(level = "senior", 2, 1)'}}
"""


def test_targets_by_month_sum_up_to_the_quarter(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("months.yaml").write_text(MONTHS, encoding="utf-8")
    Path("sold.csv").write_text("payee,type,amount,credit_date\nA,order_closed,100,2026-01-05\n", encoding="utf-8")
    rows = "A,2026-03-01,30,9,senior\nA,2026-01-01,100,7,junior\nA,2026-02-01,50,8,\nB,2026-05-20,40,,\n"
    Path("months.csv").write_text(f"payee,period,target:s,target:largest,level\n{rows}", encoding="utf-8")
    told = ("--facts", "sold.csv", "--payees", "months.csv")
    assert liji("run", "months.yaml", *told) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "A,2026-01-01,180.00,7.00,2.00,189.00",  # the target of a greatest does not add up; the last level holds
        "B,2026-04-01,40.00,0.00,1.00,41.00",
    ]
    Path("months.csv").write_text(
        f"payee,period,target:s,target:largest,level\n{rows}A,2026-02-01,1,,\n", encoding="utf-8"
    )
    assert liji("run", "months.yaml", *told) == 2
    assert "months.csv, row 5: A has another row for 2026-02-01" in capsys.readouterr().err


def test_a_month_without_records_still_pays_its_guarantee(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = (
        PLAN.replace("period: quarter", "period: month")
        .replace("floor: none", "floor: 50")
        .replace("pay: 5}", "pay: 50}")
    )
    Path("p.yaml").write_text(plan.replace("level: text", "level: {type: text, missing: x}"), encoding="utf-8")
    facts = "A,order_closed,2000,2025-12-03,\nA,order_closed,1000,2026-02-03,\nB,order_closed,1000,2026-01-03,\n"
    Path("facts.csv").write_text(f"payee,type,amount,credit_date,cost\n{facts}", encoding="utf-8")
    assert liji("run", "p.yaml", "--facts", "facts.csv") == 0
    assert [line.split(",")[:3] for line in capsys.readouterr().out.splitlines()[1:]] == [
        ["A", "2025-12-01", "200.00"],
        ["A", "2026-01-01", "50.00"],
        ["A", "2026-02-01", "100.00"],
        ["B", "2026-01-01", "100.00"],
    ]


def test_a_payee_is_called_as_the_file_calls_them(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("p.yaml").write_text(PLAN.replace("missing: 0", "names: 成本"), encoding="utf-8")
    for lang, said in (("en", "A, 2026-04-01: cost: a fact has no value"), ("zh", "A, 2026-04-01: cost: 有事实缺少")):
        assert liji("run", "p.yaml", "--facts", "facts.csv", "--payees", "payees.csv", "--lang", lang) == 1
        assert said in capsys.readouterr().err


def test_quarters_of_a_year_that_starts_in_february(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("p.yaml").write_text(PLAN.replace("period: quarter", "period: quarter\nyear_starts: 2"), encoding="utf-8")
    assert liji("run", "p.yaml", "--facts", "facts.csv") == 0
    assert [line.split(",")[:2] for line in capsys.readouterr().out.splitlines()[1:]] == [
        ["A", "2026-02-01"],
        ["B", "2026-02-01"],
    ]


def test_facts_in_other_currencies_are_left_out_and_listed(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = PLAN.replace(
        "facts: [order_closed 100 cost=50]", "facts: [order_closed 100 cost=50, order_closed 7 currency=EUR]"
    )
    Path("p.yaml").write_text(plan, encoding="utf-8")
    Path("facts.csv").write_text(
        "payee,type,amount,credit_date,currency\nA,order_closed,100,2026-02-03,CNY\nA,order_closed,50,2026-02-04,EUR\n",
        encoding="utf-8",
    )
    assert liji("run", "p.yaml", "--facts", "facts.csv", "--lang", "en") == 0
    captured = capsys.readouterr()
    assert captured.out.splitlines()[1:] == ["A,2026-01-01,10.00,0.00,10.00"]
    assert captured.err == (
        "not counted: facts.csv, row 2: A 50 EUR (the plan counts in CNY and states no rates under exchange)\n"
    )
    assert liji("test", "p.yaml", "--lang", "zh") == 0
    assert "未计入: order_closed 7 EUR (方案按 CNY 计算" in capsys.readouterr().out
    assert liji("explain", "p.yaml", "--facts", "facts.csv", "--payee", "A", "--lang", "en") == 0
    assert "2026-02-04 order_closed 50 EUR" in capsys.readouterr().out
