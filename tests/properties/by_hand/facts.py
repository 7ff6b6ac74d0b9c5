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
        own = ("", None, self.plan.currency)
        found = []
        for deal in self.company.deals:
            if not self.plan.exchange and deal.fields.get("currency") not in own:
                continue
            found.append((deal.day, deal.number, "", deal))
            for field in {rule.date for rule in self.plan.rules if rule.date and deal.type in rule.of}:
                day = deal.fields.get(field)
                found += [(day, deal.number, field, deal)] if day is not None else []
        self.counted = sorted(found, key=lambda one: one[:3])
        self.attributes = {person.number: person.attributes for person in self.company.people}

    def period_of(self, day: date) -> date:
        return first_day(day, self.plan.period, self.plan.year_starts)

    def measure(self, measure: Measure, payee: int, period: date) -> Num:
        """A measure of a payee in a period."""
        weighted = measure.formula is not None and any(one.op == "credit" for one in inside(measure.formula))
        brought: list[Any] = []
        if measure.per is not None:
            credited = self._credited(measure.rule, payee)
            here = [one for one in credited if self.period_of(one[0]) == period and self.valid(one[0])]
            return self.of_each(measure, [(day, deal) for day, _, deal in here])
        for day, level, deal in self._credited(measure.rule, payee):
            if not self._in_window(measure.window, self.period_of(day), period):
                continue
            if not (self.valid(day) or (measure.window and self.begun(day))):
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
            if self.period_of(day) == period and self.valid(day)
            if (amount := self._amount(component, deal, day)) is not None
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
        counted = [(day, deal) for day, _, by, deal in self.counted if by == dated_by(rule, deal)]
        if not rule or not rule.levels:
            return [(day, 0, deal) for day, deal in counted if deal.payee == payee]
        return [
            (day, link.level, deal)
            for day, deal in counted
            for link in self.company.above
            if link.above == payee and link.payee == deal.payee and link.level <= len(rule.levels)
            if (link.since is None or link.since <= day) and (link.until is None or day < link.until)
        ]

    def valid(self, day: date) -> bool:
        """Whether the plan is valid on a day."""
        since = self.plan.valid[0]
        return (since is None or since <= day) and self.begun(day)

    def begun(self, day: date) -> bool:
        """Whether the plan has not ended before a day."""
        until = self.plan.valid[1]
        return until is None or day <= until

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
        if not taken_back and (deal.type not in types or not at.counts(component.where)):
            return None
        places = self.plan.minor_unit if component.reward == "money" else 6
        if taken_back:
            return Num(-self.taken_back(component, deal, day, places))
        return self._clamped(component, at, places)

    def taken_back(self, component: Component, deal: Deal, day: date, places: int) -> Fraction:
        """What a later fact takes: a part of what its original has earned, of all of them together never more."""
        known = self._original_of(component, deal, day, places)
        taken = Fraction(0)
        for own_day, own in known.taken_by:
            wanted = self._wanted(component, known, own, own_day, places)
            rest = abs(known.earned) - taken
            if own is deal:
                return min(rest, wanted) * (1 if known.earned >= 0 else -1)
            taken += min(rest, wanted)
        raise AssertionError(deal)

    def taken_in(self, component: Component, payee: int, period: date) -> Fraction:
        """All that is taken back of a component in a period."""
        back, places = component.clawback, self.plan.minor_unit if component.reward == "money" else 6
        own = self._credited(component.rule, payee) if back else ()
        taking = [(day, deal) for day, _, deal in own if deal.type == back.of and self.valid(day)]
        here = [(day, deal) for day, deal in taking if self.period_of(day) == period]
        return sum((self.taken_back(component, deal, day, places) for day, deal in here), Fraction(0))

    def _counts(self, component: Component, fact: "OneFact") -> bool:
        """Whether a fact earns: the payee was eligible in its period, and it meets the condition."""
        rolled = component.rule and component.rule.levels
        test = None if rolled else self.plan.eligible
        return (test is None or bool(worked_out(test, fact))) and fact.counts(component.where)

    def _wanted(self, component: Component, known: "Original", deal: Deal, day: date, places: int) -> Fraction:
        back = component.clawback
        assert back is not None
        since = known.day or OneFact(self, deal, day, component.rule).field("sold_on")
        months = months_between(since, day)
        if months >= back.within:
            return Fraction(0)
        left = min(Fraction(1), Fraction(back.within - months, back.within))
        share = {"all": Fraction(1), "unused": left}.get(str(back.take))
        share = share if share is not None else Fraction(back.take)
        before = sum((size_of(component, own) for _, own in known.before(deal)), Fraction(0))
        if known.size == 0:
            part = Fraction(0 if known.before(deal) else 1)
        else:
            part = (min(known.size, before + size_of(component, deal)) - min(known.size, before)) / known.size
        return half_away(abs(known.earned) * share * part, places)

    def _original_of(self, component: Component, deal: Deal, day: date, places: int) -> "Original":
        """What a later fact takes back: what it names, or what stands on the day that it says."""
        back, types = component.clawback, component.rule.of if component.rule else component.per
        assert back is not None
        rule = component.rule
        own = [(at, one) for at, _, by, one in self.counted if one.payee == deal.payee and by == dated_by(rule, one)]
        key = self._key(component, deal)
        sums: list[tuple[date, Deal, Fraction]] = []
        for at, one in own if not (component.rule and component.rule.levels) else ():
            if one.type in types and one.type != back.of and at <= day and self._is_meant(component, key, one, at):
                fact = OneFact(self, one, at, component.rule)
                if self._counts(component, fact):
                    sums.append((at, one, self._clamped(component, fact, places).value))
        if not sums:
            since = OneFact(self, deal, day, component.rule).field("sold_on")
            stand_in = OneFact(self, deal, since, component.rule, positive=True)
            counts = self._counts(component, stand_in)
            earned = self._clamped(component, stand_in, places).value if counts else Fraction(0)
            return Original(earned, size_of(component, deal), None, [(day, deal)])
        taken_by = [(at, one) for at, one in own if one.type == back.of and self._key(component, one) == key]
        earned = sum((amount for _, _, amount in sums), Fraction(0))
        size = sum((size_of(component, one) for _, one, _ in sums), Fraction(0))
        return Original(earned, size, min(at for at, _, _ in sums), taken_by)

    def _key(self, component: Component, deal: Deal) -> tuple[Any, ...]:
        if deal.fields.get("original_id"):
            return ("id", deal.fields["original_id"])
        since = deal.fields.get("sold_on") or FIELDS["sold_on"][1]
        return ("day", since, deal.fields.get("product") or "" if reads(component, "product") else "")

    def _is_meant(self, component: Component, key: tuple[Any, ...], deal: Deal, day: date) -> bool:
        if key[0] == "id":
            return bool(deal.fields.get("external_id") == key[1])
        told = deal.fields.get("product") or "" if reads(component, "product") else ""
        return key[1:] == (day, told)

    def _clamped(self, component: Component, at: "OneFact", places: int) -> Num:
        value = worked_out(component.formula, at).value if component.formula else Fraction(1)
        if isinstance(component.floor, Expr):
            value = max(value, worked_out(component.floor, at).value)
        if component.cap is not None:
            value = min(value, worked_out(component.cap, at).value)
        return Num(half_away(value, places))


