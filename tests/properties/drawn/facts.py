"""Draws what is said of single facts: rules of crediting, measures, and components per transaction."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from tests.properties.drawn.formulas import Formulas
from tests.properties.drawn.formulas import Scope
from tests.properties.drawn.formulas import made
from tests.properties.drawn.tree import Clawback
from tests.properties.drawn.tree import Component
from tests.properties.drawn.tree import Expr
from tests.properties.drawn.tree import Measure
from tests.properties.drawn.tree import Plan
from tests.properties.drawn.tree import Rule

_FACTS = {
    "money": ["cost"],
    "rate": ["margin", "share"],
    "number": ["quantity"],
    "text": ["product", "role", "external_id", "type"],
    "date": ["credit_date", "sold_on"],
    "true/false": ["fresh"],
}
_OF = st.sampled_from([("order_closed",), ("order_closed", "order_returned"), ("order_cancelled", "order_closed")])
_TO_DATE = ["year to date", "quarter to date"]
_WINDOWS = ["previous", "previous 2", "last 2", "last 3", "2 ago", "same period last year", *_TO_DATE]
_WINDOWS += [f"{each} last year" for each in _TO_DATE]


def _field(name: str, kind: str) -> Expr:
    return Expr("field", (name,), kind)


def _converted(amount: Expr, plan: Plan) -> Expr:
    """An amount in the plan's currency."""
    if not plan.exchange:
        return amount
    return made("convert", amount, _field("currency", "text"), _field("credit_date", "date"), kind="money")


def fact_scope(draw: st.DrawFn, plan: Plan) -> Scope:
    """What a rule may name: the fact's fields, the payee's attributes, tables."""
    leaves = {kind: [_field(name, kind) for name in names] for kind, names in _FACTS.items()}
    leaves["money"].append(_converted(_field("amount", "money"), plan))
    if draw(st.integers(0, 9)) == 0:
        leaves["date"].append(_field("paid_on", "date"))
    own = (("grade", "number"), ("level", "text"), ("hired_on", "date")) if draw(st.booleans()) else ()
    for name, kind in own:
        leaves[kind].append(Expr("attribute", (name,), kind))
    return Scope(leaves, plan.tables)


def reaches(scope: Scope) -> bool:
    """Whether measures may look at other periods or people: not beside attributes, see test_known_gaps.py."""
    return all(leaf.op != "attribute" for leaf in scope.leaves["number"])


def credited_scope(plan: Plan, scope: Scope) -> Scope:
    """What a measure may name."""
    return scope.also("money", credit(plan))


def credit(plan: Plan) -> Expr:
    return _converted(Expr("credit", (), "money"), plan)


@st.composite
def rules(draw: st.DrawFn, scope: Scope) -> tuple[Rule, ...]:
    """Up to three rules, and sometimes one for contracts that count on the day of payment."""
    found = []
    for number in range(1, draw(st.integers(0, 3)) + 1):
        formulas = Formulas(draw, scope)
        levels = st.sampled_from([(Decimal(1),), (Decimal("0.03"), Decimal("0.01")), (Decimal(1), Decimal(1))])
        found.append(
            Rule(
                f"r{number}",
                draw(_OF),
                draw(st.sampled_from([(), (), ("owner",), ("presales", "owner")])),
                formulas.truth(1) if draw(st.booleans()) else None,
                formulas.number("rate", 0) if draw(st.booleans()) else None,
                draw(st.just(()) | levels) if reaches(scope) else (),
                draw(st.sampled_from([None, None, "paid_on"])),
            )
        )
    if draw(st.booleans()):
        found.append(Rule("cash", ("contract_signed",), date="paid_on"))
    return tuple(found)


@st.composite
def measures(draw: st.DrawFn, plan: Plan, scope: Scope) -> tuple[Measure, ...]:
    amount = _converted(_field("amount", "money"), plan)
    found = [Measure("m1", "money", "sum", draw(_OF), formula=amount)]
    found.append(Measure("m2", "count", "count", draw(_OF)))
    return (*found, *(draw(_measure(f"m{number}", plan, scope)) for number in range(3, draw(st.integers(2, 5)) + 1)))


