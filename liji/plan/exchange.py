"""Reads the rates at which amounts of other currencies are turned into the plan's: what holds from which day on."""

from datetime import date
from decimal import Decimal

from liji.plan.currencies import MINOR_UNITS
from liji.plan.reading import Part
from liji.plan.reading import section
from liji.plan.scope import Dated
from liji.plan.source import Leaf

MOST_STEPS = 200  # of all currencies together; each nests the formula of a conversion once more
_STEPS = "[{from: 2026-01-01, rate: 7.1}]"


def read_exchange(root: Part, currency: str | None) -> dict[str, Dated]:
    """Currency → its rates by day, ascending; the plan's own is 1 on every day, as is what names no currency."""
    part = root.part("exchange", f"{{USD: {_STEPS}}}")
    if part is None:
        return {}
    own: Dated = ((date.min, Decimal(1)),)
    found: dict[str, Dated] = {currency: own, "": own} if currency else {}
    for code, tree in part.section.entries.items():
        if code not in MINOR_UNITS:
            part.findings.add("currency", part.at(code), part.mark(code), found=code)
        elif isinstance(tree, Leaf):
            found[code] = ((date.min, part.number(code) or Decimal(0)),)
        else:
            found[code] = _steps(part, code)
    steps = sum(len(own) for own in found.values())
    if steps > MOST_STEPS:
        root.findings.add("too_many", "exchange", root.mark("exchange"), found=steps, limit=MOST_STEPS)
        return {code: own[:1] for code, own in found.items()}
    return found


def _steps(part: Part, code: str) -> Dated:
    steps: dict[date, Decimal] = {}
    for path, item in part.items(code, _STEPS):
        own = section(item, path, part.findings, _STEPS)
        if own is None:
            continue
        own.only("from", "rate")
        since, rate = own.day("from"), own.number("rate")
        if since is None or rate is None:
            own.missing("from" if since is None else "rate", _STEPS)
        else:
            steps[since] = rate
    return tuple(sorted(steps.items()))
