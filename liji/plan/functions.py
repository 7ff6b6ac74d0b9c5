"""The functions of the formula language: names, Chinese aliases, how they are written and how many arguments
they take.
"""

from dataclasses import dataclass

MANY = 50


@dataclass(frozen=True)
class Function:
    """A function's spelling; `least` and `most` count its arguments."""

    name: str
    usage: str
    least: int
    most: int


_ALL = (
    (Function("IF", "IF(sales > 100000, 500, 0)", 3, 3), "如果"),
    (Function("MIN", "MIN(a, b, …)", 1, MANY), "最小 最小值"),
    (Function("MAX", "MAX(a, b, …)", 1, MANY), "最大 最大值"),
    (Function("SUM", "SUM(a, b, …)", 1, MANY), "合计"),
    (Function("ROUND", "ROUND(sales, 2)", 2, 2), "四舍五入"),
    (Function("ABS", "ABS(a)", 1, 1), "绝对值"),
    (Function("AND", "AND(a > 1, b > 2, …)", 1, MANY), "且 并且"),
    (Function("OR", "OR(a > 1, b > 2, …)", 1, MANY), "或 或者"),
    (Function("NOT", "NOT(a > 1)", 1, 1), "非"),
    (Function("IN", 'IN(type, "a", "b", …)', 2, MANY), "属于"),
    (Function("DIVIDE", "DIVIDE(a, b, 0)", 3, 3), "除以"),
    (Function("DATE", "DATE(2026, 1, 31)", 3, 3), "日期"),
    (Function("TARGET", "target(sales)", 1, 1), "目标"),
    (Function("ATTAINMENT", "attainment(sales)", 1, 1), "达成率"),
    (Function("OPENING", "opening(draw)", 1, 1), "期初"),
    (Function("RATE", "rate(ladder, sales)", 2, 3), "LOOKUP 费率 查表"),
    (Function("WHOLE", "whole(ladder, sales)", 2, 2), "全额累进"),
    (Function("MARGINAL", "marginal(ladder, sales)", 2, 2), "超额累进"),
    (Function("PAY", "pay(ladder, sales)", 2, 2), "提成 按表计提"),
)

FUNCTIONS: dict[str, Function] = {
    name: function for function, aliases in _ALL for name in (function.name, *aliases.split())
}
SPELLINGS = ", ".join(function.name for function, _ in _ALL)
