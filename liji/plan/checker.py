"""Gives every part of a formula its meaning and type, or says in plain words why it has none."""

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from liji.plan import sugar
from liji.plan.functions import FUNCTIONS
from liji.plan.functions import SPELLINGS
from liji.plan.functions import Function
from liji.plan.model import Reading
from liji.plan.model import Table
from liji.plan.numbers import MOST_PLACES
from liji.plan.numbers import places
from liji.plan.scope import Scope
from liji.plan.spelling import how_many
from liji.plan.spelling import written_day
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
ONE_STEP = Constant(Decimal(1), Kind.COUNT)  # of FLOOR and CEILING where none is written
_SIGNS = {"元": "CNY", "円": "JPY"}


class _SlipError(Exception):
    """What is wrong with a part of a formula; several things, where its parts were looked at one by one."""

    def __init__(self, code: str, at: int, **words: object) -> None:
        super().__init__(code)
        self.slips = [Slip(code, at, words)]

    @classmethod
    def of(cls, slips: list[Slip]) -> "_SlipError":
        """Of several parts, in the order in which they stand."""
        error = cls(slips[0].code, slips[0].at)
        error.slips = slips
        return error


UNREAD = "unread"  # the code of a slip that is not said: the name belongs to something that has been found wrong itself


def check(tree: Written, scope: Scope) -> Typed | Slip:
    """The formula with names and types, or the first thing wrong with it."""
    found = check_all(tree, scope)
    return found[0] if isinstance(found, list) else found


