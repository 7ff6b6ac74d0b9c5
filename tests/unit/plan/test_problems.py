"""What is wrong with a document: found where it stands, said in both languages, with its mend."""

import pytest

from liji.plan import Severity
from liji.plan import load

HEAD = "plan: p\ncurrency: CNY\nmeasures:\n  sales: {names: {zh: 销售额, en: Sales}, of: order_closed, sum: amount}\n"


def component(formula: str) -> str:
    return f"{HEAD}components:\n  pay:\n    formula: {formula}\n    floor: none\n"


def table(bands: str) -> str:
    return f"{HEAD}tables:\n  ladder:\n    bands: {bands}\ncomponents:\n  pay: {{formula: 'pay(ladder, sales)'}}\n"


ERRORS = [
    # document, code, line, column
    ("plan: [", "yaml", 1, 8),
    ("a: &x 1\nb: *x", "yaml_alias", 1, 4),
    ("a: !!python/object 1", "yaml_alias", 1, 4),
    ("- 1", "not_mapping", 1, 1),
    ("plan: p\nplan: q", "duplicate_key", 2, 1),
    ("plan: p", "missing_key", 1, 1),
    (HEAD, "no_components", 1, 1),
    (component("sales").replace("CNY", "CNX"), "currency", 2, 1),
    (component("sales").replace("plan: p", "plan: P p"), "not_id", 1, 1),
    (component("sales") + "extra: 1", "unknown_key", 9, 1),
    (component("sales") + "period: week", "not_one_of", 9, 9),
    (component("sales") + "valid: {from: 2026-02-30}", "not_day", 9, 15),
    (component("sales") + "valid: {from: 2026-02-01, to: 2026-01-01}", "valid_order", 9, 27),
    (component("sales + 1.5%"), "types", 7, 20),  # at the operator
    (component("sales * sales"), "types", 7, 20),
    (component("salse * 1%"), "unknown_name", 7, 14),
    (component("'salse * 1%'"), "unknown_name", 7, 15),  # inside the quote
    (component("|\n      sales +\n      nosuch"), "unknown_name", 9, 7),
    (component("ROUNDED(sales, 2)"), "unknown_function", 7, 14),
    (component("IF(sales > 1, 2)"), "arguments", 7, 14),
    (component("IF(sales, 1, 2)"), "argument_type", 7, 17),
    (component("1 < 2 < 3"), "chained_comparison", 7, 20),
    (component("sales > 1 && sales < 3"), "other_sign", 7, 24),
    (component("sales > 1 || sales < 3"), "other_sign", 7, 24),
    (component("sales == 1"), "other_sign", 7, 20),
    (component("sales != 1"), "other_sign", 7, 20),
    (component("sales * 5 %"), "percent_apart", 7, 24),
    (component("sales * 5 USD"), "money_code", 7, 22),
    (component("sales * 5円"), "money_code", 7, 22),
    (component("5元 * 3元"), "times_money", 7, 17),
    (component("sales + 0.1234567元"), "number_long", 7, 22),
    (component("12% + FLOOR(sales / 5000) * 0.5%"), "money_plus_rate", 7, 18),
    (component("(sales"), "expected", 7, 20),
    (component("sales > 100,000"), "expected", 7, 25),
    (component("sales ? 1"), "character", 7, 20),
    (component("sales = 'x"), "character", 7, 22),
    (component("sales * 1%") + "    where: amount > 1\n", "unknown_key", 9, 5),  # of a single fact only
    (component("amount * 1%") + "    per:\n", "missing_key", 7, 5),
    (component("sales * 1%") + "    per: order_closed\n", "period_name", 7, 14),  # a fact knows nothing of the period
    (table("[{beyond, rate: 1%}]").replace("bands:", "points:"), "unknown_key", 7, 15),
    (table("[{at: 1, rate: 1%}]").replace("bands", "points").replace("pay(l", "marginal(l"), "marginal_points", 9, 19),
    (table("[{is: A, rate: 1%}]").replace("bands", "rows").replace("sales)'", '"A")\''), "only_rate", 9, 19),
    (table("[{beyond, rate: [1%, 2%]}]"), "values_many", 7, 22),
    (table("[{beyond, rate: [1%, 2%]}]\n    columns: [{beyond}]"), "columns_few", 8, 5),
    (table("[{beyond, rate: [1%, 2%]}]\n    columns: [{below: 1}, {beyond}]"), "only_rate", 10, 19),
    (table("[{is: A, rate: 1%}, {is: [B, A], rate: 2%}]").replace("bands:", "rows:"), "row_twice", 7, 31),
    (table("[{rate: 1%}]").replace("bands:", "rows:"), "row_texts", 7, 12),
    (component("1.5%"), "result_type", 7, 14),
    (component("sales > 1"), "result_type", 7, 14),
    (component("attainment(sales)"), "no_target_of", 7, 25),
    (component("attainment(1)"), "argument_type", 7, 25),
    (component("ROUND(sales, 1.5)"), "round_digits", 7, 27),
    (component("'IF(DATE(2026, 2, 30) = DATE(2026, 1, 1), 1, 2)'"), "not_a_date", 7, 18),
    (component("sales * 0.1234567890123"), "number_long", 7, 22),
    (component("'" + "(" * 100 + "1" + ")" * 100 + "'"), "formula_deep", 7, 75),
    (component("'" + "1+" * 3000 + "1'"), "formula_long", 7, 15),
    (component("'" + "+".join(["sales"] * 90) + "'"), "formula_deep", 7, 374),
    (component("pay * 2"), "cycle", 7, 14),
    (component("rate(nosuch, sales)"), "unknown_name", 7, 19),
    (table("[{below: 1, rate: 1%}]"), "band_gap", 7, 5),
    (table("[{below: 2, rate: 1%}, {below: 1, rate: 1%}, {beyond, rate: 2%}]"), "band_order", 7, 43),
    (table("[{beyond, rate: 1%}, {below: 1, rate: 1%}]"), "band_after_beyond", 7, 33),
    (table("[{rate: 1%}]"), "band_edge", 7, 13),
    (table("[{below: 1, rate: 1%}, {beyond, money: 2}]"), "band_unit", 7, 5),
    (table("[{below: 1, rate: 1%}, {through: 200%, rate: 1%}, {beyond, rate: 1%}]"), "band_unit", 7, 5),
    (table("[{below: x, rate: 1%}, {beyond, rate: 1%}]"), "not_decimal", 7, 21),
    (table("[{below: -1, rate: 1%}, {beyond, rate: 1%}]\n    reads: marginal"), "marginal_edges", 10, 19),
    (component("sales") + "values: {sales: 1}", "name_taken", 9, 10),
    (component("sales") + "values: {other: {names: 销售额, formula: 1}}", "name_taken", 9, 10),
    (component("sales") + "targets: {salse: }", "target_of_unknown", 9, 11),
    (component("sales").replace("  pay:", "  total:"), "name_reserved", 6, 3),
    (component("sales") + "values: {all: {names: {zh: 合计额, en: total}, formula: 1}}", "name_reserved", 9, 10),
    (component("sales") + "attributes: {eligible: true/false}", "name_reserved", 9, 14),
    (component("sales") + "examples: [{facts: [order_closed x y], expect: {total: 1}}]", "fact_line", 9, 21),
    (component("sales") + "examples: [{expect: {totl: 1}}]", "unknown_expected", 9, 22),
    (component("sales") + "fields: {cost: euro}", "not_one_of", 9, 16),
    (component("sales").replace("sum: amount", "sum: amount, count: "), "measure_how", 3, 1),
    (component("FLOOR(sales, 0)"), "step", 7, 27),
    (component("FLOOR(sales, sales)"), "step", 7, 27),
    (HEAD + "components:\n  pay: {formula: MAX(0, sales), floor: none}", "formula_cut", 6, 23),
    (component("sales").replace("floor: none", "floor: 10\n    cap: 5"), "cap_below_floor", 9, 5),
    (
        component("team * 1")
        .replace(
            "components",
            "attributes: {grade: number}\ncrediting:\n  below: {of: order_closed, roll_up: [5%]}\ncomponents",
        )
        .replace("measures:\n", "measures:\n  team: {of: below, sum: credit * grade}\n"),
        "attribute_rolled_up",
        4,
        21,
    ),
    (
        component("before * 1")
        .replace("components", "attributes: {grade: number}\ncomponents")
        .replace("measures:\n", "measures:\n  before: {of: order_closed, sum: amount * grade, window: previous}\n"),
        "attribute_windowed",
        4,
        30,
    ),
    (component("sales").replace("sum: amount", "sum: amount, per: amount, then: each"), "per_text", 4, 71),
    (component("sales").replace("sum: amount", "sum: amount, per: nobody, then: each"), "per_text", 4, 71),
    (
        component("sales").replace("sum: amount", "sum: amount, per: role, then: each, window: previous"),
        "per_alone",
        4,
        71,
    ),
    (component("sales").replace("sum: amount", "sum: amount, per: role"), "missing_key", 4, 10),
    (component("sales").replace("sum: amount", "sum: amount, per: role, then: amount"), "unknown_name", 4, 88),
    (component("sales").replace("sum: amount", "sum: amount, per: role, then: '\"x\"'"), "result_type", 4, 89),
    (table("[{below: 1, rate: 1%}, {through: 1, rate: 1%}, {beyond, rate: 2%}]"), "band_order", 7, 45),
    (table("[{through: 1, rate: 1%}, {below: 1, rate: 1%}, {beyond, rate: 2%}]"), "band_order", 7, 45),
]


