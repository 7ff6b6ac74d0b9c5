"""All named values of the payees of a company, worked out by hand from a drawn plan."""

from dataclasses import dataclass
from dataclasses import field
from datetime import date
from fractions import Fraction
from typing import Any

from tests.properties.by_hand.facts import Facts
from tests.properties.by_hand.facts import attribute
from tests.properties.by_hand.formulas import StopError
from tests.properties.by_hand.formulas import worked_out
from tests.properties.by_hand.numbers import Num
from tests.properties.by_hand.numbers import added
from tests.properties.by_hand.numbers import divided
from tests.properties.by_hand.numbers import half_away
from tests.properties.by_hand.numbers import kept
from tests.properties.by_hand.numbers import multiplied
from tests.properties.by_hand.numbers import shares
from tests.properties.drawn.company import Company
from tests.properties.drawn.company import Person
from tests.properties.drawn.company import last_day
from tests.properties.drawn.document import formula
from tests.properties.drawn.tree import Component
from tests.properties.drawn.tree import Expr
from tests.properties.drawn.tree import Plan
from tests.properties.drawn.tree import Target
from tests.properties.drawn.tree import inside

Results = dict[tuple[int, date], dict[str, Any]]


@dataclass
class ByHand:
    """The results by payee and period, and the reasons for which the calculation stops."""

    results: Results = field(default_factory=dict)
    stops: set[tuple[str, int]] = field(default_factory=set)


def by_hand(plan: Plan, company: Company, openings: dict[int, dict[str, Fraction]] | None = None) -> ByHand:
    """Everything that a plan comes to in each of the company's periods."""
    facts, found = Facts(plan, company), ByHand()
    for start in sorted({facts.period_of(day) for day in company.days}):
        group = Group(facts, start, openings or {})
        for person in company.people:
            found.results[person.number, start] = group.members[person.number].all_values(found.stops)
    return found


class Group:
    """All who take part in a period."""

    def __init__(self, facts: Facts, start: date, openings: dict[int, dict[str, Fraction]]) -> None:
        self.members = {
            person.number: Member(self, facts, person, start, openings.get(person.number, {}))
            for person in facts.company.people
        }

    def of(self, member: "Member", over: str) -> list["Member"]:
        """The eligible members of one's group."""
        return [
            one
            for one in self.members.values()
            if one.eligible and (over == "all" or one.text(over) == member.text(over))
        ]


