"""An independent oracle: what a plan of a few parts pays, in plain fractions; shares no code with the product."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise


@dataclass(frozen=True)
class Recipe:
    """A plan in the oracle's own words: edges ascend; `through[i]` says that edge i belongs to the band below it."""

    edges: tuple[Decimal, ...]
    through: tuple[bool, ...]
    rates: tuple[Decimal, ...]
    marginal: bool
    by_attainment: bool
    gate: Decimal | None
    gate_strict: bool
    cap: Decimal | None
    floor: Decimal | None
    margin_rate: Decimal
    divisor: int
    each_edge: Decimal
    each_rates: tuple[Decimal, Decimal]
    each_cap: Decimal | None

    def document(self) -> str:
        bands = [
            f"      - {{{'through' if inside else 'below'}: {edge}, rate: {rate * 100}%}}"
            for edge, inside, rate in zip(self._shown_edges(), self.through, self.rates, strict=False)
        ]
        bands.append(f"      - {{beyond, rate: {self.rates[-1] * 100}%}}")
        argument = "attainment(sales)" if self.by_attainment else "sales"
        if self.by_attainment:
            formula = f"sales * rate(table_, {argument})"
        else:
            formula = f"{'marginal' if self.marginal else 'whole'}(table_, sales)"
        lines = [
            "plan: drawn",
            "currency: CNY",
            "fields: {cost: {type: money, missing: 0}}",
            "measures:",
            "  sales: {of: [order_closed, order_returned], sum: amount}",
            "  margin: {of: [order_closed, order_returned], sum: amount - cost}",
            "targets: {sales: {missing: none}}",
            "tables:",
            "  table_:",
            f"    input: {'rate' if self.by_attainment else 'money'}",
            "    bands:",
            *bands,
            "  sizes:",
            "    input: money",
            f"    bands: [{{below: {self.each_edge}, rate: {self.each_rates[0] * 100}%}}, "
            f"{{beyond, rate: {self.each_rates[1] * 100}%}}]",
            "components:",
            "  per_deal:",
            "    per: [order_closed, order_returned]",
            "    where: cost < 90000",
            "    formula: amount * rate(sizes, amount)",
            "    floor: none",
            *([f"    cap: {self.each_cap}"] if self.each_cap is not None else []),
            "  commission:",
            f"    formula: {formula}",
            f"    floor: {'none' if self.floor is None else self.floor}",
        ]
        if self.cap is not None:
            lines.append(f"    cap: {self.cap}")
        if self.gate is not None:
            lines.append(f"    when: attainment(sales) {'>' if self.gate_strict else '>='} {self.gate * 100}%")
        lines += [
            "  margin_bonus:",
            f"    formula: margin * {self.margin_rate * 100}% / {self.divisor}",
            "    floor: none",
        ]
        return "\n".join(lines)

    def _shown_edges(self) -> list[str]:
        return [f"{edge * 100}%" if self.by_attainment else str(edge) for edge in self.edges]

    def pays(self, amounts: list[Decimal], costs: list[Decimal], target: Decimal | None) -> dict[str, Decimal]:
        sales = sum((Fraction(a) for a in amounts), Fraction(0))
        margin = sales - sum((Fraction(c) for c in costs), Fraction(0))
        return {
            "per_deal": sum(map(self.per_deal, amounts, costs), Decimal(0)),
            "commission": self.commission(sales, target),
            "margin_bonus": cents(margin * Fraction(self.margin_rate) / self.divisor),
        }

    def per_deal(self, amount: Decimal, cost: Decimal) -> Decimal:
        if cost >= 90000:
            return Decimal(0)
        pay = Fraction(amount) * Fraction(self.each_rates[0 if amount < self.each_edge else 1])
        return cents(pay if self.each_cap is None else min(pay, Fraction(self.each_cap)))

    def commission(self, sales: Fraction, target: Decimal | None) -> Decimal:
        has_target = target is not None and target > 0
        if (self.by_attainment or self.gate is not None) and not has_target:
            return Decimal(0)
        reached = sales / Fraction(target) if has_target else Fraction(0)
        if self.gate is not None:
            passed = reached > Fraction(self.gate) if self.gate_strict else reached >= Fraction(self.gate)
            if not passed:
                return Decimal(0)
        if self.marginal and not self.by_attainment:
            pay = self._sliced(sales)
        else:
            pay = sales * self._rate(reached if self.by_attainment else sales)
        if self.floor is not None:
            pay = max(pay, Fraction(self.floor))
        if self.cap is not None:
            pay = min(pay, Fraction(self.cap))
        return cents(pay)

    def _rate(self, value: Fraction) -> Fraction:
        for edge, inside, rate in zip(self.edges, self.through, self.rates, strict=False):
            if value < Fraction(edge) or (inside and value == Fraction(edge)):
                return Fraction(rate)
        return Fraction(self.rates[-1])

    def _sliced(self, value: Fraction) -> Fraction:
        if value <= 0:
            return value * Fraction(self.rates[0])
        pay, low = Fraction(0), Fraction(0)
        for edge, rate in zip([*self.edges, None], self.rates, strict=True):
            high = value if edge is None else min(value, Fraction(edge))
            if high > low:
                pay += (high - low) * Fraction(rate)
                low = high
        return pay


def on_the_line(points: dict[Decimal, Decimal], before: Decimal | None, x: Fraction) -> Fraction:
    """The straight line between the two points around x; level outside."""
    known = sorted((Fraction(at), Fraction(value)) for at, value in points.items())
    if x < known[0][0]:
        return known[0][1] if before is None else Fraction(before)
    for (low, start), (high, end) in pairwise(known):
        if x <= high:
            return start + (x - low) / (high - low) * (end - start)
    return known[-1][1]


def cents(value: Fraction) -> Decimal:
    """Half away from zero to two places."""
    size = abs(value) * 100
    whole = size.numerator // size.denominator
    if size - whole >= Fraction(1, 2):
        whole += 1
    return Decimal(whole if value >= 0 else -whole) / 100