@pytest.mark.parametrize(("text", "code", "line", "column"), ERRORS, ids=[f"{e[1]}-{n}" for n, e in enumerate(ERRORS)])
def test_an_error_is_found_where_it_stands(text: str, code: str, line: int, column: int) -> None:
    loaded = load(text)
    assert loaded.plan is None
    found = [(p.code, p.line, p.column) for p in loaded.problems if p.severity is Severity.ERROR]
    assert (code, line, column) in found
    for problem in loaded.problems:
        for lang in ("zh", "en"):
            assert problem.message(lang)
            assert problem.mend(lang)
            assert "{" not in problem.message(lang)
            assert problem.shown(text, lang)
    assert all(problem.message("zh") != problem.message("en") for problem in loaded.problems)


def test_a_misspelt_name_is_answered_with_the_nearest_one() -> None:
    problem = load(component("salse * 1%")).problems[0]
    assert "“sales”" in problem.message("en")
    assert "「sales」" in problem.message("zh")


def test_a_circle_is_spelt_out() -> None:
    text = component("a") + "values: {a: b, b: c, c: a}"
    problem = next(problem for problem in load(text).problems if problem.code == "cycle")
    assert any(circle in problem.message("en") for circle in ("a → b → c → a", "b → c → a → b", "c → a → b → c"))


