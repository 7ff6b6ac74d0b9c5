"""What every fact contributes to each measure, as columns over a relation of facts.

In a relation of facts as they were credited (`fact_rows`) each stands with its owner, in its own period. In a payee's
frame (`prefix_rows`) stand all facts that matter to one payee in one period: the own ones, those of people below
(`level`) and those of other periods (`own_period`); there a measure takes only what it looks at.
"""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlglot import exp

from liji.engine import sql
from liji.engine.exact import Exact
from liji.engine.formulas import Formulas
from liji.engine.formulas import Piece
from liji.engine.formulas import constant
from liji.engine.layers import Layers
from liji.engine.layers import Plain
from liji.engine.needs import needs_of
from liji.engine.sql import Sql
from liji.engine.tables import reached_band
from liji.engine.takenback import DAY
from liji.engine.takenback import TakenBack
from liji.engine.takenback import clawbacks
from liji.engine.takenback import fields_asked
from liji.engine.takenback import with_stand_ins
from liji.engine.windows import entered
from liji.engine.windows import in_window
from liji.plan.facts import BUILT_IN
from liji.plan.model import Field
from liji.plan.model import How
from liji.plan.model import Measure
from liji.plan.model import Plan
from liji.plan.numbers import places
from liji.plan.typed import Constant
from liji.plan.typed import Group
from liji.plan.typed import Lookup
from liji.plan.typed import Marginal
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.typed import references
from liji.plan.types import Kind

# Decimals that are kept of what comes in; more than these are refused, never cut off.
FIELD_SCALES = {Kind.MONEY: 6, Kind.RATE: 8, Kind.NUMBER: 6, Kind.COUNT: 0, Kind.PLAIN: 6}


_FIRST = sql.binary("=", sql.column("payee"), sql.column("first_payee"))


@dataclass(frozen=True)
class Contributed:
    """The columns `c:…` over a relation of facts, ready to be selected."""

    layers: Layers
    columns: list[tuple[str, Plain]]


class Contributions:
    """Translates the measures of one plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._fields = {**BUILT_IN, **plan.fields}
        self._scales: dict[str, int] = {}

    def scale(self, measure: Measure) -> int:
        """The scale of a measure's whole number, found by translating its formula into columns that nobody reads."""
        if measure.kind is Kind.COUNT or (measure.formula is None and measure.per is None):
            return 0
        if measure.id not in self._scales:
            translating = _Translating(self._plan, self._fields, self, framed=False)
            self._scales[measure.id] = translating.scale_of(measure) + weight_scale(measure)
        return self._scales[measure.id]

    def over_facts(self, *, framed: bool) -> Contributed:
        """The columns; `framed`: over a payee's frame, else over facts as they were credited."""
        translating = _Translating(self._plan, self._fields, self, framed=framed)
        return Contributed(translating.layers, list(translating.columns()))

    def typed_facts(self, table: str, *, apart: bool, beside: Sequence[str] = ()) -> exp.Select:
        """The facts with their numbers as whole numbers of a known scale, and the attributes that they are judged by.

        `apart`: payees' attributes stand in a relation of their own, `payee_rows`. A fact of a period that nobody asks
        for has none there; it still counts for what looks back at that period, which names no attributes. Only what was
        earned by an original is judged by those of the first period that is asked for. Otherwise the table is one of
        frames, and `beside` are its columns that are no fact's.
        """
        used: dict[Reference, None] = {}
        for measure in self._plan.measures.values():
            for formula in measure.formulas:
                used |= dict.fromkeys(references(formula))
            if measure.per:
                used[Reference(Role.FIELD, measure.per, Kind.TEXT)] = None
        used |= dict.fromkeys(fields_asked(self._plan))
        taking = bool(clawbacks(self._plan))
        if taking and self._plan.eligible is not None:
            used |= dict.fromkeys(references(self._plan.eligible))
        query = exp.select("*").from_(self._with_originals(table, beside, framed=not apart) if taking else table)
        judged = apart and any(reference.role is Role.ATTRIBUTE for reference in used)
        if judged and taking:
            query = query.join(self._first_rows(), on=_FIRST, join_type="left", copy=False)
        if judged:
            asked = exp.select("*", sql.named(sql.truth(True), "asked")).from_("payee_rows").subquery("asked_rows")
            query = query.join(asked, using=["payee", "period"], join_type="left", copy=False)
        for reference in used:
            if reference.role not in (Role.FIELD, Role.ATTRIBUTE):
                continue
            if reference.role is Role.ATTRIBUTE:
                named = self._plan.attributes[reference.name]
                own = attribute(named)
                own = sql.case(sql.column("asked"), own, _in_the_first(named) if taking else None) if judged else own
            else:
                kind, own = self._fields[reference.name].kind, sql.column(f"field:{reference.name}")
                own = whole_number(own, kind) if kind in FIELD_SCALES else own
            query = query.select(sql.named(own, _column(reference)), copy=False)
        return query

    def _with_originals(self, table: str, beside: Sequence[str], *, framed: bool) -> exp.Expression:
        """The facts, and what stands in for the originals of those that take back."""
        needs = needs_of(self._plan)
        columns = ["payee", "period", "fact_id", "type", "place", *beside]
        columns += ["level", "own_period", "last"] if framed else []
        columns += ["day"] if needs.days or (needs.levels and not framed) else []
        columns += ["dated_by"] if needs.dated else []
        columns += [f"field:{name}" for name in needs.fields]
        return with_stand_ins(self._plan, table, list(dict.fromkeys(columns)), framed=framed)

    def _first_rows(self) -> exp.Expression:
        """Each payee's attributes in the first of the periods that are asked for."""
        names = [sql.named(sql.column(f"attribute:{name}"), f"first:{name}") for name in self._plan.attributes]
        first = exp.RowNumber()
        order = exp.Order(expressions=[sql.column("period")])
        nth = exp.Window(this=first, partition_by=[sql.column("payee")], order=order)
        numbered = exp.select(sql.named(sql.column("payee"), "first_payee"), *names, sql.named(nth, "nth"))
        numbered = numbered.from_("payee_rows")
        return exp.select("*").from_(numbered.subquery("numbered")).where("nth = 1").subquery("first_rows")


