"""Why a calculation could not be made: whose, in which period and at which expression, in two languages."""

from datetime import date

_WORDING = {
    "division_by_zero": (
        "{expression}: 除以零。在公式里用 DIVIDE(a, b, 零时的值)",
        "{expression}: division by zero. Say in the formula what holds then: DIVIDE(a, b, otherwise)",
    ),
    "no_rate": (
        "{expression}: 这种货币在这一天没有汇率 ({value})。在 exchange 里写上从那天或更早起的汇率",
        "{expression}: no exchange rate for this currency on this day ({value}). "
        "State one from that day or an earlier one under exchange",
    ),
    "no_row": (
        "{expression}: 表里没有“{value}”的行。加上它, 或加上 otherwise",
        "{expression}: the table has no row for “{value}”. Add it, or a row `otherwise`",
    ),
    "two_originals": (
        "{expression}: 要追回的原单有两条记录的编号相同",
        "{expression}: two facts are the original of one that takes back",
    ),
    "no_target": ("{expression}: 没有目标", "{expression}: there is no target"),
    "missing_field": ("{expression}: 有事实缺少这个字段", "{expression}: a fact has no value for this field"),
    "missing_attribute": (
        "{expression}: 员工没有这个属性",
        "{expression}: the employee has no value for this attribute",
    ),
    "missing_column": (
        "{expression}: 方案只在一期的部分日子有效, 事实要有这一列",
        "{expression}: the plan is valid for a part of a period; the facts need this column",
    ),
    "too_precise": (
        "{expression}: 值 {value} 的位数超出可精确计算的范围",
        "{expression}: the value {value} has more digits than are kept exactly",
    ),
    "wrong_type": (
        "{expression}: 值 {value} 的类型不对",
        "{expression}: the value {value} is not of the declared type",
    ),
    "overflow": (
        "{expression}: 数值过大, 超过 38 位",
        "{expression}: the numbers are too large, more than 38 digits",
    ),
    "failed": ("{expression}: 计算失败 ({value})", "{expression}: the calculation failed ({value})"),
}


class EngineError(Exception):
    """A calculation that has no exact result. `expression` is the named value at which it stopped.

    `name` is how people call the payee (None: the engine's number stands in); `period` is date.min where the failure is
    nobody's in particular.
    """

    def __init__(self, code: str, payee: int, period: date, expression: str, value: object = "") -> None:
        self.code = code
        self.payee = payee
        self.period = period
        self.expression = expression
        self.value = value
        self.name: str | None = None
        super().__init__(self.message("en"))

    def message(self, lang: str) -> str:
        """What went wrong, in `zh` or `en`."""
        zh, en = _WORDING[self.code]
        words = {"expression": self.expression, "value": self.value}
        told = (en if lang == "en" else zh).format(**words)
        if self.period == date.min:
            return told
        who = self.name
        if who is None:
            who = f"payee {self.payee}" if lang == "en" else f"参与人 {self.payee}"
        return f"{who}, {self.period}: {told}" if who else f"{self.period}: {told}"

    def named(self, name: str) -> "EngineError":
        """The same with the payee called by a name; empty where there is only one, who has none."""
        self.name = name
        return self
