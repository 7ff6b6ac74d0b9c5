"""Says numbers, bands and formulas so that a rep understands them, in Chinese and English."""

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from liji.engine.data import Answer
from liji.plan.model import Plan
from liji.plan.model import Reading
from liji.plan.model import Table
from liji.plan.numbers import EXACT
from liji.plan.numbers import grouped
from liji.plan.numbers import percent
from liji.plan.typed import Apply
from liji.plan.typed import Constant
from liji.plan.typed import Group
from liji.plan.typed import Lookup
from liji.plan.typed import Marginal
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.typed import Typed
from liji.plan.typed import references
from liji.plan.typed import written
from liji.plan.types import Kind

_SIGNS = {"*": "×", "/": "÷", "-": "−", "<=": "≤", ">=": "≥", "<>": "≠"}
_POWER = {"=": 1, "<>": 1, "<": 1, "<=": 1, ">": 1, ">=": 1, "+": 2, "-": 2, "*": 3, "/": 3, "neg": 4}
_ZH = dict(
    zip(
        [
            *("if", "min", "max", "round", "abs", "and", "or", "not", "in", "divide", "year", "month", "day"),
            *("days", "months", "edate", "period_start", "period_end", "no_rate"),
            *("floor", "ceiling"),
        ],
        [
            *("如果", "最小", "最大", "四舍五入", "绝对值", "且", "或", "非", "属于", "相除", "年份", "月份", "日"),
            *("天数", "月数", "加月", "本期首日", "本期末日", "无汇率"),
            *("向下取整", "向上取整"),
        ],
        strict=True,
    )
)
_SHARE = Decimal("0.0001")
_OVER_GROUPS = {
    "total": ("合计", "total"),
    "highest": ("最高", "highest"),
    "lowest": ("最低", "lowest"),
    "rank": ("排名", "rank"),
}


