"""The small verbs with which every part of a document is read: take a text, a number, a choice, a formula."""

import re
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TypeVar

from liji.plan.model import Names
from liji.plan.numbers import read_number
from liji.plan.parser import parse
from liji.plan.problems import Findings
from liji.plan.problems import Mark
from liji.plan.source import Leaf
from liji.plan.source import Listing
from liji.plan.source import Section
from liji.plan.source import Tree
from liji.plan.suggest import hint
from liji.plan.syntax import Slip
from liji.plan.syntax import Written

_ID = re.compile(r"[a-z][a-z0-9_]{0,60}")
T = TypeVar("T")


class Part:
    """A mapping of the document being read: knows its path, reports what is wrong and which keys are
    strangers.
    """

    def __init__(self, section: Section, path: str, findings: Findings) -> None:
        self.section = section
        self.path = path
        self.findings = findings

    def at(self, key: str) -> str:
        """The path of an entry."""
        return f"{self.path}.{key}" if self.path else key

    def mark(self, key: str) -> Mark:
        """Where an entry stands; the mapping itself when there is no such entry."""
        return self.section.marks.get(key, self.section.mark)

    def get(self, key: str) -> Tree | None:
        """An entry; None when absent or empty."""
        tree = self.section.entries.get(key)
        return None if isinstance(tree, Leaf) and tree.is_null else tree

    def has(self, key: str) -> bool:
        """Whether the key is written, even without content."""
        return key in self.section.entries

    def only(self, *known: str, also: Iterable[str] = ()) -> None:
        """Reports every key that is not known here. `also` would be, beside others than those that are written."""
        for key in self.section.entries:
            if key not in known and not self.left_over(key):
                told = [*known, *also]
                words = {"key": key, "hint": hint(key, told), "known": ", ".join(told)}
                self.findings.add("unknown_key", self.at(key), self.mark(key), **words)

    def left_over(self, key: str) -> bool:
        """Whether a key without content is what a comma cut off from a formula inside braces."""
        tree = self.section.entries[key]
        return isinstance(tree, Leaf) and tree.is_null and any(")" in other for other in self.section.entries)

    def missing(self, key: str, example: str) -> None:
        """Reports that an entry is needed."""
        self.findings.add("missing_key", self.at(key), self.section.mark, key=key, example=example)

    def leaf(self, key: str, example: str) -> Leaf | None:
        """A scalar entry."""
        tree = self.get(key)
        if tree is None or isinstance(tree, Leaf):
            return tree
        self.findings.add("not_text", self.at(key), tree.mark, example=example)
        return None

    def text(self, key: str, example: str, *, needed: bool = False) -> str | None:
        """A text entry."""
        leaf = self.leaf(key, example)
        if leaf is None and needed and self.get(key) is None:
            self.missing(key, f"{key}: {example}")
        return leaf.text if leaf else None

    def choice(self, key: str, known: Iterable[str], *, default: str) -> str:
        """One of a few words."""
        choices = tuple(known)
        leaf = self.leaf(key, choices[0])
        if leaf is None or leaf.text in choices:
            return leaf.text if leaf else default
        words = {"found": leaf.text, "hint": hint(leaf.text, choices), "known": ", ".join(choices)}
        self.findings.add("not_one_of", self.at(key), leaf.mark, **words)
        return default

    def number(self, key: str) -> Decimal | None:
        """A number entry, percent or not."""
        leaf = self.leaf(key, "100000")
        return self.decimal(leaf, self.at(key)) if leaf else None

    def decimal(self, leaf: Leaf, path: str) -> Decimal | None:
        """The number that a scalar says."""
        found = read_number(leaf.text)
        if found is None:
            self.findings.add("not_decimal", path, leaf.mark, found=leaf.text)
            return None
        return found[0]

    def day(self, key: str) -> date | None:
        """A date entry."""
        leaf = self.leaf(key, "2026-01-31")
        if leaf is None:
            return None
        try:
            return date.fromisoformat(leaf.text)
        except ValueError:
            self.findings.add("not_day", self.at(key), leaf.mark, found=leaf.text)
            return None

    def part(self, key: str, example: str) -> "Part | None":
        """A mapping entry."""
        tree = self.get(key)
        if tree is None:
            return None
        if isinstance(tree, Section):
            return Part(tree, self.at(key), self.findings)
        self.findings.add("not_mapping", self.at(key), tree.mark, example=example)
        return None

    def items(self, key: str, example: str) -> list[tuple[str, Tree]]:
        """A list entry as (path, item); a single item counts as a list of one."""
        tree = self.get(key)
        if tree is None:
            return []
        if isinstance(tree, Listing):
            return [(f"{self.at(key)}[{index}]", item) for index, item in enumerate(tree.items, start=1)]
        if isinstance(tree, Leaf):
            return [(self.at(key), tree)]
        self.findings.add("not_list", self.at(key), tree.mark, example=example)
        return []

    def texts(self, key: str, example: str) -> tuple[str, ...]:
        """A list of texts."""
        found = self.items(key, example)
        for path, item in found:
            if not isinstance(item, Leaf):
                self.findings.add("not_text", path, item.mark, example=example)
        return tuple(item.text for _, item in found if isinstance(item, Leaf))

    def named(self, key: str, example: str) -> Iterator[tuple[str, Tree]]:
        """The entries of a mapping of named things; ids that cannot stand in a formula are reported."""
        part = self.part(key, example)
        for name, tree in part.section.entries.items() if part else ():
            if part and part.left_over(name):
                continue
            if part and not _ID.fullmatch(name):
                self.findings.add("not_id", part.at(name), part.mark(name), found=name)
            else:
                yield name, tree

    def names(self, default: str) -> Names:
        """The entry `names`; what is not named is called by its id."""
        tree = self.get("names")
        if isinstance(tree, Leaf):
            return Names(tree.text, tree.text)
        part = self.part("names", "{zh: 销售额, en: Sales}")
        if part is None:
            return Names(default, default)
        part.only("zh", "en")
        zh, en = part.text("zh", "销售额"), part.text("en", "Sales")
        return Names(zh or en or default, en or zh or default)

    def formula(self, key: str) -> "Formula | None":
        """A formula entry, parsed but not yet checked."""
        leaf = self.leaf(key, "sales * 1.5%")
        return self.parsed(leaf, self.at(key)) if leaf else None

    def parsed(self, leaf: Leaf, path: str) -> "Formula | None":
        """The formula that a scalar says."""
        tree = parse(leaf.text)
        if isinstance(tree, Slip):
            cut = tree.code == "expected" and any(map(self.left_over, self.section.entries))
            self.findings.add("formula_cut" if cut else tree.code, path, leaf.place(tree.at), **tree.words)
            return None
        return Formula(tree, leaf, path)


class Formula:
    """A parsed formula with the place where it stands."""

    def __init__(self, tree: Written, leaf: Leaf, path: str) -> None:
        self.tree = tree
        self.leaf = leaf
        self.path = path

    def report(self, slip: Slip, findings: Findings) -> None:
        """Notes a slip at its place in the document."""
        findings.add(slip.code, self.path, self.leaf.place(slip.at), **slip.words)


def section(tree: Tree, path: str, findings: Findings, example: str) -> Part | None:
    """A tree as a mapping; reported when it is none. An empty one counts as a mapping without entries."""
    if isinstance(tree, Section):
        return Part(tree, path, findings)
    if isinstance(tree, Leaf) and tree.is_null:
        return Part(Section({}, tree.mark), path, findings)
    findings.add("not_mapping", path, tree.mark, example=example)
    return None


def gathered(found: Iterable[tuple[str, Tree]], read: Callable[[str, Tree], T | None]) -> dict[str, T]:
    """Reads every named thing and keeps those that could be read."""
    things = ((name, read(name, tree)) for name, tree in found)
    return {name: thing for name, thing in things if thing is not None}
