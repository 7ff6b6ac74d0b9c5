"""Draws whole plans: each part may name what was drawn before it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from tests.properties.drawn.facts import credited_scope
from tests.properties.drawn.facts import fact_scope
from tests.properties.drawn.facts import measures
from tests.properties.drawn.facts import per_fact
from tests.properties.drawn.facts import rules
from tests.properties.drawn.formulas import Formulas
from tests.properties.drawn.formulas import Scope
from tests.properties.drawn.formulas import const
from tests.properties.drawn.formulas import made
from tests.properties.drawn.tables import tables
from tests.properties.drawn.tree import Balance
from tests.properties.drawn.tree import Component
from tests.properties.drawn.tree import Expr
from tests.properties.drawn.tree import Plan
from tests.properties.drawn.tree import Pool
from tests.properties.drawn.tree import Target

GROUPS = ("all", "team", "level")
_SHARES = [(), (), (Decimal("0.4"), Decimal("0.6")), (Decimal("0.3334"), Decimal("0.3333"), Decimal("0.3333"))]
_RESETS = {"half-month": ("month", "year"), "month": ("quarter", "year"), "quarter": ("year",), "year": ()}
# Attributes by type, as formulas over a period may name them.
_OWN = {
    "number": ["grade"],
    "rate": ["ratio"],
    "text": ["team", "level"],
    "date": ["hired_on", "left_on"],
}


def terms() -> Scope:
    """The payee's attributes."""
    return Scope({kind: [Expr("attribute", (name,), kind) for name in names] for kind, names in _OWN.items()})


@st.composite
def plans(draw: st.DrawFn, *, grouped: bool = True) -> Plan:
    """A plan that loads; `grouped`: it may compare payees with each other."""
    plan = Plan(
        currency=draw(st.sampled_from(["CNY", "CNY", "JPY", "KWD"])),
        period=draw(st.sampled_from(["month", "month", "month", "quarter", "half-month", "year"])),
        year_starts=draw(st.sampled_from([1, 1, 4, 12])),
        eligible=Formulas(draw, terms()).truth(1) if draw(st.integers(0, 4)) == 0 else None,
        valid=draw(_valid()) if draw(st.integers(0, 3)) == 0 else (None, None),
        exchange=draw(st.just({}) | _exchange()) if draw(st.integers(0, 2)) == 0 else {},
        tables=tuple(draw(tables(f"t{n}")) for n in range(1, draw(st.integers(1, 3)) + 1)),
    )
    of_facts = fact_scope(draw, plan)
    plan = replace(plan, rules=draw(rules(of_facts)))
    plan = replace(plan, measures=draw(measures(plan, credited_scope(plan, of_facts))))
    plan = replace(plan, targets=draw(_targets(plan)))
    scope = _of_the_period(plan, grouped)
    values = []
    for number in range(1, draw(st.integers(0, 3)) + 1):
        kind = draw(st.sampled_from(["money", "money", "rate", "number", "count", "true/false"]))
        formulas = Formulas(draw, scope)
        own = formulas.truth(2) if kind == "true/false" else formulas.number(kind, 2)
        values.append((f"v{number}", own))
        scope = scope.also(kind, Expr("value", (f"v{number}",), kind, own.fractional))
    plan = replace(plan, values=tuple(values), balances=draw(_balances_named(plan)))
    for balance in plan.balances:
        scope = scope.also(balance.kind, Expr("opening", (balance.name,), balance.kind))
    plan = replace(plan, pools=draw(_pools(scope)) if grouped else ())
    scope = scope.also("money", *(Expr("pool", (pool.name,), "money") for pool in plan.pools))
    return draw(_paid(plan, scope, of_facts))


def _valid() -> st.SearchStrategy[tuple[date | None, date | None]]:
    """From a day on, up to a day: most of them cut a period that is asked about."""
    since, until = st.dates(date(2026, 4, 1), date(2026, 5, 15)), st.dates(date(2026, 5, 16), date(2026, 6, 10))
    return st.tuples(st.none() | since, st.none() | until | st.just(date(2026, 5, 15)))


@st.composite
def _paid(draw: st.DrawFn, plan: Plan, scope: Scope, of_facts: Scope) -> Plan:
    components: list[Component] = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        name = f"c{number}"
        if draw(st.integers(0, 2)) == 0:
            component = draw(per_fact(name, plan, credited_scope(plan, of_facts)))
            if component.clawback is None:
                component = replace(component, when=_gate(draw, scope))
        else:
            component = draw(_over_the_period(name, scope))
        components.append(component)
        kind = "money" if component.reward == "money" else "number"
        scope = scope.also(kind, Expr("component", (name,), kind))
    scope = scope.also("money", Expr("component", ("total",), "money"))
    closed = tuple(replace(one, closing=Formulas(draw, scope).number(one.kind, 1)) for one in plan.balances)
    return replace(plan, components=tuple(components), balances=closed)


def _gate(draw: st.DrawFn, scope: Scope) -> Expr | None:
    return Formulas(draw, scope).truth(2) if draw(st.booleans()) else None


