"""From a document's text to a checked plan: reads every part in turn and reports all problems at once."""

import hashlib
import json
import re
from collections.abc import Iterable
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import replace

from liji.plan.advice import advise
from liji.plan.balances import read_balances
from liji.plan.cases import Cases
from liji.plan.checking import typed
from liji.plan.clawback import measures_of
from liji.plan.components import Components
from liji.plan.crediting import AMOUNT
from liji.plan.crediting import CREDIT_NAMES
from liji.plan.crediting import entries_of
from liji.plan.crediting import read_crediting
from liji.plan.currencies import MINOR_UNITS
from liji.plan.drafts import Draft
from liji.plan.drafts import check_value
from liji.plan.drafts import in_order
from liji.plan.drafts import read_drafts
from liji.plan.drafts import reference
from liji.plan.exchange import read_exchange
from liji.plan.facts import BUILT_IN
from liji.plan.facts import read_fields
from liji.plan.facts import read_measures
from liji.plan.facts import read_targets
from liji.plan.model import Component
from liji.plan.model import Field
from liji.plan.model import How
from liji.plan.model import Measure
from liji.plan.model import Named
from liji.plan.model import Plan
from liji.plan.model import Pool
from liji.plan.model import Table
from liji.plan.model import Value
from liji.plan.pools import check_pool
from liji.plan.problems import Findings
from liji.plan.problems import Problem
from liji.plan.problems import TooMany
from liji.plan.reading import Part
from liji.plan.results import result_names
from liji.plan.scope import Scope
from liji.plan.scope import referring
from liji.plan.scope import spellings
from liji.plan.source import Leaf
from liji.plan.source import Section
from liji.plan.source import canonical
from liji.plan.source import read
from liji.plan.sugar import unconverted
from liji.plan.tables import read_tables
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.typed import Typed
from liji.plan.types import Kind

