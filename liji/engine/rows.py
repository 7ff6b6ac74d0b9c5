"""Turns payees and facts into Arrow tables, and the engine's whole numbers back into decimals."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from decimal import InvalidOperation
from typing import Any

import pyarrow as pa

from liji.engine.compiler import Compiled
from liji.engine.compiler import Output
from liji.engine.contributions import FIELD_SCALES
from liji.engine.data import Fact
from liji.engine.data import Link
from liji.engine.data import PayeePeriod
from liji.engine.errors import EngineError
from liji.plan.model import Field
from liji.plan.model import Plan
from liji.plan.numbers import EXACT
from liji.plan.types import Kind

_DIGITS = 38
_WHERE = ("amount", "type", "credit_date")
_TRUTHS = {
    True: True,
    False: False,
    "true": True,
    "false": False,
    "True": True,
    "False": False,
}


def arrow_type(kind: Kind) -> Any:
    """The Arrow type of a field, an attribute or a target."""
    if kind in FIELD_SCALES:
        return pa.decimal128(_DIGITS, FIELD_SCALES[kind])
    return {Kind.DATE: pa.date32(), Kind.BOOL: pa.bool_()}.get(kind, pa.string())


def value_of(given: Any, own: Field, payee: int, period: date) -> Any:
    """A given value as its declared type has it; more decimals than are kept are refused. None stays None."""
    if given is None or (given == "" and own.kind is not Kind.TEXT):
        return None
    if own.kind in FIELD_SCALES:
        return _number(given, own, payee, period)
    if own.kind is Kind.TEXT:
        return str(given)
    if own.kind is Kind.BOOL and given in _TRUTHS:
        return _TRUTHS[given]
    if own.kind is Kind.DATE:
        try:
            return given if isinstance(given, date) else date.fromisoformat(given)
        except (TypeError, ValueError):
            pass
    raise EngineError("wrong_type", payee, period, own.id, given)


def _number(given: Any, own: Field, payee: int, period: date) -> Decimal:
    if isinstance(given, float | bool):
        raise EngineError("wrong_type", payee, period, own.id, given)
    try:
        value = given if isinstance(given, Decimal) else Decimal(given)
        exponent = value.as_tuple().exponent
    except (InvalidOperation, TypeError, ValueError):
        raise EngineError("wrong_type", payee, period, own.id, given) from None
    scale = FIELD_SCALES[own.kind]
    if not isinstance(exponent, int):
        raise EngineError("wrong_type", payee, period, own.id, given)
    kept = value if -exponent <= scale else _shortened(value)
    if -int(kept.as_tuple().exponent) > scale or kept.adjusted() > _DIGITS - scale - 8:
        raise EngineError("too_precise", payee, period, own.id, given)
    return kept


def _shortened(value: Decimal) -> Decimal:
    return value.normalize() if value else Decimal(0)


def fact_value(fact: Fact, own: Field) -> Any:
    """What a fact says for a field."""
    given = getattr(fact, own.id) if own.id in _WHERE else fact.fields.get(own.id)
    return value_of(given, own, fact.payee, fact.period)


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """The order in which facts count one after another: by day, then as they came."""
    return sorted(facts, key=lambda fact: (fact.credit_date, fact.seq, fact.id, fact.dated_by))


def counts(compiled: Compiled, fact: Fact) -> bool:
    """Whether a fact may count for anything in the plan: by its type and day, and its currency."""
    plan, needs = compiled.plan, compiled.needs
    if (fact.type, fact.dated_by) not in needs.entries or in_other_currency(plan, fact):
        return False
    if plan.valid_to is not None and fact.credit_date > plan.valid_to:
        return False
    looks_back = bool(needs.windows) or bool(needs.takes_back)
    return plan.valid_from is None or fact.credit_date >= plan.valid_from or looks_back


def in_other_currency(plan: Plan, fact: Fact) -> bool:
    """Whether a fact does not count because the plan states no rates and it is in another currency than the plan's."""
    return not plan.exchange and fact.fields.get("currency") not in (None, "", plan.currency)


def uncounted(compiled: Compiled, facts: Iterable[Fact]) -> list[Fact]:
    """The facts that the plan would count if they were in its own currency, each once."""
    entries = compiled.needs.entries
    found = [one for one in facts if (one.type, one.dated_by) in entries and in_other_currency(compiled.plan, one)]
    return list({one.id: one for one in found}.values())


