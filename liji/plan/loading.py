"""From a document's text to a checked plan: reads every part in turn and reports all problems at once."""

import hashlib
import json
import re
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace

from liji.plan.advice import advise
from liji.plan.balances import read_balances
from liji.plan.cases import Cases
from liji.plan.currencies import MINOR_UNITS
from liji.plan.facts import BUILT_IN
from liji.plan.facts import read_fields
from liji.plan.facts import read_measures
from liji.plan.facts import read_targets
from liji.plan.facts import typed
from liji.plan.model import Component
from liji.plan.model import Field
from liji.plan.model import Named
from liji.plan.model import Plan
from liji.plan.model import Table
from liji.plan.model import Value
from liji.plan.pay import Draft
from liji.plan.pay import check_component
from liji.plan.pay import check_value
from liji.plan.pay import in_order
from liji.plan.pay import read_drafts
from liji.plan.pay import reference
from liji.plan.problems import Findings
from liji.plan.problems import Problem
from liji.plan.reading import Part
from liji.plan.results import result_names
from liji.plan.scope import Scope
from liji.plan.scope import referring
from liji.plan.source import Section
from liji.plan.source import canonical
from liji.plan.source import read
from liji.plan.tables import read_tables
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.typed import Typed
from liji.plan.types import Kind

PERIODS = ("month", "quarter", "year", "half-month")
_PLAN_ID = re.compile(r"[a-z][a-z0-9_-]{0,60}")
_KEYS = [
    "plan",
    "names",
    "currency",
    "period",
    "valid",
    "eligible",
    "attributes",
    "fields",
    "measures",
    "targets",
    "tables",
    "values",
    "components",
    "balances",
    "examples",
]


@dataclass(frozen=True)
class Loaded:
    """A plan, or None when a problem is an error; with all problems, warnings too."""

    plan: Plan | None
    problems: tuple[Problem, ...]
    filename: str = "<plan>"


def load(text: str, *, filename: str = "<plan>") -> Loaded:
    """Reads and checks a plan document (YAML, or JSON, which is YAML too)."""
    findings = Findings()
    section = read(text, findings)
    plan = _Loading(section, findings).plan() if section else None
    if findings.failed:
        plan = None
    return Loaded(plan, findings.ordered(), filename)