@st.composite
def _over_the_period(draw: st.DrawFn, name: str, scope: Scope) -> Component:
    reward = draw(st.sampled_from(["money", "money", "money", "badge"]))
    kind = "money" if reward == "money" else "number"
    formulas = Formulas(draw, scope)
    bare = reward != "money" and draw(st.booleans())
    return Component(
        name,
        None if bare else formulas.number(kind, 3),
        when=_gate(draw, scope),
        floor=draw(st.sampled_from([None, "none"])) if draw(st.booleans()) else formulas.number(kind, 0),
        cap=formulas.number(kind, 1) if draw(st.integers(0, 3)) == 0 else None,
        reward=reward,
        instalments=draw(st.sampled_from(_SHARES)) if reward == "money" else (),
    )


@st.composite
def _exchange(draw: st.DrawFn) -> dict[str, tuple[tuple[date | None, Decimal], ...]]:
    rates = st.decimals(Decimal("0.1"), 9, places=3)
    since = draw(st.dates(date(2026, 4, 1), date(2026, 5, 25)))
    steps = ((date(2025, 1, 1), draw(rates)), (since, draw(rates)))
    return {"USD": steps if draw(st.integers(0, 9)) else steps[1:], "HKD": ((None, draw(rates)),)}


@st.composite
def _targets(draw: st.DrawFn, plan: Plan) -> tuple[Target, ...]:
    counted = [one for one in plan.measures if one.kind in ("money", "count")][:2]
    weights = draw(st.sampled_from([(None, None), (Decimal("0.3"), Decimal("0.7"))])) if len(counted) == 2 else (None,)
    found = []
    for measure, weight in zip(counted, weights, strict=False):
        default = st.integers(0, 9).map(Decimal) if measure.kind == "count" else st.sampled_from([Decimal(50000)])
        factor = Formulas(draw, replace(terms(), tables=plan.tables)).number("rate", 1)
        missing = draw(st.sampled_from(["none", "none", "none", Decimal(0), Decimal(1)] + ["error"] * (weight is None)))
        has_factor = draw(st.integers(0, 3)) == 0
        found.append(Target(measure.name, missing, draw(st.none() | default), factor if has_factor else None, weight))
    return tuple(found)


def _of_the_period(plan: Plan, grouped: bool) -> Scope:
    scope = replace(terms(), tables=plan.tables, groups=GROUPS if grouped else ())
    for measure in plan.measures:
        scope = scope.also(measure.kind, Expr("measure", (measure.name,), measure.kind))
    for target in plan.targets:
        kind = next(one.kind for one in plan.measures if one.name == target.measure)
        scope = scope.also("rate", Expr("attainment", (target.measure,), "rate", True))
        scope = scope.also(kind, Expr("target", (target.measure,), kind)) if kind == "money" else scope
    weighted = any(target.weight is not None for target in plan.targets)
    return replace(scope, weighted=weighted, attained=tuple(target.measure for target in plan.targets))


@st.composite
def _balances_named(draw: st.DrawFn, plan: Plan) -> tuple[Balance, ...]:
    """The balances as far as others may name them; what they end with is drawn last."""
    found = []
    for number in range(1, draw(st.integers(0, 2)) + 1):
        kind, start = draw(st.sampled_from(["money", "number"])), draw(st.sampled_from([Decimal(0), Decimal(500)]))
        resets = draw(st.sampled_from([None, *_RESETS[plan.period]]))
        found.append(Balance(f"b{number}", kind, start, resets, const(Decimal(0), "money")))
    return tuple(found)


@st.composite
def _pools(draw: st.DrawFn, scope: Scope) -> tuple[Pool, ...]:
    if draw(st.integers(0, 2)):
        return ()
    among = draw(st.sampled_from(GROUPS))
    money = Formulas(draw, scope)
    total = made(
        "total", money.one_of(scope.leaves["money"]), draw(st.sampled_from(sorted({"all", among}))), kind="money"
    )
    amount = made("*", total, money.literal("rate"), kind="money") if draw(st.booleans()) else money.literal("money")
    by = money.number(draw(st.sampled_from(["money", "count", "number"])), 0) if draw(st.booleans()) else None
    return (Pool("p1", amount, among, money.truth(1) if draw(st.booleans()) else None, by),)


@st.composite
def taking_back(draw: st.DrawFn) -> Plan:
    """A plan of one component of which later facts take back."""
    plan = Plan(
        currency=draw(st.sampled_from(["CNY", "JPY"])),
        period=draw(st.sampled_from(["month", "month", "quarter", "half-month"])),
        year_starts=draw(st.sampled_from([1, 4])),
        eligible=Formulas(draw, terms()).truth(1) if draw(st.integers(0, 5)) == 0 else None,
        tables=(draw(tables("t1")),),
    )
    of_facts = fact_scope(draw, plan)
    plan = replace(plan, rules=draw(rules(of_facts)))
    plan = replace(plan, measures=draw(measures(plan, credited_scope(plan, of_facts))))
    return replace(plan, components=(draw(per_fact("c1", plan, credited_scope(plan, of_facts), taking=True)),))
