"""Checks one formula of a document: its names, its types, and that it gives what its place asks for."""

from liji.plan.checker import UNREAD
from liji.plan.checker import check_all
from liji.plan.checker import weighed
from liji.plan.reading import Formula
from liji.plan.reading import Part
from liji.plan.scope import Scope
from liji.plan.spelling import how_many
from liji.plan.typed import Typed
from liji.plan.types import SPOKEN
from liji.plan.types import Kind
from liji.plan.types import fits


def typed(formula: Formula, scope: Scope, wanted: Kind | None, part: Part) -> Typed | None:
    """The checked formula; None, with a finding, when it is wrong or gives another type than wanted."""
    found = check_all(formula.tree, scope)
    if isinstance(found, list):
        for slip in found:
            if slip.code != UNREAD:
                formula.report(slip, part.findings)
        return None
    if wanted is not None and not fits(found.kind, wanted):
        if wanted is Kind.NUMBER and weighed(found):
            return found
        whole = wanted in (Kind.COUNT, Kind.NUMBER)
        told = how_many(formula.tree, scope.currency or "", counted=whole) if found.kind is Kind.MONEY else None
        if told is not None:
            place = formula.leaf.place(0)
            part.findings.add("money_by_number", formula.path, place, wanted=SPOKEN[wanted], **told)
        else:
            wrong_result(formula, SPOKEN[wanted], found.kind, part)
        return None
    return found


def wrong_result(formula: Formula, wanted: tuple[str, str], found: Kind, part: Part) -> None:
    """Notes that a formula gives another type than its place asks for."""
    mend = _MENDS.get(found) if wanted == SPOKEN[Kind.MONEY] else _ASKED.get(wanted)
    words = {"wanted": wanted, "found": SPOKEN[found], "mend": mend or ("改正公式", "correct the formula")}
    part.findings.add("result_type", formula.path, formula.leaf.place(0), **words)


# How something becomes money, and how to come to what else is asked for.
_MENDS = {
    Kind.RATE: ("用金额乘以这个比率", "multiply the rate by an amount"),
    Kind.COUNT: (
        "用每个的金额乘以个数, 例如 500 * new_customers",
        "multiply by the money for each, for example 500 * new_customers",
    ),
    Kind.NUMBER: ("用每个的金额乘以它", "multiply it by the money for each"),
    Kind.BOOL: ("用 IF(条件, 是, 否)", "use IF(condition, yes, no)"),
}
_ASKED = {
    SPOKEN[Kind.BOOL]: ("写一个条件, 例如 sales > 100000", "write a condition, for example sales > 100000"),
    SPOKEN[Kind.COUNT]: ("用 FLOOR(x) 取整数", "take whole ones with FLOOR(x)"),
    SPOKEN[Kind.RATE]: (
        "写百分数, 或用金额除以金额",
        "write percent, or divide money by money",
    ),
    SPOKEN[Kind.NUMBER]: ("写一个数", "write a number"),
}
