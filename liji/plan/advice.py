"""Warnings to the designer: cliffs, pay that can become negative, parts that nobody uses."""

import re
from collections.abc import Iterator

from liji.plan.bounds import Conditions
from liji.plan.bounds import Reach
from liji.plan.checker import ONE_STEP
from liji.plan.model import Component
from liji.plan.model import Named
from liji.plan.model import Plan
from liji.plan.model import Reading
from liji.plan.model import Table
from liji.plan.numbers import EXACT
from liji.plan.numbers import grouped
from liji.plan.numbers import percent
from liji.plan.problems import Findings
from liji.plan.problems import Mark
from liji.plan.reading import Part
from liji.plan.source import Leaf
from liji.plan.source import Section
from liji.plan.source import Tree
from liji.plan.spelling import money_written
from liji.plan.typed import Apply
from liji.plan.typed import Constant
from liji.plan.typed import Lookup
from liji.plan.typed import Marginal
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.typed import Typed
from liji.plan.typed import parts
from liji.plan.typed import written
from liji.plan.types import Kind


def advise(plan: Plan, root: Part) -> None:
    """Notes every warning about a plan that has no error."""
    findings = root.findings
    for table in plan.tables.values():
        mark = root.mark("tables")
        band_marks = _band_marks(root, table)
        for index, words in _cliffs(plan, table):
            where = band_marks.get(index, mark)
            mend = _without_cliff(root, table)
            findings.warn("cliff", f"tables.{table.id}.bands", where, name=_called(table), mend=mend, **words)
    usual, conditions = Reach(plan, usual=True), Conditions(plan)
    if conditions.never(plan.eligible):
        findings.warn("nobody", "eligible", root.mark("eligible"))
    for component in plan.components.values():
        _payable(component, root, usual, conditions)
    _rounded_money(plan, root)
    if not plan.examples:
        findings.warn("no_examples", "examples", root.section.mark)
    _unused(plan, root, findings)


def _payable(component: Component, root: Part, usual: Reach, conditions: Conditions) -> None:
    """Whether a component can pay at all, and whether it can take money that nobody meant to take."""
    own = root.part("components", "")
    part = own.part(component.id, "") if own else None
    if part is None:
        return
    findings, name = root.findings, _called(component)
    for key, asked in (("when", component.when), ("where", component.each.where if component.each else None)):
        if conditions.never(asked):
            findings.warn("never_holds", part.at(key), part.mark(key), name=name)
            return
    amount, paid = usual.of(component.formula), usual.paid(component)
    cap, floor = usual.of(component.cap), usual.of(component.floor)
    if component.cap is not None and component.floor is not None and cap.most < floor.least:
        words = {"cap": grouped(cap.most), "floor": grouped(floor.least)}
        findings.add("cap_below_floor", part.at("cap"), part.mark("cap"), **words)
    elif amount.least < 0 and component.floor is None and not component.floor_none:
        findings.warn("may_be_negative", part.path, part.mark("formula"), name=name)
    elif paid.most <= 0 and not (component.floor_none and amount.least < 0):
        findings.warn("never_pays", part.path, part.mark("cap" if amount.most > 0 else "formula"), name=name)


def _called(thing: Named) -> tuple[str, str]:
    return thing.names("zh"), thing.names("en")


def _band_marks(root: Part, table: Table) -> dict[int, Mark]:
    tables = root.part("tables", "")
    own = tables.part(table.id, "") if tables else None
    return {index: item.mark for index, (_, item) in enumerate(own.items("bands", ""), start=1)} if own else {}


def formulas(plan: Plan) -> Iterator[Typed]:
    """Every formula of values and components, and the condition of eligibility."""
    if plan.eligible is not None:
        yield plan.eligible
    for measure in plan.measures.values():
        yield from measure.formulas
    yield from (target.factor for target in plan.targets.values() if target.factor is not None)
    for value in plan.values.values():
        yield value.formula
    yield from (balance.closing for balance in plan.balances.values())
    for component in plan.components.values():
        own = (component.formula, component.when, component.cap, component.floor)
        yield from (formula for formula in own if formula is not None)