class _Translating:
    """One translation of all measures of a plan, each after those whose running total it asks for."""

    def __init__(self, plan: Plan, fields: dict[str, Field], contributions: Contributions, *, framed: bool) -> None:
        self._plan = plan
        self._fields = fields
        self._scale = contributions.scale
        self._framed = framed
        self._columns: dict[str, Plain] = {}
        self._each = Exact(sql.integer(0), 0, None, 0)
        self.layers = Layers()
        self._taking = bool(clawbacks(plan))
        self._taken: dict[str, Exact] = {}
        self._original: dict[str, Piece] = {}
        period = "own_period" if framed and self._taking else "period"
        self._formulas = Formulas(
            self.layers, self._known, self._read, plan.period, unfinished=False, period_column=period
        )

    def columns(self) -> Iterator[tuple[str, Plain]]:
        for measure in self._plan.measures.values():
            self._formulas.naming = measure.id
            self._columns[measure.id] = column = self._contribution(measure)
            if self._framed and self._taking:  # originals of other periods stand there, which the measure does not see
                seen = sql.case(self._inside(measure), column.sql)
                column = self.layers.bind(seen, column.layer)
            yield f"c:{measure.id}", column

    def scale_of(self, measure: Measure) -> int:
        """The decimals of what a fact brings to a measure."""
        if measure.then is None:
            return self.number_of(measure).scale
        inner = self.number_of(measure).scale if measure.formula is not None and measure.how is not How.COUNT else 0
        return self._of_each(measure, sql.column("each"), inner, 0).scale

    def number_of(self, measure: Measure) -> Exact:
        """A measure's formula as a decimal."""
        assert measure.formula is not None  # noqa: S101
        return self._formulas.exact.quotient(self._formulas.number(measure.formula))

    def _contribution(self, measure: Measure) -> Plain:
        formulas = self._formulas
        counts = [entered(self._plan, measure.entries()), *self._valid(measure), *self._seen(measure)]
        guards = [formulas.bound(sql.filled(sql.both(counts), sql.truth(False)), 0)]
        if measure.where is not None:
            with formulas.under(*guards):
                condition = formulas.plain(measure.where)
                test = formulas.bound(condition.sql, condition.layer)
            guards = [formulas.bound(sql.filled(test.sql, sql.truth(False)), test.layer)]
        with formulas.under(*guards):
            own, scale = self._own(measure)
            return own if measure.per is None else self._for_each(measure, own, scale)

    def _valid(self, measure: Measure) -> list[Sql]:
        """The days on which the plan is valid; a window also looks at those before."""
        day, tests = sql.column("day"), []
        if self._plan.valid_from is not None and measure.window is None:
            tests.append(sql.binary(">=", day, sql.day(self._plan.valid_from.isoformat())))
        if self._plan.valid_to is not None:
            tests.append(sql.binary("<=", day, sql.day(self._plan.valid_to.isoformat())))
        return tests

    def _own(self, measure: Measure) -> tuple[Plain, int]:
        """What a fact that counts brings by itself, and its scale."""
        formulas = self._formulas
        if measure.formula is None:
            return formulas.bound(sql.integer(1), 0), 0
        if measure.how is How.COUNT_DISTINCT:
            piece = formulas.piece(measure.formula)
            plain = piece if isinstance(piece, Plain) else formulas.exact.quotient(piece)
            top = plain.sql if isinstance(plain, Plain) else sql.huge(plain.top)
            return formulas.bound(top, plain.layer), 0
        number = self.number_of(measure)
        top = sql.huge(number.top)
        if self._framed and weight_scale(measure) + any(share != 1 for share in measure.levels):
            top = sql.binary("*", top, weight(measure, sql.column("level")))
        return formulas.bound(top, number.layer), number.scale

    # What is told for each value of a field: a fact brings the difference that it makes to its own value's.

    def _for_each(self, measure: Measure, own: Plain, scale: int) -> Plain:
        formulas = self._formulas
        assert measure.per is not None  # noqa: S101
        named = formulas.plain(Reference(Role.FIELD, measure.per, Kind.TEXT))
        key = formulas.bound(named.sql, named.layer)
        layer = max(own.layer, key.layer)
        with formulas.unguarded():
            now = formulas.bound(summed(measure.how, own.sql, self._own_period(up_to_this_fact(key.sql))), layer)
            so_far = self._own_period(before_this_fact(key.sql))
            before = formulas.bound(summed(measure.how, own.sql, so_far), layer)
            counted = sql.case(sql.negated(sql.is_null(own.sql)), sql.integer(1))
            earlier = summed(How.COUNT, counted, so_far)
            first = formulas.bound(sql.is_null(earlier), layer)
        after = self._of_each(measure, now.sql, scale, now.layer)
        with formulas.under(Plain(sql.negated(first.sql), first.layer)):
            told = self._of_each(measure, before.sql, scale, before.layer)
            known = formulas.bound(sql.huge(told.top), told.layer)
        more = sql.binary("-", sql.huge(after.top), sql.filled(known.sql, sql.integer(0)))
        return formulas.bound(more, max(after.layer, known.layer))

    def _of_each(self, measure: Measure, value: Sql, scale: int, layer: int) -> Exact:
        """What `then` says of one value's sum: a number, or 1 or 0 for a condition."""
        assert measure.then is not None  # noqa: S101
        self._each = Exact(value, scale, None, layer)
        if measure.then.kind is Kind.BOOL:
            holds = self._formulas.plain(measure.then)
            return Exact(sql.case(holds.sql, sql.integer(1), sql.integer(0)), 0, None, holds.layer)
        return self._formulas.exact.quotient(self._formulas.number(measure.then))

    def _seen(self, measure: Measure) -> list[Sql]:
        """In a frame: what of it the measure looks at."""
        if not self._framed or not reaches(self._plan):
            return []
        level = sql.column("level")
        if measure.levels:
            inside = [
                sql.binary(">=", level, sql.factor(1)),
                sql.binary("<=", level, sql.factor(len(measure.levels))),
            ]
        else:
            inside = [sql.binary("=", level, sql.factor(0))]
        return inside if self._taking else [*inside, self._inside(measure)]

    def _inside(self, measure: Measure) -> Sql:
        """In a frame: whether a fact's period is one that the measure looks at."""
        return in_window(self._plan, measure.window, sql.column("own_period"), sql.column("period"))

    def _own_period(self, window: exp.Window) -> exp.Window:
        """Where facts of several periods stand in a frame, and what stands in for originals: each in its own period, a
        stand-in before all facts of its day.
        """
        if not self._taking:
            return window
        if self._framed:
            window.args["partition_by"].append(sql.column("own_period"))
        fact = sql.case(sql.is_null(sql.column("stands_for")), sql.factor(1), sql.factor(0))
        order = [sql.column(DAY), fact, sql.column("place")]
        window.set("order", exp.Order(expressions=order))
        return window

    def _known(self, reference: Reference) -> Piece:
        """A field of the fact, an attribute of its payee, or a measure's running total before it."""
        if reference.role is Role.RUNNING:
            return self._running(self._plan.measures[reference.name])
        if reference.role is Role.EACH:
            return self._each
        if reference.role is Role.TAKEN:
            return self._taken_back(reference.name)
        if reference.role is Role.ORIGINAL:
            return self._original[reference.name]
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

    def _taken_back(self, name: str) -> Exact:
        """What a fact takes back in a component."""
        if name not in self._taken:
            component = self._plan.components[name]
            assert component.each is not None  # noqa: S101
            level = self._seen(component.each)
            with self._formulas.unguarded():
                own = TakenBack(
                    self._plan, component, self.layers, self._known, self._formulas, level, framed=self._framed
                )
                own.original = self._original
                self._taken[name] = own.amount()
        return self._taken[name]

    def _running(self, measure: Measure) -> Exact:
        """What the measure's facts before this one come to, within the period."""
        own = self._columns.get(measure.id)
        if own is None:  # only the scale is asked for
            return Exact(sql.column(f"c:{measure.id}"), self._scale(measure), None, 0)
        total = summed(measure.adds, own.sql, self._own_period(before_this_fact()))
        bound = self.layers.bind(sql.filled(total, sql.integer(0)), own.layer)
        return Exact(bound.sql, self._scale(measure), None, bound.layer)

    def _read(self, reading: Lookup | Marginal | Group, formulas: Formulas) -> Exact:
        assert not isinstance(reading, Group)  # noqa: S101 - the checker refuses groups of facts
        return reached_band(formulas, self._plan.tables[reading.table], reading)[1]


