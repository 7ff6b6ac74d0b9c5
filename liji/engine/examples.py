"""Runs the examples inside a plan, and tells which bands no example reaches."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from liji.engine.compiler import compile_plan
from liji.engine.data import Answer
from liji.engine.data import Fact
from liji.engine.data import PayeePeriod
from liji.engine.data import Result
from liji.engine.errors import EngineError
from liji.engine.running import run
from liji.plan.model import Example
from liji.plan.model import Plan
from liji.plan.problems import Mark
from liji.plan.problems import Problem
from liji.plan.problems import Severity
from liji.plan.problems import problem
from liji.plan.results import lookups
from liji.plan.typed import written

_SOME_DAY = date(2026, 1, 1)


@dataclass(frozen=True)
class Difference:
    """A value that came out differently; None is no value."""

    name: str
    expected: Answer
    found: Answer


@dataclass(frozen=True)
class ExampleOutcome:
    """How an example went: what differed, or why it could not be worked out."""

    name: str
    line: int
    differences: tuple[Difference, ...]
    error: EngineError | None
    result: Result | None

    @property
    def passed(self) -> bool:
        """Whether every expected value came out."""
        return not self.differences and self.error is None

    def message(self, lang: str) -> str:
        """What went wrong, in one sentence; empty when nothing did."""
        if self.error is not None:
            return self.error.message(lang)
        verb = ("应为", "却得到") if lang != "en" else ("should be", "but is")
        return "; ".join(
            f"{d.name} {verb[0]} {_said(d.expected)}, {verb[1]} {_said(d.found)}" for d in self.differences
        )


def _said(value: Answer) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def run_examples(plan: Plan) -> list[ExampleOutcome]:
    """Every example of a plan, in order. A plan of which one fails must not be published."""
    return [_outcome(plan, example) for example in plan.examples]


def _outcome(plan: Plan, example: Example) -> ExampleOutcome:
    period = example.period or plan.valid_from or _SOME_DAY
    payee = PayeePeriod(1, period, example.targets, example.attributes, example.balances)
    facts = [
        Fact(1, period, number, number, fact.type, fact.credit_date or period, fact.amount, fact.fields)
        for number, fact in enumerate(example.facts, start=1)
    ]
    try:
        result = run(compile_plan(plan), [payee], facts)[0]
    except EngineError as error:
        return ExampleOutcome(example.name, example.line, (), error, None)
    differences = tuple(
        Difference(name, expected, result.values[name])
        for name, expected in example.expect.items()
        if result.values[name] != expected
    )
    return ExampleOutcome(example.name, example.line, differences, None, result)


def coverage(plan: Plan) -> tuple[Problem, ...]:
    """A warning for each band that no example reaches."""
    return tuple(_unvisited(plan)) if plan.examples else ()


def _unvisited(plan: Plan) -> Iterator[Problem]:
    results = [outcome.result for outcome in run_examples(plan) if outcome.result is not None]
    reached: dict[str, set[Answer]] = {}
    for reading in lookups(plan).values():
        name = f"band({reading.table}, {written(reading.argument)})"
        reached.setdefault(reading.table, set()).update(result.values[name] for result in results)
    for table, bands in reached.items():
        for number in range(1, len(plan.tables[table].bands) + 1):
            if number not in bands:
                words = {"name": plan.tables[table].id, "band": number}
                mark = Mark(plan.examples[0].line, 1)
                yield problem("band_unvisited", f"tables.{table}.bands[{number}]", mark, Severity.WARNING, **words)