def fact_rows(compiled: Compiled, facts: Sequence[Fact]) -> Any:
    """The table `fact_rows`."""
    facts = in_order(facts) if compiled.needs.ordered else facts
    columns: dict[str, Any] = {
        "payee": pa.array([fact.payee for fact in facts], pa.int64()),
        "period": pa.array([fact.period for fact in facts], pa.date32()),
        "fact_id": pa.array([fact.id for fact in facts], pa.int64()),
        "type": pa.array([fact.type for fact in facts], pa.string()),
    }
    if compiled.needs.ordered:
        columns["place"] = pa.array(range(len(facts)), pa.int64())
    if compiled.needs.levels or compiled.needs.days:
        columns["day"] = pa.array([fact.credit_date for fact in facts], pa.date32())
    if compiled.needs.dated:
        columns["dated_by"] = pa.array([fact.dated_by for fact in facts], pa.string())
    for name, own in compiled.needs.fields.items():
        columns[f"field:{name}"] = pa.array([fact_value(fact, own) for fact in facts], arrow_type(own.kind))
    return pa.table(columns)


def terms(compiled: Compiled, payee: PayeePeriod) -> dict[str, Any]:
    """Targets, balances and attributes of a payee, by the names of their columns."""
    plan = compiled.plan
    found: dict[str, Any] = {}
    for name in plan.targets:
        own = Field(f"target({name})", plan.measures[name].called, plan.measures[name].kind, None)
        found[f"target:{name}"] = value_of(payee.targets.get(name), own, payee.payee, payee.period)
    for name, balance in plan.balances.items():
        own = Field(f"opening({name})", balance.called, balance.kind, None)
        found[f"balance:{name}"] = value_of(payee.balances.get(name), own, payee.payee, payee.period)
    for name, own in plan.attributes.items():
        found[f"attribute:{name}"] = value_of(payee.attributes.get(name), own, payee.payee, payee.period)
    return found


def term_kinds(compiled: Compiled) -> dict[str, Kind]:
    """The types of those columns."""
    plan = compiled.plan
    kinds = {f"target:{name}": plan.measures[name].kind for name in plan.targets}
    kinds |= {f"balance:{name}": balance.kind for name, balance in plan.balances.items()}
    return kinds | {f"attribute:{name}": own.kind for name, own in plan.attributes.items()}


def payee_rows(compiled: Compiled, payees: Sequence[PayeePeriod]) -> Any:
    """The table `payee_rows`."""
    rows = [terms(compiled, payee) for payee in payees]
    columns: dict[str, Any] = {
        "payee": pa.array([payee.payee for payee in payees], pa.int64()),
        "period": pa.array([payee.period for payee in payees], pa.date32()),
    }
    for name, kind in term_kinds(compiled).items():
        columns[name] = pa.array([row[name] for row in rows], arrow_type(kind))
    return pa.table(columns)


def links_rows(links: Sequence[Link]) -> Any:
    """The table `above_rows`: who stands over whom."""
    return pa.table(
        {
            "payee": pa.array([link.payee for link in links], pa.int64()),
            "above": pa.array([link.above for link in links], pa.int64()),
            "level": pa.array([link.level for link in links], pa.int64()),
            "since": pa.array([link.since for link in links], pa.date32()),
            "until": pa.array([link.until for link in links], pa.date32()),
        }
    )


def frame(facts: Iterable[Fact], payee: int, links: Iterable[Link]) -> list[Fact]:
    """A payee's frame: the own facts, and those of everybody below on the days on which they are."""
    below: dict[int, list[Link]] = {}
    for link in links:
        if link.above == payee:
            below.setdefault(link.payee, []).append(link)
    found: list[Fact] = []
    for fact in facts:
        if fact.payee == payee:
            found.append(fact)
        for link in below.get(fact.payee, ()):
            begun = link.since is None or link.since <= fact.credit_date
            if begun and (link.until is None or fact.credit_date < link.until):
                found.append(replace(fact, payee=payee, level=link.level))
    return found