def reaches(plan: Plan) -> bool:
    """Whether a frame holds other people's facts or those of other periods."""
    return bool(clawbacks(plan)) or any(measure.levels or measure.window for measure in plan.measures.values())


def weight_scale(measure: Measure) -> int:
    """Decimals of the shares with which levels count."""
    return max((places(share) for share in measure.levels), default=0)


def weight(measure: Measure, level: Sql) -> Sql:
    """The share of a level, as a whole number of `weight_scale`."""
    scale = weight_scale(measure)
    told = [sql.integer(int(share.scaleb(scale))) for share in measure.levels]
    branches = [(sql.binary("=", level, sql.factor(at)), share) for at, share in enumerate(told[:-1], start=1)]
    return sql.cases(branches, told[-1]) if branches else told[-1]


def summed(how: How, column: Sql, window: exp.Window | None) -> Sql:
    """The column over all rows, or over a window of them. A count sums up ones, so that counts can be summed again."""
    over: dict[How, Sql] = {
        How.SUM: exp.Sum(this=column),
        How.COUNT: exp.Sum(this=column),
        How.COUNT_DISTINCT: exp.Count(this=exp.Distinct(expressions=[column])),
        How.MIN: exp.Min(this=column),
        How.MAX: exp.Max(this=column),
        How.LAST: exp.ArgMax(this=column, expression=sql.case(sql.negated(sql.is_null(column)), sql.column("place"))),
    }
    value = over[how]
    if window is not None:
        own = window.copy()
        own.set("this", value)
        value = own
    return sql.huge(value)