class _Loading:
    def __init__(self, section: Section, findings: Findings) -> None:
        self._section = section
        self._root = Part(section, "", findings)
        self._findings = findings

    def plan(self) -> Plan | None:
        self._root.only(*_KEYS)
        plan = self._declared()
        if plan is None:
            return None
        plan = self._paid(plan)
        if self._findings.failed:
            return None
        fields, attributes = {**BUILT_IN, **plan.fields}, dict(plan.attributes)
        known = Cases(fields, attributes, plan.targets.keys(), plan.balances.keys(), result_names(plan))
        plan = replace(plan, examples=tuple(known.read(self._root)), digest=_digest(self._section))
        if not self._findings.failed:
            advise(plan, self._root)
        return plan

    def _declared(self) -> Plan | None:
        """The header and all that formulas of pay refer to."""
        root = self._root
        name = root.text("plan", "ladder", needed=True) or ""
        if name and not _PLAN_ID.fullmatch(name):
            self._findings.add("not_id", "plan", root.mark("plan"), found=name)
        currency = root.text("currency", "CNY", needed=True)
        if currency is not None and currency not in MINOR_UNITS:
            self._findings.add("currency", "currency", root.mark("currency"), found=currency)
            currency = None
        valid = root.part("valid", "{from: 2026-01-01}")
        if valid:
            valid.only("from", "to")
        since, until = (valid.day("from"), valid.day("to")) if valid else (None, None)
        if since and until and until < since and valid:
            self._findings.add("valid_order", "valid.to", valid.mark("to"))
        fields, attributes, tables = read_fields(root, "fields"), read_fields(root, "attributes"), read_tables(root)
        measures = read_measures(root, _of_facts(fields, attributes, tables))
        period = root.choice("period", PERIODS, default="month")
        if currency is None:
            return None
        return Plan(
            id=name,
            called=root.names(name),
            currency=currency,
            period=period,
            valid_from=since,
            valid_to=until,
            eligible=None,
            attributes=attributes,
            fields=fields,
            measures=measures,
            targets=read_targets(root, measures),
            tables=tables,
            values={},
            components={},
        )

    def _paid(self, plan: Plan) -> Plan:
        """The plan with eligibility, values and components."""
        eligible = self._eligible(plan)
        names = _referring(plan.attributes.values(), Role.ATTRIBUTE)
        for measure in plan.measures.values():
            names |= referring(measure, Role.MEASURE, measure.kind)
        opened = read_balances(self._root, plan.period)
        openings = {name: found for draft in opened for name, found in draft.references().items()}
        scope = Scope(names, _by_spelling(plan.tables), frozenset(plan.targets), openings)
        of_facts = _of_facts(plan.fields, plan.attributes, plan.tables)
        drafts = read_drafts(self._root)
        self._no_name_twice(plan, drafts.values())
        values: dict[str, Value] = {}
        components: dict[str, Component] = {}
        order: list[str] = []
        for draft in in_order(drafts, self._root) if not self._findings.failed else ():
            value = check_value(draft, scope) if draft.role is Role.VALUE else None
            component = None
            if draft.role is Role.COMPONENT:
                component = check_component(draft, scope, of_facts, plan.minor_unit)
            if value:
                values[draft.name] = value
            if component:
                components[draft.name] = component
            if value or component:
                kind = value.formula.kind if value else Kind.MONEY
                scope = scope.with_names(reference(draft, kind))
                order.append(draft.name)
        if not any(draft.role is Role.COMPONENT for draft in drafts.values()) and not self._findings.failed:
            self._findings.add("no_components", "components", self._root.mark("components"))
        scope = scope.with_names({"total": Reference(Role.COMPONENT, "total", Kind.MONEY)})
        closed = [] if self._findings.failed else [draft.closed(scope) for draft in opened]
        return replace(
            plan,
            eligible=eligible,
            balances={balance.id: balance for balance in closed if balance},
            measures={**plan.measures, **{each.id: each for c in components.values() if (each := c.each)}},
            values={name: values[name] for name in drafts if name in values},
            components={name: components[name] for name in drafts if name in components},
            order=tuple(order),
        )

    def _eligible(self, plan: Plan) -> Typed | None:
        formula = self._root.formula("eligible")
        if formula is None:
            return None
        return typed(formula, Scope(_referring(plan.attributes.values(), Role.ATTRIBUTE)), Kind.BOOL, self._root)

    def _no_name_twice(self, plan: Plan, drafts: Iterable[Draft]) -> None:
        taken: dict[str, str] = {}
        things = [("attributes", named.id, _own(named)) for named in plan.attributes.values()]
        things += [("measures", named.id, _own(named)) for named in plan.measures.values()]
        things += [("values" if d.role is Role.VALUE else "components", d.name, sorted(d.spellings)) for d in drafts]
        for area, name, spellings in things:
            for spelling in {name, *spellings}:
                if taken.setdefault(spelling, name) != name or (
                    spelling == name and taken.get(f"#{name}", area) != area
                ):
                    words = {"name": spelling, "other": taken[spelling]}
                    own = self._root.part(area, "")
                    mark = own.mark(name) if own else self._root.mark(area)
                    self._findings.add("name_taken", f"{area}.{name}", mark, **words)
            taken[f"#{name}"] = area


def _by_spelling(tables: Mapping[str, Table]) -> dict[str, Table]:
    return {spelling: table for table in tables.values() for spelling in (table.id, *_own(table))}


def _of_facts(fields: Mapping[str, Field], attributes: Mapping[str, Field], tables: Mapping[str, Table]) -> Scope:
    """What a formula about a single fact may name: the fact's fields before the payee's attributes, and tables."""
    names = _referring(attributes.values(), Role.ATTRIBUTE)
    return Scope({**names, **_referring({**BUILT_IN, **fields}.values(), Role.FIELD)}, _by_spelling(tables))


def _own(named: Named) -> list[str]:
    return sorted({named.id, named.called.zh, named.called.en})


def _referring(fields: Iterable[Field], role: Role) -> dict[str, Reference]:
    return {name: found for own in fields for name, found in referring(own, role, own.kind).items()}


def _digest(section: Section) -> str:
    """The hash of what the document says; comments, layout and quoting do not count."""
    text = json.dumps(canonical(section), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
