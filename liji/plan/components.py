"""Checks components: per period or per fact, what is taken back, in which parts they are paid, what the reward is."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from liji.plan.checking import typed
from liji.plan.clawback import counted
from liji.plan.clawback import read_clawback
from liji.plan.clawback import taken_or
from liji.plan.crediting import condition_of
from liji.plan.crediting import credited
from liji.plan.crediting import dated_by
from liji.plan.crediting import levels_of
from liji.plan.drafts import OF_FACTS
from liji.plan.drafts import Draft
from liji.plan.facts import credited_types
from liji.plan.facts import no_attributes
from liji.plan.model import Component
from liji.plan.model import Crediting
from liji.plan.model import Due
from liji.plan.model import How
from liji.plan.model import Instalment
from liji.plan.model import Measure
from liji.plan.numbers import percent
from liji.plan.reading import Part
from liji.plan.reading import section
from liji.plan.scope import Scope
from liji.plan.typed import Apply
from liji.plan.typed import Constant
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.typed import Typed
from liji.plan.types import Kind

REWARDS = ("money", "course", "badge", "ticket", "coaching", "track_step", "leave", "points")


class Components:
    """Checks the components of one plan against what their formulas may name."""

    def __init__(self, of_facts: Scope, rules: Mapping[str, Crediting], minor_unit: int) -> None:
        self._of_facts = of_facts
        self._rules = rules
        self._minor_unit = minor_unit

    def checked(self, draft: Draft, scope: Scope) -> Component | None:
        """The component with its formulas checked; those of a single fact against the names that a fact has."""
        formulas: dict[str, Typed] = {}
        reward = draft.part.choice("reward", REWARDS, default="money")
        pays = Kind.MONEY if reward == "money" else Kind.NUMBER
        for key, formula in draft.formulas.items():
            names = self._of_facts if draft.per and key in OF_FACTS else scope
            found = typed(formula, names, Kind.BOOL if key in ("when", "where") else pays, draft.part)
            if found is not None:
                formulas[key] = found
        due, instalments = _due(draft.part), _instalments(draft.part)
        if len(formulas) < len(draft.formulas):
            return None
        if draft.part.has("clawback") and not draft.per:
            draft.part.findings.add("clawback_per", draft.part.at("clawback"), draft.part.mark("clawback"))
        own = Component(
            draft.name,
            draft.called,
            formula=formulas.get("formula", Constant(Decimal(1), Kind.NUMBER)),
            when=formulas.get("when"),
            cap=formulas.get("cap"),
            floor=formulas.get("floor"),
            floor_none=draft.has_no_floor,
            reward=reward,
            due=due,
            instalments=instalments,
        )
        return self._per_fact(draft, own, formulas.get("where"), pays) if draft.per else own

    def _per_fact(self, draft: Draft, own: Component, where: Typed | None, pays: Kind) -> Component | None:
        """The component as the sum of what its measure `each` has worked out for every fact."""
        types, rule = credited_types(draft.per, self._rules, draft.part, "per")
        if rule and any(share != 1 for share in levels_of(rule, own.formula)):
            draft.part.findings.add("credit_not_linear", draft.part.at("formula"), draft.part.mark("formula"))
        levels = tuple(Decimal(1) for _ in rule.levels) if rule else ()
        if levels:
            formulas = (own.formula, own.cap, own.floor, condition_of(rule, where))
            no_attributes(formulas, draft.part, "formula", "attribute_rolled_up")
        amount = self._amount(own, rule, pays)
        where = condition_of(rule, credited(where, rule) if where else None)
        back, dated = None, dated_by(rule)
        if draft.part.get("clawback") is not None and own.when is not None:
            draft.part.findings.add("clawback_gate", draft.part.at("clawback"), draft.part.mark("clawback"))
        elif draft.part.get("clawback") is not None:
            each = Measure(f"{draft.name}.each", draft.called, pays, How.SUM, types, amount, where, levels, dated=dated)
            back = read_clawback(draft.part, each, self._of_facts)
        if back is not None:
            types, amount, where = (*types, *back.of), taken_or(back, amount), where and counted(back, where)
        each = Measure(f"{draft.name}.each", draft.called, pays, How.SUM, types, amount, where, levels, dated=dated)
        return replace(
            own,
            formula=Reference(Role.MEASURE, each.id, pays),
            cap=None,
            floor=None,
            floor_none=own.floor_none or own.floor is not None or back is not None,
            each=each,
            clawback=back,
        )

    def _amount(self, own: Component, rule: Crediting | None, pays: Kind) -> Typed:
        """Of one fact the amount between floor and cap, rounded to the minor unit."""
        amount = credited(own.formula, rule)
        for bound, pick in ((own.floor, "max"), (own.cap, "min")):
            if bound is not None:
                amount = Apply(pick, (amount, credited(bound, rule)), pays)
        return self._rounded(amount, pays)

    def _rounded(self, amount: Typed, pays: Kind) -> Typed:
        places = self._minor_unit if pays is Kind.MONEY else 6
        return Apply("round", (amount, Constant(Decimal(places), Kind.PLAIN)), pays)


def _instalments(part: Part) -> tuple[Instalment, ...]:
    found: list[Instalment] = []
    example = "{share: 50%, months_after: 1}"
    for path, item in part.items("instalments", f"[{example}]"):
        own = section(item, path, part.findings, example)
        if own is None:
            continue
        own.only("share", "months_after", "milestone")
        share, after = own.number("share"), own.number("months_after")
        if share is None:
            own.missing("share", "share: 50%")
            continue
        if after is not None and after not in range(121):
            own.findings.add("not_decimal", own.at("months_after"), own.mark("months_after"), found=after)
        found.append(Instalment(share, int(after or 0), own.text("milestone", "signed")))
    total = sum((one.share for one in found), Decimal(0))
    if found and total != 1:
        part.findings.add("shares_sum", part.at("instalments"), part.mark("instalments"), found=percent(total))
    return tuple(found)


def _due(part: Part) -> Due | None:
    own = part.part("due", "{day: 5, months_after: 1}")
    if own is None:
        return None
    own.only("day", "months_after")
    day, after = own.number("day"), own.number("months_after")
    for key, value, most in (("day", day, 31), ("months_after", after, 120)):
        if value is not None and value not in range(0 if key == "months_after" else 1, most + 1):
            own.findings.add("not_decimal", own.at(key), own.mark(key), found=value)
            return None
    return Due(int(day or 1), int(after or 0))