def test_a_cliff_is_shown_with_what_is_won() -> None:
    text = table("[{below: 100000, rate: 1%}, {through: 200000, rate: 1.5%}, {beyond, rate: 2%}]")
    loaded = load(text)
    assert loaded.plan is not None
    cliffs = [problem.message("en") for problem in loaded.problems if problem.code == "cliff"]
    assert len(cliffs) == 2
    assert "crossing 200,000 it goes from 3,000 to 4,000 (+1,000)" in cliffs[1]
    marginal = load(text.replace("    bands", "    reads: marginal\n    bands"))
    assert not [problem for problem in marginal.problems if problem.code == "cliff"]


def test_other_warnings() -> None:
    loaded = load(component("sales - 5").replace("    floor: none\n", "") + "values: {idle: 1}")
    assert {problem.code for problem in loaded.problems} == {"may_be_negative", "no_examples", "unused"}
    assert loaded.plan is not None


@pytest.mark.parametrize(
    ("more", "code", "column"),
    [
        ("when: AND(attainment(sales) > 120%, attainment(sales) < 100%)", "never_holds", 5),
        ("when: AND(orders > 2, orders < 3)", "never_holds", 5),
        ("when: orders < 0", "never_holds", 5),
        ("when: FALSE", "never_holds", 5),
        ("when: AND(is_top, NOT(sales >= 100))", "never_holds", 5),
        ('when: AND(level = "top", IN(level, "middle", "bottom"))', "never_holds", 5),
        ("when: OR(orders < 0, AND(sales > 5, sales < 5))", "never_holds", 5),
        ("cap: 0", "never_pays", 5),
    ],
)
def test_a_component_that_can_never_pay_is_warned_of(more: str, code: str, column: int) -> None:
    text = component("sales").replace("measures:\n", "measures:\n  orders: {of: order_closed, count: }\n")
    text += f"    {more}\ntargets: {{sales: }}\nattributes: {{level: text}}\nvalues: {{is_top: sales > 1000}}\n"
    loaded = load(text)
    assert loaded.plan is not None
    found = [(p.code, p.line, p.column) for p in loaded.problems if p.code.startswith("never")]
    assert found == [(code, 10, column)]


