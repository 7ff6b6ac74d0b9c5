"""Writes a drawn plan as the document that a designer would write."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.properties.drawn.tree import ATTRIBUTES
from tests.properties.drawn.tree import FIELDS
from tests.properties.drawn.tree import Band
from tests.properties.drawn.tree import Component
from tests.properties.drawn.tree import Expr
from tests.properties.drawn.tree import Measure
from tests.properties.drawn.tree import Plan
from tests.properties.drawn.tree import Pool
from tests.properties.drawn.tree import Rule
from tests.properties.drawn.tree import Table
from tests.properties.drawn.tree import Target

INFIX = {"+", "-", "*", "/", "=", "<>", "<", "<=", ">", ">="}
NAMES = {"field", "attribute", "measure", "value", "component"}


def formula(expr: Expr, *, inner: bool = False) -> str:
    """The formula as text; brackets around everything that stands inside something else."""
    if expr.op == "const":
        return literal(expr.args[0], expr.kind, inner=inner)
    if expr.op in ("credit", "each"):
        return expr.op
    if expr.op in NAMES:
        return str(expr.args[0])
    if expr.op in INFIX:
        left, right = (formula(arg, inner=True) for arg in expr.args)
        return f"({left} {expr.op} {right})" if inner else f"{left} {expr.op} {right}"
    if expr.op == "neg":
        return f"(-{formula(expr.args[0], inner=True)})"
    args = ", ".join(formula(arg) if isinstance(arg, Expr) else str(arg) for arg in expr.args)
    return f"{expr.op}({args})"


def literal(value: Any, kind: str, *, inner: bool = False) -> str:
    """A literal as a formula has it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, date):
        return f"DATE({value.year}, {value.month}, {value.day})"
    if isinstance(value, str):
        return f'"{value}"'
    told = percent(value) if kind == "rate" else f"{value:f}"
    return f"({told})" if value < 0 and inner else told


def percent(value: Decimal) -> str:
    return f"{value * 100:f}%"


