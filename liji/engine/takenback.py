"""What later facts take back: a part of what their originals have earned, as columns over a relation of facts.

Originals and what takes them back may lie in different periods; in a payee's frame both stand. A later fact whose
original is not there has a stand-in: itself, with its amount without sign, on the day on which the original counted. It
stands in the relation as a row of its own (`with_stand_ins`), so that running totals are those of that day.
"""

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from liji.engine import sql
from liji.engine.exact import Exact
from liji.engine.formulas import Formulas
from liji.engine.formulas import Piece
from liji.engine.layers import Layers
from liji.engine.layers import Plain
from liji.engine.needs import earned_field
from liji.engine.sql import Sql
from liji.engine.windows import entered
from liji.engine.windows import first_day
from liji.plan.clawback import taken
from liji.plan.facts import BUILT_IN
from liji.plan.model import Clawback
from liji.plan.model import Component
from liji.plan.model import Plan
from liji.plan.typed import Apply
from liji.plan.typed import Constant
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.typed import Typed
from liji.plan.typed import references
from liji.plan.types import Kind

AMOUNT_SCALE = 6  # decimals of amounts and quantities as they come in
DAY = "field:credit_date"
# A text that says no more of what was sold than which record or whose credit it is.
_NOT_TELLING = frozenset({"type", "external_id", "original_id", "role", "currency"})


def clawbacks(plan: Plan) -> list[Component]:
    """The components of which something is taken back."""
    return [component for component in plan.components.values() if component.clawback]


def fields_asked(plan: Plan) -> list[Reference]:
    """The fields that are read of originals and of what takes back, beside those that formulas name."""
    names: dict[str, Kind] = {}
    for component in clawbacks(plan):
        back = _of(component)
        names |= {"amount": Kind.MONEY, "external_id": Kind.TEXT, "original_id": Kind.TEXT}
        names |= {back.since: Kind.DATE} if back.since else {}
        names |= {back.by: Kind.TEXT} if back.by else {}
        names |= {one.name: one.kind for one in _read(back) if one.role is Role.FIELD}
    return [Reference(Role.FIELD, name, kind) for name, kind in names.items()]


def _of(component: Component) -> Clawback:
    assert component.clawback is not None  # noqa: S101
    return component.clawback


def _read(back: Clawback) -> list[Reference]:
    return [*references(back.amount), *references(back.where)]


def _since(plan: Plan, back: Clawback, prefix: str) -> Sql:
    """The day that a later fact says, or what the plan says for a missing one."""
    assert back.since is not None  # noqa: S101
    told = sql.column(f"{prefix}:{back.since}")
    own = {**BUILT_IN, **plan.fields}[back.since].missing
    return told if own is None else sql.filled(told, sql.day(str(own)))


def with_stand_ins(plan: Plan, table: str, columns: Sequence[str], *, framed: bool) -> exp.Expression:
    """The relation with a row for the original of each fact that takes back, in the original's period.

    Its type is no fact's; `stands_for` names the component, `of_period` and `of_place` the later fact.
    """
    own = "own_period" if framed else "period"
    nothing = {"stands_for": "text", "of_period": "date", "of_place": "bigint"}
    query: exp.Query = exp.select(
        *map(sql.column, columns), *(sql.named(_null(kind), name) for name, kind in nothing.items())
    ).from_(table)
    for component in clawbacks(plan):
        back = _of(component)
        if back.since is None:
            continue
        since = _since(plan, back, "field")
        changed = {
            own: first_day(plan, since),
            "type": sql.text(f"?{component.id}"),
            "place": _null("bigint"),
            "field:amount": sql.absolute(sql.column("field:amount")),
            DAY: since,
        }
        told = [sql.named(changed.get(name, sql.column(name)), name) for name in columns]
        told.append(sql.named(sql.text(component.id), "stands_for"))
        told += [sql.named(sql.column(own), "of_period"), sql.named(sql.column("place"), "of_place")]
        taking = sql.one_of(sql.column("type"), [sql.text(kind) for kind in back.of])
        query = exp.union(query, exp.select(*told).from_(table).where(taking), distinct=False, copy=False)
    return query.subquery("facts_and_originals")


