"""Draws formulas that are well typed from the start; no two quotients meet in a sum, but where that is meant."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.properties.drawn.tree import Expr
from tests.properties.drawn.tree import Table

Draw = Callable[[st.SearchStrategy[Any]], Any]

MONEYS = st.sampled_from([Decimal(n) for n in (0, 1, 100, 1000, 5000, 100000)]) | st.decimals(0, 20000, places=2)
RATES = st.sampled_from([Decimal(n) / 100 for n in (0, 5, 10, 50, 80, 100, 120)]) | st.decimals(0, 2, places=4)
NUMBERS = st.sampled_from([Decimal(n) for n in (1, 2, 3, 7)]) | st.decimals(0, 5, places=2)
COUNTS = st.integers(0, 6).map(Decimal)
DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31))
LITERALS = {"money": MONEYS, "rate": RATES, "number": NUMBERS, "count": COUNTS}
TEXTS = ("north", "south", "junior", "senior", "cloud", "paper")
_FRACTIONAL = {"/", "DIVIDE", "employed", "average", "share", "score", "attainment"}
_NEVER = {"ROUND", "total", "highest", "lowest", "rank", "headcount", "pool"}


@dataclass(frozen=True)
class Scope:
    """What a formula may name: leaves by type, tables, and over a period the groups and pools."""

    leaves: dict[str, list[Expr]]
    tables: tuple[Table, ...] = ()
    groups: tuple[str, ...] = ()
    weighted: bool = False
    conversion: bool = False
    attained: tuple[str, ...] = field(default=())

    def also(self, kind: str, *more: Expr) -> "Scope":
        return replace(self, leaves={**self.leaves, kind: [*self.leaves.get(kind, []), *more]})


def made(op: str, *args: Any, kind: str) -> Expr:
    own = any(arg.fractional for arg in args if isinstance(arg, Expr))
    return Expr(op, args, kind, op in _FRACTIONAL or (own and op not in _NEVER))


def const(value: Any, kind: str) -> Expr:
    return Expr("const", (value,), kind)


def _term(expr: Expr, other: Expr) -> Expr:
    """A term of a sum: of two quotients one is rounded, unless they are the same."""
    return made("ROUND", expr, 6, kind=expr.kind) if expr.fractional and other.fractional and expr != other else expr


class Formulas:
    """Draws formulas within one scope."""

    def __init__(self, draw: Draw, scope: Scope) -> None:
        self._draw = draw
        self._scope = scope

    def one_of(self, choices: Any) -> Any:
        return self._draw(st.sampled_from(choices))

    def number(self, kind: str, depth: int) -> Expr:
        """A formula of a numeric kind."""
        leaves = self._scope.leaves.get(kind, [])
        if depth <= 0:
            return self.one_of(leaves) if leaves and self._draw(st.integers(0, 4)) else self._simple(kind)
        ways: list[Callable[[str, int], Expr]] = [self._sum, self._picked, self._if, self._around]
        ways += [self._leaf] * 3 + [getattr(self, f"_{kind}")] * 3
        ways += [self._table] * 2 if any(self._giving(kind)) else []
        ways += [self._group] if self._scope.groups and kind != "rate" else []
        return self.one_of(ways)(kind, depth - 1)

    def _leaf(self, kind: str, depth: int) -> Expr:
        return self.number(kind, 0)

    def _simple(self, kind: str) -> Expr:
        """Something of a kind without a name: a literal, that money is made of by a unit."""
        value = const(self._draw(LITERALS[kind]), kind)
        if kind == "rate":
            return value
        leaves = self._scope.leaves.get(kind, [])
        if kind == "count":  # with a bare number a count is a number
            return made("MAX", *leaves[:2], kind=kind) if leaves else made("DAY", self.day(0), kind=kind)
        return made("MIN", self.one_of(leaves), value, kind=kind) if leaves else value

    def literal(self, kind: str) -> Expr:
        return const(self._draw(LITERALS[kind]), kind)

    def _sum(self, kind: str, depth: int) -> Expr:
        left = self.number(kind, depth)
        right = self.number(kind, depth) if self._draw(st.booleans()) or kind == "count" else self.literal(kind)
        if self._draw(st.integers(0, 5)) == 0:
            terms = [left, *(_rounded(self.number(kind, 0)) for _ in range(2))]
            return made("SUM", *terms, kind=kind)
        return made(self.one_of("+-"), left, _term(right, left), kind=kind)

    def _picked(self, kind: str, depth: int) -> Expr:
        first = self.number(kind, depth)
        more = [] if kind == "count" else [self.literal(kind)]
        more += [self.number(kind, 0)] if not more or self._draw(st.booleans()) else []
        return made(self.one_of(("MIN", "MAX")), first, *more, kind=kind)

    def _if(self, kind: str, depth: int) -> Expr:
        return made("IF", self.truth(depth), self.number(kind, depth), self.number(kind, 0), kind=kind)

    def _around(self, kind: str, depth: int) -> Expr:
        own = self.number(kind, depth)
        op = self.one_of(("neg", "ABS", "ROUND") if kind != "count" else ("ABS",))
        return made(op, own, self._draw(st.integers(0, 4)), kind=kind) if op == "ROUND" else made(op, own, kind=kind)

    # One way for each kind.

    def _money(self, kind: str, depth: int) -> Expr:
        own = self.number("money", depth)
        by = self.one_of(("rate", "number", "count"))
        way = self.one_of(("*", "*", "/", "DIVIDE"))
        if way == "*":
            return made("*", own, self.number(by, 0), kind="money")
        by = "count" if by == "rate" else by
        if way == "/":
            known = const(self._draw(st.sampled_from([Decimal(3), Decimal(7), Decimal("0.5")])), "number")
            return made("/", own, known if self._draw(st.integers(0, 3)) else self.number(by, 0), kind="money")
        return made("DIVIDE", own, self.number(by, 0), self.literal("money"), kind="money")

    def _rate(self, kind: str, depth: int) -> Expr:
        way = self.one_of(("DIVIDE", "DIVIDE", "/", "*", "employed", "met", "share", "score"))
        if way == "share" and self._scope.groups:
            return made("share", self.one_of(self._scope.leaves["money"]), self.one_of(self._scope.groups), kind="rate")
        if way == "score" and self._scope.weighted:
            most = [self.literal("rate")] if self._draw(st.booleans()) else []
            return made("score", *most, kind="rate")
        if way == "met" and len(self._scope.attained) > 1:
            left, right = (Expr("attainment", (name,), "rate", True) for name in self._scope.attained[:2])
            return made(self.one_of("+*"), left, right, kind="rate")
        if way == "*":
            left = self.one_of(("rate", "count"))
            return made("*", self.number(left, 0), self.number("rate", 0), kind="rate")
        if way == "employed":
            return made("employed", self.day(0), self.day(0), kind="rate")
        of = self.one_of(("money", "count"))
        if way == "/" and self._draw(st.integers(0, 3)) == 0:
            return made("/", self.number(of, 0), self.number(of, 0), kind="rate")
        return made("DIVIDE", self.number(of, depth), self.number(of, 0), self.literal("rate"), kind="rate")

    def _number(self, kind: str, depth: int) -> Expr:
        left, right = self.one_of((("number", "number"), ("number", "count"), ("number", "rate")))
        return made("*", self.number(left, 0), self.number(right, 0), kind="number")

    def _count(self, kind: str, depth: int) -> Expr:
        op = self.one_of(("DAYS", "MONTHS", "YEAR", "MONTH", "DAY"))
        days = [self.day(depth) for _ in range(2 if op in ("DAYS", "MONTHS") else 1)]
        return made(op, *days, kind="count")

    # Tables and groups.

    def _giving(self, kind: str) -> list[tuple[str, Table]]:
        """The readings that give a kind."""
        gives = {"rate": "rate", "money": "money", "number": "factor"}.get(kind)
        found = [("rate", table) for table in self._scope.tables if table.gives == gives and self._askable(table)]
        products = {"money": ("rate", "money"), "number": ("factor", "count")}
        if kind in products:
            wanted = {products[kind], *((("factor", "money"), ("money", "count")) if kind == "money" else ())}
            for table in self._scope.tables:
                fits = table.way != "rows" and not table.columns and (table.gives, table.asked) in wanted
                if fits and self._askable(table):
                    found += [("whole", table)] + ([("marginal", table), ("pay", table)] if table.sliced else [])
        return found

    def _askable(self, table: Table) -> bool:
        kinds = [table.asked, *([table.across] if table.columns else [])]
        return all(self._scope.leaves.get(kind) for kind in kinds)

    def _table(self, kind: str, depth: int) -> Expr:
        way, table = self.one_of(self._giving(kind))
        asked = [self.one_of(self._scope.leaves[table.asked])]
        asked += [self.one_of(self._scope.leaves[table.across])] if table.columns else []
        own = made(way, table.name, *asked, kind=kind)
        return replace(own, fractional=own.fractional or table.way == "points")

    def _group(self, kind: str, depth: int) -> Expr:
        over, named = self.one_of(self._scope.groups), self._scope.leaves
        if kind == "count":
            x = self.one_of([*named["money"], *named.get("rate", [])])
            return made("rank", x, over, kind=kind) if self._draw(st.booleans()) else made("headcount", over, kind=kind)
        if kind == "number" or not named.get(kind):
            return self.number(kind, 0)
        op = self.one_of(("total", "average", "highest", "lowest"))
        return made(op, self.one_of(named[kind]), over, kind=kind)

    # Truths, texts and days.

    def truth(self, depth: int) -> Expr:
        way = self.one_of(("number", "number", "number", "text", "day", "in", "and", "not", "leaf"))
        if way == "leaf" and self._scope.leaves.get("true/false"):
            return self.one_of(self._scope.leaves["true/false"])
        if way == "and" and depth > 0:
            return made(self.one_of(("AND", "OR")), self.truth(depth - 1), self.truth(0), kind="true/false")
        if way == "not" and depth > 0:
            return made("NOT", self.truth(depth - 1), kind="true/false")
        if way == "text":
            return made(self.one_of(("=", "<>")), self.text(), self._word(), kind="true/false")
        if way == "in":
            return made("IN", self.text(), self._word(), self._word(), kind="true/false")
        op = self.one_of(("<", "<=", ">", ">=", "=", "<>"))
        if way == "day":
            return made(op, self.day(0), self.day(0), kind="true/false")
        kind = self.one_of(("money", "rate", "count"))
        right = self.literal(kind) if self._draw(st.integers(0, 3)) else self.number(kind, 0)
        return made(op, self.number(kind, min(depth, 1)), right, kind="true/false")

    def _word(self) -> Expr:
        return const(self.one_of(TEXTS), "text")

    def text(self) -> Expr:
        return self.one_of(self._scope.leaves["text"])

    def day(self, depth: int) -> Expr:
        way = self.one_of(("leaf", "leaf", "leaf", "literal", "EDATE", "MIN", "MAX", "start", "end"))
        if way in ("start", "end"):
            return made(f"period_{way}", kind="date")
        if way == "EDATE":
            return made("EDATE", self.day(0) if depth else self._drawn_day(), self.literal("count"), kind="date")
        if way in ("MIN", "MAX") and depth:
            return made(way, self.day(0), self._drawn_day(), kind="date")
        leaves = self._scope.leaves.get("date", [])
        return self.one_of(leaves) if leaves and way == "leaf" else self._drawn_day()

    def _drawn_day(self) -> Expr:
        return const(self._draw(DAYS), "date")


def _rounded(expr: Expr) -> Expr:
    return made("ROUND", expr, 4, kind=expr.kind) if expr.fractional else expr