class Member:
    """A payee in a period: works out each named value once."""

    def __init__(self, group: Group, facts: Facts, person: Person, start: date, openings: dict[str, Fraction]) -> None:
        self.plan, self.payee, self.start = facts.plan, person.number, start
        self.end = last_day(start, self.plan.period)
        self._group, self._facts, self._person, self._openings = group, facts, person, openings
        self._values, self._components = dict(self.plan.values), {one.name: one for one in self.plan.components}
        self._targets = {one.measure: one for one in self.plan.targets}
        self._known: dict[Any, Any] = {}
        self._readings: dict[str, Any] = {}

    # Names.

    def text(self, name: str) -> str:
        return str(attribute(self._person.attributes, name))

    @property
    def eligible(self) -> bool:
        return self.valid and (self.plan.eligible is None or bool(worked_out(self.plan.eligible, self)))

    @property
    def valid(self) -> bool:
        """Whether the plan is valid on any day of the period."""
        since, until = self.plan.valid
        return (since is None or since <= self.end) and (until is None or self.start <= until)

    def read(self, reading: Expr, value: Num, band: int) -> None:
        args = ", ".join(formula(arg) if isinstance(arg, Expr) else arg for arg in reading.args)
        self._readings[f"{reading.op}({args})"] = kept(value).value
        self._readings[f"band({reading.args[0]}, {formula(reading.args[1])})"] = Fraction(band)

    def named(self, expr: Expr) -> Any:
        key = (expr.op, *expr.args)
        if key not in self._known:
            self._known[key] = getattr(self, f"_{expr.op}")(*expr.args)
        return self._known[key]

    def _attribute(self, name: str) -> Any:
        return attribute(self._person.attributes, name)

    def _measure(self, name: str) -> Num:
        measure = next(one for one in self.plan.measures if one.name == name)
        return self._facts.measure(measure, self.payee, self.start)

    def _opening(self, name: str) -> Num:
        start = next(one.start for one in self.plan.balances if one.name == name)
        return Num(self._openings.get(name, Fraction(start)))

    def _value(self, name: str) -> Any:
        value = worked_out(self._values[name], self)
        return Num(value.value, ("value", name)) if isinstance(value, Num) and value.divisor is not None else value

    def _component(self, name: str) -> Num:
        if name == "total":
            return Num(
                sum((self.paid(one).value for one in self._components.values() if one.reward == "money"), Fraction(0))
            )
        return self.paid(self._components[name])

    # Targets.

    def _quota(self, target: Target) -> Fraction | None:
        given = self._person.targets.get(target.measure, target.default)
        if given is None:
            return None
        quota = Fraction(given)
        if target.factor is not None:
            quota = half_away(quota * worked_out(target.factor, self).value, 6)
        return quota if quota > 0 else None

    def has_target(self, name: str) -> bool:
        """Whether there is something to be reached; where the plan says so, the calculation stops without it."""
        target = self._targets[name]
        if self._quota(target) is None and target.missing == "error":
            raise StopError("no_target", self.payee)
        return self._quota(target) is not None

    def _target(self, name: str) -> Num | None:
        if self.has_target(name):
            return Num(self._quota(self._targets[name]) or Fraction(0))
        return None if self._targets[name].missing == "none" else Num(Fraction(0))

    def _attainment(self, name: str) -> Num | None:
        missing = self._targets[name].missing
        if not self.has_target(name):
            return None if isinstance(missing, str) else Num(Fraction(missing), ("attainment", name))
        quota = self._quota(self._targets[name])
        return divided(self._measure(name), Num(quota or Fraction(1)), ("attainment", name))

    def _score(self, most: Expr | None = None) -> Num:
        total = Num(Fraction(0))
        for target in self.plan.targets:
            if target.weight is not None:
                reached = self._attainment(target.measure)
                assert reached is not None
                if most is not None:
                    reached = Num(min(reached.value, worked_out(most, self).value), reached.divisor)
                total = added(total, multiplied(reached, Num(Fraction(target.weight))))
        return total

    def lacks(self, *formulas: Expr | None) -> bool:
        """Whether a formula is none, for it needs a target that is not there, or a group in which nobody has one."""
        return any(self._is_none(formula) for formula in formulas if formula is not None)

    def _is_none(self, expr: Expr) -> bool:
        if expr.op in ("target", "attainment"):
            return self._targets[expr.args[0]].missing == "none" and not self.has_target(expr.args[0])
        if expr.op == "score":
            weighted = [target for target in self.plan.targets if target.weight is not None]
            return any(target.missing == "none" and not self.has_target(target.measure) for target in weighted)
        if expr.op == "value":
            return self.lacks(self._values[expr.args[0]])
        if expr.op in ("average", "highest", "lowest"):
            return not self._told(*expr.args)
        if expr.op in ("total", "rank", "pool"):
            return False
        return any(self._is_none(arg) for arg in expr.args if isinstance(arg, Expr))

    # Groups.

    def _told(self, expr: Expr, over: str) -> list[tuple["Member", Fraction]]:
        """The values of those in the group who have one, with 12 decimals."""
        members = [one for one in self._group.of(self, over) if not one.lacks(expr)]
        return [(one, kept(worked_out(expr, one)).value) for one in members]

    def _total(self, expr: Expr, over: str) -> Num:
        return Num(sum((value for _, value in self._told(expr, over)), Fraction(0)))

    def _highest(self, expr: Expr, over: str) -> Num | None:
        told = [value for _, value in self._told(expr, over)]
        return Num(max(told)) if told else None

    def _lowest(self, expr: Expr, over: str) -> Num | None:
        told = [value for _, value in self._told(expr, over)]
        return Num(min(told)) if told else None

    def _headcount(self, over: str) -> Num:
        return Num(Fraction(len(self._group.of(self, over))))

    def _average(self, expr: Expr, over: str) -> Num:
        return Num(self._total(expr, over).value / len(self._told(expr, over)), ("average", expr, over))

    def _share(self, expr: Expr, over: str) -> Num:
        total = self._total(expr, over).value
        own = kept(worked_out(expr, self)).value
        return Num(own / total if total else Fraction(0), ("share", expr, over))

    def _rank(self, expr: Expr, over: str) -> Num:
        told = self._told(expr, over)
        own = next((value for one, value in told if one is self), None)
        return Num(Fraction(1 + sum(1 for _, value in told if own is None or value > own)))

    def _pool(self, name: str) -> Num:
        pool = next(one for one in self.plan.pools if one.name == name)
        members = self._group.of(self, pool.among)
        weights = [one.weight(pool.who, pool.by) for one in members]
        amount = kept(worked_out(pool.amount, self)).value
        parts = shares(amount, weights, self.plan.minor_unit)
        return Num(next((part for one, part in zip(members, parts, strict=True) if one is self), Fraction(0)))

    def weight(self, who: Expr | None, by: Expr | None) -> Fraction:
        """With how much one takes part in a pool."""
        if self.lacks(who, by) or (who is not None and not worked_out(who, self)):
            return Fraction(0)
        return max(Fraction(0), kept(worked_out(by, self)).value) if by is not None else Fraction(1)

    # Components.

    def reason(self, own: Component) -> str | None:
        """Why a component pays nothing."""
        if not self.valid:
            return "not_valid"
        if not self.eligible:
            return "not_eligible"
        formulas = [own.when, *([] if own.per else [own.formula, own.cap, own.floor])]
        if self.lacks(*(one for one in formulas if isinstance(one, Expr))):
            return "no_target"
        return None if own.when is None or worked_out(own.when, self) else "condition"

    def raw(self, own: Component) -> Num | None:
        """What a component comes to before floor, cap and rounding."""
        if self.reason(own):
            return None
        if own.per:
            return self.each(own)
        return worked_out(own.formula, self) if own.formula is not None else Num(Fraction(1))

    def each(self, own: Component) -> Num:
        return self._facts.each(own, self.payee, self.start)

    def paid(self, own: Component) -> Num:
        """What a component pays."""
        raw = self.raw(own)
        if raw is None:  # of who is not eligible any more is taken back all the same
            rolled = own.rule and own.rule.levels
            taken = Fraction(0) if rolled else self._facts.taken_in(own, self.payee, self.start)
            return Num(-taken)
        value = raw.value
        if not own.per:
            if isinstance(own.floor, Expr):
                value = max(value, worked_out(own.floor, self).value)
            if own.cap is not None:
                value = min(value, worked_out(own.cap, self).value)
        return Num(half_away(value, self.plan.minor_unit if own.reward == "money" else 6))

    def closing(self, name: str) -> Num:
        """What a balance is carried on with; without a target that it needs, as it was."""
        balance = next(one for one in self.plan.balances if one.name == name)
        if not self.valid or self.lacks(balance.closing):
            return self._opening(name)
        places = self.plan.minor_unit if balance.kind == "money" else 6
        return Num(half_away(worked_out(balance.closing, self).value, places))

    # All together.

    def all_values(self, stops: set[tuple[str, int]]) -> dict[str, Any]:
        """Every named value; why the calculation stops is noted."""
        found: dict[str, Any] = {"eligible": self.eligible}

        def note(name: str, work: Any) -> None:
            try:
                value = work()
            except StopError as stop:
                stops.add((stop.code, stop.payee))
            else:
                found[name] = kept(value).value if isinstance(value, Num) else value

        for one in self.plan.measures:
            note(one.name, lambda name=one.name: self.named(Expr("measure", (name,))))
        for target in self.plan.targets:
            note(f"target({target.measure})", lambda name=target.measure: self._target(name))
            note(f"attainment({target.measure})", lambda name=target.measure: self._attainment(name))
        for name, own in self.plan.values:
            note(name, lambda name=name, own=own: None if self.lacks(own) else self.named(Expr("value", (name,))))
        for component in self.plan.components:
            self._note_component(component, note, found)
        for balance in self.plan.balances:
            note(f"opening({balance.name})", lambda name=balance.name: self._opening(name))
            note(f"closing({balance.name})", lambda name=balance.name: self.closing(name))
        note("total", lambda: self._component("total"))
        self._note_groups(note)
        return found | self._readings

    def _note_component(self, own: Component, note: Any, found: dict[str, Any]) -> None:
        note(own.name, lambda: self.paid(own))
        note(f"{own.name}.reason", lambda: self.reason(own))
        note(f"{own.name}.raw", lambda: self.raw(own))
        if own.per:
            note(f"{own.name}.each", lambda: self.each(own))
        left = found.get(own.name, Fraction(0))
        for at, share in enumerate(own.instalments, start=1):
            part = half_away(found.get(own.name, Fraction(0)) * Fraction(share), self.plan.minor_unit)
            part = left if at == len(own.instalments) or abs(part) > abs(left) else part
            found[f"part({own.name}, {at})"], left = part, left - part

    def _note_groups(self, note: Any) -> None:
        """What is read of groups, wherever it stands: also when its component is not paid."""
        formulas = [own for _, own in self.plan.values] + [one.closing for one in self.plan.balances]
        for one in self.plan.components:
            own = (one.when, *([] if one.per else [one.formula, one.cap, one.floor]))
            formulas += [expr for expr in own if isinstance(expr, Expr)]
        for expr in (part for own in formulas for part in inside(own)):
            if expr.op in ("total", "highest", "lowest", "rank"):
                note(f"{expr.op}({formula(expr.args[0])}, {expr.args[1]})", lambda expr=expr: self.named(expr))
            elif expr.op in ("average", "share"):
                told = Expr("total", expr.args)
                note(f"total({formula(expr.args[0])}, {expr.args[1]})", lambda told=told: self.named(told))
            elif expr.op == "pool":
                note(f"pool({expr.args[0]})", lambda expr=expr: self.named(expr))
