"""Which groups may be shown so that nobody's answer can be told, not even by subtracting one group from another.

Units form a tree, the company (None) at its root. Each unit that is shown, less the units shown right below it, leaves
nobody or at least MINIMUM people; whatever is worked out from the figures shown is a sum of such remainders.
"""

from collections import defaultdict
from collections.abc import Mapping

MINIMUM = 5
Node = int | None  # a unit; None is the company
COMPANY: Node = None


def totals(own: Mapping[Node, int], parents: Mapping[int, int]) -> dict[Node, int]:
    """Node → how many there are in it and below.

    `own`: node → how many right there; `parents`: unit → the one above.
    """
    found: dict[Node, int] = {COMPANY: 0}
    for unit, count in own.items():
        for node in above(unit, parents):
            found[node] = found.get(node, 0) + count
    return found


def above(unit: Node, parents: Mapping[int, int]) -> list[Node]:
    """The unit, those above it, nearest first, and the company last."""
    chain: list[Node] = []
    while unit is not None and unit not in chain:
        chain.append(unit)
        unit = parents.get(unit)
    return [*chain, COMPANY]


def shown(own: Mapping[Node, int], parents: Mapping[int, int]) -> set[Node]:
    """The nodes whose figures may be shown."""
    count = totals(own, parents)
    if count[COMPANY] < MINIMUM:
        return set()
    below: dict[Node, list[int]] = defaultdict(list)
    for unit in count:
        if unit is not None:
            below[above(unit, parents)[1]].append(unit)
    found, waiting = {COMPANY}, [COMPANY]
    while waiting:
        node = waiting.pop()
        large = sorted((each for each in below[node] if count[each] >= MINIMUM), key=lambda each: (-count[each], each))
        if 0 < count[node] - sum(count[each] for each in large) < MINIMUM:
            large.pop()  # the smallest joins those who are hidden: together they are enough
        found.update(large)
        waiting += large
    return found


def coarse(unit: Node, asked: Mapping[Node, int], parents: Mapping[int, int]) -> Node:
    """The nearest unit of which at least MINIMUM were asked: what an anonymous answer keeps of where it came from."""
    count = totals(asked, parents)
    return next((node for node in above(unit, parents) if count.get(node, 0) >= MINIMUM), COMPANY)