def _cliffs(plan: Plan, table: Table) -> Iterator[tuple[int, dict[str, object]]]:
    """Where a table that multiplies its own input is read as whole: what is won or lost at each edge."""
    read = any(_whole_reading(part, table) for formula in formulas(plan) for part in parts(formula))
    if table.reads is Reading.INTERPOLATED or not read:
        return
    for index, (band, after) in enumerate(zip(table.bands, table.bands[1:], strict=False), start=1):
        if band.edge is not None and band.value != after.value:
            low, high = EXACT.multiply(band.edge, band.value), EXACT.multiply(band.edge, after.value)
            edge = percent(band.edge) if table.input is Kind.RATE else grouped(band.edge)
            change = EXACT.subtract(high, low)
            words = {"edge": edge, "before": grouped(low), "after": grouped(high)}
            yield index, {**words, "change": f"{'+' if change > 0 else ''}{grouped(change)}"}


def _without_cliff(root: Part, table: Table) -> tuple[str, str]:
    """How the table is read slice by slice: by what it says itself only where a formula leaves it to the table."""
    if table.columns or any(band.edge is not None and band.edge <= 0 for band in table.bands):
        return "用 points 把各档连成直线", "write points instead of bands: a straight line leads from one to the next"
    spellings = "|".join(re.escape(name) for name in (table.id, table.called.zh, table.called.en))
    by_the_table = re.compile(rf"\b(pay|提成|按表计提)\s*[(（]\s*({spellings})\s*[,，]", re.IGNORECASE)
    if table.reads is Reading.WHOLE and any(by_the_table.search(text) for text in _texts(root.section)):
        return "把 reads 改为 marginal", "set `reads: marginal`"
    return f"在公式里写 marginal({table.id}, …)", f"write marginal({table.id}, …) in the formula"


def _texts(tree: Tree) -> Iterator[str]:
    if isinstance(tree, Leaf):
        yield tree.text
    else:
        for own in tree.entries.values() if isinstance(tree, Section) else tree.items:
            yield from _texts(own)


def _rounded_money(plan: Plan, root: Part) -> None:
    """FLOOR(sales / 30) of money, without a step: it gives whole money, where mostly a count is meant."""
    seen: set[str] = set()
    for part in (part for formula in formulas(plan) for part in parts(formula)):
        if not isinstance(part, Apply) or part.operator not in ("floor", "ceiling") or part.kind is not Kind.MONEY:
            continue
        divided = part.operands[0]
        by = divided.operands[1] if isinstance(divided, Apply) and divided.operator == "/" else None
        if part.operands[1] != ONE_STEP or not isinstance(by, Constant) or by.kind is not Kind.PLAIN:
            continue
        assert isinstance(divided, Apply)  # noqa: S101
        top, amount = written(divided.operands[0]), money_written(written(by), plan.currency)
        if (key := f"{top} / {amount}") not in seen:
            seen.add(key)
            path, mark = _place_of(root)
            root.findings.warn("floor_money", path, mark, amount=amount, written=key)


def _place_of(root: Part) -> tuple[str, Mark]:
    """The first formula of values, components or balances that rounds; the document, where it is not found."""
    names = re.compile(r"floor|ceiling|取整", re.IGNORECASE)
    for area in ("values", "components", "measures", "balances"):
        own = root.part(area, "")
        for name, tree in own.section.entries.items() if own else ():
            if any(names.search(text) for text in _texts(tree)):
                return f"{area}.{name}", own.mark(name) if own else tree.mark
    return "", root.section.mark


def _whole_reading(part: Typed, table: Table) -> bool:
    """x * rate(table, x)."""
    if not isinstance(part, Apply) or part.operator != "*":
        return False
    left, right = part.operands
    pairs = ((left, right), (right, left))
    return any(isinstance(b, Lookup) and b.table == table.id and b.argument == a for a, b in pairs)


def _unused(plan: Plan, root: Part, findings: Findings) -> None:
    used = [part for formula in formulas(plan) for part in parts(formula)]
    tables = {part.table for part in used if isinstance(part, Lookup | Marginal)}
    values = {part.name for part in used if isinstance(part, Reference) and part.role is Role.VALUE}
    for key, there, wanted in (("tables", plan.tables, tables), ("values", plan.values, values)):
        own = root.part(key, "")
        for name in there:
            if own and name not in wanted:
                findings.warn("unused", own.at(name), own.mark(name), name=name)
