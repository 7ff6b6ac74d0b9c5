"""Reads who is credited with what: rules by role, share, day and level of the tree of managers."""

import re
from collections.abc import Iterator
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from liji.plan.checking import typed
from liji.plan.model import Crediting
from liji.plan.model import Plan
from liji.plan.model import Window
from liji.plan.reading import Part
from liji.plan.reading import gathered
from liji.plan.reading import section
from liji.plan.scope import Scope
from liji.plan.source import Leaf
from liji.plan.source import Tree
from liji.plan.typed import Apply
from liji.plan.typed import Constant
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.typed import Typed
from liji.plan.typed import references
from liji.plan.typed import replaced
from liji.plan.types import Kind

CREDIT = Reference(Role.FIELD, "credit", Kind.MONEY)
CREDIT_NAMES: Mapping[str, Reference] = {"credit": CREDIT, "业绩": CREDIT}
MOST_LEVELS = 20
AMOUNT = Reference(Role.FIELD, "amount", Kind.MONEY)
_SHARE = Reference(Role.FIELD, "share", Kind.RATE)
_ROLE = Reference(Role.FIELD, "role", Kind.TEXT)
_RULE = "team: {of: order_closed, roll_up: [100%, 50%]}"
_ALIASES = {
    "上期": "previous",
    "上上期": "2 ago",
    "去年同期累计": "year to date last year",
    "去年本季同期累计": "quarter to date last year",
    "去年同期": "same period last year",
    "本季至今": "quarter to date",
    "本年至今": "year to date",
}
_LONGER = {
    "half-month": ("quarter to date", "year to date"),
    "month": ("quarter to date", "year to date"),
    "quarter": ("year to date",),
}
_LAST_YEAR = " last year"
_COUNTED = re.compile(r"(previous|last) ([1-9]\d?)|([1-9]\d?) ago")
_IN_CHINESE = re.compile(r"(前|近) ?([1-9]\d?) ?期")


def read_crediting(root: Part, fields: Scope) -> dict[str, Crediting]:
    """The rules of crediting, by name."""
    found = root.named("crediting", _RULE)
    return gathered(found, lambda name, tree: _rule(name, tree, root, fields))


def _rule(name: str, tree: Tree, root: Part, fields: Scope) -> Crediting | None:
    part = section(tree, f"crediting.{name}", root.findings, _RULE)
    if part is None:
        return None
    part.only("names", "of", "role", "where", "share", "roll_up", "date")
    of = part.texts("of", "order_closed")
    if not of:
        part.missing("of", "of: order_closed")
        return None
    where, share = part.formula("where"), part.formula("share")
    condition = typed(where, fields, Kind.BOOL, part) if where else None
    portion = typed(share, fields, Kind.RATE, part) if share else None
    roles = part.texts("role", "owner")
    return Crediting(name, part.names(name), of, roles, condition, portion, _levels(part), _day(part, fields))


def _levels(part: Part) -> tuple[Decimal, ...]:
    items = part.items("roll_up", "[100%, 50%]")
    shares = [part.decimal(item, path) for path, item in items if isinstance(item, Leaf)]
    if len(items) > MOST_LEVELS:
        part.findings.add("too_many", part.at("roll_up"), part.mark("roll_up"), found=len(items), limit=MOST_LEVELS)
    return tuple(share for share in shares if share is not None)


def _day(part: Part, fields: Scope) -> str | None:
    """The field that says on which day a fact counts."""
    leaf = part.leaf("date", "paid_on")
    if leaf is None:
        return None
    found = fields.names.get(leaf.text)
    if found is None and "fields" in fields.declared.get(leaf.text, ()):  # it could not be read
        return None
    if found is None or found.role is not Role.FIELD or found.kind is not Kind.DATE:
        part.findings.add("not_date_field", part.at("date"), leaf.mark, found=leaf.text)
        return None
    return found.name


def credited(formula: Typed, rule: Crediting | None) -> Typed:
    """The formula with `credit` written out: amount × the payee's share × the rule's."""
    credit: Typed = Apply("*", (AMOUNT, _SHARE), Kind.MONEY)
    if rule and rule.share is not None:
        credit = Apply("*", (credit, rule.share), Kind.MONEY)
    return replaced(formula, CREDIT, credit)