@dataclass
class Original:
    """What later facts take back: what it has earned, its size, its day (None: the later fact stands for it), and all
    that take it back, in order.
    """

    earned: Fraction
    size: Fraction
    day: date | None
    taken_by: list[tuple[date, Deal]]

    def before(self, deal: Deal) -> list[tuple[date, Deal]]:
        at = next(number for number, (_, one) in enumerate(self.taken_by) if one is deal)
        return self.taken_by[:at]


def reads(component: Component, name: str) -> bool:
    """Whether what a fact earns hangs on a field of it."""
    asked = [component.formula, component.where, component.floor, component.cap]
    asked += [component.rule.where, component.rule.share] if component.rule else []
    formulas = [one for one in asked if isinstance(one, Expr)]
    if component.rule and not any(one.op == "credit" for formula in formulas for one in inside(formula)):
        formulas = [one for one in formulas if one is not component.rule.share]
    return any(one.op == "field" and one.args[0] == name for formula in formulas for one in inside(formula))


def size_of(component: Component, deal: Deal) -> Fraction:
    """The amount of a fact without sign, or its quantity."""
    amount = abs(Fraction(deal.fields.get("amount") or 0))
    if amount == 0 and reads(component, "quantity"):
        return abs(Fraction(deal.fields.get("quantity") or 0))
    return amount


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
        now = (self._day, 0 if self._positive else self._deal.number, dated_by(self._rule, self._deal))
        deals = [
            (day, deal)
            for day, number, by, deal in self._facts.counted
            if deal.payee == self.payee and self._facts.period_of(day) == self.start and self._facts.valid(day)
            if (day, number, by) < now and by == dated_by(measure.rule, deal)
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


def dated_by(rule: Rule | None, deal: Deal) -> str:
    """The field that says on which day a rule counts a deal; empty for its credit date."""
    return rule.date or "" if rule and deal.type in rule.of else ""


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
