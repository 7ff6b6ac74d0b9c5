"""The relations under a plan: what every fact contributes to each measure, summed up per payee-period or
prefix.

Three bases lead to the same columns `m:…` (measures), `t:…` (targets) and `a:…` (attributes): `grouped` sums
facts per payee and period, `running` sums them up to and including each fact, `given` takes the measures as
they are told.
"""

from decimal import Decimal

from sqlglot import exp

from liji.engine import sql
from liji.engine.exact import Exact
from liji.engine.formulas import Formulas
from liji.engine.formulas import Piece
from liji.engine.formulas import constant
from liji.engine.formulas import reached_band
from liji.engine.layers import Layers
from liji.engine.layers import Plain
from liji.engine.sql import Sql
from liji.plan.facts import BUILT_IN
from liji.plan.model import Field
from liji.plan.model import How
from liji.plan.model import Measure
from liji.plan.model import Plan
from liji.plan.typed import Constant
from liji.plan.typed import Lookup
from liji.plan.typed import Marginal
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.typed import references
from liji.plan.types import Kind

# Decimals that are kept of what comes in; more than these are refused, never cut off.
FIELD_SCALES = {Kind.MONEY: 6, Kind.RATE: 8, Kind.NUMBER: 6, Kind.COUNT: 0, Kind.PLAIN: 6}

Base = list[tuple[str, exp.Query]]