def check_all(tree: Written, scope: Scope) -> Typed | list[Slip]:
    """The formula with names and types, or all that is wrong with it; one of code `UNREAD` need not be said."""
    try:
        return _Checker(scope).typed(tree)
    except _SlipError as error:
        return error.slips


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
            return self._number(tree)
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

    def _all(self, trees: Iterable[Written]) -> tuple[Typed, ...]:
        """Several parts; what is wrong with one does not hide what is wrong with another."""
        found: list[Typed] = []
        slips: list[Slip] = []
        for tree in trees:
            try:
                found.append(self.typed(tree))
            except _SlipError as error:
                slips += error.slips
        if slips:
            raise _SlipError.of(slips)
        return tuple(found)

    def _number(self, tree: NumberLiteral) -> Constant:
        """A number, or an amount that is written with the plan's currency."""
        if not tree.money:
            return Constant(tree.value, Kind.RATE if tree.percent else Kind.PLAIN)
        currency = self._scope.currency
        if currency is None:
            raise _SlipError("money_bare", tree.at, found=tree.money)
        if currency and _SIGNS.get(tree.money, tree.money) != currency:
            raise _SlipError("money_code", tree.at, currency=currency, found=tree.money)
        if places(tree.value) > MOST_PLACES:
            raise _SlipError("number_long", tree.at, found=f"{tree.value:f}", limit=MOST_PLACES)
        return Constant(tree.value, Kind.MONEY)

    def _unknown(self, name: str, at: int, known: Collection[str]) -> _SlipError:
        """That there is no such name here: nowhere, only elsewhere, or in a section that could not be read."""
        areas = self._scope.declared.get(name)
        if not areas:
            return _SlipError("unknown_name", at, name=name, hint=hint(name, known))
        if areas & self._scope.sees:
            return _SlipError(UNREAD, at)
        first: dict[Reference, str] = {}
        for spelling, found in self._scope.names.items():
            first.setdefault(found, spelling)
        here = [*first.values(), *dict.fromkeys(table.id for table in self._scope.tables.values())]
        return _SlipError("not_here", at, name=name, area=", ".join(sorted(areas)), known=", ".join(here[:30]) or "–")

    def _name(self, tree: Name) -> Reference:
        found = self._scope.names.get(tree.name)
        if found is None and tree.name in self._scope.of_the_period:
            raise _SlipError("period_name", tree.at, name=tree.name)
        if found is None:
            raise self._unknown(tree.name, tree.at, [*self._scope.names, *self._scope.tables])
        return found

    def _negation(self, tree: Negation) -> Typed:
        operand = self.typed(tree.operand)
        if operand.kind not in NUMERIC:
            raise self._mismatch(tree.at, Kind.PLAIN, operand.kind, "-")
        if isinstance(operand, Constant) and isinstance(operand.value, Decimal):
            return Constant(-operand.value, operand.kind)
        return Apply("neg", (operand,), operand.kind)

    def _operation(self, tree: Operation) -> Typed:
        left, right = self._all((tree.left, tree.right))
        if tree.operator in _COMBINED:
            kind = _COMBINED[tree.operator](left.kind, right.kind)
            if kind is Kind.NUMBER and tree.operator in "+-" and _whole(left) and _whole(right):
                kind = Kind.COUNT
            if kind is None and tree.operator in "+-" and {left.kind, right.kind} == {Kind.COUNT, Kind.RATE}:
                kind = Kind.NUMBER if weighed(left) or weighed(right) else None
            if kind is None:
                raise self._of_two(tree, left.kind, right.kind)
            return Apply(tree.operator, (left, right), kind)
        self._compare(tree, left.kind, right.kind)
        return Apply(tree.operator, (left, right), Kind.BOOL)

    def _compare(self, tree: Operation, left: Kind, right: Kind) -> None:
        ordered = left in NUMERIC or left is Kind.DATE or tree.operator in ("=", "<>")
        if not comparable(left, right) or not ordered:
            raise self._of_two(tree, left, right)

    def _of_two(self, tree: Operation, left: Kind, right: Kind) -> _SlipError:
        """Why two things do not go together, with what the designer may have meant."""
        error = self._mismatch(tree.at, left, right, tree.operator)
        words = error.slips[0].words
        day = written_day(tree.right if left is Kind.DATE else tree.left)
        if Kind.DATE in (left, right) and day is not None:
            words["mend"] = (f"日期写成 {day}", f"write the day as {day}")
        elif tree.operator == "*" and any(_is_money(side) for side in (tree.left, tree.right)):
            return _SlipError("times_money", tree.at)
        elif Kind.MONEY in (left, right):
            side, other = (tree.left, right) if left is Kind.MONEY else (tree.right, left)
            told = how_many(side, self._scope.currency or "", counted=other in (Kind.COUNT, Kind.NUMBER))
            if told is not None:
                return _SlipError("money_plus_rate", tree.at, **{**words, **told})
        return error

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
        return self._ordinary[function.name](tree, function, self._all(tree.arguments))

    def _signed(self, tree: Call, function: Function, gives: Kind) -> Typed:
        """A function whose arguments and result are always of the same types."""
        given = self._all(tree.arguments)
        for index, (value, wanted) in enumerate(zip(given, function.takes, strict=True)):
            if not fits(value.kind, wanted):
                raise self._wrong(tree, index, SPOKEN[wanted], value.kind)
        return Apply(function.name.lower(), given, gives)

    def _wrong(self, tree: Call, index: int, wanted: tuple[str, str], found: Kind | tuple[str, str]) -> _SlipError:
        whole = wanted in (SPOKEN[Kind.COUNT], SPOKEN[Kind.NUMBER])
        if found is Kind.MONEY and (
            told := how_many(tree.arguments[index], self._scope.currency or "", counted=whole)
        ):
            return _SlipError("money_by_number", tree.arguments[index].at, wanted=wanted, **told)
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
            raise self._unknown(argument.name, argument.at, self._scope.balances.keys())
        return found

    def _table(self, tree: Call, function: Function) -> Typed:
        named = tree.arguments[0]
        table = self._scope.tables.get(named.name) if isinstance(named, Name) else None
        if table is None:
            name = named.name if isinstance(named, Name) else "…"
            error = self._unknown(name, named.at, self._scope.tables.keys())
            try:
                self._all(tree.arguments[1:])
            except _SlipError as others:
                error.slips += others.slips
            raise error
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
            if "attributes" in self._scope.declared.get(found, ()) and found not in self._scope.names:
                raise _SlipError(UNREAD, named.at)
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
        if found is None and isinstance(named, Name) and "pools" in self._scope.declared.get(named.name, ()):
            raise _SlipError(UNREAD, named.at)
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
        counted = counted or (value.kind is Kind.RATE and len(tree.arguments) == 1)  # whole times that fit in
        kind = Kind.COUNT if counted else value.kind
        told = Constant(step.value, Kind.RATE if step.percent else Kind.PLAIN)
        if len(tree.arguments) == 1:
            told = ONE_STEP
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


def weighed(value: Typed) -> bool:
    """Whether a rate is a count times a rate (half of the visits): where a number is wanted, it is one."""
    if value.kind is not Kind.RATE or not isinstance(value, Apply | Marginal):
        return False
    if isinstance(value, Marginal):
        return value.argument.kind is Kind.COUNT
    if value.operator in ("+", "-"):
        return all(map(weighed, value.operands))
    return value.operator == "*" and any(one.kind is Kind.COUNT for one in value.operands)


def _is_money(tree: Written) -> bool:
    return isinstance(tree, NumberLiteral) and tree.money != ""


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
