"""Formulas of the plan language over named values, for many rows in one go: the conditions of rules and criteria.

A set of formulas becomes a plan whose attributes are the named values and whose `values` are the formulas; the engine
runs it like any other plan. There is no second evaluator.
"""

import hashlib
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN
from decimal import Decimal
from functools import lru_cache
from typing import Protocol

from liji.engine.compiler import Compiled
from liji.engine.compiler import compile_plan
from liji.engine.contributions import FIELD_SCALES
from liji.engine.data import Answer
from liji.engine.data import PayeePeriod
from liji.engine.possible import may_hold
from liji.engine.running import run
from liji.plan.checker import check
from liji.plan.model import Field
from liji.plan.model import Names
from liji.plan.model import Plan
from liji.plan.model import Value
from liji.plan.numbers import EXACT
from liji.plan.parser import parse
from liji.plan.problems import Mark
from liji.plan.problems import Problem
from liji.plan.problems import Severity
from liji.plan.problems import problem
from liji.plan.scope import Scope
from liji.plan.scope import referring
from liji.plan.syntax import Slip
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.typed import Typed
from liji.plan.typed import references
from liji.plan.types import SPOKEN
from liji.plan.types import Kind
from liji.plan.types import fits

# What stands in for a value that a row does not have. It is never seen: such a formula's answer is thrown away.
_NOTHING: dict[Kind, Decimal | str | bool | date] = {Kind.TEXT: "", Kind.BOOL: False, Kind.DATE: date(1970, 1, 1)}
_MEND = ("写成比较, 例如 sales > 100000", "write a comparison, for example sales > 100000")


class Named(Protocol):
    """A value that formulas may name. `type` is one of the plan language's words; money is in one currency a row."""

    @property
    def type(self) -> str: ...
    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


_Key = tuple[tuple[tuple[str, str, str, str], ...], tuple[tuple[str, str], ...], str | None]


@dataclass(frozen=True)
class Conditions:
    """Formulas that are ready to be asked of rows. `needs` says which named values each formula reads."""

    compiled: Compiled
    needs: Mapping[str, frozenset[str]]
    formulas: Mapping[str, Typed]

    @staticmethod
    def compile(
        names: Mapping[str, Named], formulas: Mapping[str, str], *, gives: Kind | None = Kind.BOOL
    ) -> "Conditions | list[Problem]":
        """The formulas by their keys, checked against the names; compiled once per content.

        `gives`: the type that each formula must have (None: any). Otherwise the problems, all at once: their path is
        the formula's key, line and column lie inside the formula.
        """
        declared = tuple((name, own.type, own.zh, own.en) for name, own in names.items())
        found = _compiled((declared, tuple(formulas.items()), gives.value if gives else None))
        return list(found) if isinstance(found, tuple) else found

    def evaluate(self, rows: Sequence[Mapping[str, Answer]], *, on: date) -> list[dict[str, Answer]]:
        """The answer to each formula, row by row, in the order given. `on` is the day on which they are asked.

        A row may have more values than are named, and may lack some: a formula that meets a missing one is False (a
        formula that is no condition: None). Rates count with 8 decimals, other numbers with 6; more are cut off.

        Raises EngineError, which names the row by its place and the formula, where one has no value: a division by 0.
        """
        if not rows:
            return []
        attributes = self.compiled.plan.attributes
        period = on.replace(day=1)
        told = ({name: _exact(row.get(name), own) for name, own in attributes.items()} for row in rows)
        given = [PayeePeriod(place, period, attributes=values) for place, values in enumerate(told)]
        results = run(self.compiled, given, [])
        return [self._answers(row, result.values) for row, result in zip(rows, results, strict=True)]

    def may_hold(self, row: Mapping[str, Answer]) -> frozenset[str]:
        """The keys of the formulas that may hold for a row; the others surely do not. Nothing is run."""
        attributes = self.compiled.plan.attributes
        exact = {name: _exact(row.get(name), own) for name, own in attributes.items()}
        return frozenset(
            key
            for key, formula in self.formulas.items()
            if all(exact[name] is not None for name in self.needs[key])
            and (formula.kind is not Kind.BOOL or may_hold(formula, exact))
        )

    def _answers(self, row: Mapping[str, Answer], values: Mapping[str, Answer]) -> dict[str, Answer]:
        answers: dict[str, Answer] = {}
        for at, (key, needed) in enumerate(self.needs.items()):
            if all(row.get(name) is not None for name in needed):
                answers[key] = values[f"f{at}"]
            else:
                answers[key] = False if self.compiled.plan.values[f"f{at}"].formula.kind is Kind.BOOL else None
        return answers


def _exact(value: Answer, own: Field) -> Answer:
    """A number with no more decimals than are kept."""
    if not isinstance(value, Decimal):
        return value
    return value.quantize(Decimal(1).scaleb(-FIELD_SCALES[own.kind]), ROUND_DOWN, EXACT)


@lru_cache(maxsize=512)
def _compiled(key: _Key) -> Conditions | tuple[Problem, ...]:
    declared, formulas, gives = key
    kinds = {name: Kind(kind) for name, kind, _, _ in declared}
    attributes = [
        Field(name, Names(zh, en), kinds[name], _NOTHING.get(kinds[name], Decimal(1))) for name, _, zh, en in declared
    ]
    names: dict[str, Reference] = {}
    for own in attributes:
        names |= referring(own, Role.ATTRIBUTE, own.kind)
    scope = Scope(names)
    read = {name: _read(name, formula, scope, Kind(gives) if gives else None) for name, formula in formulas}
    problems = tuple(found for found in read.values() if isinstance(found, Problem))
    if problems:
        return problems
    typed = {name: found for name, found in read.items() if not isinstance(found, Problem)}
    needs = {name: frozenset(own.name for own in references(formula)) for name, formula in typed.items()}
    plan = _plan(attributes, typed.values(), frozenset().union(*needs.values()), repr(key))
    return Conditions(compile_plan(plan), needs, typed)


def _read(name: str, formula: str, scope: Scope, gives: Kind | None) -> Typed | Problem:
    tree = parse(formula)
    found = tree if isinstance(tree, Slip) else check(tree, scope)
    if isinstance(found, Slip):
        return problem(found.code, name, _mark(formula, found.at), Severity.ERROR, **found.words)
    if gives is not None and not fits(found.kind, gives):
        words = {"wanted": SPOKEN[gives], "found": SPOKEN[found.kind], "mend": _MEND}
        return problem("result_type", name, _mark(formula, 0), Severity.ERROR, **words)
    return found


def _mark(formula: str, at: int) -> Mark:
    before = formula[:at]
    return Mark(before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1)


def _plan(attributes: Iterable[Field], formulas: Iterable[Typed], used: frozenset[str], content: str) -> Plan:
    values = {f"f{at}": Value(f"f{at}", Names(f"f{at}", f"f{at}"), formula) for at, formula in enumerate(formulas)}
    return Plan(
        id="conditions",
        called=Names("条件", "Conditions"),
        currency="CNY",
        period="month",
        valid_from=None,
        valid_to=None,
        eligible=None,
        attributes={own.id: own for own in attributes if own.id in used},
        fields={},
        measures={},
        targets={},
        tables={},
        values=values,
        components={},
        order=tuple(values),
        digest=hashlib.sha256(f"conditions {content}".encode()).hexdigest(),
    )
