"""Checks what later facts take back of a component: a part of what their original has earned."""

from collections.abc import Iterator
from decimal import Decimal

from liji.plan.model import Clawback
from liji.plan.model import Component
from liji.plan.model import How
from liji.plan.model import Measure
from liji.plan.reading import Part
from liji.plan.scope import Scope
from liji.plan.typed import Apply
from liji.plan.typed import Constant
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.typed import Typed
from liji.plan.types import Kind

EXAMPLE = "{of: order_cancelled, since: sold_on, within: 12, take: unused}"
TYPE = Reference(Role.FIELD, "type", Kind.TEXT)
CREDIT_DATE = Reference(Role.FIELD, "credit_date", Kind.DATE)
ORIGINAL_ID = Reference(Role.FIELD, "original_id", Kind.TEXT)
EXTERNAL_ID = Reference(Role.FIELD, "external_id", Kind.TEXT)


def read_clawback(component: Part, each: Measure, of_facts: Scope) -> Clawback | None:
    """What takes back, and how much. `each` is what the component is for each fact, before anything is taken back."""
    part = component.part("clawback", EXAMPLE)
    if part is None:
        return None
    part.only("of", "since", "by", "within", "take")
    of, within = part.texts("of", "order_cancelled"), part.number("within")
    since, by = part.text("since", "sold_on"), part.text("by", "order")
    if not of or within is None or (since is None and by is None):
        part.missing("of" if not of else "within" if within is None else "since", EXAMPLE)
        return None
    begun = _field(part, of_facts, "since", since, Kind.DATE, "not_date_field")
    key = _field(part, of_facts, "by", by, Kind.TEXT, "not_text_field")
    if (since is not None and begun is None) or (by is not None and key is None):
        return None
    assert each.formula is not None  # noqa: S101 - a component per transaction has a formula
    component_id = each.id.removesuffix(".each")
    taken = Measure(
        f"{component_id}.taken", each.called, each.kind, How.SUM, of, _taken(component_id, each.kind), None, each.levels
    )
    return Clawback(of, each.of, begun, key, within, _portion(part), each.formula, each.where, taken)


def _field(part: Part, of_facts: Scope, key: str, name: str | None, kind: Kind, code: str) -> str | None:
    """The id of the field that a key names; None, with a finding, where it is no field of that type."""
    if name is None:
        return None
    found = of_facts.names.get(name)
    if found is None or found.role is not Role.FIELD or found.kind is not kind:
        part.findings.add(code, part.at(key), part.mark(key), found=name)
        return None
    return found.name


def _portion(part: Part) -> Decimal | None:
    """All of it, a stated share, or (None) the share of the time that is left."""
    leaf = part.leaf("take", "unused")
    if leaf is None or leaf.text == "all":
        return Decimal(1)
    return None if leaf.text == "unused" else part.decimal(leaf, part.at("take")) or Decimal(0)


def _taken(component: str, kind: Kind) -> Typed:
    return Apply("neg", (Reference(Role.TAKEN, component, kind),), kind)


def takes_back(back: Clawback) -> Typed:
    """Whether a fact is one that takes back."""
    return Apply("in", (TYPE, *(Constant(kind, Kind.TEXT) for kind in back.of)), Kind.BOOL)


def taken_or(back: Clawback, amount: Typed) -> Typed:
    """What a fact brings to the component: what it takes back, or what it earns."""
    assert back.taken.formula is not None  # noqa: S101
    return Apply("if", (takes_back(back), back.taken.formula, amount), amount.kind)


def counted(back: Clawback, where: Typed) -> Typed:
    """The condition of the component is asked of what earns; what takes back has its original, which met it."""
    return Apply("if", (takes_back(back), Constant(True, Kind.BOOL), where), Kind.BOOL)


def measures_of(component: Component) -> Iterator[Measure]:
    """What is summed up over facts for a component that is worked out for each of them."""
    if component.each is not None:
        yield component.each
    if component.clawback is not None:
        yield component.clawback.taken


# What is taken, in terms of what is known of the original (Role.ORIGINAL). `earned`: its line, without sign; `size`: of
# the later fact; `whole`: of the original; `before`: of the facts that took back before; `since`: its day.


def original(name: str, kind: Kind) -> Reference:
    """One of these."""
    return Reference(Role.ORIGINAL, name, kind)


def months_after(since: Typed) -> Typed:
    """Whole months from the day of the original to that of the later fact."""
    return Apply("months", (since, CREDIT_DATE), Kind.COUNT)


def taken(back: Clawback, pays: Kind, places: int) -> Typed:
    """What one later fact takes of its original, rounded, as if nothing had been taken before: the part that it is of
    the original (all of them together at most the whole) × the share that is taken × what the original has earned.
    """
    earned, months = original("earned", pays), original("months", Kind.COUNT)
    size, whole, before = (original(name, Kind.MONEY) for name in ("size", "whole", "before"))
    within, nothing = Constant(back.within, Kind.COUNT), Constant(Decimal(0), Kind.PLAIN)
    left: Typed = Constant(back.take if back.take is not None else Decimal(1), Kind.NUMBER)
    under: Typed = Constant(Decimal(1), Kind.NUMBER)
    if back.take is None:  # the time that is left, at most all of it
        rest = Apply("-", (within, months), Kind.COUNT)
        left, under = Apply("min", (within, rest), Kind.COUNT), within
    to_here = Apply("min", (whole, Apply("+", (before, size), Kind.MONEY)), Kind.MONEY)
    part = Apply("-", (to_here, Apply("min", (whole, before), Kind.MONEY)), Kind.MONEY)
    share = Apply("*", (earned, left), pays)
    of_part = Apply("/", (Apply("*", (share, part), pays), Apply("*", (whole, under), Kind.MONEY)), pays)
    first = Apply("=", (original("earlier", Kind.COUNT), nothing), Kind.BOOL)
    at_once = Apply("if", (first, Apply("/", (share, under), pays), nothing), pays)
    amount = Apply("if", (Apply("=", (whole, nothing), Kind.BOOL), at_once, of_part), pays)
    inside = Apply("<", (months, within), Kind.BOOL)
    limited = Apply("if", (inside, amount, nothing), pays)
    return Apply("round", (limited, Constant(Decimal(places), Kind.PLAIN)), pays)