@pytest.mark.parametrize(
    "condition",
    [
        "AND(attainment(sales) >= 100%, attainment(sales) <= 100%)",
        "AND(orders > 2, orders < 4)",
        'OR(level = "top", AND(level = "middle", sales > 5))',
        "AND(sales > 5, NOT(sales > 6))",
        "sales < 0",  # of returns alone
    ],
)
def test_a_condition_that_can_hold_is_not_warned_of(condition: str) -> None:
    text = component("sales").replace("measures:\n", "measures:\n  orders: {of: order_closed, count: }\n")
    loaded = load(text + f"    when: {condition}\ntargets: {{sales: }}\nattributes: {{level: text}}\n")
    assert loaded.plan is not None, loaded.problems
    assert not [problem for problem in loaded.problems if problem.code.startswith("never")]


def test_a_condition_that_nobody_meets_is_warned_of() -> None:
    found = load(component("sales") + "attributes: {grade: number}\neligible: AND(grade > 5, grade < 5)\n").problems
    assert ("nobody", 10, 1) in [(problem.code, problem.line, problem.column) for problem in found]


@pytest.mark.parametrize(
    ("formula", "warned"),
    [
        ("sales - 5", True),
        ("MAX(0, sales - 5) * 10%", False),
        ("ABS(sales - 5)", False),
        ("(sales - MIN(sales, 5)) * 1%", True),  # not seen as what it is: a floor says so
        ("-200", True),
        ("IF(sales > 5, sales - 5, 0)", True),
        ("sales * (100% - 5%)", False),
    ],
)
def test_a_component_that_can_take_money_is_warned_of(formula: str, warned: bool) -> None:
    loaded = load(component(formula).replace("    floor: none\n", ""))
    assert ("may_be_negative" in {problem.code for problem in loaded.problems}) is warned


def test_all_errors_are_reported_at_once() -> None:
    text = component("nosuch") + "values: {a: nosuch2, b: 1 +}\nperiod: week"
    assert {problem.code for problem in load(text).problems} >= {"not_one_of", "expected"}


def test_the_digest_is_of_the_content_and_not_of_its_looks() -> None:
    first, second = load(component("sales")).plan, load("# a remark\n" + component('"sales"')).plan
    assert first is not None
    assert second is not None
    assert first.digest == second.digest
    third = load(component("sales * 1")).plan
    assert third is not None
    assert third.digest != first.digest


def test_json_is_read_too() -> None:
    measure = '"measures": {"sales": {"of": "x", "sum": "amount"}}'
    text = f'{{"plan": "p", "currency": "CNY", {measure}, "components": {{"c": {{"formula": "sales"}}}}}}'
    assert load(text).plan is not None


def sentences(text: str) -> str:
    return "\n".join(
        f"{one.message('en')} | {one.mend('en')} | {one.message('zh')} | {one.mend('zh')}"
        for one in load(text).problems
    )


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("sales * (12% + FLOOR((sales - 30000) / 5000) * 0.5%)", "write (sales - 30000) / 5000元"),
        ("IF(sales / 100000 > orders, 1, 2)", "write FLOOR(sales / 100000元)"),
        ("rate(steps, sales / 100000)", "write FLOOR(sales / 100000元)"),
        ("IF(sales / 100 > 5%, 1, 2)", "sales / 100 is still money (money ÷ number = money)"),
        ("IF(first > 2026-01-31, 1, 2)", "write the day as DATE(2026, 1, 31)"),
        ('IF("2026-01-31" <= first, 1, 2)', "日期写成 DATE(2026, 1, 31)"),
        ("IF(sales > 1 && sales < 3, 1, 2)", "write AND(a, b)"),
        ("IF(sales == 1, 1, 2)", "write ="),
        ("sales * 5 %", "write 5%"),
    ],
)
def test_a_message_says_how_it_is_written(formula: str, said: str) -> None:
    more = "  orders: {of: order_closed, count: }\nattributes: {first: date}\n"
    more += "tables: {steps: {input: count, bands: [{beyond, money: 5}]}}\n"
    assert said in sentences(f"{HEAD}{more}components: {{pay: {{formula: '{formula}'}}}}\n")


