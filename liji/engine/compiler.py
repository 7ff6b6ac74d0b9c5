"""Compiles a plan once into SQL: what it needs, the named values in order, and the queries over them."""

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from functools import lru_cache

from sqlglot import exp

from liji.engine import sql
from liji.engine.contributions import FIELD_SCALES
from liji.engine.contributions import Contributions
from liji.engine.exact import Exact
from liji.engine.formulas import Formulas
from liji.engine.formulas import Piece
from liji.engine.formulas import scaled
from liji.engine.groups import Groups
from liji.engine.layers import Layers
from liji.engine.layers import Plain
from liji.engine.measures import MeasureSql
from liji.engine.needs import Needs
from liji.engine.needs import needs_of
from liji.engine.quotients import quickly_divided
from liji.engine.shapes import Shape
from liji.engine.shapes import shape_of
from liji.engine.sql import Sql
from liji.engine.tables import reached_band
from liji.engine.windows import last_day
from liji.plan.model import Balance
from liji.plan.model import Component
from liji.plan.model import Missing
from liji.plan.model import Plan
from liji.plan.model import Target
from liji.plan.results import formulas_of
from liji.plan.typed import Constant
from liji.plan.typed import Group
from liji.plan.typed import Lookup
from liji.plan.typed import Marginal
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.typed import Typed
from liji.plan.typed import outside_groups
from liji.plan.typed import written
from liji.plan.types import Kind

NUMBERS = (Kind.MONEY, Kind.RATE, Kind.NUMBER, Kind.COUNT, Kind.PLAIN)


@dataclass(frozen=True)
class Output:
    """A column of a result: its name, its type, and the scale by which its whole number is to be divided."""

    name: str
    kind: Kind
    scale: int


@dataclass(frozen=True)
class Compiled:
    """A plan that is ready to run. `grouped` is the query over facts and payees, `running` the one over a payee's
    frame, fact by fact; `groups` are the outputs that tell of whole groups and are given to a single payee's run.
    """

    plan: Plan
    needs: Needs
    outputs: tuple[Output, ...]
    shapes: dict[str, Shape]
    depends: dict[str, frozenset[str]]  # value or component → the measures whose targets it cannot do without
    lacks: dict[str, frozenset[str]]  # the same → the values of groups without which it has none
    grouped: exp.Select
    running: exp.Select
    given: exp.Select
    together: exp.Select
    contributions: exp.Select
    groups: tuple[Output, ...] = ()
    cache: dict[str, str] = field(default_factory=dict)

    def text(self, query: str, *, many: bool = False) -> str:
        """The SQL of one of the queries, for DuckDB; `many`: quotients are written for millions of rows."""
        key = f"{query} of many" if many else query
        if key not in self.cache:
            tree: exp.Select = getattr(self, query)
            self.cache[key] = (quickly_divided(tree) if many else tree).sql(dialect="duckdb")
        return self.cache[key]


@lru_cache(maxsize=512)
def _compiled(digest: str, holder: "_Holder") -> Compiled:
    return _Compiler(holder.plan).compile()


class _Holder:
    """A plan that is equal to any other of the same digest: the cache knows plans by their content."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Holder) and other.plan.digest == self.plan.digest

    def __hash__(self) -> int:
        return hash(self.plan.digest)


def compile_plan(plan: Plan) -> Compiled:
    """The plan's queries; compiled once per content."""
    return _compiled(plan.digest, _Holder(plan))


