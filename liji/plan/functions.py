"""The functions of the formula language: names, Chinese aliases, how they are written and how many arguments
they take.
"""

from dataclasses import dataclass

from liji.plan.types import Kind

MANY = 50


@dataclass(frozen=True)
class Function:
    """A function's spelling; `least` and `most` count its arguments.

    One whose arguments and result are always of the same types says them in `takes` and `gives`.
    """

    name: str
    usage: str
    least: int
    most: int
    takes: tuple[Kind, ...] = ()
    gives: Kind | None = None


_ALL = (
    (Function("IF", "IF(sales > 100000, 500, 0)", 3, 3), "如果"),
    (Function("MIN", "MIN(a, b, …)", 1, MANY), "最小 最小值"),
    (Function("MAX", "MAX(a, b, …)", 1, MANY), "最大 最大值"),
    (Function("SUM", "SUM(a, b, …)", 1, MANY), "合计"),
    (Function("ROUND", "ROUND(sales, 2)", 2, 2), "四舍五入"),
    (Function("FLOOR", "FLOOR(sales, 1000)", 1, 2), "向下取整"),
    (Function("CEILING", "CEILING(sales, 1000)", 1, 2), "向上取整"),
    (Function("ABS", "ABS(a)", 1, 1), "绝对值"),
    (Function("AND", "AND(a > 1, b > 2, …)", 1, MANY), "且 并且"),
    (Function("OR", "OR(a > 1, b > 2, …)", 1, MANY), "或 或者"),
    (Function("NOT", "NOT(a > 1)", 1, 1), "非"),
    (Function("IN", 'IN(type, "a", "b", …)', 2, MANY), "属于"),
    (Function("DIVIDE", "DIVIDE(a, b, 0)", 3, 3), "除以"),
    (Function("DATE", "DATE(2026, 1, 31)", 3, 3), "日期"),
    (Function("YEAR", "YEAR(credit_date)", 1, 1, (Kind.DATE,), Kind.COUNT), "年份"),
    (Function("MONTH", "MONTH(credit_date)", 1, 1, (Kind.DATE,), Kind.COUNT), "月份"),
    (Function("DAY", "DAY(credit_date)", 1, 1, (Kind.DATE,), Kind.COUNT), "日"),
    (Function("DAYS", "DAYS(hired_on, period_end())", 2, 2, (Kind.DATE, Kind.DATE), Kind.COUNT), "天数"),
    (Function("MONTHS", "MONTHS(hired_on, period_end())", 2, 2, (Kind.DATE, Kind.DATE), Kind.COUNT), "月数"),
    (Function("EDATE", "EDATE(signed_on, 12)", 2, 2, (Kind.DATE, Kind.COUNT), Kind.DATE), "加月"),
    (Function("PERIOD_START", "period_start()", 0, 0, (), Kind.DATE), "本期首日"),
    (Function("PERIOD_END", "period_end()", 0, 0, (), Kind.DATE), "本期末日"),
    (Function("EMPLOYED", "employed(hired_on, left_on)", 2, 2), "在职比例"),
    (Function("CONVERT", "convert(amount, currency, credit_date)", 3, 3), "折算"),
    (Function("SCORE", "score() or score(120%)", 0, 1), "加权得分"),
    (Function("TOTAL", "total(sales, team)", 2, 2), "组合计"),
    (Function("AVERAGE", "average(sales, team)", 2, 2), "组平均"),
    (Function("HIGHEST", "highest(sales, team)", 2, 2), "组最高"),
    (Function("LOWEST", "lowest(sales, team)", 2, 2), "组最低"),
    (Function("RANK", "rank(sales, team)", 2, 2), "排名"),
    (Function("SHARE", "share(sales, team)", 2, 2), "占比"),
    (Function("HEADCOUNT", "headcount(team)", 1, 1), "人数"),
    (Function("POOL", "pool(champions)", 1, 1), "分得"),
    (Function("RUNNING", "running(sales)", 1, 1), "此前累计"),
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
