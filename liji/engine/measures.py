"""The relations under a plan: what facts contribute to each measure, summed up per payee-period or prefix.

Three bases lead to the same columns `m:…` (measures), `t:…` (targets), `o:…` (balances) and `a:…` (attributes):
`grouped` sums facts per payee and period, `running` sums up a payee's frame up to and including each fact, `given`
takes the measures as they are told.
"""

from sqlglot import exp

from liji.engine import sql
from liji.engine.contributions import FIELD_SCALES
from liji.engine.contributions import Contributed
from liji.engine.contributions import Contributions
from liji.engine.contributions import attribute
from liji.engine.contributions import reaches
from liji.engine.contributions import summed
from liji.engine.contributions import up_to_this_fact
from liji.engine.contributions import weight
from liji.engine.contributions import weight_scale
from liji.engine.contributions import whole_number
from liji.engine.layers import Plain
from liji.engine.sql import Sql
from liji.engine.windows import in_window
from liji.engine.windows import last_day
from liji.plan.model import How
from liji.plan.model import Measure
from liji.plan.model import Plan
from liji.plan.results import attributes_read

Base = list[tuple[str, exp.Query]]
_KEYS = ("payee", "period")


class MeasureSql:
    """Builds the base relations of one plan. `groups` are the keys of values that are told for whole groups."""

    def __init__(self, plan: Plan, contributions: Contributions) -> None:
        self._plan = plan
        self._contributions = contributions
        self._measures = tuple(plan.measures.values())
        self._reaches = reaches(plan)

    def contributions(self) -> exp.Select:
        """Per fact of a payee's frame, what it adds to each measure; NULL where it does not count."""
        made = self._contributions.over_facts(framed=True)
        keys = [(name, Plain(sql.column(name), 0)) for name in (*_KEYS, "fact_id")]
        attributes = [f"attribute:{name}" for name in self._plan.attributes]
        typed = self._contributions.typed_facts("prefix_rows", apart=False, beside=attributes)
        facts = typed.where("NOT fact_id IS NULL")
        return made.layers.over([("facts", facts)], keys + made.columns)

    def grouped(self) -> Base:
        """Over the relations `fact_rows`, `payee_rows` and `above_rows`; a payee without facts has a row too."""
        base = self._credited()
        joined = {name for name, _ in base}
        outer = exp.select("payees.payee", "payees.period").from_("payees")
        for measure in self._measures:
            value = sql.column(f"m:{measure.id}", _relation(measure))
            outer = outer.select(sql.named(sql.filled(value, sql.integer(0)), f"m:{measure.id}"), copy=False)
        terms = self._terms()
        told = [sql.column(term.alias, "payees") for term in terms]
        outer = outer.select(sql.named(sql.truth(True), "last"), *told, copy=False)
        for name in ("sums", "rolled", "windowed", "rolled_windowed"):
            if name in joined:
                outer = outer.join(name, on=_same_keys("payees", name), join_type="left", copy=False)
        payees = exp.select(*_KEYS, *terms).from_("payee_rows")
        return [*base, ("payees", payees), ("base", outer)]

    def running(self, groups: list[str]) -> Base:
        """Over `prefix_rows`: a payee's frame in order, with the payee's terms beside each fact."""
        made = self._contributions.over_facts(framed=True)
        terms = [f"attribute:{name}" for name in self._plan.attributes]
        terms += [f"target:{name}" for name in self._plan.targets]
        terms += [f"balance:{name}" for name in self._plan.balances]
        kept = [*_KEYS, "fact_id", "last", "place", *terms, *(f"group:{key}" for key in groups)]
        keys = [(name, Plain(sql.column(name), 0)) for name in kept]
        facts = made.layers.over(
            [("facts", self._contributions.typed_facts("prefix_rows", apart=False, beside=kept))], keys + made.columns
        )
        outer = exp.select(*_KEYS, "fact_id", "last", "place").from_("credited")
        for measure in self._measures:
            total = summed(measure.adds, sql.column(f"c:{measure.id}"), up_to_this_fact())
            outer = outer.select(sql.named(sql.filled(total, sql.integer(0)), f"m:{measure.id}"), copy=False)
        outer = outer.select(*self._terms(), *_told_groups(groups), copy=False)
        if not self._reaches:
            return [("credited", facts), ("base", outer)]
        return [("credited", facts), ("summed", outer), ("base", exp.select("*").from_("summed").where("place >= 0"))]

    def given(self, groups: list[str]) -> Base:
        """Over `given_rows`: the measures as columns `measure:…`, as whole numbers of their scale."""
        outer = exp.select(*_KEYS, "fact_id").from_("given_rows")
        outer = outer.select(sql.named(sql.truth(True), "last"), copy=False)
        for measure in self._measures:
            told = sql.huge(sql.column(f"measure:{measure.id}"))
            outer = outer.select(sql.named(told, f"m:{measure.id}"), copy=False)
        return [("base", outer.select(*self._terms(), *_told_groups(groups), copy=False))]

    def _terms(self) -> list[Sql]:
        """Targets, balances, attributes as typed columns; what the plan says for missing ones stands in."""
        terms = []
        for target in self._plan.targets.values():
            kind = self._plan.measures[target.measure].kind
            given = whole_number(sql.column(f"target:{target.measure}"), kind)
            if target.default is not None:
                scale = FIELD_SCALES[kind]
                given = sql.filled(given, sql.integer(int(target.default.scaleb(scale))))
            terms.append(sql.named(given, f"t:{target.measure}"))
        for balance in self._plan.balances.values():
            scale = FIELD_SCALES[balance.kind]
            given = whole_number(sql.column(f"balance:{balance.id}"), balance.kind)
            start = sql.integer(int(balance.start.scaleb(scale)))
            terms.append(sql.named(sql.filled(given, start), f"o:{balance.id}"))
        read = attributes_read(self._plan)
        for own in self._plan.attributes.values():
            terms.append(sql.named(attribute(own, read=own.id in read), f"a:{own.id}"))
        return terms

    # Sums over facts as they were credited.

    def _credited(self) -> Base:
        """The facts with what they contribute, their sums per owner and period, and those that reach further."""
        made = self._contributions.over_facts(framed=False)
        rolled = [measure for measure in self._measures if measure.levels]
        names = [*_KEYS]
        names += ["place"] if any(measure.how is How.LAST for measure in self._measures) else []
        names += ["day"] if rolled else []
        keys = [(name, Plain(sql.column(name), 0)) for name in names]
        facts = made.layers.over(
            [("facts", self._contributions.typed_facts("fact_rows", apart=True))], keys + made.columns
        )
        base: Base = [("credited", facts), ("sums", self._sums(made))]
        if rolled:
            base += self._rolled(rolled)
        for name, source in (("windowed", "sums"), ("rolled_windowed", "rolled")):
            own = [m for m in self._measures if m.window and bool(m.levels) is (source == "rolled")]
            if own:
                base.append((name, self._windowed(own, source)))
        return base

    def _sums(self, made: Contributed) -> exp.Select:
        """The sums per payee and period; what contributes the same to two measures is summed up once."""
        query = exp.select(*_KEYS).from_("credited").group_by(*_KEYS)
        first = {piece: name for name, piece in reversed(made.columns)}
        own = {name: first[piece] for name, piece in made.columns}
        for measure in self._measures:
            total = summed(measure.adds, sql.column(own[f"c:{measure.id}"]), None)
            query = query.select(sql.named(total, f"m:{measure.id}"), copy=False)
        return query

    def _rolled(self, rolled: list[Measure]) -> Base:
        """What those below bring to each manager, by the period of the facts.

        Where somebody stands below the same manager for the whole period, their sum is passed up; where not, the facts
        of the days on which they do. The different ones cannot be counted from sums: they are always passed up singly.
        """
        since, until = sql.column("since", "above_rows"), sql.column("until", "above_rows")
        period, day = sql.column("period", "brought"), sql.column("day", "brought")
        whole = sql.both([_before(since, period), _after(until, last_day(self._plan.period, period))])
        then = sql.both([_before(since, day), _after(until, day)])
        singly = any(measure.how is How.COUNT_DISTINCT for measure in rolled)
        dated = sql.either([sql.negated(sql.is_null(since)), sql.negated(sql.is_null(until))])
        partly = then if singly else sql.both([dated, then, sql.negated(whole)])
        passed: exp.Query = self._passed_up("credited", "c", rolled, partly)
        if not singly:
            passed = exp.union(self._passed_up("sums", "m", rolled, whole), passed, distinct=False, copy=False)
        query = exp.select(*_KEYS).from_("passed").group_by(*_KEYS)
        for measure in rolled:
            total = summed(measure.adds, sql.column(f"c:{measure.id}"), None)
            query = query.select(sql.named(total, f"m:{measure.id}"), copy=False)
        return [("passed", passed), ("rolled", query)]

    def _passed_up(self, source: str, prefix: str, rolled: list[Measure], when: Sql) -> exp.Select:
        """The rows of a relation, each with the managers above its owner and weighted by their level."""
        query = exp.select(
            sql.named(sql.column("above", "above_rows"), "payee"), sql.column("period", "brought")
        ).from_(exp.alias_(exp.to_table(source), "brought", table=True))
        level = sql.column("level", "above_rows")
        for measure in rolled:
            own: Sql = sql.column(f"{prefix}:{measure.id}", "brought")
            if weight_scale(measure) or any(share != 1 for share in measure.levels):
                own = sql.binary("*", own, weight(measure, level))
            inside = sql.binary("<=", level, sql.factor(len(measure.levels)))
            query = query.select(sql.named(sql.case(inside, own), f"c:{measure.id}"), copy=False)
        same = sql.binary("=", sql.column("payee", "above_rows"), sql.column("payee", "brought"))
        return query.join("above_rows", on=sql.both([same, when]), copy=False)

    def _windowed(self, measures: list[Measure], source: str) -> exp.Select:
        """Per payee-period, the measures over the periods in their windows."""
        singly = any(measure.how is How.COUNT_DISTINCT for measure in measures)
        source, prefix = ("credited", "c") if singly else (source, "m")
        own, period = sql.column("period", "brought"), sql.column("period", "payee_rows")
        keys = [sql.column(name, "payee_rows") for name in _KEYS]
        query = exp.select(*keys).from_("payee_rows").group_by(*keys)
        tests = [in_window(self._plan, measure.window, own, period) for measure in measures]
        for measure, inside in zip(measures, tests, strict=True):
            brought = sql.case(inside, sql.column(f"{prefix}:{measure.id}", "brought"))
            query = query.select(sql.named(summed(measure.adds, brought, None), f"m:{measure.id}"), copy=False)
        same = sql.binary("=", sql.column("payee", "payee_rows"), sql.column("payee", "brought"))
        brought_by = exp.alias_(exp.to_table(source), "brought", table=True)
        return query.join(brought_by, on=sql.both([same, sql.either(tests)]), copy=False)


def _relation(measure: Measure) -> str:
    """Where a measure's sum is found."""
    if measure.window:
        return "rolled_windowed" if measure.levels else "windowed"
    return "rolled" if measure.levels else "sums"


def _same_keys(left: str, right: str) -> Sql:
    return sql.both([sql.binary("=", sql.column(key, left), sql.column(key, right)) for key in _KEYS])


def _before(since: Sql, day: Sql) -> Sql:
    """since ≤ day, or no beginning."""
    return sql.either([sql.is_null(since), sql.binary("<=", since, day)])


def _after(until: Sql, day: Sql) -> Sql:
    """day < until, or no end."""
    return sql.either([sql.is_null(until), sql.binary(">", until, day)])


def _told_groups(groups: list[str]) -> list[Sql]:
    return [sql.named(sql.huge(sql.column(f"group:{key}")), f"g:{key}") for key in groups]