def test_one_error_hides_no_other_of_the_formula_and_structure_hides_no_type() -> None:
    text = (
        "plan: p\ncurency: CNY\nattributes: {grade: nmber}\nmeasures:\n"
        "  sales: {of: order_closed, sum: amount}\n  broken: {of: order_closed}\n"
        "values:\n  share: sales + nosuch * other + rate(none, 1 + missing)\n  half: share / 2 + broken * grade\n"
        "components:\n  pay: {formula: 'half + sales * sales'}\n"
    )
    found = [(one.code, one.line) for one in load(text).problems]
    assert found == [
        ("missing_key", 1),
        ("unknown_key", 2),
        ("not_one_of", 3),
        ("measure_how", 4),
        ("unknown_name", 8),
        ("unknown_name", 8),
        ("unknown_name", 8),
        ("unknown_name", 8),
        ("types", 11),
    ]


def test_a_declared_name_that_cannot_be_used_is_not_called_unknown() -> None:
    text = (
        f"{HEAD}  of_each: {{of: order_closed, sum: amount, per: customer, then: 'each + sales'}}\n"
        "  again: {of: order_closed, sum: amount * sales}\n"
        "fields: {customer: text, cost: money}\nattributes: {grade: number}\neligible: sales > 1\n"
        "components: {pay: {formula: 'sales + cost'}}\n"
    )
    found = [(one.code, one.line, one.mend("en")) for one in load(text).problems]
    assert [one[:2] for one in found] == [("not_here", line) for line in (5, 6, 9, 10)]
    assert found[0][2] == "known here: each, grade"


def test_lists_of_what_is_known_are_complete() -> None:
    table_ = HEAD + "tables: {t: {raws: [{is: A, rate: 1%}]}}\ncomponents: {pay: {formula: sales}}\n"
    assert "names, bands, columns, input, reads, rows, points, before" in sentences(table_)
    example = component("sales") + "examples: [{pyees: {}, expect: {total: 1}}]\n"
    assert "did you mean “payees”?" in sentences(example)
    assert "count distinct, min, max, last" in sentences(component("sales").replace("sum: amount", "window: previous"))


@pytest.mark.parametrize(
    ("reads", "formula", "mend"),
    [
        ("whole", "pay(ladder, sales)", "set `reads: marginal`"),
        ("whole", "提成（ladder， sales）", "set `reads: marginal`"),
        ("whole", "whole(ladder, sales)", "write marginal(ladder, …) in the formula"),
        ("marginal", "whole(ladder, sales)", "write marginal(ladder, …) in the formula"),
        ("marginal", "sales * rate(ladder, sales)", "write marginal(ladder, …) in the formula"),
    ],
)
def test_the_advice_about_a_cliff_is_one_that_helps(reads: str, formula: str, mend: str) -> None:
    text = table("[{below: 100, rate: 1%}, {beyond, rate: 2%}]").replace("pay(ladder, sales)", formula)
    found = load(text.replace("    bands", f"    reads: {reads}\n    bands")).problems
    assert [one.mend("en") for one in found if one.code == "cliff"] == [f"if that is not wanted, {mend}"]


def test_a_misspelt_type_of_fact_in_an_example_is_warned_of() -> None:
    text = component("sales") + "examples: [{facts: [order_closd 100, follow_up], expect: {total: 0}}]\n"
    loaded = load(text)
    assert loaded.plan is not None
    assert [one.message("en") for one in loaded.problems if one.code == "fact_type"] == [
        "no measure or component counts facts of type “order_closd”; did you mean “order_closed”?"
    ]


def test_money_that_is_rounded_down_is_mostly_meant_to_be_counted() -> None:
    found = [one for one in load(component("FLOOR(sales / 30) * 1")).problems if one.code == "floor_money"]
    assert [(one.path, one.mend("en")) for one in found] == [
        ("components.pay", "to count how many 30元 there are, write sales / 30元")
    ]
    assert not [one for one in load(component("FLOOR(sales / 30元) * 1")).problems if one.code == "floor_money"]
    assert not [one for one in load(component("FLOOR(sales / 30, 10)")).problems if one.code == "floor_money"]
