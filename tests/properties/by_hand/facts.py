"""Measures by hand: what each credited fact brings, and what that comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from tests.properties.by_hand.formulas import StopError
from tests.properties.by_hand.formulas import months_between
from tests.properties.by_hand.formulas import worked_out
from tests.properties.by_hand.numbers import Num
from tests.properties.by_hand.numbers import half_away
from tests.properties.by_hand.numbers import kept
from tests.properties.drawn.company import Company
from tests.properties.drawn.company import Deal
from tests.properties.drawn.company import first_day
from tests.properties.drawn.company import last_day
from tests.properties.drawn.tree import ATTRIBUTES
from tests.properties.drawn.tree import BUILT_IN
from tests.properties.drawn.tree import FIELDS
from tests.properties.drawn.tree import Component
from tests.properties.drawn.tree import Expr
from tests.properties.drawn.tree import Measure
from tests.properties.drawn.tree import Plan
from tests.properties.drawn.tree import Rule
from tests.properties.drawn.tree import inside

_DECLARED = {**BUILT_IN, **FIELDS}


@dataclass
class Facts:
    """The facts of a company as a plan counts them."""

    plan: Plan
    company: Company

    def __post_init__(self) -> None:
        dated = {kind: rule.date for rule in self.plan.rules if rule.date for kind in rule.of}
        found = []
        for deal in self.company.deals:
            day = deal.fields.get(dated[deal.type]) if deal.type in dated else deal.day
            if day is not None:
                found.append((day, deal.number, deal))
        self.counted = sorted(found, key=lambda one: one[:2])
        self.attributes = {person.number: person.attributes for person in self.company.people}

    def period_of(self, day: date) -> date:
        return first_day(day, self.plan.period, self.plan.year_starts)

    def measure(self, measure: Measure, payee: int, period: date) -> Num:
        """A measure of a payee in a period."""
        weighted = measure.formula is not None and any(one.op == "credit" for one in inside(measure.formula))
        brought: list[Any] = []
        if measure.per is not None:
            here = [deal for deal in self._credited(measure.rule, payee) if self.period_of(deal[0]) == period]
            return self.of_each(measure, [(day, deal) for day, _, deal in here])
        for day, level, deal in self._credited(measure.rule, payee):
            if not self._in_window(measure.window, self.period_of(day), period):
                continue
            value = self.of_fact(measure, deal, day)
            if value is not None:
                share = measure.rule.levels[level - 1] if level and measure.rule and weighted else 1
                brought.append(value.value * Fraction(share) if isinstance(value, Num) else value)
        return summed(measure.how, brought)

    def of_each(self, measure: Measure, deals: Sequence[tuple[date, Deal]]) -> Num:
        """What a measure comes to over facts that are summed up for each value of a field."""
        found: dict[str, list[Fraction]] = {}
        for day, deal in deals:
            value = self.of_fact(measure, deal, day)
            if value is not None:
                key = OneFact(self, deal, day, measure.rule).field(str(measure.per))
                found.setdefault(key, []).append(value.value)
        told = [worked_out(measure.then, OfEach(self.plan, summed(measure.how, own))) for own in found.values()]
        return summed("sum", [Fraction(each) if isinstance(each, bool) else kept(each).value for each in told])

    def each(self, component: Component, payee: int, period: date) -> Num:
        """What a component worked out per fact comes to."""
        amounts = [
            amount.value
            for day, _, deal in self._credited(component.rule, payee)
            if self.period_of(day) == period and (amount := self._amount(component, deal, day)) is not None
        ]
        return summed("sum", amounts)

    def of_fact(self, measure: Measure, deal: Deal, day: date) -> Any:
        """What a fact brings to a measure; None: nothing."""
        types = measure.rule.of if measure.rule else measure.of
        at = OneFact(self, deal, day, measure.rule)
        if deal.type not in types or not at.counts(measure.where):
            return None
        if measure.formula is None:
            return Num(Fraction(1))
        value = worked_out(measure.formula, at)
        return kept(value) if isinstance(value, Num) else value

    def _credited(self, rule: Rule | None, payee: int) -> Sequence[tuple[date, int, Deal]]:
        """The payee's own facts in order; with a rule that rolls up, those of the people below, by level."""
        if not rule or not rule.levels:
            return [(day, 0, deal) for day, _, deal in self.counted if deal.payee == payee]
        return [
            (day, link.level, deal)
            for day, _, deal in self.counted
            for link in self.company.above
            if link.above == payee and link.payee == deal.payee and link.level <= len(rule.levels)
            if (link.since is None or link.since <= day) and (link.until is None or day < link.until)
        ]

    def _in_window(self, window: str | None, own: date, period: date) -> bool:
        """Whether a period lies in the window of another."""
        if window is None:
            return own == period
        kind, starts = self.plan.period, self.plan.year_starts
        if window.endswith("to date last year"):
            window, period = window.removesuffix(" last year"), period.replace(year=period.year - 1)
        if window.endswith("to date"):
            long = window.split()[0]
            return own <= period and first_day(own, long, starts) == first_day(period, long, starts)
        if window == "same period last year":
            return own == period.replace(year=period.year - 1)
        back, at = 0, period
        while own < at:
            at, back = first_day(date.fromordinal(at.toordinal() - 1), kind, starts), back + 1
        if window.endswith(" ago"):
            return own <= period and back == int(window.split()[0])
        count = int(window.split()[-1]) if window[-1].isdigit() else 1
        first, last = (1, count) if window.startswith("previous") else (0, count - 1)
        return own <= period and first <= back <= last

    def _amount(self, component: Component, deal: Deal, day: date) -> Num | None:
        """A fact's own rounded amount; negative for what takes back."""
        types = component.rule.of if component.rule else component.per
        back = component.clawback
        at = OneFact(self, deal, day, component.rule)
        taken_back = back is not None and deal.type == back.of
        if not (deal.type in types or taken_back) or not at.counts(component.where):
            return None
        places = self.plan.minor_unit if component.reward == "money" else 6
        if back is None or not taken_back:
            return self._clamped(component, at, places)
        months = months_between(at.field("sold_on"), day)
        if months >= back.within:
            return Num(Fraction(0))
        earned = self._clamped(component, OneFact(self, deal, day, component.rule, positive=True), places)
        left = Fraction(back.within - months, back.within)
        share = {"all": Fraction(1), "unused": left}.get(str(back.take))
        part = share if share is not None else Fraction(back.take)
        return Num(-half_away(earned.value * part, places))

    def _clamped(self, component: Component, at: "OneFact", places: int) -> Num:
        value = worked_out(component.formula, at).value if component.formula else Fraction(1)
        if isinstance(component.floor, Expr):
            value = max(value, worked_out(component.floor, at).value)
        if component.cap is not None:
            value = min(value, worked_out(component.cap, at).value)
        return Num(half_away(value, places))


