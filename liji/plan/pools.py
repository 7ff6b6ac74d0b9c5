"""Checks pools: an amount that the members of a group divide among them."""

from decimal import Decimal

from liji.plan.checking import typed
from liji.plan.drafts import Draft
from liji.plan.scope import Scope
from liji.plan.suggest import hint
from liji.plan.typed import Apply
from liji.plan.typed import Constant
from liji.plan.typed import Group
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.typed import Typed
from liji.plan.types import NUMERIC
from liji.plan.types import SPOKEN
from liji.plan.types import Kind

_NOTHING = Constant(Decimal(0), Kind.PLAIN)


def check_pool(draft: Draft, scope: Scope) -> Group | None:
    """What each member gets: its weight is `by` (equal parts without it), and 0 for those who do not meet `who`."""
    over = _among(draft, scope)
    amount = typed(draft.formulas["amount"], scope, Kind.MONEY, draft.part)
    who = typed(draft.formulas["who"], scope, Kind.BOOL, draft.part) if "who" in draft.formulas else None
    by = typed(draft.formulas["by"], scope, None, draft.part) if "by" in draft.formulas else None
    if amount is None or ("who" in draft.formulas and who is None) or ("by" in draft.formulas and by is None):
        return None
    formula = draft.formulas.get("by")
    if by is not None and formula is not None and by.kind not in NUMERIC:
        words = {"wanted": SPOKEN[Kind.NUMBER], "found": SPOKEN[by.kind], "mend": ("改正公式", "correct the formula")}
        draft.part.findings.add("result_type", formula.path, formula.leaf.place(0), **words)
        return None
    if not _alike(amount, over):
        told = draft.formulas["amount"]
        draft.part.findings.add("pool_amount", told.path, told.leaf.place(0))
        return None
    weight: Typed = by or Constant(Decimal(1), Kind.PLAIN)
    if who is not None:
        weight = Apply("if", (who, weight, _NOTHING), weight.kind)
    return Group("pool", (amount, weight), over, Kind.MONEY, draft.name)


def _among(draft: Draft, scope: Scope) -> str | None:
    leaf = draft.part.leaf("among", "all")
    if leaf is None or leaf.text in ("all", "全体"):
        return None
    groups = scope.groups or {}
    if leaf.text not in groups:
        words = {"name": leaf.text, "hint": hint(leaf.text, [*groups, "all"])}
        draft.part.findings.add("unknown_group", draft.part.at("among"), leaf.mark, **words)
        return None
    return groups[leaf.text]


def _alike(amount: Typed, over: str | None) -> bool:
    """Whether a formula gives the same for all members of a group."""
    if isinstance(amount, Constant):
        return True
    if isinstance(amount, Reference):
        return amount.role is Role.ATTRIBUTE and amount.name == over
    if isinstance(amount, Group):
        return amount.function in ("total", "highest", "lowest") and amount.over in (None, over)
    operands = amount.operands if isinstance(amount, Apply) else (amount.argument,)
    return all(_alike(operand, over) for operand in operands)
