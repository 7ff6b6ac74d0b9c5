"""Runs the examples inside a plan, and tells which bands no example reaches."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from liji.engine.compiler import compile_plan
from liji.engine.data import Answer
from liji.engine.data import Fact
from liji.engine.data import Link
from liji.engine.data import PayeePeriod
from liji.engine.data import Result
from liji.engine.errors import EngineError
from liji.engine.rows import uncounted
from liji.engine.running import run
from liji.plan.crediting import days_of
from liji.plan.model import Example
from liji.plan.model import ExamplePayee
from liji.plan.model import Named
from liji.plan.model import Plan
from liji.plan.periods import period_of
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
    """How an example went: what differed, or why it could not be worked out. `uncounted` are facts in other currencies
    that the plan leaves out.
    """

    name: str
    line: int
    differences: tuple[Difference, ...]
    error: EngineError | None
    results: tuple[Result, ...]
    uncounted: tuple[Fact, ...] = ()

    @property
    def result(self) -> Result | None:
        """The result of the first payee, if there is one."""
        return self.results[0] if self.results else None

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
    compiled, (payees, facts, links) = compile_plan(plan), given_in(plan, example)
    try:
        results = run(compiled, payees, facts, links)
    except EngineError as error:
        if 0 < error.payee <= len(example.payees):
            error.named(example.payees[error.payee - 1].name)
        return ExampleOutcome(example.name, example.line, (), error, ())
    differences = tuple(
        Difference(f"{given.name}: {name}" if given.name else name, expected, result.values[name])
        for given, result in zip(example.payees, results, strict=True)
        for name, expected in given.expect.items()
        if not _as_expected(result.values[name], expected)
    )
    left_out = tuple(uncounted(compiled, facts))
    return ExampleOutcome(example.name, example.line, differences, None, tuple(results), left_out)


def _as_expected(found: Answer, expected: Answer) -> bool:
    return (found.isoformat() if isinstance(found, date) else found) == expected


def given_in(plan: Plan, example: Example) -> tuple[list[PayeePeriod], list[Fact], list[Link]]:
    """What an example gives: its payees (numbered from 1), all their facts, and who stands over whom."""
    period = _period(plan, example.period or plan.valid_from or _SOME_DAY)
    payees = [
        PayeePeriod(number, period, given.targets, given.attributes, _brought_forward(plan, example, given, period))
        for number, given in enumerate(example.payees, start=1)
    ]
    return payees, list(_facts(plan, example, period)), list(_links(example))


def _brought_forward(plan: Plan, example: Example, given: ExamplePayee, period: date) -> dict[str, Decimal]:
    """The balances that are brought into the period; not those that begin anew with it.

    An example that names no period lies in any: there nothing begins anew.
    """
    if example.period is None:
        return dict(given.balances)
    kept = {
        name
        for name, balance in plan.balances.items()
        if not balance.resets or period_of(period, balance.resets, year_starts=plan.year_starts or 1)[0] < period
    }
    return {name: amount for name, amount in given.balances.items() if name in kept}


def _period(plan: Plan, day: date) -> date:
    return period_of(day, plan.period, year_starts=plan.year_starts or 1)[0]


def _facts(plan: Plan, example: Example, period: date) -> Iterator[Fact]:
    """The facts of all payees, each in the period in which its day lies; without a day, in the example's."""
    number = 0
    for payee, given in enumerate(example.payees, start=1):
        for fact in given.facts:
            number += 1
            for day, by in days_of(plan, fact.type, fact.credit_date or period, fact.fields):
                own = _period(plan, day)
                yield Fact(payee, own, number, number, fact.type, day, fact.amount, fact.fields, dated_by=by)


def _links(example: Example) -> Iterator[Link]:
    """Everybody's managers, level by level."""
    numbers = {given.name: number for number, given in enumerate(example.payees, start=1)}
    managers = {given.name: given.manager for given in example.payees}
    for given in example.payees:
        above, level = given.manager, 1
        while above is not None and level <= len(numbers):
            yield Link(numbers[given.name], numbers[above], level)
            above, level = managers[above], level + 1


def coverage(plan: Plan) -> tuple[Problem, ...]:
    """A warning for each band that no example reaches, and each component that none makes pay."""
    results = [result for outcome in run_examples(plan) for result in outcome.results]
    return (*_unvisited(plan, results), *_unpaid(plan, results)) if plan.examples else ()


def _called(thing: Named) -> tuple[str, str]:
    return thing.names("zh"), thing.names("en")


def _unpaid(plan: Plan, results: list[Result]) -> Iterator[Problem]:
    mark = Mark(plan.examples[0].line, 1)
    for name, component in plan.components.items():
        if not any(result.values[name] for result in results):
            words = {"name": _called(component)}
            yield problem("component_unpaid", f"components.{name}", mark, Severity.WARNING, **words)


def _unvisited(plan: Plan, results: list[Result]) -> Iterator[Problem]:
    reached: dict[str, set[Answer]] = {}
    for reading in lookups(plan).values():
        name = f"band({reading.table}, {written(reading.argument)})"
        reached.setdefault(reading.table, set()).update(result.values[name] for result in results)
    for table, bands in reached.items():
        for number in range(1, len(plan.tables[table].bands) + 1):
            if number not in bands:
                words = {"name": _called(plan.tables[table]), "band": number}
                mark = Mark(plan.examples[0].line, 1)
                yield problem("band_unvisited", f"tables.{table}.bands[{number}]", mark, Severity.WARNING, **words)