class OneFact:
    """A fact, as the formulas of measures see it. `positive`: with its amount as if it were brought anew."""

    def __init__(self, facts: Facts, deal: Deal, day: date, rule: Rule | None, *, positive: bool = False) -> None:
        self.plan, self.payee = facts.plan, deal.payee
        self.start = facts.period_of(day)
        self.end = last_day(self.start, self.plan.period)
        self._facts, self._deal, self._day, self._rule, self._positive = facts, deal, day, rule, positive

    def counts(self, where: Expr | None) -> bool:
        """Whether the rule's role and condition hold, and the condition of what is measured."""
        if self._rule and self._rule.roles and self.field("role") not in self._rule.roles:
            return False
        tests = [self._rule.where if self._rule else None, where]
        return all(worked_out(test, self) for test in tests if test is not None)

    def field(self, name: str) -> Any:
        kind, missing = _DECLARED[name]
        value = {"credit_date": self._day, "type": self._deal.type}.get(name, self._deal.fields.get(name))
        value = missing if value is None else value
        if value is None:
            raise StopError("missing_field", self.payee)
        if kind not in ("money", "rate", "number", "count"):
            return value
        return Num(abs(Fraction(value)) if name == "amount" and self._positive else Fraction(value))

    def named(self, expr: Expr) -> Any:
        if expr.op == "field":
            return self.field(expr.args[0])
        if expr.op == "attribute":
            return attribute(self._facts.attributes[self.payee], expr.args[0])
        if expr.op == "credit":
            credit = self.field("amount").value * self.field("share").value
            share = self._rule.share if self._rule else None
            return Num(credit * worked_out(share, self).value if share is not None else credit)
        assert expr.op == "running", expr
        measure = next(one for one in self.plan.measures if one.name == expr.args[0])
        return self._facts_before(measure)

    def _facts_before(self, measure: Measure) -> Num:
        """What a measure had reached in the period before this fact."""
        deals = [
            (day, deal)
            for day, number, deal in self._facts.counted
            if deal.payee == self.payee and self._facts.period_of(day) == self.start
            if (day, number) < (self._day, self._deal.number)
        ]
        if measure.per is not None:
            return self._facts.of_each(measure, deals)
        own = [value.value for day, deal in deals if (value := self._facts.of_fact(measure, deal, day)) is not None]
        return summed(measure.how, own)

    def read(self, reading: Expr, value: Num, band: int) -> None:
        """Readings per fact do not stand in the result."""


class OfEach:
    """What the facts of one value of a field come to, as `then` sees it."""

    def __init__(self, plan: Plan, each: Num) -> None:
        self.plan, self._each = plan, each

    def named(self, expr: Expr) -> Any:
        assert expr.op == "each", expr
        return self._each

    def read(self, reading: Expr, value: Num, band: int) -> None:
        """Readings for each value do not stand in the result."""


def attribute(own: dict[str, Any], name: str) -> Any:
    kind, missing = ATTRIBUTES[name]
    value = own.get(name, missing)
    return Num(Fraction(value)) if kind in ("money", "rate", "number") else value


def summed(how: str, brought: list[Any]) -> Num:
    """What the facts' values come to; 0 over none."""
    if how in ("sum", "count"):
        return Num(sum(brought, Fraction(0)))
    if how == "count distinct":
        return Num(Fraction(len(set(brought))))
    ways = {"min": min, "max": max, "last": lambda values: values[-1]}
    return Num(ways[how](brought)) if brought else Num(Fraction(0))