PERIODS = ("month", "quarter", "year", "half-month")
_OF_A_PERIOD = frozenset({"attributes", "measures", "tables", "values", "pools", "components", "balances"})
_PLAN_ID = re.compile(r"[a-z][a-z0-9_-]{0,60}")
_KEYS = [
    "plan",
    "names",
    "currency",
    "period",
    "valid",
    "eligible",
    "year_starts",
    "attributes",
    "fields",
    "crediting",
    "exchange",
    "measures",
    "targets",
    "tables",
    "values",
    "pools",
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
    plan = None
    with suppress(TooMany):
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
        self._scope = Scope({}, declared=_names_of(section))  # what all formulas of the document have in common

    def plan(self) -> Plan | None:
        self._root.only(*_KEYS)
        plan = self._paid(self._declared())
        self._all_converted(plan)
        if self._findings.failed:
            return None
        fields, attributes = {**BUILT_IN, **plan.fields}, dict(plan.attributes)
        types = {kind for kind, _ in entries_of(plan)}
        known = Cases(fields, attributes, plan.targets.keys(), plan.balances.keys(), result_names(plan), types)
        plan = replace(plan, examples=tuple(known.read(self._root)), digest=_digest(self._section))
        if not self._findings.failed:
            advise(plan, self._root)
        return plan

    def _declared(self) -> Plan:
        """The header and all that formulas of pay refer to. What could not be read is left out or has a stand-in, so
        that the rest is checked too.
        """
        root = self._root
        name = root.text("plan", "ladder", needed=True) or ""
        if name and not _PLAN_ID.fullmatch(name):
            self._findings.add("not_id", "plan", root.mark("plan"), found=name)
        currency = root.text("currency", "CNY", needed=True)
        if currency is not None and currency not in MINOR_UNITS:
            self._findings.add("currency", "currency", root.mark("currency"), found=currency)
            currency = None
        self._scope = replace(self._scope, currency=currency or "")
        valid = root.part("valid", "{from: 2026-01-01}")
        if valid:
            valid.only("from", "to")
        since, until = (valid.day("from"), valid.day("to")) if valid else (None, None)
        if since and until and until < since and valid:
            self._findings.add("valid_order", "valid.to", valid.mark("to"))
        fields, attributes, tables = read_fields(root, "fields"), read_fields(root, "attributes"), read_tables(root)
        period = root.choice("period", PERIODS, default="month")
        exchange = read_exchange(root, currency)
        of_facts = replace(self._of_facts(fields, attributes, tables), exchange=exchange)
        rules = read_crediting(root, of_facts)
        measures = read_measures(root, of_facts, rules, period)
        names = _referring(attributes.values(), Role.ATTRIBUTE)
        sees = frozenset({"attributes", "tables"})
        terms = replace(self._scope, names=names, tables=_by_spelling(tables), sees=sees)
        return Plan(
            id=name,
            called=root.names(name),
            currency=currency or "CNY",
            period=period,
            valid_from=since,
            valid_to=until,
            eligible=None,
            attributes=attributes,
            fields=fields,
            measures=measures,
            targets=read_targets(root, measures, terms),
            tables=tables,
            values={},
            components={},
            crediting=rules,
            exchange=exchange,
            year_starts=self._year_starts(),
        )

    def _all_converted(self, plan: Plan) -> None:
        """Where facts come in several currencies, no amount is taken as it came."""
        for measure in plan.measures.values() if plan.exchange else ():
            if any(unconverted(formula, AMOUNT) for formula in measure.formulas):
                area, name = "measures", measure.id
                if name.endswith(".each"):
                    area, name = "components", name.removesuffix(".each")
                part = self._root.part(area, "")
                mark = part.mark(name) if part else self._root.mark(area)
                self._findings.add("unconverted", f"{area}.{name}", mark)

    def _year_starts(self) -> int | None:
        """The month with which the plan's years begin."""
        month = self._root.number("year_starts")
        if month is not None and month not in range(1, 13):
            self._findings.add("not_decimal", "year_starts", self._root.mark("year_starts"), found=month)
            return None
        return int(month) if month is not None else None

    def _paid(self, plan: Plan) -> Plan:
        """The plan with eligibility, values and components."""
        eligible = self._eligible(plan)
        names = _referring(plan.attributes.values(), Role.ATTRIBUTE)
        for measure in plan.measures.values():
            names |= referring(measure, Role.MEASURE, measure.kind)
        opened = read_balances(self._root, plan.period)
        openings = {name: found for draft in opened for name, found in draft.references().items()}
        scope = replace(
            self._scope,
            names=names,
            tables=_by_spelling(plan.tables),
            targets=frozenset(plan.targets),
            balances=openings,
            sees=_OF_A_PERIOD,
            groups=_groups(plan.attributes),
            exchange=plan.exchange,
            weights={name: target.weight for name, target in plan.targets.items() if target.weight is not None},
        )
        drafts = read_drafts(self._root)
        self._no_name_twice(plan, drafts.values())
        components = Components(self._about_a_fact(plan, drafts), plan.crediting, plan.minor_unit)
        paid = _Paid(scope, components)
        for draft in in_order(drafts, self._root):
            paid.take(draft)
        section = self._root.get("components")
        if section is None or (isinstance(section, Section) and not section.entries):
            self._findings.add("no_components", "components", self._root.mark("components"))
        scope = paid.scope
        scope = scope.with_names({"total": Reference(Role.COMPONENT, "total", Kind.MONEY)})
        closed = [draft.closed(scope) for draft in opened]
        return replace(
            plan,
            eligible=eligible,
            balances={balance.id: balance for balance in closed if balance},
            measures={**plan.measures, **{own.id: own for c in paid.components.values() for own in measures_of(c)}},
            values={name: paid.values[name] for name in drafts if name in paid.values},
            components={name: paid.components[name] for name in drafts if name in paid.components},
            pools=paid.pools,
            order=tuple(paid.order),
        )

    def _about_a_fact(self, plan: Plan, drafts: Mapping[str, Draft]) -> Scope:
        """What a component per transaction may name: also what measures had reached before the fact."""
        own = self._of_facts(plan.fields, plan.attributes, plan.tables)
        summed = [measure for measure in plan.measures.values() if _runs(measure)]
        running = {name: found for one in summed for name, found in referring(one, Role.RUNNING, one.kind).items()}
        period = {name for measure in plan.measures.values() for name in _own(measure)}
        period |= {name for draft in drafts.values() for name in draft.spellings}
        return replace(
            own.with_names({**CREDIT_NAMES, **own.names}),
            running=running,
            of_the_period=frozenset(period),
            exchange=plan.exchange,
        )

    def _eligible(self, plan: Plan) -> Typed | None:
        formula = self._root.formula("eligible")
        if formula is None:
            return None
        names = _referring(plan.attributes.values(), Role.ATTRIBUTE)
        return typed(formula, replace(self._scope, names=names, sees=frozenset({"attributes"})), Kind.BOOL, self._root)

    def _of_facts(
        self, fields: Mapping[str, Field], attributes: Mapping[str, Field], tables: Mapping[str, Table]
    ) -> Scope:
        """What a formula about a single fact may name: the fact's fields before the payee's attributes, and tables."""
        names = _referring(attributes.values(), Role.ATTRIBUTE)
        names |= _referring({**BUILT_IN, **fields}.values(), Role.FIELD)
        sees = frozenset({"fields", "attributes", "tables"})
        return replace(self._scope, names=names, tables=_by_spelling(tables), sees=sees)

    def _no_name_twice(self, plan: Plan, drafts: Iterable[Draft]) -> None:
        taken: dict[str, str] = {}
        things = [("attributes", named.id, _own(named)) for named in plan.attributes.values()]
        things += [("measures", named.id, _own(named)) for named in plan.measures.values()]
        areas = {Role.VALUE: "values", Role.POOL: "pools", Role.COMPONENT: "components"}
        things += [(areas[d.role], d.name, sorted(d.spellings)) for d in drafts]
        for area, name, called in things:
            if "total" in (name, *called) or name == "eligible":
                own = self._root.part(area, "")
                mark = own.mark(name) if own else self._root.mark(area)
                taken_by = name if name == "eligible" else "total"
                self._findings.add("name_reserved", f"{area}.{name}", mark, name=taken_by)
            for spelling in {name, *called}:
                if taken.setdefault(spelling, name) != name or (
                    spelling == name and taken.get(f"#{name}", area) != area
                ):
                    words = {"name": spelling, "other": taken[spelling]}
                    own = self._root.part(area, "")
                    mark = own.mark(name) if own else self._root.mark(area)
                    self._findings.add("name_taken", f"{area}.{name}", mark, **words)
            taken[f"#{name}"] = area


class _Paid:
    """Values, pools and components, checked one after another: each may name those before it."""

    def __init__(self, scope: Scope, components: Components) -> None:
        self.scope = scope
        self.values: dict[str, Value] = {}
        self.components: dict[str, Component] = {}
        self.pools: dict[str, Pool] = {}
        self.order: list[str] = []
        self._checks = components

    def take(self, draft: Draft) -> None:
        """Checks one and makes it known to those after it."""
        if draft.role is Role.POOL:
            pool = check_pool(draft, self.scope)
            if pool:
                amount, weight = pool.operands
                self.pools[draft.name] = Pool(draft.name, draft.called, amount, pool.over, weight)
                known = {name: pool for name in draft.spellings if name.isidentifier()}
                self.scope = replace(self.scope, pools={**self.scope.pools, **known})
        elif draft.role is Role.VALUE:
            value = check_value(draft, self.scope)
            if value:
                self.values[draft.name] = value
                self._known(draft, value.formula.kind)
        else:
            component = self._checks.checked(draft, self.scope)
            if component:
                self.components[draft.name] = component
                self._known(draft, Kind.MONEY if component.reward == "money" else Kind.NUMBER)

    def _known(self, draft: Draft, kind: Kind) -> None:
        self.scope = self.scope.with_names(reference(draft, kind))
        self.order.append(draft.name)


def _runs(measure: Measure) -> bool:
    """Whether what a measure had reached before a fact can be told from the payee's own facts of the period."""
    return measure.how in (How.SUM, How.COUNT, How.MIN, How.MAX) and not measure.window and not measure.levels


def _groups(attributes: Mapping[str, Field]) -> dict[str, str]:
    """The attributes by which payees can be grouped, by their spellings."""
    return {name: own.id for own in attributes.values() if own.kind is Kind.TEXT for name in spellings(own)}


def _by_spelling(tables: Mapping[str, Table]) -> dict[str, Table]:
    return {spelling: table for table in tables.values() for spelling in (table.id, *_own(table))}


def _names_of(section: Section) -> dict[str, frozenset[str]]:
    """Every name that the document gives to something, with the sections in which it stands."""
    found: dict[str, set[str]] = {}
    for area in (*_OF_A_PERIOD, "fields"):
        own = section.entries.get(area)
        for name, tree in own.entries.items() if isinstance(own, Section) else ():
            found.setdefault(name, set()).add(area)
            called = tree.entries.get("names") if isinstance(tree, Section) else None
            for text in called.entries.values() if isinstance(called, Section) else (called,):
                if isinstance(text, Leaf):
                    found.setdefault(text.text, set()).add(area)
    return {name: frozenset(areas) for name, areas in found.items()}


def _own(named: Named) -> list[str]:
    return sorted({named.id, named.called.zh, named.called.en})


def _referring(fields: Iterable[Field], role: Role) -> dict[str, Reference]:
    return {name: found for own in fields for name, found in referring(own, role, own.kind).items()}


def _digest(section: Section) -> str:
    """The hash of what the document says; comments, layout and quoting do not count."""
    text = json.dumps(canonical(section), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