@st.composite
def _measure(draw: st.DrawFn, name: str, plan: Plan, scope: Scope) -> Measure:
    rule = draw(st.none() | st.sampled_from(plan.rules)) if plan.rules else None
    how = draw(st.sampled_from(["sum", "sum", "sum", "count", "count distinct", "min", "max", "last"]))
    formulas = Formulas(draw, scope)
    formula, kind = None, "count"
    weighted = rule is not None and any(share != 1 for share in rule.levels)
    if how == "sum" and weighted:
        formula, kind = (
            draw(st.sampled_from([credit(plan), made("*", credit(plan), formulas.literal("rate"), kind="money")])),
            "money",
        )
    elif how == "count distinct":
        formula = formulas.text() if draw(st.booleans()) else formulas.number("number", 0)
    elif how != "count":
        own = replace(scope, leaves={**scope.leaves, "money": scope.leaves["money"][:-1]}) if weighted else scope
        kind = draw(st.sampled_from(["money", "money", "number"]))
        formula = Formulas(draw, own).number(kind, 1)
    if how == "last" and rule is not None and rule.levels:
        rule = None
    window = draw(st.none() | st.sampled_from(_WINDOWS)) if how != "last" and reaches(scope) else None
    if (
        window
        and "to date" in window
        and window.split()[0] in (plan.period, *(["quarter"] * (plan.period == "year")))
    ):
        window = None
    where = formulas.truth(1) if draw(st.booleans()) else None
    drawn = Measure(name, kind, how, () if rule else draw(_OF), rule, formula, where, window)
    alone = how in ("sum", "count", "min", "max") and not window and not (rule and rule.levels)
    return _of_each(draw, drawn, plan) if alone and draw(st.integers(0, 2)) == 0 else drawn


def _of_each(draw: st.DrawFn, measure: Measure, plan: Plan) -> Measure:
    """The measure told for each value of a text field. Without quotients: on the way a divisor may be 0."""
    kind = measure.kind
    each, formulas = Expr("each", (), kind), Formulas(draw, Scope({}, plan.tables))
    over = made(">=", each, formulas.literal(kind), kind="true/false")
    choices = [
        made("MIN", each, formulas.literal(kind), kind=kind),
        made(">", each, formulas.literal(kind), kind="true/false"),
        made("IF", over, formulas.literal(kind), each, kind=kind),
    ]
    if kind == "money":
        tables = [table.name for table in plan.tables if table.sliced and table.asked == kind and table.gives == "rate"]
        choices += [made("marginal", name, each, kind=kind) for name in tables]
    then = draw(st.sampled_from(choices))
    told = "count" if then.kind == "true/false" else kind
    return replace(measure, kind=told, per=draw(st.sampled_from(["product", "role", "external_id"])), then=then)


def _runs(measure: Measure) -> bool:
    levels = measure.rule.levels if measure.rule else ()
    return measure.how in ("sum", "count", "min", "max") and not measure.window and not levels


@st.composite
def per_fact(draw: st.DrawFn, name: str, plan: Plan, scope: Scope, *, taking: bool = False) -> Component:
    """A component worked out for each fact, which may ask what measures had reached before it.

    `taking`: later facts take back of it.
    """
    some = [one for one in plan.rules if not taking or "order_cancelled" not in one.of]
    rule = draw(st.none() | st.sampled_from(some)) if some else None
    reward = draw(st.sampled_from(["money", "money", "points"]))
    kind = "money" if reward == "money" else "number"
    if rule and any(share != 1 for share in rule.levels):  # shares of levels are for sums of credit
        scope = replace(scope, leaves={**scope.leaves, "money": scope.leaves["money"][:-1]})
    for measure in plan.measures:
        if _runs(measure) and not (rule and rule.levels):
            scope = scope.also(measure.kind, Expr("running", (measure.name,), measure.kind))
    formulas = Formulas(draw, scope)
    take = st.sampled_from(["all", "unused", Decimal("0.5")])
    taken = st.builds(Clawback, st.just("order_cancelled"), st.just("sold_on"), st.integers(1, 14), take)
    back = draw(taken if taking else st.none() | taken)
    of = draw(st.sampled_from([("order_closed",), ("order_closed", "order_returned")]))
    clawed = back if rule is None or "order_cancelled" not in rule.of else None
    return Component(
        name,
        formulas.number(kind, 2),
        floor=formulas.number(kind, 0) if draw(st.integers(0, 2)) == 0 else "none",
        cap=formulas.number(kind, 0) if draw(st.integers(0, 3)) == 0 else None,
        reward=reward,
        per=rule.of if rule else of,
        rule=rule,
        where=formulas.truth(1) if draw(st.booleans()) else None,
        clawback=clawed,
    )
