"""What must hold for any text at all: a value or a problem comes out, never an exception, and soon."""

import re
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from liji.connectors.files import cells
from liji.desk.layout import tidy
from liji.plan import load
from liji.plan.checker import check
from liji.plan.model import Band
from liji.plan.model import Names
from liji.plan.model import Reading
from liji.plan.model import Table
from liji.plan.parser import parse
from liji.plan.problems import Mark
from liji.plan.problems import Severity
from liji.plan.problems import problem
from liji.plan.scope import Scope
from liji.plan.source import Leaf
from liji.plan.syntax import Slip
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.typed import written
from liji.plan.types import Kind
from tests.fuzz import seeds

_START = Mark(1, 1)
_NAMES = {kind.name.lower(): Reference(Role.VALUE, kind.name.lower(), kind) for kind in Kind}
_BANDS = (Band(Decimal(10), True, Decimal(1), (), (Decimal(1),)), Band(None, False, Decimal(2), (), (Decimal(2),)))
_LADDER = Table("ladder", Names("梯子", "ladder"), Kind.MONEY, Kind.RATE, Reading.MARGINAL, _BANDS)
_SALES = Reference(Role.MEASURE, "sales", Kind.MONEY)
_SCOPE = Scope(
    {**_NAMES, "sales": _SALES, "销售额": _SALES},
    {"ladder": _LADDER, "梯子": _LADDER},
    frozenset({"sales"}),
    {"draw": Reference(Role.OPENING, "draw", Kind.MONEY)},
    groups={"team": "team"},
    running={"sales": Reference(Role.RUNNING, "sales", Kind.MONEY)},
    exchange={"USD": ((date(2026, 1, 1), Decimal(7)),)},
    weights={"sales": Decimal(1)},
)
_PLAN = """plan: p
currency: CNY
fields: {{cost: money, note: text, on: date, done: true/false, n: count}}
measures: {{sales: {{of: order_closed, sum: amount}}}}
components: {{pay: {{formula: sales * 1%}}}}
examples: [{{facts: [{fact}], expect: {{total: 0}}}}]
"""
_NUMBER_FORMATS = ("1234.56", "1,234.56", "1.234,56", "1 234,56", "1'234.56", "¥1,234.56", "1.234,56 €", "1,234")
_DATE_FORMATS = ("YYYY-MM-DD", "%d.%m.%Y", "M/D/YY", "YYYY年M月D日", "DD-MMM-YYYY", "YYYY-MM-DDTHH:mm:ss.fff")
_READERS = [cells.number_reader(form) for form in _NUMBER_FORMATS]
_DAYS = [cells.date_reader(form) for form in _DATE_FORMATS]


def formula(text: str) -> None:
    """A formula is parsed and checked, or slips at a place inside it, said in both languages."""
    tree = parse(text)
    found = tree if isinstance(tree, Slip) else check(tree, _SCOPE)
    if isinstance(found, Slip):
        assert 0 <= found.at <= len(text)
        mark = Leaf(text, False, _START, _START, 1).place(found.at)
        told = problem(found.code, "", mark, Severity.ERROR, **found.words)
        assert told.message("zh") and told.message("en") and told.mend("zh") and told.mend("en")
    else:
        assert written(found)


def document(text: str) -> None:
    """A document is a plan, or has errors that stand inside it and can be shown."""
    loaded = load(text)
    assert loaded.plan is not None or loaded.problems
    lines = len(re.split("\r\n|[\n\r\x85\u2028\u2029]", text))
    for found in loaded.problems:
        assert 1 <= found.line <= lines + 1, found
        assert found.column >= 1, found
        assert found.message("zh") and found.message("en") and found.mend("zh") and found.mend("en")
        assert found.shown(text, "zh")


def layout(text: str) -> None:
    """Laying out twice is laying out once, and says the same."""
    before = load(text).plan
    if before is None:
        return
    once = tidy(text)
    assert tidy(once) == once
    after = load(once).plan
    assert after is not None and after.digest == before.digest


def fact(text: str) -> None:
    """A line of an example is a fact, or a problem."""
    quoted = text.replace("'", "''").replace("\n", " ")
    document(_PLAN.format(fact=f"'{quoted}'"))


def cell(text: str) -> None:
    """A cell is exact plain digits or an ISO day, or it does not follow the format."""
    for read in _READERS:
        found = read(text)
        assert found is None or (found.isascii() and Decimal(found).is_finite()), found
    for read in _DAYS:
        found = read(text)
        assert found is None or re.fullmatch(r"\d{4}-\d{2}-\d{2}(T[\d:.]+)?", found, re.ASCII), found
    form = text[:200]
    cells.number_pattern(form)
    cells.date_pattern(form)
    assert isinstance(cells.ambiguous(form, [text]), bool)


@dataclass(frozen=True)
class Harness:
    """A property of any text, and texts to start from."""

    holds: Callable[[str], None]
    seeds: Callable[[], Sequence[str]]


HARNESSES = {
    "formula": Harness(formula, seeds.formulas),
    "document": Harness(document, seeds.documents),
    "layout": Harness(layout, seeds.documents),
    "fact": Harness(fact, seeds.fact_lines),
    "cell": Harness(cell, lambda: seeds.NASTY + _NUMBER_FORMATS + _DATE_FORMATS),
}