def _spans(
    compiled: Compiled, payees: Sequence[PayeePeriod], facts: Iterable[Fact]
) -> Iterator[tuple[tuple[int, date], list[tuple[int, Fact | None]]]]:
    """For each payee-period its frame as (place, fact): other periods before place 0, then nothing, then this one."""
    by_payee: dict[int, list[Fact]] = {}
    for fact in in_order(fact for fact in facts if counts(compiled, fact)):
        by_payee.setdefault(fact.payee, []).append(fact)
    for key in dict.fromkeys((payee.payee, payee.period) for payee in payees):
        own = by_payee.get(key[0], ())
        looks_back = compiled.needs.windows or compiled.needs.takes_back
        before = [fact for fact in own if fact.period < key[1]] if looks_back else []
        span: list[tuple[int, Fact | None]] = [(at - len(before), fact) for at, fact in enumerate(before)]
        span.append((0, None))
        span += enumerate((fact for fact in own if fact.period == key[1]), start=1)
        yield key, span


def prefix_rows(compiled: Compiled, payees: Sequence[PayeePeriod], facts: Iterable[Fact]) -> Any:
    """The table `prefix_rows`: for each payee one row before the first fact, then its facts in order."""
    by_payee = dict(_spans(compiled, payees, facts))
    spans = list(by_payee.values())
    rows: list[Fact | None] = [fact for span in spans for _, fact in span]
    columns: dict[str, Any] = {
        "payee": pa.array([key[0] for key, span in by_payee.items() for _ in span], pa.int64()),
        "period": pa.array([key[1] for key, span in by_payee.items() for _ in span], pa.date32()),
        "fact_id": pa.array([fact.id if fact else None for fact in rows], pa.int64()),
        "type": pa.array([fact.type if fact else None for fact in rows], pa.string()),
        "last": pa.array([place == span[-1][0] for span in spans for place, _ in span], pa.bool_()),
        "place": pa.array([place for span in spans for place, _ in span], pa.int64()),
    }
    if compiled.needs.levels or compiled.needs.windows or compiled.needs.takes_back:
        columns["level"] = pa.array([fact.level if fact else None for fact in rows], pa.int64())
        columns["own_period"] = pa.array([fact.period if fact else None for fact in rows], pa.date32())
    if compiled.needs.days:
        columns["day"] = pa.array([fact.credit_date if fact else None for fact in rows], pa.date32())
    if compiled.needs.dated:
        columns["dated_by"] = pa.array([fact.dated_by if fact else None for fact in rows], pa.string())
    for name, own in compiled.needs.fields.items():
        values = [fact_value(fact, own) if fact else None for fact in rows]
        columns[f"field:{name}"] = pa.array(values, arrow_type(own.kind))
    _beside(columns, compiled, payees, spans)
    return pa.table(columns)


def _beside(
    columns: dict[str, Any],
    compiled: Compiled,
    payees: Sequence[PayeePeriod],
    spans: Sequence[Sequence[object]],
) -> None:
    """Every payee's terms beside each of its rows."""
    unique = {(payee.payee, payee.period): payee for payee in payees}
    own = [terms(compiled, payee) for payee in unique.values()]
    for name, kind in term_kinds(compiled).items():
        repeated = [row[name] for row, span in zip(own, spans, strict=True) for _ in span]
        columns[name] = pa.array(repeated, arrow_type(kind))
    for output in compiled.groups:
        told = [_told(payee, output) for payee in unique.values()]
        repeated = [value for value, span in zip(told, spans, strict=True) for _ in span]
        columns[f"group:{output.name}"] = pa.array(repeated, pa.decimal128(_DIGITS, 0))


def _told(payee: PayeePeriod, output: Output) -> Decimal | None:
    """What is told of a group, as a whole number of the output's scale."""
    value = payee.groups.get(output.name)
    return None if value is None else Decimal(int(value.scaleb(output.scale, EXACT)))


def given_rows(compiled: Compiled, told: Sequence[tuple[PayeePeriod, Mapping[str, int]]]) -> Any:
    """The table `given_rows`: payees with measures as they are told, as whole numbers of their scale."""
    payees_told = [payee for payee, _ in told]
    payees = payee_rows(compiled, payees_told)
    columns = {name: payees[name] for name in payees.column_names}
    columns["fact_id"] = pa.array(range(len(told)), pa.int64())
    for output in compiled.groups:
        values = [_told(payee, output) for payee in payees_told]
        columns[f"group:{output.name}"] = pa.array(values, pa.decimal128(_DIGITS, 0))
    for name in compiled.plan.measures:
        values = [Decimal(measures[name]) for _, measures in told]
        columns[f"measure:{name}"] = pa.array(values, pa.decimal128(_DIGITS, 0))
    return pa.table(columns)