def is_linear(formula: Typed) -> bool:
    """Whether twice the credit gives twice the value: only then may shares of levels be applied to sums."""
    if not _credits(formula):
        return False
    if formula == CREDIT:
        return True
    if not isinstance(formula, Apply):
        return False
    if formula.operator in ("+", "-", "neg"):
        return all(is_linear(operand) for operand in formula.operands)
    if formula.operator == "*":
        left, right = formula.operands
        return (is_linear(left) and not _credits(right)) or (is_linear(right) and not _credits(left))
    return formula.operator == "/" and is_linear(formula.operands[0]) and not _credits(formula.operands[1])


def _credits(formula: Typed) -> bool:
    return CREDIT in references(formula)


def condition_of(rule: Crediting | None, where: Typed | None) -> Typed | None:
    """What a fact must meet: the rule's role and condition, and those of the measure."""
    tests = [test for test in (rule.where if rule else None, where) if test is not None]
    if rule and rule.roles:
        roles = (Constant(role, Kind.TEXT) for role in rule.roles)
        tests.insert(0, Apply("in", (_ROLE, *roles), Kind.BOOL))
    if len(tests) < 2:
        return tests[0] if tests else None
    return Apply("and", tuple(tests), Kind.BOOL)


def levels_of(rule: Crediting | None, formula: Typed | None) -> tuple[Decimal, ...]:
    """The share with which each level counts; 1 for what does not speak of the credit."""
    if rule is None or not rule.levels:
        return ()
    return rule.levels if formula is not None and _credits(formula) else (Decimal(1),) * len(rule.levels)


def read_window(part: Part, period: str) -> Window | None:
    """The periods whose facts a measure sums up; None: this one."""
    leaf = part.leaf("window", "previous")
    if leaf is None:
        return None
    words = _ALIASES.get(leaf.text, " ".join(leaf.text.split()))
    if chinese := _IN_CHINESE.fullmatch(words):
        words = f"{'previous' if chinese[1] == '前' else 'last'} {chinese[2]}"
    counted = _COUNTED.fullmatch(words)
    if counted and counted[3]:
        return Window(int(counted[3]), int(counted[3]))
    if counted:
        count = int(counted[2])
        return Window(count, 1) if counted[1] == "previous" else Window(count - 1, 0)
    if words == "previous":
        return Window(1, 1)
    if words == "same period last year":
        return Window(12, 12, months=True)
    if words.removesuffix(_LAST_YEAR) in _LONGER.get(period, ()):
        return Window(to_date=words.split()[0], years_ago=int(words.endswith(_LAST_YEAR)))
    to_date = [*_LONGER.get(period, ()), *(f"{each}{_LAST_YEAR}" for each in _LONGER.get(period, ()))]
    known = ["previous", "previous 3", "last 3", "2 ago", "same period last year", *to_date]
    part.findings.add("not_one_of", part.at("window"), leaf.mark, found=leaf.text, hint="", known=", ".join(known))
    return None


def dated_by(rule: Crediting | None) -> tuple[tuple[str, str], ...]:
    """The types of a rule with the field that says on which day they count; none where it is the credit date."""
    return tuple((kind, rule.date) for kind in rule.of) if rule and rule.date else ()


def entries_of(plan: Plan) -> frozenset[tuple[str, str]]:
    """What the plan counts: fact types, each with the field that says on which day, empty for the credit date.

    The same fact may count for one measure on its credit date and for another on the day of its payment.
    """
    return frozenset(entry for measure in plan.measures.values() for entry in measure.entries())


def credit_dates(plan: Plan) -> list[tuple[str, str]]:
    """Fact types that count on a day in a field, each with that field."""
    return sorted(entry for entry in entries_of(plan) if entry[1])


def days_of(plan: Plan, kind: str, day: date, fields: Mapping[str, Any]) -> Iterator[tuple[date, str]]:
    """The days on which a fact of a type counts, each with the field that says so (empty: its credit date, `day`).

    One whose field is empty does not count by it yet; one of a type that the plan does not name stands on its credit
    date. Raises ValueError for a text in the field that is no day.
    """
    entries = {field for own, field in entries_of(plan) if own == kind} or {""}
    for field in sorted(entries):
        told = fields.get(field) if field else day
        if told is not None:
            yield (told if isinstance(told, date) else date.fromisoformat(told)), field
