"""Explains a result: a tree from the pay down to the facts, read from the stored values."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Sequence
from decimal import Decimal

from liji.engine.compiler import Compiled
from liji.engine.data import Answer
from liji.engine.data import Fact
from liji.engine.data import Node
from liji.engine.data import PayeePeriod
from liji.engine.data import Result
from liji.engine.phrases import Phrases
from liji.engine.rows import fact_value
from liji.engine.rows import uncounted
from liji.engine.running import contributions
from liji.plan.calendar import last_day
from liji.plan.facts import BUILT_IN
from liji.plan.model import Component
from liji.plan.model import Field
from liji.plan.model import How
from liji.plan.model import Measure
from liji.plan.numbers import grouped
from liji.plan.results import formulas_of
from liji.plan.typed import Apply
from liji.plan.typed import Constant
from liji.plan.typed import Group
from liji.plan.typed import Lookup
from liji.plan.typed import Marginal
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.typed import Typed
from liji.plan.typed import parts
from liji.plan.typed import written
from liji.plan.types import Kind

_Named = Reference | Lookup | Marginal | Group


def explain(
    compiled: Compiled, result: Result, facts: Sequence[Fact], lang: str = "zh", *, untold: Collection[str] = ()
) -> Node:
    """The tree under the whole pay. The components sum up to the root, a measure's facts to the measure.

    `untold` are attributes whose values the reader is not to see.
    """
    return _Explaining(compiled, result, facts, lang, untold).total()


class _Explaining:
    def __init__(
        self, compiled: Compiled, result: Result, facts: Sequence[Fact], lang: str, untold: Collection[str]
    ) -> None:
        self._plan = compiled.plan
        self._result = result
        self._facts = {fact.id: fact for fact in facts}
        self._dated = {(fact.id, fact.dated_by): fact for fact in facts}
        self._left_out = [fact for fact in uncounted(compiled, facts) if fact.period == result.period]
        attributes = {name: result.values[name] for name in compiled.plan.attributes}
        payee = PayeePeriod(result.payee, result.period, {}, attributes)
        self._adds = contributions(compiled, payee, facts) if facts else {}
        self._say = Phrases(compiled.plan, result.values, lang, untold)
        self._shown: set[str] = set()

    def total(self) -> Node:
        label = self._say.pick("合计", "Total")
        children = [self._component(self._plan.components[name]) for name in self._plan.paid]
        things = [one for one in self._plan.components.values() if one.reward != "money"]
        terms = " + ".join(f"{child.label} {self._amount(child.value)}" for child in children) or "0"
        sentence = f"{label} = {terms} = {self._amount(self._result.total)}{self._cut()}"
        children += [self._component(component) for component in things]
        children += [self._not_counted()] if self._left_out else []
        return Node("total", label, sentence, self._result.total, self._plan.currency, tuple(children))

    def _cut(self) -> str:
        """That the plan is valid for a part of the period only."""
        plan, start = self._plan, self._result.period
        since, until = plan.valid_from, plan.valid_to
        last = last_day(start, plan.period)
        cut = (since is not None and start < since) or (until is not None and until < last)
        if not cut or not plan.valid_in(start):
            return ""
        first, end = max(start, since or start), min(last, until or last)
        return self._say.pick(
            f" (方案在本期内只从 {first} 至 {end} 有效, 只计这些天)",
            f" (in this period the plan is valid from {first} to {end}: only these days count)",
        )

    def _not_counted(self) -> Node:
        """The facts in other currencies, listed so that nobody looks for them in vain."""
        say, currency = self._say, self._plan.currency
        label = say.pick("未计入", "Not counted")
        told = say.pick(
            f"{label}: {len(self._left_out)} 笔是别的币种, 方案按 {currency} 计算, 没有写汇率",
            f"{label}: {len(self._left_out)} records in other currencies; the plan counts in {currency}, without rates",
        )
        facts = tuple(map(self._foreign, self._left_out))
        return Node("not counted", label, told, None, "", facts)

    def _foreign(self, fact: Fact) -> Node:
        currency, label = str(fact.fields.get("currency")), str(fact.fields.get("external_id") or fact.id)
        told = f"{fact.credit_date.isoformat()} {fact.type} {self._amount(fact.amount)} {currency}"
        return Node(f"fact:{fact.id}", label, told, fact.amount, currency, (), fact.id)

    def _amount(self, value: Answer) -> str:
        return self._say.number(value, Kind.MONEY)

    def _unit(self, kind: Kind) -> str:
        return {Kind.MONEY: self._plan.currency, Kind.RATE: "%"}.get(kind, "")

    # Components and values.

    def _component(self, component: Component) -> Node:
        """Each component's tree is whole in itself; within it, what was shown once is not unfolded again."""
        self._shown = set()
        amount = self._result.values[component.id]
        formulas = list(formulas_of(self._plan, component.id))
        why = self._why_nothing(component)
        sentence = why or self._worked_out(component, amount)
        label = component.names(self._say.lang)
        if not self._plan.valid_in(self._result.period):
            children: tuple[Node, ...] = ()
        elif not self._result.eligible:
            children = tuple(self._named([self._plan.eligible] if self._plan.eligible is not None else []))
        elif component.each:
            gate = [component.when] if component.when is not None else []
            children = (*self._named(gate), *self._credits(component.each.id))
        else:
            children = tuple(self._named(formulas))
        unit = self._plan.currency if component.reward == "money" else ""
        return Node(component.id, label, sentence, amount, unit, children)

    def _why_nothing(self, component: Component) -> str:
        reason = self._result.values.get(f"{component.id}.reason")
        if reason == "not_valid":
            since, until = self._plan.valid_from, self._plan.valid_to
            zh = "".join([f"从 {since} " if since else "", f"至 {until} " if until else ""])
            en = " ".join([*([f"from {since}"] if since else []), *([f"to {until}"] if until else [])])
            return self._say.pick(f"方案{zh}有效, 本期不在其中, 计 0", f"the plan is valid {en}, not in this period: 0")
        if reason == "not_eligible":
            asked = self._plan.eligible
            told = f": {self._say.said(asked)}" if asked is not None else ""
            return self._say.pick(f"不符合参加条件{told}, 计 0", f"not eligible{told}: 0")
        if reason == "no_target":
            return self._say.pick("没有目标, 计 0", "no target: 0")
        if reason == "condition" and component.when is not None:
            told = self._say.said(component.when)
            return self._say.pick(f"条件不成立: {told}, 计 0", f"the condition does not hold: {told}: 0")
        return ""

    def _worked_out(self, component: Component, amount: Answer) -> str:
        kind = Kind.MONEY if component.reward == "money" else Kind.NUMBER
        if component.each:
            return self._counted(component.each.id, self._say.number(amount, kind))
        raw = self._result.values.get(f"{component.id}.raw")
        notes = [self._say.reading(part) for part in self._readings(component.formula)]
        if isinstance(raw, Decimal) and isinstance(amount, Decimal):
            if component.cap is not None and raw > amount:
                notes.append(self._say.pick("封顶, 原为 ", "capped, was ") + grouped(raw))
            elif component.floor is not None and raw < amount:
                notes.append(self._say.pick("保底, 原为 ", "raised to the floor, was ") + grouped(raw))
        return self._equation(component.formula, amount, kind, notes)

    def _equation(self, formula: Typed, value: Answer, kind: Kind, notes: Iterable[str]) -> str:
        told, result = self._say.said(formula), self._say.number(value, kind)
        noted = "; ".join(dict.fromkeys(notes))
        equation = told if told == result else f"{told} = {result}".replace("= ≈", "≈ ")
        return f"{equation} ({noted})" if noted else equation

    def _readings(self, formula: Typed) -> Iterable[Lookup | Marginal]:
        """The table readings in a formula, also those that a named value in it is nothing but."""
        for part in parts(formula):
            if isinstance(part, Lookup | Marginal):
                yield part
            elif isinstance(part, Reference) and part.role is Role.VALUE:
                inner = self._plan.values[part.name].formula
                if isinstance(inner, Lookup | Marginal):
                    yield inner

    # Everything that has a name.

    def _named(self, formulas: Iterable[Typed]) -> Iterable[Node]:
        """A node for each name and reading that stands in formulas, once."""
        there: set[str] = set()
        for formula in formulas:
            for part in _outermost(formula):
                key = written(part)
                if key not in there and not self._say.hides(part):
                    there.add(key)
                    yield self._node(part, key)

    def _node(self, part: _Named, key: str) -> Node:
        again = key in self._shown
        self._shown.add(key)
        value = self._say.value(part)
        if isinstance(part, Lookup | Marginal):
            label = self._plan.tables[part.table].names(self._say.lang)
            told = f"{self._say.said(part)} ({self._say.reading(part)})"
            asked = [part.argument]
            if isinstance(part, Lookup) and part.second is not None:
                asked.append(part.second)
            children = () if again else tuple(self._named(asked))
            return Node(key, label, told, value, self._unit(part.kind), children)
        if isinstance(part, Group):
            told = f"{self._say.group(part)} {self._say.number(value, part.kind)}"
            own = [] if again else self._own_part(part)
            return Node(key, self._say.group(part), told, value, self._unit(part.kind), tuple(self._named(own)))
        sentence, children = self._behind(part, value, again)
        return Node(key, self._say.label(part), sentence, value, self._unit(part.kind), children)

    @staticmethod
    def _own_part(group: Group) -> list[Typed]:
        """What one brings to a group: of a pool, the amount and the own weight."""
        return [operand for operand in group.operands if not isinstance(operand, Constant)]

    def _behind(self, part: Reference, value: Answer, again: bool) -> tuple[str, tuple[Node, ...]]:
        label, shown = self._say.label(part), self._say.number(value, part.kind)
        if part.role is Role.MEASURE:
            children = () if again else tuple(self._credits(part.name))
            return self._counted(part.name, shown), children
        if part.role is Role.ATTAINMENT:
            measure = Reference(Role.MEASURE, part.name, self._plan.measures[part.name].kind)
            target = Reference(Role.TARGET, part.name, measure.kind)
            told = f"{self._say.said(measure)} ÷ {self._say.said(target)} = {shown}".replace("= ≈", "≈ ")
            return told, () if again else tuple(self._named([measure, target]))
        if part.role is Role.VALUE:
            formula = self._plan.values[part.name].formula
            told = self._equation(formula, value, part.kind, map(self._say.reading, self._readings(formula)))
            return told, () if again else tuple(self._named([formula]))
        if part.role is Role.COMPONENT:
            return f"{label} {shown}", ()
        return f"{label} {shown}", ()

    # Measures and facts.

    def _counted(self, name: str, shown: str) -> str:
        measure = self._plan.measures[name]
        label, count = measure.names(self._say.lang), len(self._adding(name))
        if measure.per is not None:
            return f"{label} {shown}: {self._of_each(measure, count)}"
        how = {
            How.SUM: self._say.pick(f"{count} 笔之和", f"the sum of {count} records"),
            How.COUNT: self._say.pick("笔数", "the number of records"),
            How.COUNT_DISTINCT: self._say.pick(
                f"{count} 笔中不同者的个数", f"the different ones among {count} records"
            ),
            How.MIN: self._say.pick(f"{count} 笔中最小的", f"the least of {count} records"),
            How.MAX: self._say.pick(f"{count} 笔中最大的", f"the greatest of {count} records"),
            How.LAST: self._say.pick(f"{count} 笔中最后的", f"the last of {count} records"),
        }[measure.how]
        return f"{label} {shown}: {how}"

    def _of_each(self, measure: Measure, count: int) -> str:
        key, there = self._key(measure).names(self._say.lang), len(self._by_key(measure))
        if measure.then is not None and measure.then.kind is Kind.BOOL:
            return self._say.pick(
                f"{count} 笔按「{key}」分 {there} 组, 其中符合条件的组数",
                f"{count} records, {there} groups by “{key}”: the groups for which the condition holds",
            )
        return self._say.pick(
            f"{count} 笔按「{key}」分 {there} 组, 逐组计算后相加",
            f"{count} records, {there} groups by “{key}”: each worked out by itself and added up",
        )

    def _key(self, measure: Measure) -> Field:
        return {**BUILT_IN, **self._plan.fields}[measure.per or ""]

    def _by_key(self, measure: Measure) -> dict[str, list[int]]:
        """The facts that count, by the value of the field for which the measure is told."""
        found: dict[str, list[int]] = {}
        for number in self._adding(measure.id):
            found.setdefault(str(fact_value(self._facts[number], self._key(measure)) or ""), []).append(number)
        return found

    def _groups_of(self, measure: Measure) -> Iterable[Node]:
        """What each value of the field brings, with its facts."""
        groups = [
            (sum((self._adds[number][measure.id] for number in numbers), Decimal(0)), key, numbers)
            for key, numbers in self._by_key(measure).items()
        ]
        for value, key, numbers in sorted(groups, key=lambda one: (-one[0], one[1])):
            shown = self._say.number(value, measure.kind)
            told = self._say.pick(f"「{key}」{shown}: {len(numbers)} 笔", f"“{key}” {shown}: {len(numbers)} records")
            facts = tuple(self._fact(number, measure) for number in numbers)
            yield Node(f"{measure.id}:{key}", key or "–", told, value, self._unit(measure.kind), facts)

    def _adding(self, name: str) -> list[int]:
        """The facts that count to a measure."""
        return [fact for fact, adds in self._adds.items() if name in adds]

    def _credits(self, name: str) -> Iterable[Node]:
        measure = self._plan.measures[name]
        if measure.per is not None:
            yield from self._groups_of(measure)
            return
        for number in self._adding(name):
            yield self._fact(number, measure)

    def _fact(self, number: int, measure: Measure) -> Node:
        fact, value = self._facts[number], self._adds[number][measure.id]
        for by in {field for _, field in measure.entries()}:
            fact = self._dated.get((number, by), fact)
        label = str(fact.fields.get("external_id") or fact.id)
        amount = f"{self._amount(fact.amount)} → " if measure.kind is Kind.MONEY and fact.amount != value else ""
        told = f"{fact.credit_date.isoformat()} {fact.type} {amount}{self._say.number(value, measure.kind)}"
        return Node(f"fact:{number}", label, told, value, self._unit(measure.kind), (), number)


def _outermost(formula: Typed) -> Iterable[_Named]:
    """The names and readings of a formula, without those inside a reading."""
    if isinstance(formula, Reference | Lookup | Marginal | Group):
        yield formula
    elif isinstance(formula, Apply):
        for operand in formula.operands:
            yield from _outermost(operand)
