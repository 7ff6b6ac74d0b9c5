"""Reads the examples inside a plan: what is given and what must come out."""

import re
from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from liji.plan.model import Example
from liji.plan.model import ExampleFact
from liji.plan.model import ExamplePayee
from liji.plan.model import Field
from liji.plan.model import Scalar
from liji.plan.numbers import read_number
from liji.plan.reading import Part
from liji.plan.reading import section
from liji.plan.scalars import as_kind
from liji.plan.scalars import guessed
from liji.plan.source import Leaf
from liji.plan.source import Tree
from liji.plan.suggest import hint
from liji.plan.types import Kind

_EXAMPLE = "{name: …, facts: [order_closed 100000], expect: {total: 1500}}"
_FACT = "order_closed 100000"
_GIVEN = ("targets", "balances", "attributes", "facts", "expect")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Cases:
    """Reads examples against the declared fields, attributes and the names of values that a result has."""

    def __init__(
        self,
        fields: dict[str, Field],
        attributes: dict[str, Field],
        measures: Collection[str],
        balances: Collection[str],
        results: Collection[str],
        types: Collection[str],
    ) -> None:
        self._fields = fields
        self._attributes = attributes
        self._measures = measures
        self._balances = balances
        self._results = results
        self._types = types

    def read(self, root: Part) -> Iterator[Example]:
        """The examples that could be read."""
        for number, (path, tree) in enumerate(root.items("examples", _EXAMPLE), start=1):
            part = section(tree, path, root.findings, _EXAMPLE)
            if part is not None:
                own, also = (("payees",), ()) if part.has("payees") else (_GIVEN, ("payees",))
                part.only("name", "period", *own, also=also)
                yield self._example(part, number)

    def _example(self, part: Part, number: int) -> Example:
        several = part.part("payees", "{zhang: {facts: [order_closed 100000], expect: {total: 1500}}}")
        payees = self._several(several) if several else [self._payee(part, "")]
        return Example(
            part.text("name", "at the edge") or str(number), part.section.mark.line, part.day("period"), tuple(payees)
        )

    def _several(self, part: Part) -> list[ExamplePayee]:
        found: list[ExamplePayee] = []
        for name, tree in part.section.entries.items():
            own = section(tree, part.at(name), part.findings, _EXAMPLE)
            if own is not None:
                own.only("manager", *_GIVEN)
                found.append(self._payee(own, name))
                manager = own.text("manager", "wang")
                if manager is not None and manager not in part.section.entries:
                    words = {"found": manager, "hint": hint(manager, part.section.entries)}
                    part.findings.add("manager_unknown", own.at("manager"), own.mark("manager"), **words)
        return found

    def _payee(self, part: Part, name: str) -> ExamplePayee:
        facts = [self._fact(path, tree, part) for path, tree in part.items("facts", _FACT)]
        for (path, tree), fact in zip(part.items("facts", _FACT), facts, strict=True):
            near = hint(fact.type, self._types) if fact is not None and fact.type not in self._types else ("", "")
            if fact is not None and near[1]:
                part.findings.warn("fact_type", path, tree.mark, found=fact.type, hint=near)
        return ExamplePayee(
            name=name,
            manager=part.text("manager", "wang") if name else None,
            targets=dict(self._numbers(part.part("targets", "{sales: 200000}"), self._measures)),
            balances=dict(self._numbers(part.part("balances", "{draw: 500}"), self._balances)),
            attributes=dict(self._typed(part.part("attributes", "{position: rep}"), self._attributes)),
            facts=tuple(fact for fact in facts if fact is not None),
            expect=dict(self._expected(part, needed=not name)),
        )

    def _numbers(self, own: Part | None, known: Collection[str]) -> Iterator[tuple[str, Decimal]]:
        for name in own.section.entries if own else ():
            if own and self._known(own, name, known):
                value = own.number(name)
                if value is not None:
                    yield name, value

    @staticmethod
    def _known(part: Part, name: str, known: Collection[str]) -> bool:
        if name in known:
            return True
        words = {"name": name, "hint": hint(name, known), "known": ", ".join(sorted(known))}
        part.findings.add("unknown_expected", part.at(name), part.mark(name), **words)
        return False

    def _typed(self, part: Part | None, declared: dict[str, Field]) -> Iterator[tuple[str, Scalar]]:
        for name in part.section.entries if part else ():
            leaf = part.leaf(name, "…") if part and self._known(part, name, declared) else None
            if part and leaf:
                value = as_kind(leaf.text, declared[name].kind)
                if value is None:
                    part.findings.add("not_decimal", part.at(name), leaf.mark, found=leaf.text)
                else:
                    yield name, value

    def _expected(self, part: Part, *, needed: bool) -> Iterator[tuple[str, Scalar | None]]:
        own = part.part("expect", "{total: 1500}")
        if own is None:
            if needed and part.get("expect") is None:
                part.missing("expect", "expect: {total: 1500}")
            return
        for name in own.section.entries:
            leaf = own.leaf(name, "1500") if self._known(own, name, self._results) else None
            if leaf is not None:
                yield name, None if leaf.text == "none" else guessed(leaf.text)

    def _fact(self, path: str, tree: Tree, part: Part) -> ExampleFact | None:
        if isinstance(tree, Leaf):
            return self._line(path, tree, part)
        own = section(tree, path, part.findings, _FACT)
        if own is None:
            return None
        kind = own.text("type", "order_closed", needed=True)
        amount, day = own.number("amount"), own.day("date")
        rest = Part(own.section, own.path, own.findings)
        rest.section = type(own.section)(
            {key: value for key, value in own.section.entries.items() if key not in ("type", "amount", "date")},
            own.section.mark,
            own.section.marks,
        )
        fields = dict(self._typed(rest, self._fields))
        return ExampleFact(kind, amount or Decimal(0), day, fields) if kind else None

    def _line(self, path: str, leaf: Leaf, part: Part) -> ExampleFact | None:
        found = fact_line(leaf.text, self._fields)
        if found is None:
            part.findings.add("fact_line", path, leaf.mark, found=leaf.text)
        return found


def fact_line(text: str, fields: Mapping[str, Field]) -> ExampleFact | None:
    """A fact in one line: `order_closed 100000 2026-05-03 cost=60000`; None when it cannot be read."""
    words = text.split()
    amount, day, told = Decimal(0), None, {}
    good = bool(words)
    for word in words[1:]:
        name, sign, value = word.partition("=")
        number = read_number(word)
        if _DAY.fullmatch(word):
            found = as_kind(word, Kind.DATE)
            good, day = good and isinstance(found, date), found if isinstance(found, date) else None
        elif sign and name in fields:
            own = as_kind(value, fields[name].kind)
            good, told[name] = good and own is not None, own if own is not None else ""
        elif number:
            amount = number[0]
        else:
            good = False
    return ExampleFact(words[0], amount, day, told) if good else None