class Phrases:
    """The wording of one plan in one language, over the values of one result.

    `untold` are attributes whose values the reader is not to see: what compares or reads them is said without them.
    """

    def __init__(
        self, plan: Plan, values: Mapping[str, Answer], lang: str, untold: Collection[str] = ()
    ) -> None:
        self.plan = plan
        self._untold = frozenset(untold) & plan.attributes.keys()
        self.values = values
        self.lang = "en" if lang == "en" else "zh"

    def pick(self, zh: str, en: str) -> str:
        """The one of two texts that is wanted."""
        return en if self.lang == "en" else zh

    def number(self, value: Answer, kind: Kind) -> str:
        """160,000 or 1.5% or ≈74.99%; a dash for no value."""
        if value is None:
            return self.pick("无", "none")
        if isinstance(value, bool):
            return self.pick("是", "yes") if value else self.pick("否", "no")
        if not isinstance(value, Decimal):
            return value.isoformat() if isinstance(value, date) else f"“{value}”"
        if kind is not Kind.RATE:
            return grouped(value)
        short = value.quantize(_SHARE, context=EXACT)
        return percent(value) if short == value or abs(value) < _SHARE * 100 else f"≈{percent(short)}"

    def label(self, reference: Reference) -> str:
        """What a name is called."""
        if reference.role in (Role.TARGET, Role.ATTAINMENT):
            measure = self.plan.measures[reference.name].names(self.lang)
            zh, en = ("目标", "target") if reference.role is Role.TARGET else ("达成率", "attainment")
            return self.pick(f"{measure}{zh}", f"{measure} {en}")
        if reference.role is Role.OPENING:
            balance = self.plan.balances[reference.name].names(self.lang)
            return self.pick(f"{balance}上期结转", f"{balance} brought forward")
        things: Mapping[Role, Mapping[str, object]] = {
            Role.MEASURE: self.plan.measures,
            Role.VALUE: self.plan.values,
            Role.COMPONENT: self.plan.components,
            Role.ATTRIBUTE: self.plan.attributes,
            Role.FIELD: self.plan.fields,
        }
        found = things[reference.role].get(reference.name)
        return found.names(self.lang) if hasattr(found, "names") else reference.name

    def group(self, group: Group) -> str:
        """What a value over a group is called: 团队内销售额合计."""
        over = self.plan.attributes[group.over].names(self.lang) if group.over else self.pick("全体", "everybody")
        if group.name:
            pool = self.plan.pools[group.name].names(self.lang)
            return self.pick(f"奖金池“{pool}”分得", f"share of the pool “{pool}”")
        inner = group.operands[0]
        if isinstance(inner, Constant):
            return self.pick(f"{over}人数", f"headcount of {over}")
        what = self._bare(inner)
        if group.function == "count":
            return self.pick(f"{over}内有{what}的人数", f"how many {'in' if group.over else 'of'} {over} have {what}")
        zh, en = _OVER_GROUPS[group.function]
        return self.pick(f"{over}内{what}{zh}", f"{en} of {what} {'in' if group.over else 'among'} {over}")

    def _bare(self, formula: Typed, power: int = 0) -> str:
        """A formula with the names in it, without their values: 销售额 × 10%."""
        if isinstance(formula, Constant):
            return self.number(formula.value, formula.kind)
        if isinstance(formula, Reference):
            return self.label(formula)
        if isinstance(formula, Group):
            return self.group(formula)
        if isinstance(formula, Lookup | Marginal):
            return f"{self.plan.tables[formula.table].names(self.lang)}({self._bare(formula.argument)})"
        return self._applied(formula, power, self._bare)

    def hides(self, formula: Typed) -> bool:
        """Whether a formula is a text that would give an attribute away that is not told."""
        if formula.kind is not Kind.TEXT or not self._untold:
            return False
        return any(
            (own.role is Role.ATTRIBUTE and own.name in self._untold)
            or (own.role is Role.VALUE and self.hides(self.plan.values[own.name].formula))
            for own in references(formula)
        )

    def _unsaid(self) -> str:
        return self.pick("适用于本人的条件", "the condition that holds for you")

    def value(self, formula: Reference | Lookup | Marginal | Group) -> Answer:
        """The stored value of a name or a reading."""
        return self.values.get(written(formula))

    def said(self, formula: Typed, power: int = 0) -> str:
        """A formula with the values in it: 销售额 160,000 × 1.5%."""
        if self.hides(formula):
            return self._unsaid()
        if isinstance(formula, Constant):
            return self.number(formula.value, formula.kind)
        if isinstance(formula, Reference):
            return f"{self.label(formula)} {self.number(self.value(formula), formula.kind)}"
        if isinstance(formula, Lookup):
            return self.number(self.value(formula), formula.kind)
        if isinstance(formula, Marginal):
            return self._slices(formula)
        if isinstance(formula, Group):
            return f"{self.group(formula)} {self.number(self.value(formula), formula.kind)}"
        return self._applied(formula, power, self.said)

    def _applied(self, formula: Apply, power: int, say: Callable[[Typed, int], str]) -> str:
        if any(self.hides(operand) for operand in formula.operands):
            return self._unsaid()
        own = _POWER.get(formula.operator)
        if formula.operator == "neg":
            return f"−{say(formula.operands[0], 4)}"
        if own is None:
            inside = ", ".join(say(operand, 0) for operand in formula.operands)
            return f"{self.pick(_ZH[formula.operator], formula.operator)}({inside})"
        left, right = formula.operands
        sign = _SIGNS.get(formula.operator, formula.operator)
        text = f"{say(left, own)} {sign} {say(right, own + 1)}"
        return f"({text})" if own < power else text

    def _slices(self, reading: Marginal) -> str:
        """100,000 × 1% + 60,000 × 1.5%."""
        table = self.plan.tables[reading.table]
        argument = reading.argument
        reached = self.value(argument) if isinstance(argument, Reference) else None
        if not isinstance(reached, Decimal):
            return self.number(self.value(reading), reading.kind)
        parts: list[str] = []
        low = Decimal(0)
        for band in table.bands:
            high = reached if band.edge is None else min(reached, band.edge)
            if high > low or not parts:
                amount = self.number(high - low, argument.kind)
                parts.append(f"{amount} × {self.number(band.value, table.gives)}")
                low = high
        return " + ".join(parts)

    def band(self, table: Table, number: int) -> str:
        """100,000–200,000, or above 200,000."""
        kind = table.input
        if kind is Kind.TEXT:
            return ", ".join(table.bands[number - 1].texts) or self.pick("其余", "all others")
        before = table.bands[number - 2].edge if number > 1 else None
        after = table.bands[number - 1].edge
        low = self.number(before, kind) if before is not None else ""
        high = self.number(after, kind) if after is not None else ""
        if low and high:
            return f"{low}–{high}"
        if high:
            through = table.bands[number - 1].through
            return self.pick(
                f"不超过 {high}" if through else f"低于 {high}",
                f"up to {high}" if through else f"below {high}",
            )
        if low:
            through = table.bands[number - 2].through
            return self.pick(f"超过 {low}" if through else f"{low} 起", f"above {low}" if through else f"from {low}")
        return self.pick("全部", "all")

    def reading(self, reading: Lookup | Marginal) -> str:
        """第 2 档: 100,000–200,000, 全额."""
        band = self.values.get(f"band({reading.table}, {written(reading.argument)})")
        asked = [reading.argument, getattr(reading, "second", None)]
        if any(self.hides(argument) for argument in asked if argument is not None):
            return self._unsaid()
        how = self.pick("超额", "each slice at its own rate")
        if isinstance(reading, Lookup):
            how = self.pick("全额", "the whole at this rate")
            if self.plan.tables[reading.table].input is Kind.TEXT:
                how = self.pick("按值查", "by its value")
            if self.plan.tables[reading.table].reads is Reading.INTERPOLATED:
                how = self.pick("两点之间按直线", "on the line between the points")
        if not isinstance(band, Decimal):
            return how
        shown = self.band(self.plan.tables[reading.table], int(band))
        return self.pick(f"第 {int(band)} 档: {shown}, {how}", f"band {int(band)}: {shown}, {how}")