def scalar(value: Any, kind: str) -> str:
    """A value as YAML has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return percent(value) if kind == "rate" else f"{value:f}"
    return value.isoformat() if isinstance(value, date) else f'"{value}"'


def document(plan: Plan) -> str:
    """The whole document."""
    lines = ["plan: drawn", f"currency: {plan.currency}", f"period: {plan.period}", f"year_starts: {plan.year_starts}"]
    lines += [f"eligible: {_quoted(plan.eligible)}"] if plan.eligible else []
    valid = [f"{key}: {day}" for key, day in zip(("from", "to"), plan.valid, strict=True) if day]
    lines += [f"valid: {{{', '.join(valid)}}}"] if valid else []
    for area, declared in (("fields", FIELDS), ("attributes", ATTRIBUTES)):
        lines.append(f"{area}:")
        for name, (kind, missing) in declared.items():
            more = "" if missing is None else f", missing: {scalar(missing, kind)}"
            lines.append(f"  {name}: {{type: {kind}{more}}}")
    lines += _section("exchange", [_exchange(code, steps) for code, steps in plan.exchange.items()])
    lines += _section("crediting", [_rule(rule) for rule in plan.rules])
    lines += _section("measures", [_measure(measure) for measure in plan.measures])
    lines += _section("tables", [line for table in plan.tables for line in _table(table)])
    lines += _section("targets", [_target(target) for target in plan.targets])
    lines += _section("values", [f"{name}: {_quoted(own)}" for name, own in plan.values])
    lines += _section("pools", [_pool(pool) for pool in plan.pools])
    lines += _section("components", [_component(component) for component in plan.components])
    for at, balance in enumerate(plan.balances):
        resets = f", resets: {balance.resets}" if balance.resets else ""
        lines += ["balances:"] if at == 0 else []
        told = f"type: {balance.kind}, start: {balance.start:f}{resets}, closing: {_quoted(balance.closing)}"
        lines.append(f"  {balance.name}: {{{told}}}")
    return "\n".join(lines) + "\n"


def _section(area: str, entries: list[str]) -> list[str]:
    return [f"{area}:", *(f"  {entry}" for entry in entries)] if entries else []


def _quoted(expr: Expr) -> str:
    return "'" + formula(expr) + "'"


def _flow(name: str, entries: dict[str, str | None]) -> str:
    return f"{name}: {{{', '.join(f'{key}: {told}' for key, told in entries.items() if told is not None)}}}"


def _formulas(**own: Expr | None) -> dict[str, str | None]:
    return {key: None if expr is None else _quoted(expr) for key, expr in own.items()}


def _exchange(code: str, steps: tuple[tuple[date | None, Decimal], ...]) -> str:
    if steps[0][0] is None:
        return f"{code}: {steps[0][1]:f}"
    return f"{code}: {_list(tuple(f'{{from: {since}, rate: {rate:f}}}' for since, rate in steps))}"


def _rule(rule: Rule) -> str:
    entries: dict[str, str | None] = {"of": _list(rule.of), "role": _list(rule.roles) if rule.roles else None}
    entries |= _formulas(where=rule.where, share=rule.share) | {"date": rule.date}
    entries["roll_up"] = f"[{', '.join(map(percent, rule.levels))}]" if rule.levels else None
    return _flow(rule.name, entries)


def _list(texts: tuple[str, ...]) -> str:
    return f"[{', '.join(texts)}]"


def _measure(measure: Measure) -> str:
    entries: dict[str, str | None] = {"of": measure.rule.name if measure.rule else _list(measure.of)}
    entries[measure.how] = _quoted(measure.formula) if measure.formula else ""
    told = {"window": measure.window, "per": measure.per}
    return _flow(measure.name, entries | _formulas(where=measure.where, then=measure.then) | told)


def _target(target: Target) -> str:
    missing = target.missing if isinstance(target.missing, str) else percent(target.missing)
    entries: dict[str, str | None] = {"missing": missing}
    entries["default"] = None if target.default is None else f"{target.default:f}"
    entries["weight"] = None if target.weight is None else percent(target.weight)
    return _flow(target.measure, entries | _formulas(factor=target.factor))


def _table(table: Table) -> list[str]:
    lines = [f"{table.name}:"]
    if table.way == "bands":
        lines += [f"  input: {table.asked}"] if table.asked != "text" else []
        lines += ["  reads: marginal"] if table.marginal else []
    if table.way == "points":
        lines += [f"  input: {table.asked}"]
        lines += [f"  before: {scalar(table.before, table.gives)}"] if table.before is not None else []
    if table.columns:
        lines.append(f"  columns: [{', '.join(_band(band, table, table.across, '') for band in table.columns)}]")
    lines.append(f"  {table.way}:")
    lines += [f"    - {_band(band, table, table.asked, table.gives)}" for band in table.bands]
    return lines


def _band(band: Band, table: Table, asked: str, gives: str) -> str:
    if asked == "text":
        where = f"is: {_list(band.texts)}" if band.texts else "otherwise"
    elif band.edge is None:
        where = "beyond"
    else:
        key = "at" if table.way == "points" else "through" if band.through else "below"
        where = f"{key}: {scalar(band.edge, asked)}"
    if not gives:
        return f"{{{where}}}"
    values = [scalar(value, gives) for value in band.values]
    told = _list(tuple(values)) if table.columns else values[0]
    return f"{{{where}, {gives}: {told}}}"


def _pool(pool: Pool) -> str:
    return _flow(pool.name, {"among": pool.among} | _formulas(amount=pool.amount, who=pool.who, by=pool.by))


def _component(component: Component) -> str:
    entries: dict[str, str | None] = {}
    if component.per:
        entries["per"] = component.rule.name if component.rule else _list(component.per)
    entries |= _formulas(where=component.where, when=component.when, formula=component.formula, cap=component.cap)
    floor = component.floor
    entries["floor"] = _quoted(floor) if isinstance(floor, Expr) else floor
    entries["reward"] = component.reward if component.reward != "money" else None
    if component.instalments:
        parts = (f"{{share: {percent(share)}, months_after: {at}}}" for at, share in enumerate(component.instalments))
        entries["instalments"] = _list(tuple(parts))
    if component.clawback:
        back = component.clawback
        take = back.take if isinstance(back.take, str) else percent(back.take)
        entries["clawback"] = f"{{of: {back.of}, since: {back.since}, within: {back.within}, take: {take}}}"
    return _flow(component.name, entries)