class MeasureSql:
    """Builds the base relations of one plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._fields = {**BUILT_IN, **plan.fields}

    def scale(self, measure: Measure) -> int:
        """The scale of a measure's whole number, found by translating its formula into columns that nobody reads."""
        if measure.kind is Kind.COUNT or measure.formula is None:
            return 0
        formulas = Formulas(Layers(), self._known, self._read_table, unfinished=False)
        return formulas.exact.quotient(formulas.number(measure.formula)).scale

    def contributions(self) -> exp.Select:
        """Per fact, what it adds to each measure; NULL where it does not count."""
        layers, pieces = self._pieces()
        keys = [(name, Plain(sql.column(name), 0)) for name in ("payee", "period", "fact_id")]
        return layers.over([("facts", self._typed_facts("fact_rows", apart=True))], keys + pieces)

    def grouped(self) -> Base:
        """Over the relations `fact_rows` and `payee_rows`; a payee without facts has a row too."""
        layers, pieces = self._pieces()
        keys = [(name, Plain(sql.column(name), 0)) for name in ("payee", "period")]
        facts = layers.over([("facts", self._typed_facts("fact_rows", apart=True))], keys + pieces)
        summed = exp.select("payee", "period").from_("credited").group_by("payee", "period")
        outer = exp.select("payees.payee", "payees.period").from_("payees")
        for measure in self._plan.measures.values():
            name = f"m:{measure.id}"
            summed = summed.select(_named(self._summed(measure, None), name), copy=False)
            outer = outer.select(_named(sql.filled(sql.column(name), sql.integer(0)), name), copy=False)
        outer = outer.select(_named(sql.truth(True), "last"), *self._terms(), copy=False)
        outer = outer.join("sums", using=["payee", "period"], join_type="left", copy=False)
        payees = exp.select("*").from_("payee_rows")
        return [("credited", facts), ("sums", summed), ("payees", payees), ("base", outer)]

    def running(self) -> Base:
        """Over `prefix_rows`: facts numbered in order, with their payee's terms beside them."""
        layers, pieces = self._pieces()
        terms = [f"attribute:{name}" for name in self._plan.attributes]
        terms += [f"target:{name}" for name in self._plan.targets]
        terms += [f"balance:{name}" for name in self._plan.balances]
        kept = ["payee", "period", "fact_id", "last", "place", *terms]
        keys = [(name, Plain(sql.column(name), 0)) for name in kept]
        facts = layers.over([("facts", self._typed_facts("prefix_rows", apart=False))], keys + pieces)
        outer = exp.select("payee", "period", "fact_id", "last").from_("credited")
        window = exp.Window(
            partition_by=[sql.column("payee"), sql.column("period")],
            order=exp.Order(expressions=[sql.column("place")]),
            spec=exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW"),
        )
        for measure in self._plan.measures.values():
            total = sql.filled(self._summed(measure, window), sql.integer(0))
            outer = outer.select(_named(total, f"m:{measure.id}"), copy=False)
        return [("credited", facts), ("base", outer.select(*self._terms(), copy=False))]

    def given(self) -> Base:
        """Over `given_rows`: the measures as columns `measure:…`, as whole numbers of their scale."""
        outer = exp.select("payee", "period", "fact_id").from_("given_rows")
        outer = outer.select(_named(sql.truth(True), "last"), copy=False)
        for name in self._plan.measures:
            outer = outer.select(_named(sql.huge(sql.column(f"measure:{name}")), f"m:{name}"), copy=False)
        return [("base", outer.select(*self._terms(), copy=False))]

    def _terms(self) -> list[Sql]:
        """Targets, balances, attributes as typed columns; what the plan says for missing ones stands in."""
        terms = []
        for target in self._plan.targets.values():
            kind = self._plan.measures[target.measure].kind
            given = _whole_number(sql.column(f"target:{target.measure}"), kind)
            if target.default is not None:
                scale = FIELD_SCALES[kind]
                given = sql.filled(given, sql.integer(int(target.default.scaleb(scale))))
            terms.append(_named(given, f"t:{target.measure}"))
        for balance in self._plan.balances.values():
            scale = FIELD_SCALES[balance.kind]
            given = _whole_number(sql.column(f"balance:{balance.id}"), balance.kind)
            start = sql.integer(int(balance.start.scaleb(scale)))
            terms.append(_named(sql.filled(given, start), f"o:{balance.id}"))
        for attribute in self._plan.attributes.values():
            terms.append(_named(self._attribute(attribute), f"a:{attribute.id}"))
        return terms

    @staticmethod
    def _attribute(attribute: Field) -> Sql:
        given = sql.column(f"attribute:{attribute.id}")
        if attribute.kind in FIELD_SCALES:
            given = _whole_number(given, attribute.kind)
        missing = _stand_in(attribute)
        if missing is not None:
            return sql.filled(given, missing)
        return sql.case(sql.is_null(given), sql.stop("missing_attribute", attribute.id), given)

    # Facts.

    def _typed_facts(self, table: str, *, apart: bool) -> exp.Select:
        """The facts with their numbers as whole numbers of a known scale, and the attributes that they are judged by.

        `apart`: payees' attributes stand in a relation of their own, `payee_rows`.
        """
        used: dict[Reference, None] = {}
        for measure in self._plan.measures.values():
            for formula in (measure.formula, measure.where):
                used |= dict.fromkeys(references(formula))
        query = exp.select("*").from_(table)
        if apart and any(reference.role is Role.ATTRIBUTE for reference in used):
            query = query.join("payee_rows", using=["payee", "period"], copy=False)
        for reference in used:
            if reference.role is Role.ATTRIBUTE:
                own = self._attribute(self._plan.attributes[reference.name])
            else:
                kind, own = self._fields[reference.name].kind, sql.column(f"field:{reference.name}")
                own = _whole_number(own, kind) if kind in FIELD_SCALES else own
            query = query.select(_named(own, _column(reference)), copy=False)
        return query

    def _pieces(self) -> tuple[Layers, list[tuple[str, Plain]]]:
        layers = Layers()
        formulas = Formulas(layers, self._known, self._read_table, unfinished=False)
        pieces = []
        for measure in self._plan.measures.values():
            formulas.naming = measure.id
            pieces.append((f"c:{measure.id}", self._contribution(measure, formulas)))
        return layers, pieces

    def _contribution(self, measure: Measure, formulas: Formulas) -> Plain:
        counts = sql.one_of(sql.column("type"), [sql.text(kind) for kind in measure.of])
        guards = [formulas.bound(sql.filled(counts, sql.truth(False)), 0)]
        if measure.where is not None:
            with formulas.under(*guards):
                condition = formulas.plain(measure.where)
                test = formulas.bound(condition.sql, condition.layer)
            guards = [formulas.bound(sql.filled(test.sql, sql.truth(False)), test.layer)]
        with formulas.under(*guards):
            if measure.formula is None:
                return formulas.bound(sql.integer(1), 0)
            piece = formulas.piece(measure.formula)
            if isinstance(piece, Plain):
                return formulas.bound(piece.sql, piece.layer)
            number = formulas.exact.quotient(piece)
            return formulas.bound(sql.huge(number.top), number.layer)

    def _known(self, reference: Reference) -> Piece:
        """A field of the fact, or an attribute of its payee."""
        given = sql.column(_column(reference))
        if reference.role is Role.ATTRIBUTE:
            kind = self._plan.attributes[reference.name].kind
            return Exact(given, FIELD_SCALES[kind], None, 0) if kind in FIELD_SCALES else Plain(given, 0)
        own = self._fields[reference.name]
        missing = _stand_in(own)
        if missing is not None:
            value = sql.filled(given, missing)
        else:
            value = sql.case(sql.is_null(given), sql.stop("missing_field", own.id), given)
        if own.kind in FIELD_SCALES:
            return Exact(value, FIELD_SCALES[own.kind], None, 0)
        return Plain(value, 0)

    def _read_table(self, reading: Lookup | Marginal, formulas: Formulas) -> Exact:
        return reached_band(formulas, self._plan.tables[reading.table], reading)[1]

    @staticmethod
    def _summed(measure: Measure, window: exp.Window | None) -> Sql:
        column = sql.column(f"c:{measure.id}")
        over: dict[How, Sql] = {
            How.SUM: exp.Sum(this=column),
            How.COUNT: exp.Count(this=column),
            How.COUNT_DISTINCT: exp.Count(this=exp.Distinct(expressions=[column])),
            How.MIN: exp.Min(this=column),
            How.MAX: exp.Max(this=column),
        }
        value = over[measure.how]
        if window is not None:
            own = window.copy()
            own.set("this", value)
            value = own
        return sql.huge(value)


def _column(reference: Reference) -> str:
    return f"{'a' if reference.role is Role.ATTRIBUTE else 'f'}:{reference.name}"


def _stand_in(own: Field) -> Sql | None:
    """What the plan says for a missing value, in SQL."""
    if own.missing is None:
        return None
    if isinstance(own.missing, Decimal):
        return sql.integer(int(own.missing.scaleb(FIELD_SCALES[own.kind])))
    piece = constant(Constant(own.missing, own.kind))
    return piece.sql if isinstance(piece, Plain) else piece.top


def _whole_number(given: Sql, kind: Kind) -> Sql:
    scale = FIELD_SCALES[kind]
    return sql.huge(sql.binary("*", given, sql.factor(10**scale)) if scale else given)


def _named(value: Sql, name: str) -> Sql:
    return exp.Alias(this=value, alias=exp.Identifier(this=name, quoted=True))
