"""Gives every part of a formula its meaning and type, or says in plain words why it has none."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from liji.plan import sugar
from liji.plan.functions import FUNCTIONS
from liji.plan.functions import SPELLINGS
from liji.plan.functions import Function
from liji.plan.model import Reading
from liji.plan.model import Table
from liji.plan.scope import Scope
from liji.plan.suggest import hint
from liji.plan.syntax import Call
from liji.plan.syntax import Name
from liji.plan.syntax import Negation
from liji.plan.syntax import NumberLiteral
from liji.plan.syntax import Operation
from liji.plan.syntax import Slip
from liji.plan.syntax import TextLiteral
from liji.plan.syntax import TruthLiteral
from liji.plan.syntax import Written
from liji.plan.typed import Apply
from liji.plan.typed import Constant
from liji.plan.typed import Group
from liji.plan.typed import Lookup
from liji.plan.typed import Marginal
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.typed import Typed
from liji.plan.types import NUMERIC
from liji.plan.types import SPOKEN
from liji.plan.types import Kind
from liji.plan.types import added
from liji.plan.types import comparable
from liji.plan.types import divided
from liji.plan.types import fits
from liji.plan.types import multiplied

_COMBINED = {"+": added, "-": added, "*": multiplied, "/": divided}
_VERBS = {
    "+": ("加上", "added to"),
    "-": ("减去", "reduced by"),
    "*": ("乘以", "multiplied by"),
    "/": ("除以", "divided by"),
}
_COMPARED = ("与之比较: ", "compared to")
MAX_DIGITS = 12


class _SlipError(Exception):
    def __init__(self, code: str, at: int, **words: object) -> None:
        super().__init__(code)
        self.slip = Slip(code, at, words)


def check(tree: Written, scope: Scope) -> Typed | Slip:
    """The formula with names and types, or the first thing wrong with it."""
    try:
        return _Checker(scope).typed(tree)
    except _SlipError as error:
        return error.slip


class _Checker:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._special: dict[str, Callable[[Call, Function], Typed]] = {
            "TARGET": self._target,
            "ATTAINMENT": self._target,
            "OPENING": self._opening,
            "RATE": self._table,
            "WHOLE": self._table,
            "MARGINAL": self._table,
            "PAY": self._table,
            "RUNNING": self._running,
            "POOL": self._pool,
            "SCORE": self._score,
            "HEADCOUNT": self._headcount,
            **dict.fromkeys(("TOTAL", "AVERAGE", "HIGHEST", "LOWEST", "RANK", "SHARE"), self._group),
            "DATE": self._date,
            "ROUND": self._round,
            "FLOOR": self._stepped,
            "CEILING": self._stepped,
        }
        self._ordinary: dict[str, Callable[[Call, Function, tuple[Typed, ...]], Typed]] = {
            "IF": self._if,
            "MIN": self._same,
            "MAX": self._same,
            "SUM": self._sum,
            "ABS": self._same,
            "AND": self._logic,
            "OR": self._logic,
            "NOT": self._logic,
            "IN": self._in,
            "DIVIDE": self._divide,
            "EMPLOYED": self._employed,
            "CONVERT": self._convert,
        }

    def typed(self, tree: Written) -> Typed:
        if isinstance(tree, NumberLiteral):
            return Constant(tree.value, Kind.RATE if tree.percent else Kind.PLAIN)
        if isinstance(tree, TextLiteral):
            return Constant(tree.value, Kind.TEXT)
        if isinstance(tree, TruthLiteral):
            return Constant(tree.value, Kind.BOOL)
        if isinstance(tree, Name):
            return self._name(tree)
        if isinstance(tree, Negation):
            return self._negation(tree)
        if isinstance(tree, Operation):
            return self._operation(tree)
        return self._call(tree)

    def _name(self, tree: Name) -> Reference:
        found = self._scope.names.get(tree.name)
        if found is None and tree.name in self._scope.of_the_period:
            raise _SlipError("period_name", tree.at, name=tree.name)
        if found is None:
            known = [*self._scope.names, *self._scope.tables]
            raise _SlipError("unknown_name", tree.at, name=tree.name, hint=hint(tree.name, known))
        return found

    def _negation(self, tree: Negation) -> Typed:
        operand = self.typed(tree.operand)
        if operand.kind not in NUMERIC:
            raise self._mismatch(tree.at, Kind.PLAIN, operand.kind, "-")
        if isinstance(operand, Constant) and isinstance(operand.value, Decimal):
            return Constant(-operand.value, operand.kind)
        return Apply("neg", (operand,), operand.kind)

    def _operation(self, tree: Operation) -> Typed:
        left, right = self.typed(tree.left), self.typed(tree.right)
        if tree.operator in _COMBINED:
            kind = _COMBINED[tree.operator](left.kind, right.kind)
            if kind is Kind.NUMBER and tree.operator in "+-" and _whole(left) and _whole(right):
                kind = Kind.COUNT
            if kind is None:
                raise self._mismatch(tree.at, left.kind, right.kind, tree.operator)
            return Apply(tree.operator, (left, right), kind)
        self._compare(tree.at, left.kind, right.kind, tree.operator)
        return Apply(tree.operator, (left, right), Kind.BOOL)

    def _compare(self, at: int, left: Kind, right: Kind, operator: str) -> None:
        ordered = left in NUMERIC or left is Kind.DATE or operator in ("=", "<>")
        if not comparable(left, right) or not ordered:
            raise self._mismatch(at, left, right, operator)

    @staticmethod
    def _mismatch(at: int, left: Kind, right: Kind, operator: str) -> _SlipError:
        return _SlipError(
            "types",
            at,
            left=SPOKEN[left],
            right=SPOKEN[right],
            operation=_VERBS.get(operator, _COMPARED),
            mend=_mend(left, right, operator),
        )

    def _call(self, tree: Call) -> Typed:
        function = FUNCTIONS.get(tree.function.upper())
        if function is None:
            near = hint(tree.function, [name.lower() for name in FUNCTIONS])
            raise _SlipError("unknown_function", tree.at, name=tree.function, hint=near, known=SPELLINGS)
        if not function.least <= len(tree.arguments) <= function.most:
            wanted = str(function.least) if function.least == function.most else f"{function.least}–{function.most}"
            raise _SlipError(
                "arguments",
                tree.at,
                name=tree.function,
                wanted=wanted,
                found=len(tree.arguments),
                usage=function.usage,
            )
        if function.gives is not None:
            return self._signed(tree, function, function.gives)
        if function.name in self._special:
            return self._special[function.name](tree, function)
        return self._ordinary[function.name](tree, function, tuple(map(self.typed, tree.arguments)))

    def _signed(self, tree: Call, function: Function, gives: Kind) -> Typed:
        """A function whose arguments and result are always of the same types."""
        given = tuple(map(self.typed, tree.arguments))
        for index, (value, wanted) in enumerate(zip(given, function.takes, strict=True)):
            if not fits(value.kind, wanted):
                raise self._wrong(tree, index, SPOKEN[wanted], value.kind)
        return Apply(function.name.lower(), given, gives)

    @staticmethod
    def _wrong(tree: Call, index: int, wanted: tuple[str, str], found: Kind | tuple[str, str]) -> _SlipError:
        spoken = SPOKEN[found] if isinstance(found, Kind) else found
        usage = FUNCTIONS[tree.function.upper()].usage
        at = tree.arguments[index].at
        return _SlipError("argument_type", at, name=tree.function, wanted=wanted, found=spoken, usage=usage)

    def _target(self, tree: Call, function: Function) -> Typed:
        argument = tree.arguments[0]
        found = self._scope.names.get(argument.name) if isinstance(argument, Name) else None
        if found is None or found.role is not Role.MEASURE:
            if isinstance(argument, Name) and found is None:
                self._name(argument)
            raise self._wrong(tree, 0, ("指标的名称", "the name of a measure"), ("别的内容", "something else"))
        if found.name not in self._scope.targets:
            raise _SlipError("no_target_of", argument.at, name=found.name)
        if function.name == "TARGET":
            return Reference(Role.TARGET, found.name, found.kind)
        return Reference(Role.ATTAINMENT, found.name, Kind.RATE)

    def _opening(self, tree: Call, function: Function) -> Typed:
        argument = tree.arguments[0]
        if not isinstance(argument, Name):
            raise self._wrong(tree, 0, ("余额的名称", "the name of a balance"), ("别的内容", "something else"))
        found = self._scope.balances.get(argument.name)
        if found is None:
            near = hint(argument.name, self._scope.balances)
            raise _SlipError("unknown_name", argument.at, name=argument.name, hint=near)
        return found

    def _table(self, tree: Call, function: Function) -> Typed:
        named = tree.arguments[0]
        table = self._scope.tables.get(named.name) if isinstance(named, Name) else None
        if table is None:
            name = named.name if isinstance(named, Name) else "…"
            raise _SlipError("unknown_name", named.at, name=name, hint=hint(name, self._scope.tables))
        argument = self._asked(tree, 1, table.input)
        if function.name == "RATE":
            return Lookup(table.id, argument, table.gives, self._across(tree, table))
        if table.columns or table.input is Kind.TEXT:
            raise _SlipError("only_rate", tree.at, name=table.id)
        return self._slices(tree, function, table, argument)

    def _asked(self, tree: Call, index: int, wanted: Kind) -> Typed:
        argument = self.typed(tree.arguments[index])
        if wanted is Kind.TEXT:
            right = argument.kind is Kind.TEXT
        else:
            right = argument.kind in NUMERIC and (wanted is Kind.PLAIN or fits(argument.kind, wanted))
        if not right:
            raise self._wrong(tree, index, SPOKEN[wanted], argument.kind)
        return argument

    def _across(self, tree: Call, table: Table) -> Typed | None:
        """The second value that a table with columns is asked with."""
        wanted = 3 if table.columns else 2
        if len(tree.arguments) != wanted:
            usage = f"rate({table.id}, sales, margin)" if table.columns else f"rate({table.id}, sales)"
            found = len(tree.arguments)
            raise _SlipError("arguments", tree.at, name=tree.function, wanted=wanted, found=found, usage=usage)
        return self._asked(tree, 2, table.across) if table.columns else None

    def _slices(self, tree: Call, function: Function, table: Table, argument: Typed) -> Typed:
        kind = multiplied(argument.kind, table.gives)
        if kind is None:
            raise self._mismatch(tree.at, argument.kind, table.gives, "*")
        marginal = function.name == "MARGINAL" or (function.name == "PAY" and table.reads is Reading.MARGINAL)
        if marginal and table.reads is Reading.INTERPOLATED:
            raise _SlipError("marginal_points", tree.at, name=table.id)
        if not marginal:
            return Apply("*", (argument, Lookup(table.id, argument, table.gives)), kind)
        if any(band.edge is not None and band.edge <= 0 for band in table.bands):
            raise _SlipError("marginal_edges", tree.at, name=table.id)
        return Marginal(table.id, argument, kind)

    # Over the payees of a group.

    def _over(self, tree: Call, index: int) -> str | None:
        """The attribute by which payees are grouped; None: all that take part."""
        if self._scope.groups is None:
            raise _SlipError("group_per_fact", tree.at, name=tree.function)
        named = tree.arguments[index]
        if isinstance(named, Name) and named.name in ("all", "全体"):
            return None
        if not isinstance(named, Name) or named.name not in self._scope.groups:
            found = named.name if isinstance(named, Name) else "…"
            known = [*self._scope.groups, "all"]
            raise _SlipError("unknown_group", named.at, name=found, hint=hint(found, known))
        return self._scope.groups[named.name]

    def _group(self, tree: Call, function: Function) -> Typed:
        over, formula = self._over(tree, 1), self.typed(tree.arguments[0])
        if formula.kind not in NUMERIC:
            raise self._wrong(tree, 0, SPOKEN[Kind.NUMBER], formula.kind)
        if function.name in ("AVERAGE", "SHARE"):
            return (sugar.average if function.name == "AVERAGE" else sugar.share)(formula, over)
        kind = Kind.COUNT if function.name == "RANK" else formula.kind
        return Group(function.name.lower(), (formula,), over, kind)

    def _headcount(self, tree: Call, function: Function) -> Typed:
        return sugar.headcount(self._over(tree, 0))

    def _pool(self, tree: Call, function: Function) -> Typed:
        named = tree.arguments[0]
        found = self._scope.pools.get(named.name) if isinstance(named, Name) else None
        if found is None:
            name = named.name if isinstance(named, Name) else "…"
            raise _SlipError("unknown_pool", named.at, name=name, hint=hint(name, self._scope.pools))
        return found

    def _running(self, tree: Call, function: Function) -> Typed:
        if self._scope.running is None:
            raise _SlipError("running_period", tree.at)
        named = tree.arguments[0]
        found = self._scope.running.get(named.name) if isinstance(named, Name) else None
        if found is None:
            name = named.name if isinstance(named, Name) else "…"
            raise _SlipError("unknown_name", named.at, name=name, hint=hint(name, self._scope.running))
        return found

    # Functions that stand for longer formulas.

    def _score(self, tree: Call, function: Function) -> Typed:
        if not self._scope.weights:
            raise _SlipError("no_weights", tree.at)
        most = self.typed(tree.arguments[0]) if tree.arguments else None
        if most is not None and not fits(most.kind, Kind.RATE):
            raise self._wrong(tree, 0, SPOKEN[Kind.RATE], most.kind)
        return sugar.score(self._scope.weights, most)

    def _employed(self, tree: Call, function: Function, given: tuple[Typed, ...]) -> Typed:
        for index, value in enumerate(given):
            if value.kind is not Kind.DATE:
                raise self._wrong(tree, index, SPOKEN[Kind.DATE], value.kind)
        return sugar.employed(*given)

    def _convert(self, tree: Call, function: Function, given: tuple[Typed, ...]) -> Typed:
        if not self._scope.exchange:
            raise _SlipError("no_exchange", tree.at)
        for index, (value, wanted) in enumerate(zip(given, (Kind.MONEY, Kind.TEXT, Kind.DATE), strict=True)):
            if not fits(value.kind, wanted):
                raise self._wrong(tree, index, SPOKEN[wanted], value.kind)
        return sugar.converted(given[0], given[1], given[2], self._scope.exchange)

    def _date(self, tree: Call, function: Function) -> Typed:
        try:
            year, month, day = (
                int(argument.value) if isinstance(argument, NumberLiteral) else 0 for argument in tree.arguments
            )
            return Constant(date(year, month, day), Kind.DATE)
        except ValueError:
            raise _SlipError("not_a_date", tree.at) from None

    def _round(self, tree: Call, function: Function) -> Typed:
        value, digits = self.typed(tree.arguments[0]), tree.arguments[1]
        if value.kind not in NUMERIC:
            raise self._wrong(tree, 0, SPOKEN[Kind.NUMBER], value.kind)
        if not isinstance(digits, NumberLiteral) or digits.value not in range(MAX_DIGITS + 1):
            raise _SlipError("round_digits", digits.at)
        return Apply("round", (value, Constant(digits.value, Kind.PLAIN)), value.kind)

    def _stepped(self, tree: Call, function: Function) -> Typed:
        """Down or up to a multiple of a step; whole steps of a bare number are counted."""
        value = self.typed(tree.arguments[0])
        if value.kind not in NUMERIC:
            raise self._wrong(tree, 0, SPOKEN[Kind.NUMBER], value.kind)
        step = tree.arguments[1] if len(tree.arguments) > 1 else NumberLiteral(Decimal(1), False, tree.at)
        if not isinstance(step, NumberLiteral) or step.value <= 0:
            raise _SlipError("step", step.at, name=function.name)
        counted = value.kind in (Kind.NUMBER, Kind.COUNT, Kind.PLAIN) and step.value == step.value.to_integral_value()
        kind = Kind.COUNT if counted else value.kind
        told = Constant(step.value, Kind.RATE if step.percent else Kind.PLAIN)
        return Apply(function.name.lower(), (value, told), kind)

    def _if(self, tree: Call, function: Function, given: tuple[Typed, ...]) -> Typed:
        condition, yes, no = given
        if condition.kind is not Kind.BOOL:
            raise self._wrong(tree, 0, SPOKEN[Kind.BOOL], condition.kind)
        return Apply("if", given, self._common(tree, (yes, no), first=1))

    def _common(self, tree: Call, given: tuple[Typed, ...], first: int = 0) -> Kind:
        if any(value.kind is Kind.COUNT for value in given) and all(map(_whole, given)):
            return Kind.COUNT
        kind = given[0].kind
        for index, value in enumerate(given[1:], start=first + 1):
            joined = kind if value.kind is kind else added(kind, value.kind)
            if joined is None:
                raise self._wrong(tree, index, SPOKEN[kind], value.kind)
            kind = joined
        return kind

    def _same(self, tree: Call, function: Function, given: tuple[Typed, ...]) -> Typed:
        if function.name in ("MIN", "MAX") and all(value.kind is Kind.DATE for value in given):
            return Apply(function.name.lower(), given, Kind.DATE)
        for index, value in enumerate(given):
            if value.kind not in NUMERIC:
                raise self._wrong(tree, index, SPOKEN[Kind.NUMBER], value.kind)
        return Apply(function.name.lower(), given, self._common(tree, given))

    def _sum(self, tree: Call, function: Function, given: tuple[Typed, ...]) -> Typed:
        same = self._same(tree, function, given)
        return _balanced(given, same.kind)

    def _logic(self, tree: Call, function: Function, given: tuple[Typed, ...]) -> Typed:
        for index, value in enumerate(given):
            if value.kind is not Kind.BOOL:
                raise self._wrong(tree, index, SPOKEN[Kind.BOOL], value.kind)
        return Apply(function.name.lower(), given, Kind.BOOL)

    def _in(self, tree: Call, function: Function, given: tuple[Typed, ...]) -> Typed:
        for index, value in enumerate(given[1:], start=1):
            if not comparable(given[0].kind, value.kind):
                raise self._wrong(tree, index, SPOKEN[given[0].kind], value.kind)
        return Apply("in", given, Kind.BOOL)

    def _divide(self, tree: Call, function: Function, given: tuple[Typed, ...]) -> Typed:
        kind = divided(given[0].kind, given[1].kind)
        if kind is None:
            raise self._mismatch(tree.at, given[0].kind, given[1].kind, "/")
        joined = kind if given[2].kind is kind else added(kind, given[2].kind)
        if joined is None:
            raise self._wrong(tree, 2, SPOKEN[kind], given[2].kind)
        return Apply("divide", given, joined)


def _whole(value: Typed) -> bool:
    """Whether a term leaves a count a count."""
    if isinstance(value, Constant) and isinstance(value.value, Decimal):
        return value.kind is Kind.PLAIN and value.value == value.value.to_integral_value()
    return value.kind is Kind.COUNT


def _balanced(terms: tuple[Typed, ...], kind: Kind) -> Typed:
    """A sum as a balanced tree, so that many terms do not make a deep one."""
    if len(terms) == 1:
        return terms[0]
    half = len(terms) // 2
    left, right = _balanced(terms[:half], kind), _balanced(terms[half:], kind)
    return Apply("+", (left, right), added(left.kind, right.kind) or kind)


def _mend(left: Kind, right: Kind, operator: str) -> tuple[str, str]:
    kinds = {left, right}
    if operator in ("+", "-") and kinds == {Kind.MONEY, Kind.RATE}:
        return (
            "先用金额乘以比率, 例如 sales * 1.5%",
            "multiply the rate by an amount first, for example sales * 1.5%",
        )
    if operator == "*" and kinds == {Kind.MONEY}:
        return "其中一个应为比率或数", "one of the two must be a rate or a number"
    if operator == "/":
        return "金额只能作金额的除数", "divide by money only what is money itself"
    if Kind.TEXT in kinds and operator not in _VERBS:
        return "文字只能用 = 和 <> 与文字比较", "text is compared only to text, with = or <>"
    return "让两边的类型一致", "bring both sides to the same type"
