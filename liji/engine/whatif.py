"""What if: two calculations of the same payee-period, told as one tree of what is different between them."""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from liji.engine.compiler import Compiled
from liji.engine.data import Answer
from liji.engine.data import Fact
from liji.engine.data import Node
from liji.engine.data import Result
from liji.engine.explanation import explain
from liji.engine.phrases import Phrases
from liji.plan.numbers import EXACT
from liji.plan.types import Kind

Pairs = list[tuple[Node | None, Node | None]]


@dataclass(frozen=True)
class Case:
    """A calculation: the plan, what came out, and the facts of the payee's frame."""

    compiled: Compiled
    result: Result
    facts: Sequence[Fact]


@dataclass(frozen=True)
class Change:
    """A node that is there before, after or both; None is no value, or no node. What stays the same is left out.

    The changes of the components sum up to the root's, those of a measure's facts to the measure's.
    """

    name: str
    label: str
    sentence: str
    before: Answer
    after: Answer
    unit: str
    children: tuple["Change", ...] = ()
    fact_id: int | None = None

    @property
    def change(self) -> Decimal | None:
        """By how much a number changes, from or to nothing too; None for what is no number."""
        ends = [Decimal(0) if value is None else value for value in (self.before, self.after)]
        if not all(isinstance(value, Decimal) and not isinstance(value, bool) for value in ends):
            return None
        return EXACT.subtract(ends[1], ends[0])  # type: ignore[arg-type]


def what_if(before: Case, after: Case, lang: str = "zh") -> Change:
    """From the whole pay down to the facts that are added, removed or count differently."""
    trees = [explain(case.compiled, case.result, case.facts, lang) for case in (before, after)]
    say = Phrases(after.compiled.plan, after.result.values, lang)
    return _Comparing(say, trees[0], trees[1]).root(trees[0], trees[1])


class _Comparing:
    def __init__(self, say: Phrases, before: Node, after: Node) -> None:
        self._say = say
        self._known = {*_values(before)}, {*_values(after)}

    def root(self, before: Node, after: Node) -> Change:
        """The pay, with each component under which something moved, even where a cap keeps its amount."""
        pairs = [pair for pair in _pairs(before, after) if self._moved(*pair) or self._differs(*pair)]
        return self._changed(before, after, pairs)

    def _changed(self, before: Node | None, after: Node | None, pairs: Pairs | None = None) -> Change:
        node = after or before
        assert node is not None  # noqa: S101
        inner = [pair for pair in _pairs(before, after) if self._differs(*pair)] if pairs is None else pairs
        children = tuple(self._changed(*pair) for pair in inner)
        ends = [each.value if each else None for each in (before, after)]
        told = self._sentence(before, after, node)
        return Change(node.name, node.label, told, ends[0], ends[1], node.unit, children, node.fact_id)

    def _differs(self, before: Node | None, after: Node | None) -> bool:
        """Whether a node is new, gone or another value. What only stands at another place of the tree is not new."""
        if before is None or after is None:
            node, there = (after, self._known[0]) if before is None else (before, self._known[1])
            return node is not None and (node.name, node.value) not in there
        return before.value != after.value

    def _moved(self, before: Node | None, after: Node | None) -> bool:
        """Whether anything under a node is different."""
        return any(self._differs(*pair) or self._moved(*pair) for pair in _pairs(before, after))

    def _sentence(self, before: Node | None, after: Node | None, node: Node) -> str:
        say = self._say
        if before is None or after is None:
            verb = say.pick("新增", "added") if before is None else say.pick("去掉", "removed")
            return f"{verb} {node.label}: {node.sentence}"
        kind = Kind.RATE if node.unit == "%" else Kind.NUMBER
        first, last = (say.number(each.value, kind) for each in (before, after))
        if not isinstance(before.value, Decimal) or not isinstance(after.value, Decimal):
            return f"{node.label} {first} → {last}"
        change = EXACT.subtract(after.value, before.value)
        told = say.number(abs(change), kind).removeprefix("≈")
        sign = "+" if change > 0 else "−" if change < 0 else ""
        return f"{node.label} {first} → {last} ({sign}{told})"


def _values(node: Node) -> Iterator[tuple[str, Answer]]:
    yield node.name, node.value
    for child in node.children:
        yield from _values(child)


def _pairs(before: Node | None, after: Node | None) -> Pairs:
    """What stands under two nodes, by name."""
    old = {child.name: child for child in before.children} if before else {}
    new = {child.name: child for child in after.children} if after else {}
    return [(old.get(name), new.get(name)) for name in dict.fromkeys([*old, *new])]