def _null(kind: str) -> Sql:
    return exp.Cast(this=exp.Null(), to=exp.DataType.build(kind))


@dataclass(frozen=True)
class _Pool:
    """What is known of the originals that a later fact may mean: how many, what they earned, their sizes, the first
    one's day. `keys`: what they and all that takes them back have in common.
    """

    keys: list[Sql]
    count: Sql
    earned: Sql
    size: Sql
    day: Sql


class TakenBack:
    """Translates what is taken back in one component. `level`: what of a payee's frame the component looks at."""

    def __init__(
        self,
        plan: Plan,
        component: Component,
        layers: Layers,
        known: Callable[[Reference], Piece],
        formulas: Formulas,
        level: list[Sql],
        *,
        framed: bool,
    ) -> None:
        self._plan, self._component, self._back = plan, component, _of(component)
        self._layers, self._known, self._formulas = layers, known, formulas
        self._framed = framed
        self._level = level
        self._pays = self._back.taken.kind
        self._places = plan.minor_unit if component.reward == "money" else AMOUNT_SCALE
        self._at = 0
        self.original: dict[str, Piece] = {}

    def amount(self) -> Exact:
        """What a fact takes back; nothing for other facts."""
        back = self._back
        types = sql.column("type")
        taking = self._bind(sql.both([sql.one_of(types, [sql.text(kind) for kind in back.of]), *self._level]))
        told = self._override()
        each = self._component.each
        entries = {(kind, field) for kind, field in each.entries() if kind in back.per} if each else set()
        earning = sql.both([entered(self._plan, entries), sql.negated(taking)])
        standing = sql.binary("=", sql.column("stands_for"), sql.text(self._component.id))
        standing = self._bind(sql.filled(sql.both([standing, *self._level]), sql.truth(False)))
        own = self._earned(self._bind(sql.both([earning, *self._level])), standing, told)
        size = self._bind(self._size())
        pools = self._pools(taking, self._bind(sql.case(sql.negated(standing), own)), size)
        stand_in = self._stand_in(taking, standing, own)
        by_id = self._bind(self._by_id())
        chosen = pools and _Pool(
            [],
            self._bind(self._either(by_id, pools, "count")),
            self._bind(self._either(by_id, pools, "earned")),
            self._bind(self._either(by_id, pools, "size")),
            self._bind(self._either(by_id, pools, "day")),
        )
        found = self._bind(self._found(taking, chosen))
        earned = self._bind(sql.filled(sql.case(found, chosen.earned, stand_in) if chosen else stand_in, _ZERO))
        whole = self._bind(sql.case(found, chosen.size, size) if chosen else size)
        since = self._day_of_original(taking, found, chosen)
        before = self._bind(self._before(taking, found, by_id, pools, size))
        earlier = self._bind(self._before(taking, found, by_id, pools, sql.integer(1)))
        months = sql.months_between(since, sql.column(DAY))
        self.original |= {
            "earned": Exact(sql.absolute(earned), self._places, None, self._at),
            "size": Exact(size, AMOUNT_SCALE, None, self._at),
            "whole": Exact(whole, AMOUNT_SCALE, None, self._at),
            "before": Exact(before, AMOUNT_SCALE, None, self._at),
            "earlier": Exact(earlier, 0, None, self._at),
            "months": Exact(self._bind(months), 0, None, self._at),
        }
        wanted = self._wanted(taking, told)
        so_far = self._bind(self._before(taking, found, by_id, pools, wanted))
        most = sql.absolute(earned)
        more = sql.extreme("min", [most, sql.huge(sql.binary("+", so_far, wanted))])
        cut = sql.binary("-", more, sql.extreme("min", [most, so_far]))
        signed = self._bind(sql.case(taking, sql.binary("*", cut, sql.sign(earned)), _ZERO))
        return Exact(sql.huge(signed), self._places, None, self._at)

    # What is known of single facts.

    def _bind(self, value: Sql) -> Sql:
        bound = self._layers.bind(value, self._at)
        self._at = bound.layer
        return bound.sql

    def _override(self) -> Sql:
        """What a fact of another period is known to have earned, a whole number; NULL: to be worked out."""
        told = sql.column(f"field:{earned_field(self._component.id)}")
        return self._bind(sql.huge(sql.binary("*", told, sql.factor(10**self._places)) if self._places else told))

    def _earned(self, earning: Sql, standing: Sql, told: Sql) -> Sql:
        """What a fact, or what stands in for one, has earned; NULL where it does not count in the component."""
        either = sql.either([earning, standing])
        with self._formulas.under(Plain(self._bind(sql.both([either, sql.is_null(told)])), self._at)):
            counts = self._counts()
            with self._formulas.under(Plain(counts, self._at)):
                amount = self._formulas.number(self._back.amount)
                amount, _ = self._formulas.exact.aligned(amount, Exact(sql.integer(0), self._places, None, 0))
                bound = self._formulas.bound(sql.huge(amount.top), amount.layer)
                self._at = max(self._at, bound.layer)
        return self._bind(sql.case(either, sql.filled(told, bound.sql)))

    def _counts(self) -> Sql:
        """Whether the payee is eligible in the fact's own period, and the fact meets the component's condition."""
        rolled = self._component.each is not None and self._component.each.levels
        eligible = None if rolled else self._plan.eligible  # rolled up are facts of others
        tests = [test for test in (eligible, self._back.where) if test is not None]
        if not tests:
            return sql.truth(True)
        asked: Typed = tests[0]
        if len(tests) > 1:
            asked = Apply("if", (tests[0], tests[1], Constant(False, Kind.BOOL)), Kind.BOOL)
        holds = self._formulas.plain(asked)
        bound = self._formulas.bound(sql.filled(holds.sql, sql.truth(False)), holds.layer)
        self._at = max(self._at, bound.layer)
        return bound.sql

    def _size(self) -> Sql:
        """How much a fact is of: its amount without sign, or, where it has none and the formula asks for it, its
        quantity.
        """
        amount = sql.filled(sql.column("f:amount"), _ZERO)
        if not any(one == Reference(Role.FIELD, "quantity", Kind.NUMBER) for one in _read(self._back)):
            return sql.absolute(amount)
        quantity = sql.filled(sql.column("f:quantity"), _ZERO)
        return sql.absolute(sql.case(sql.binary("=", amount, sql.factor(0)), quantity, amount))

    # Which originals a later fact means.

    def _by_id(self) -> Sql:
        if self._back.by is not None:
            return sql.truth(True)
        return sql.binary("<>", sql.filled(sql.column("f:original_id"), sql.text("")), sql.text(""))

    def _pools(self, taking: Sql, own: Sql, size: Sql) -> list[_Pool]:
        """By the name of the original, and by its day: with the same texts, as far as the component reads them."""
        if self._component.each is not None and self._component.each.levels:
            return []  # of others' facts a manager's frame does not hold those of all days
        back, earning = self._back, sql.negated(sql.is_null(own))
        named = sql.column(f"f:{back.by}") if back.by else sql.column("f:original_id")
        original = sql.column(f"f:{back.by}") if back.by else sql.column("f:external_id")
        found = [self._pool([sql.cases([(taking, named), (earning, original)], None)], taking, own, size)]
        if back.since is not None and back.by is None:
            day = sql.cases([(taking, _since(self._plan, back, "f")), (earning, sql.column(DAY))], None)
            texts = {one.name for one in _read(back) if one.role is Role.FIELD and one.kind is Kind.TEXT}
            alike = [sql.filled(sql.column(f"f:{name}"), sql.text("")) for name in sorted(texts - _NOT_TELLING)]
            found.append(self._pool([day, *alike], taking, own, size))
        return found

    def _pool(self, keys: list[Sql], taking: Sql, own: Sql, size: Sql) -> _Pool:
        bound = [sql.column("payee"), *([sql.column("period")] if self._framed else [])]
        bound += [self._bind(key) for key in keys]
        bound.append(self._bind(sql.either([taking, sql.negated(sql.is_null(own))])))
        earning = sql.case(sql.is_null(own), sql.null(), size)
        days = sql.case(sql.is_null(own), sql.null(), sql.column(DAY))

        def over(function: Sql) -> Sql:  # up to the day of the later fact
            order = exp.Order(expressions=[sql.column(DAY)])
            return self._bind(exp.Window(this=function, partition_by=[key.copy() for key in bound], order=order))

        return _Pool(
            bound,
            over(exp.Count(this=own.copy())),
            over(exp.Sum(this=own.copy())),
            over(exp.Sum(this=earning)),
            over(exp.Min(this=days)),
        )

    @staticmethod
    def _either(by_id: Sql, pools: list[_Pool], name: str) -> Sql:
        told = [getattr(pool, name) for pool in pools]
        if len(told) == 1:
            return sql.case(by_id, told[0])
        return sql.case(by_id, told[0], told[1])

    def _found(self, taking: Sql, chosen: "_Pool | list[_Pool]") -> Sql:
        if not isinstance(chosen, _Pool):
            return sql.truth(False)
        there = sql.binary(">", chosen.count, sql.factor(0))
        if self._back.by is not None:
            several = sql.binary(">", chosen.count, sql.factor(1))
            there = sql.case(sql.both([taking, several]), sql.stop("two_originals", self._component.id), there)
        return sql.filled(sql.both([taking, there]), sql.truth(False))

    def _stand_in(self, taking: Sql, standing: Sql, own: Sql) -> Sql:
        """What the stand-in of the later fact would have earned."""
        if self._back.since is None:
            return _ZERO
        period = sql.column("own_period" if self._framed else "period")
        keys = [sql.column("payee"), *([sql.column("period")] if self._framed else [])]
        keys.append(self._bind(sql.cases([(standing, sql.column("of_period")), (taking, period)], None)))
        keys.append(self._bind(sql.cases([(standing, sql.column("of_place")), (taking, sql.column("place"))], None)))
        value = exp.Max(this=sql.case(standing, own))
        return self._bind(exp.Window(this=value, partition_by=keys))

    def _day_of_original(self, taking: Sql, found: Sql, chosen: "_Pool | list[_Pool]") -> Sql:
        known = chosen.day if isinstance(chosen, _Pool) else sql.null()
        if self._back.since is None:
            return self._bind(sql.case(found, known))
        guard = self._bind(sql.both([taking, sql.negated(found)]))
        with self._formulas.under(Plain(guard, self._at)):
            told = self._known(Reference(Role.FIELD, self._back.since, Kind.DATE))
            assert isinstance(told, Plain)  # noqa: S101
            day = self._formulas.bound(told.sql, told.layer)
        self._at = max(self._at, day.layer)
        return self._bind(sql.case(found, known, day.sql) if isinstance(chosen, _Pool) else day.sql)

    def _before(self, taking: Sql, found: Sql, by_id: Sql, pools: list[_Pool], value: Sql) -> Sql:
        """The sum of a value over all that took back of the same original before."""
        if not pools:
            return _ZERO
        order = exp.Order(expressions=[sql.column(DAY), sql.column("place")])
        spec = exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="1", end_side="PRECEDING")
        sums = []
        for at, pool in enumerate(pools):
            alike = by_id if at == 0 else sql.negated(by_id)
            counted = exp.Sum(this=sql.case(sql.both([taking, alike]), value))
            window = exp.Window(
                this=counted, partition_by=[key.copy() for key in pool.keys], order=order.copy(), spec=spec.copy()
            )
            sums.append(self._bind(window))
        told = sql.case(by_id, sums[0], sums[-1]) if len(sums) > 1 else sums[0]
        return sql.huge(sql.case(found, sql.filled(told, _ZERO), _ZERO))

    def _wanted(self, taking: Sql, told: Sql) -> Sql:
        """What a later fact takes, if so much is left; what it is known to have taken, where that is known."""
        with self._formulas.under(Plain(taking, self._at)):
            amount = self._formulas.number(taken(self._back, self._pays, self._places))
            amount, _ = self._formulas.exact.aligned(amount, Exact(sql.integer(0), self._places, None, 0))
            bound = self._formulas.bound(sql.huge(amount.top), amount.layer)
        self._at = max(self._at, bound.layer)
        known = sql.absolute(told)
        return self._bind(sql.case(taking, sql.filled(known, sql.filled(bound.sql, _ZERO)), _ZERO))


_ZERO = sql.integer(0)