class _Compiler:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._layers = Layers()
        self._formulas = Formulas(self._layers, self._resolve, self._read, plan.period)
        self._known: dict[tuple[Role, str], Piece] = {}
        self._readings: dict[tuple[str, tuple[str, ...]], Exact] = {}
        self._groups: dict[str, tuple[Output, Exact]] = {}
        self._eligible_one = Plain(sql.truth(True), 0)
        self._outputs: list[tuple[Output, Plain]] = []
        self._has_target: dict[str, Plain] = {}
        self._depends: dict[str, frozenset[str]] = {}
        self._lacks: dict[str, frozenset[str]] = {}
        self._asked: dict[str, Group] = {}
        self._shapes: dict[str, Shape] = {}

    def compile(self) -> Compiled:
        contributions = Contributions(self._plan)
        measures = MeasureSql(self._plan, contributions)
        eligible = self._eligible_one = self._inputs(contributions)
        for name in self._plan.order:
            self._depends[name] = self._targets_of(name)
            self._lacks[name] = self._groups_of(formulas_of(self._plan, name))
            if name in self._plan.values:
                self._value(name)
            else:
                self._component(self._plan.components[name], eligible)
        self._total()
        for balance in self._plan.balances.values():
            self._closing(balance)
        selected = [(f"{number}", piece) for number, (_, piece) in enumerate(self._outputs)]
        keys = [(name, Plain(sql.column(name), 0)) for name in ("payee", "period", "fact_id")]
        place = ("place", Plain(sql.column("place"), 0))
        groups = list(self._groups)
        told = {f"g:{key}" for key in groups}
        return Compiled(
            plan=self._plan,
            needs=needs_of(self._plan),
            outputs=tuple(output for output, _ in self._outputs),
            shapes=self._shapes,
            depends=self._depends,
            lacks=self._lacks,
            grouped=self._layers.over(measures.grouped(), keys[:2] + selected),
            running=self._layers.over(measures.running(groups), [*keys, place, *selected], told),
            given=self._layers.over(measures.given(groups), keys + selected, told),
            together=self._layers.over(measures.given([]), keys + selected),
            contributions=measures.contributions(),
            groups=tuple(output for output, _ in self._groups.values()),
        )

    # What the base relation brings.

    def _inputs(self, contributions: Contributions) -> Plain:
        for attribute in self._plan.attributes.values():
            column = sql.column(f"a:{attribute.id}")
            if attribute.kind in NUMBERS:
                scale = FIELD_SCALES[attribute.kind]
                self._known[Role.ATTRIBUTE, attribute.id] = Exact(column, scale, None, 0)
                self._output(attribute.id, attribute.kind, Exact(column, scale, None, 0))
            else:
                self._known[Role.ATTRIBUTE, attribute.id] = Plain(column, 0)
                self._output(attribute.id, attribute.kind, Plain(column, 0))
        eligible = self._eligible()
        for measure in self._plan.measures.values():
            scale = contributions.scale(measure)
            piece = Exact(sql.column(f"m:{measure.id}"), scale, None, 0)
            self._known[Role.MEASURE, measure.id] = piece
            self._output(measure.id, measure.kind, piece)
        for target in self._plan.targets.values():
            self._target(target)
        for balance in self._plan.balances.values():
            brought = Exact(sql.column(f"o:{balance.id}"), FIELD_SCALES[balance.kind], None, 0)
            self._known[Role.OPENING, balance.id] = brought
            self._output(f"opening({balance.id})", balance.kind, brought)
        return eligible

    def _eligible(self) -> Plain:
        valid = self._valid()
        if self._plan.eligible is None and valid is None:
            eligible = Plain(sql.truth(True), 0)
        else:
            self._formulas.naming = "eligible"
            test = self._formulas.plain(self._plan.eligible or Constant(True, Kind.BOOL))
            both = test.sql if valid is None else sql.both([valid, test.sql])
            eligible = self._layers.bind(both, test.layer, "eligible")
        self._output("eligible", Kind.BOOL, eligible)
        return eligible

    def _valid(self) -> Sql | None:
        """Whether the plan is valid on any day of the period; None: it always is."""
        period, tests = sql.column("period"), []
        if self._plan.valid_from is not None:
            since = sql.day(self._plan.valid_from.isoformat())
            tests.append(sql.binary(">=", last_day(self._plan.period, period), since))
        if self._plan.valid_to is not None:
            tests.append(sql.binary("<=", period, sql.day(self._plan.valid_to.isoformat())))
        return sql.both(tests) if tests else None

    def _target(self, target: Target) -> None:
        """Target and attainment. A target of 0 or less is none, for nothing can be reached by its share."""
        kind = self._plan.measures[target.measure].kind
        scale = FIELD_SCALES[kind]
        given = sql.column(f"t:{target.measure}")
        layer = 0
        if target.factor is not None:
            self._output(f"quota({target.measure})", kind, Exact(given, scale, None, 0))
            self._formulas.naming = f"target({target.measure})"
            ramped = self._formulas.exact.multiplied(Exact(given, scale, None, 0), self._formulas.number(target.factor))
            scale = FIELD_SCALES[Kind.NUMBER]  # also of a count: a share of 3 orders need not be whole
            ramped, _ = self._formulas.exact.aligned(
                self._formulas.exact.rounded(ramped, scale), Exact(sql.integer(0), scale, None, 0)
            )
            bound = self._layers.bind(sql.huge(ramped.top), ramped.layer)
            given, layer = bound.sql, bound.layer
        there = sql.both([sql.negated(sql.is_null(given)), sql.binary(">", given, sql.factor(0))])
        has = self._layers.bind(there, layer, f"has target({target.measure})")
        measure = self._known[Role.MEASURE, target.measure]
        assert isinstance(measure, Exact)  # noqa: S101
        reached = Exact(measure.top, measure.scale - scale, given, has.layer)
        if isinstance(target.missing, Missing):
            self._has_target[target.measure] = has
            stop = sql.stop("no_target", f"target({target.measure})") if target.missing is Missing.ERROR else None
            amount = sql.case(has.sql, given, stop)
            reached = Exact(sql.case(has.sql, reached.top), reached.scale, amount, has.layer)
        else:
            amount = sql.case(has.sql, given, sql.integer(0))
            reached = self._formulas.exact.chosen(has.sql, has.layer, reached, scaled(target.missing))
        self._formulas.naming = f"target({target.measure})"
        known = self._formulas.column(Exact(amount, scale, None, has.layer), None)
        self._known[Role.TARGET, target.measure] = known
        self._output(f"target({target.measure})", kind, known)
        self._formulas.naming = f"attainment({target.measure})"
        attainment = self._formulas.column(reached, None)
        self._known[Role.ATTAINMENT, target.measure] = attainment
        self._output(f"attainment({target.measure})", Kind.RATE, attainment)

    # Names.

    def _resolve(self, reference: Reference) -> Piece:
        return self._known[reference.role, reference.name]

    def _targets_of(self, name: str) -> frozenset[str]:
        """The measures without whose target a value or component has no meaning."""
        found: set[str] = set()
        for formula in formulas_of(self._plan, name):
            found |= self._targets_in(formula)
        return frozenset(found)

    def _targets_in(self, formula: Typed) -> set[str]:
        found: set[str] = set()
        for reference in outside_groups(formula):
            if not isinstance(reference, Reference):
                continue
            if reference.role in (Role.TARGET, Role.ATTAINMENT):
                found.add(reference.name)
            elif reference.role is Role.VALUE:
                found |= self._depends[reference.name]
        return found & self._has_target.keys()

    def _groups_of(self, formulas: Iterable[Typed]) -> frozenset[str]:
        """The values of groups that are none where nobody has one, and without which formulas have no meaning."""
        found: set[str] = set()
        for part in (part for formula in formulas for part in outside_groups(formula)):
            if isinstance(part, Group) and part.function in ("count", "highest", "lowest"):
                key = written(part)
                self._asked[key] = part
                found.add(key)
            elif isinstance(part, Reference) and part.role is Role.VALUE:
                found |= self._lacks[part.name]
        return frozenset(found)

    def _guards(self, name: str) -> list[Plain]:
        targets = [self._has_target[measure] for measure in sorted(self._depends[name])]
        return targets + self._known_of(self._lacks[name])

    def _guards_in(self, formulas: Sequence[Typed]) -> list[Plain]:
        targets = sorted({measure for formula in formulas for measure in self._targets_in(formula)})
        return [self._has_target[measure] for measure in targets] + self._known_of(self._groups_of(formulas))

    def _known_of(self, groups: Iterable[str]) -> list[Plain]:
        """Whether there is a value of each group."""
        told = [self._over_group(self._asked[key], self._formulas) for key in sorted(groups)]
        return [Plain(sql.negated(sql.is_null(one.top)), one.layer) for one in told]

    def _output(self, name: str, kind: Kind, piece: Piece) -> None:
        self._outputs.append(self._written(name, kind, piece))

    def _output_again(self, name: str, kind: Kind, piece: Exact) -> None:
        """The same value may be read at several places, at each under its own conditions: one that read it shows it."""
        output, told = self._written(name, kind, piece)
        for at, (known, first) in enumerate(self._outputs):
            if known.name == name:
                self._outputs[at] = known, Plain(sql.filled(first.sql, told.sql), max(first.layer, told.layer))
                return
        self._outputs.append((output, told))

    def _written(self, name: str, kind: Kind, piece: Piece) -> tuple[Output, Plain]:
        if not isinstance(piece, Exact):
            return Output(name, kind, 0), piece
        if piece.under is not None:
            piece = self._formulas.exact.quotient(piece)
        return Output(name, kind, piece.scale), Plain(piece.top, piece.layer)

    # Values and components.

    def _value(self, name: str) -> None:
        value = self._plan.values[name]
        self._formulas.naming = name
        with self._formulas.under(*self._guards(name)):
            piece = self._formulas.piece(value.formula)
            bound: Piece
            if isinstance(piece, Exact):
                bound = self._formulas.column(piece, f"v:{name}")
            else:
                bound = self._formulas.bound(piece.sql, piece.layer, f"v:{name}")
        self._known[Role.VALUE, name] = bound
        self._output(name, value.formula.kind, bound)

    def _component(self, component: Component, eligible: Plain) -> None:
        """Gate, raw amount, amount: clamped by floor and cap, then rounded to the currency's minor unit."""
        formulas, name = self._formulas, component.id
        is_money = component.reward == "money"
        pays, places = (Kind.MONEY, self._plan.minor_unit) if is_money else (Kind.NUMBER, FIELD_SCALES[Kind.NUMBER])
        formulas.naming = f"{name}.when"
        everybody = eligible.sql == sql.truth(True)
        gate = self._gate(component, [*([] if everybody else [eligible]), *self._guards(name)])
        always = gate.sql == sql.truth(True)
        self._output(f"{name}.when", Kind.BOOL, gate)
        formulas.naming = name
        with formulas.under(*([] if always else [gate])):
            raw = formulas.column(formulas.number(component.formula), None)
            self._shape(component)
            paid = raw
            if component.floor is not None:
                paid = formulas.exact.extreme("max", [paid, formulas.number(component.floor)])
            if component.cap is not None:
                paid = formulas.exact.extreme("min", [paid, formulas.number(component.cap)])
            rounded = formulas.exact.rounded(paid, places)
        self._output(f"{name}.raw", pays, raw)
        unit = Exact(sql.integer(0), places, None, 0)
        rounded, _ = formulas.exact.aligned(rounded, unit)
        otherwise = self._taken_all_the_same(component, rounded)
        amount = sql.huge(rounded.top if always else sql.case(gate.sql, rounded.top, otherwise.top))
        bound = self._layers.bind(amount, max(gate.layer, rounded.layer, otherwise.layer), f"c:{name}")
        self._known[Role.COMPONENT, name] = Exact(bound.sql, rounded.scale, None, bound.layer)
        self._output(name, pays, self._known[Role.COMPONENT, name])

    def _taken_all_the_same(self, component: Component, paid: Exact) -> Exact:
        """What is taken back of a payee who is not eligible any more; of who never was, nothing was earned."""
        nothing = Exact(sql.integer(0), paid.scale, None, 0)
        back = component.clawback
        if back is None or back.taken.levels:
            return nothing
        taken = self._known[Role.MEASURE, back.taken.id]
        assert isinstance(taken, Exact)  # noqa: S101
        return self._formulas.exact.aligned(taken, nothing)[0]

    def _gate(self, component: Component, before: list[Plain]) -> Plain:
        if component.when is None and not before:
            return Plain(sql.truth(True), 0)
        if component.when is None:
            layer = max(guard.layer for guard in before)
            return self._layers.bind(sql.both([guard.sql for guard in before]), layer)
        with self._formulas.under(*before):
            test = self._formulas.plain(component.when)
            test = self._formulas.bound(test.sql, test.layer)
        return self._layers.bind(sql.filled(test.sql, sql.truth(False)), test.layer)

    def _shape(self, component: Component) -> None:
        """For a component of the form base × rate of a table: the base, so that each fact's own part can be
        told.
        """
        shape = shape_of(self._plan, component)
        if shape is not None:
            self._shapes[component.id] = shape
            base = self._formulas.exact.quotient(self._formulas.number(shape.base))
            self._output(f"{component.id}.base", Kind.MONEY, self._formulas.column(base, None))

    def _total(self) -> None:
        amounts = [self._known[Role.COMPONENT, name] for name in self._plan.paid]
        total: Piece = Exact(sql.integer(0), self._plan.minor_unit, None, 0)
        for amount in amounts:
            assert isinstance(total, Exact)  # noqa: S101
            assert isinstance(amount, Exact)  # noqa: S101
            total = self._formulas.exact.added(total, amount, "+")
        self._known[Role.COMPONENT, "total"] = total
        self._output("total", Kind.MONEY, total)

    def _closing(self, balance: Balance) -> None:
        """What is carried on: where it cannot be worked out, without a target, or where the plan is not valid, what was
        brought forward.
        """
        self._formulas.naming = name = f"closing({balance.id})"
        kept = self._plan.minor_unit if balance.kind is Kind.MONEY else min(6, FIELD_SCALES[balance.kind])
        guards = self._guards_in([balance.closing])
        with self._formulas.under(*guards):
            worked_out = self._formulas.column(self._formulas.number(balance.closing), None)
            carried = self._formulas.column(self._formulas.exact.rounded(worked_out, kept), None)
        opening = self._known[Role.OPENING, balance.id]
        assert isinstance(opening, Exact)  # noqa: S101
        carried, opening = self._formulas.exact.aligned(carried, opening)
        told = sql.filled(carried.top, opening.top)
        if (valid := self._valid()) is not None:
            told = sql.case(valid, told, opening.top)
        self._output(name, balance.kind, Exact(told, carried.scale, None, carried.layer))

    # Tables.

    def _read(self, reading: Lookup | Marginal | Group, formulas: Formulas) -> Exact:
        """A reading stands in the result under its own name, wherever in the plan it was read."""
        if isinstance(reading, Group):
            return self._over_group(reading, formulas)
        name = written(reading)
        key = (name, formulas.guarded)
        if key not in self._readings:
            table = self._plan.tables[reading.table]
            band, self._readings[key] = reached_band(formulas, table, reading)
            at = f"band({table.id}, {written(reading.argument)})"
            self._output_again(at, Kind.COUNT, Exact(band.sql, 0, None, band.layer))
            self._output_again(name, reading.kind, self._readings[key])
        return self._readings[key]

    def _over_group(self, group: Group, formulas: Formulas) -> Exact:
        key = written(group)
        if key not in self._groups:
            guards = self._guards_in(group.operands)
            groups = Groups(self._layers, formulas, self._eligible_one, self._plan.minor_unit)
            value = groups.value(group, guards)
            output = Output(key, group.kind, value.scale)
            self._groups[key] = output, value
            self._output(key, group.kind, value)
        return self._groups[key][1]
