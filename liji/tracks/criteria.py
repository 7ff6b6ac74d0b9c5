"""What criteria may name, and what is wrong with one before it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language

from liji.engine.conditions import Conditions
from liji.events.happenings import Named
from liji.performance import queries as performance
from liji.performance.indicators import INDICATORS
from liji.plan.types import NUMERIC
from liji.plan.types import Kind
from liji.training import queries as training

MOST_MONTHS = 12


@dataclass(frozen=True)
class Draft:
    """A criterion that somebody has written. `needed` in the formula's unit; see models.Criterion."""

    zh: str
    en: str
    formula: str
    needed: Decimal | None = None
    months: int = 0
    weight: Decimal = Decimal(1)


@dataclass(frozen=True)
class Slip:
    """What is wrong with the criterion at `place` (from 0) in one of its fields, in the reader's language."""

    place: int
    field: str
    code: str
    message: str = ""
    mend: str = ""


def names() -> dict[str, Named]:
    """What a criterion as of a day may name: the performance file, passed_<course> and has_<skill>."""
    return performance.catalogue() | _trained()


def names_of_a_month() -> dict[str, Named]:
    """What a criterion of months in a row may name: what the performance file has for every month."""
    found = performance.catalogue()
    return {
        name + suffix: found[name + suffix]
        for name in INDICATORS
        for suffix in ("", "_target", "_attainment")
        if name + suffix in found
    }


def _trained() -> dict[str, Named]:
    found = [
        Named(f"passed_{one.code}", Kind.BOOL.value, f"已完成:{one.zh}", f"Passed: {one.en}")
        for one in training.courses()
    ]
    found += [
        Named(f"has_{one.code}", Kind.BOOL.value, f"具备技能:{one.zh}", f"Has the skill: {one.en}")
        for one in training.skills()
    ]
    return {one.name: one for one in found}


def check(drafts: Sequence[Draft]) -> tuple[list[str], list[Slip]]:
    """The kind of each criterion's formula, and everything that is wrong with any of them."""
    today, monthly = names(), names_of_a_month()
    english = (get_language() or "zh").startswith("en")
    kinds, slips = [], []
    for place, draft in enumerate(drafts):
        known = monthly if draft.months else today
        found = Conditions.compile(known, {"criterion": draft.formula}, gives=None)
        if isinstance(found, list):
            lang = "en" if english else "zh"
            slips += [Slip(place, "formula", one.code, one.message(lang), one.mend(lang)) for one in found[:1]]
            kinds.append("")
            continue
        kind = found.compiled.plan.values["f0"].formula.kind
        kinds.append(Kind.NUMBER.value if kind is Kind.PLAIN else kind.value)
        slips += _of(draft, place, kind)
    return kinds, slips


def _of(draft: Draft, place: int, kind: Kind) -> list[Slip]:
    slips = []
    if kind is not Kind.BOOL and kind not in NUMERIC:
        slips.append(Slip(place, "formula", "no_measure"))
    elif kind is Kind.BOOL and draft.needed is not None:
        slips.append(Slip(place, "needed", "needs_nothing"))
    elif kind is not Kind.BOOL and (draft.needed is None or draft.needed <= 0):
        slips.append(Slip(place, "needed", "needs_amount"))
    if not 0 <= draft.months <= MOST_MONTHS:
        slips.append(Slip(place, "months", "too_many_months"))
    if draft.weight <= 0:
        slips.append(Slip(place, "weight", "no_weight"))
    return slips
