"""Reads balances: what a payee carries from one period to the next."""

from dataclasses import dataclass
from decimal import Decimal

from liji.plan.checking import typed
from liji.plan.model import Balance
from liji.plan.model import Named
from liji.plan.reading import Formula
from liji.plan.reading import Part
from liji.plan.reading import gathered
from liji.plan.reading import section
from liji.plan.scope import Scope
from liji.plan.scope import referring
from liji.plan.source import Tree
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.types import Kind

_BALANCE = "draw: {start: 0, closing: opening(draw) + advance - recovered}"
_KINDS = (Kind.MONEY, Kind.NUMBER, Kind.COUNT, Kind.RATE)
_RESETS = {"half-month": ("month", "quarter", "year"), "month": ("quarter", "year"), "quarter": ("year",), "year": ()}


@dataclass(frozen=True)
class Opened(Named):
    """A balance as far as it is known before what it ends with has been checked."""

    kind: Kind
    start: Decimal
    resets: str | None
    closing: Formula
    part: Part

    def references(self) -> dict[str, Reference]:
        """The names under which its opening is known."""
        return referring(self, Role.OPENING, self.kind)

    def closed(self, scope: Scope) -> Balance | None:
        """The balance with its closing checked, which may name everything, the total too."""
        formula = typed(self.closing, scope, self.kind, self.part)
        return Balance(self.id, self.called, self.kind, self.start, self.resets, formula) if formula else None


def read_balances(root: Part, period: str) -> list[Opened]:
    """The balances that could be read, in the order of the document."""
    found = gathered(root.named("balances", _BALANCE), lambda name, tree: _balance(name, tree, root, period))
    return list(found.values())


def _balance(name: str, tree: Tree, root: Part, period: str) -> Opened | None:
    part = section(tree, f"balances.{name}", root.findings, _BALANCE)
    if part is None:
        return None
    part.only("names", "type", "start", "resets", "closing")
    if part.get("closing") is None:
        part.missing("closing", "closing: opening(draw) - recovered")
        return None
    kind = Kind(part.choice("type", [kind.value for kind in _KINDS], default=Kind.MONEY))
    resets = _resets(part, period)
    closing = part.formula("closing")
    start = part.number("start") or Decimal(0)
    return Opened(name, part.names(name), kind, start, resets or None, closing, part) if closing else None


def _resets(part: Part, period: str) -> str:
    """The longer period with which it starts anew; empty: never."""
    allowed = _RESETS[period]
    if part.get("resets") is None:
        return ""
    if not allowed:
        part.findings.add("resets_never", part.at("resets"), part.mark("resets"))
        return ""
    return part.choice("resets", allowed, default="")
