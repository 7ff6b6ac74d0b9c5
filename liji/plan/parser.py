"""Parses a formula: a small Pratt parser with a limit on depth, so that no input can exhaust the stack."""

import re
from decimal import Decimal

from liji.plan.lexer import Token
from liji.plan.lexer import tokens
from liji.plan.numbers import scaled
from liji.plan.syntax import Call
from liji.plan.syntax import Name
from liji.plan.syntax import Negation
from liji.plan.syntax import NumberLiteral
from liji.plan.syntax import Operation
from liji.plan.syntax import Slip
from liji.plan.syntax import TextLiteral
from liji.plan.syntax import TruthLiteral
from liji.plan.syntax import Written

MAX_DEPTH = 60

_COMPARISON = 10
_POWER = {"=": 10, "<>": 10, "<": 10, "<=": 10, ">": 10, ">=": 10, "+": 20, "-": 20, "*": 30, "/": 30}
_TRUTHS = {"true": True, "真": True, "false": False, "假": False}
_MONEY = re.compile(r"[元円]|[A-Z]{3}")
_WANTED = ("名称、数或括号", "a name, a number or a bracket")


class _SlipError(Exception):
    def __init__(self, slip: Slip) -> None:
        super().__init__(slip.code)
        self.slip = slip


def parse(formula: str) -> Written | Slip:
    """The formula's syntax tree, or why it cannot be read."""
    found = tokens(formula)
    if isinstance(found, Slip):
        return found
    if found[0].kind == "end":
        return Slip("formula_empty", 0, {})
    try:
        return _Parser(found).formula()
    except _SlipError as error:
        return error.slip


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._next = 0

    def formula(self) -> Written:
        tree, _ = self._expression(0, 0)
        if self._peek.kind != "end":
            raise self._unexpected(("公式的结尾或运算符", "the formula's end or an operator"))
        return tree

    @property
    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._peek
        self._next += 1
        return token

    def _unexpected(self, wanted: tuple[str, str]) -> _SlipError:
        token = self._peek
        found: object = token.text or ("结尾", "the end")
        return _SlipError(Slip("expected", token.at, {"wanted": wanted, "found": found}))

    def _expression(self, power: int, outer: int) -> tuple[Written, int]:
        """The expression that binds tighter than `power`, and the depth of its tree."""
        left, depth = self._operand(outer)
        while self._peek.kind == "operator" and _POWER[self._peek.text] > power:
            operator = self._take()
            if _POWER[operator.text] == _COMPARISON and _compares(left):
                raise _SlipError(Slip("chained_comparison", operator.at, {}))
            right, right_depth = self._expression(_POWER[operator.text], outer + 1)
            left = Operation(operator.text, left, right, operator.at)
            depth = self._deeper(max(depth, right_depth), outer, operator)
        return left, depth

    def _operand(self, outer: int) -> tuple[Written, int]:
        token = self._peek
        self._deeper(0, outer, token)
        if token.text == "-" and token.kind == "operator":
            self._take()
            operand, depth = self._operand(outer + 1)
            return Negation(operand, token.at), depth + 1
        if token.text == "+" and token.kind == "operator":
            self._take()
            return self._operand(outer + 1)
        if token.text == "(":
            self._take()
            tree, depth = self._expression(0, outer + 1)
            self._close()
            return tree, depth + 1
        return self._atom(outer)

    def _atom(self, outer: int) -> tuple[Written, int]:
        token = self._peek
        if token.kind == "number":
            return self._number(self._take()), 1
        if token.kind == "text":
            return TextLiteral(self._take().text[1:-1], token.at), 1
        if token.kind != "name":
            raise self._unexpected(_WANTED)
        self._take()
        if self._peek.text == "(":
            return self._call(token, outer)
        if token.text.lower() in _TRUTHS:
            return TruthLiteral(_TRUTHS[token.text.lower()], token.at), 1
        return Name(token.text, token.at), 1

    def _call(self, name: Token, outer: int) -> tuple[Written, int]:
        self._take()
        arguments: list[Written] = []
        depth = 0
        while self._peek.text != ")":
            if arguments:
                self._comma()
            argument, deep = self._expression(0, outer + 1)
            arguments.append(argument)
            depth = max(depth, deep)
        self._close()
        return Call(name.text, tuple(arguments), name.at), depth + 1

    def _comma(self) -> None:
        if self._peek.text != ",":
            raise self._unexpected(("逗号或右括号", "a comma or a closing bracket"))
        self._take()

    def _close(self) -> None:
        if self._peek.text != ")":
            raise self._unexpected(("右括号", "a closing bracket"))
        self._take()

    @staticmethod
    def _number(token: Token) -> NumberLiteral:
        money = _MONEY.search(token.text)
        text = token.text[: money.start()].rstrip() if money else token.text
        unit = text[-1] if text[-1] in "%万亿" else ""
        value = scaled(Decimal(text.removesuffix(unit)), unit)
        return NumberLiteral(value, unit == "%", token.at, money.group() if money else "")

    @staticmethod
    def _deeper(depth: int, outer: int, token: Token) -> int:
        if depth + 1 + outer > MAX_DEPTH:
            raise _SlipError(Slip("formula_deep", token.at, {"limit": MAX_DEPTH}))
        return depth + 1


def _compares(tree: Written) -> bool:
    return isinstance(tree, Operation) and _POWER[tree.operator] == _COMPARISON