def before_this_fact(key: Sql | None = None) -> exp.Window:
    """All facts of the payee-period before each one; with a key, those of the same one."""
    return _rows_up_to("1", "PRECEDING", key)


def up_to_this_fact(key: Sql | None = None) -> exp.Window:
    """All facts of the payee-period up to each one; with a key, those of the same one."""
    return _rows_up_to("CURRENT ROW", None, key)


def _rows_up_to(end: str, side: str | None, key: Sql | None) -> exp.Window:
    spec = exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end=end, end_side=side)
    return exp.Window(
        partition_by=[sql.column("payee"), sql.column("period"), *([key.copy()] if key is not None else [])],
        order=exp.Order(expressions=[sql.column("place")]),
        spec=spec,
    )


def _in_the_first(own: Field) -> Sql:
    """The same of the first of the payee's periods; nothing where none is asked for."""
    return sql.case(sql.negated(sql.is_null(sql.column("first_payee"))), attribute(own, prefix="first"))


def attribute(own: Field, *, read: bool = True, prefix: str = "attribute") -> Sql:
    """An attribute as a typed column; what the plan says for a missing one stands in. One that a formula reads (`read`)
    stops the calculation when it has no value.
    """
    given = sql.column(f"{prefix}:{own.id}")
    if own.kind in FIELD_SCALES:
        given = whole_number(given, own.kind)
    missing = _stand_in(own)
    if missing is not None:
        return sql.filled(given, missing)
    if not read:
        return given
    return sql.case(sql.is_null(given), sql.stop("missing_attribute", own.id), given)


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


def whole_number(given: Sql, kind: Kind) -> Sql:
    """A decimal column as a whole number of its kind's scale."""
    scale = FIELD_SCALES[kind]
    return sql.huge(sql.binary("*", given, sql.factor(10**scale)) if scale else given)
