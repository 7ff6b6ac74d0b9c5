"""Reads YAML (or JSON) into a small tree whose parts know their line and column; all scalars stay text."""

import re
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.events import DocumentStartEvent
from ruamel.yaml.events import MappingEndEvent
from ruamel.yaml.events import MappingStartEvent
from ruamel.yaml.events import ScalarEvent
from ruamel.yaml.events import SequenceEndEvent
from ruamel.yaml.events import SequenceStartEvent

from liji.plan.problems import Findings
from liji.plan.problems import Mark

MAX_LENGTH = 200_000
MAX_DEPTH = 12
_UNWRITABLE = re.compile(r"[\x00\ud800-\udfff]")  # escapes can spell them; no file and no database holds them
_NULLS = ("", "null", "~", "Null", "NULL")


@dataclass(frozen=True)
class Leaf:
    """A scalar. `starts` is where its text begins, behind the quote or in the first line of a block."""

    text: str
    is_null: bool
    mark: Mark
    starts: Mark
    indent: int

    def place(self, offset: int) -> Mark:
        """Where the character at an offset of the text stands in the document."""
        before = self.text[:offset]
        down = before.count("\n")
        if down == 0:
            return Mark(self.starts.line, self.starts.column + offset)
        return Mark(self.starts.line + down, self.indent + offset - before.rfind("\n") - 1)


@dataclass(frozen=True)
class Listing:
    """A sequence."""

    items: "list[Tree]"
    mark: Mark


@dataclass(frozen=True)
class Section:
    """A mapping; `marks` tells where each key stands."""

    entries: "dict[str, Tree]"
    mark: Mark
    marks: dict[str, Mark] = field(default_factory=dict)


Tree = Leaf | Listing | Section


def read(text: str, findings: Findings) -> Section | None:
    """The document's tree; None, with findings, when it is not a single YAML mapping."""
    start = Mark(1, 1)
    if len(text) > MAX_LENGTH:
        findings.add("document_long", "", start, limit=MAX_LENGTH)
        return None
    try:
        tree = _Builder(text, findings).build()
    except MarkedYAMLError as error:
        where = error.problem_mark or error.context_mark
        mark = Mark(where.line + 1, where.column + 1) if where else start
        findings.add("yaml", "", mark, reason=error.problem or "?")
        return None
    except (YAMLError, ValueError, OverflowError, AssertionError) as error:
        # Impossible escapes ("\\UFFFFFFFF") and versions (%YAML 1.9) leave the library as errors of Python's own.
        findings.add("yaml", "", start, reason=next(iter(str(error).splitlines()), "?"))
        return None
    if findings.failed:
        return None
    if not isinstance(tree, Section):
        findings.add("not_mapping", "", start, example="plan: ladder")
        return None
    return tree


class _Builder:
    """Builds the tree from YAML's events with a stack of its own, so that depth is limited and aliases are
    seen.
    """

    def __init__(self, text: str, findings: Findings) -> None:
        self._lines = text.split("\n")
        self._events = YAML(typ="safe", pure=True).parse(text)
        self._findings = findings
        self._open: list[tuple[Listing | Section, str | None]] = []
        self._key: str | None = None
        self._root: Tree | None = None
        self._documents = 0

    def build(self) -> Tree | None:
        for event in self._events:
            if not self._take(event):
                return None
        return self._root

    def _take(self, event: Any) -> bool:
        mark = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._findings.add("yaml", "", mark, reason="---")
                return False
        elif isinstance(event, AliasEvent) or getattr(event, "anchor", None) or _tagged(event):
            self._findings.add("yaml_alias", "", mark)
            return False
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            return self._opened(Section({}, mark) if isinstance(event, MappingStartEvent) else Listing([], mark))
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            _, self._key = self._open.pop()
        elif isinstance(event, ScalarEvent) and _UNWRITABLE.search(event.value):
            self._findings.add("unwritable", "", mark)
            return False
        elif isinstance(event, ScalarEvent):
            return self._scalar(self._leaf(event, mark))
        return True

    def _opened(self, tree: Listing | Section) -> bool:
        if len(self._open) >= MAX_DEPTH:
            self._findings.add("document_deep", "", tree.mark, limit=MAX_DEPTH)
            return False
        parent = self._open[-1][0] if self._open else None
        if isinstance(parent, Section) and self._key is None:
            self._findings.add("not_text", "", tree.mark, example="sales")
            return False
        self._put(tree)
        self._open.append((tree, None))
        self._key = None
        return True

    def _scalar(self, leaf: Leaf) -> bool:
        parent = self._open[-1][0] if self._open else None
        if isinstance(parent, Section) and self._key is None:
            if leaf.text in parent.entries:
                self._findings.add("duplicate_key", leaf.text, leaf.mark, key=leaf.text)
                return False
            self._key = leaf.text
            parent.marks[leaf.text] = leaf.mark
            return True
        self._put(leaf)
        return True

    def _put(self, tree: Tree) -> None:
        parent = self._open[-1][0] if self._open else None
        if parent is None:
            self._root = tree
        elif isinstance(parent, Listing):
            parent.items.append(tree)
        elif self._key is not None:
            parent.entries[self._key] = tree
            self._key = None

    def _leaf(self, event: Any, mark: Mark) -> Leaf:
        is_null = event.style is None and event.value in _NULLS
        if event.style in ("|", ">"):
            line = event.start_mark.line + 1
            following = self._lines[line] if line < len(self._lines) else ""
            indent = len(following) - len(following.lstrip()) + 1
            return Leaf(event.value, is_null, mark, Mark(line + 1, indent), indent)
        quoted = 1 if event.style in ("'", '"') else 0
        return Leaf(event.value, is_null, mark, Mark(mark.line, mark.column + quoted), mark.column)


def _tagged(event: Any) -> bool:
    return getattr(event, "tag", None) not in (None, "", "!")


def canonical(tree: Tree) -> object:
    """The tree as plain lists and texts, without places: what the digest is taken of."""
    if isinstance(tree, Section):
        return {key: canonical(value) for key, value in tree.entries.items()}
    if isinstance(tree, Listing):
        return [canonical(item) for item in tree.items]
    return None if tree.is_null else tree.text
