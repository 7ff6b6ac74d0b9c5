"""How parts of a formula are written, for messages that say what to write instead."""

from datetime import date
from decimal import Decimal

from liji.plan.numbers import percent
from liji.plan.numbers import trimmed
from liji.plan.syntax import Call
from liji.plan.syntax import Name
from liji.plan.syntax import Negation
from liji.plan.syntax import NumberLiteral
from liji.plan.syntax import Operation
from liji.plan.syntax import TextLiteral
from liji.plan.syntax import Written


def spelt(tree: Written) -> str:
    """A formula as it may be written."""
    if isinstance(tree, NumberLiteral):
        number = percent(tree.value).replace(",", "") if tree.percent else f"{trimmed(tree.value):f}"
        return number if not tree.money else f"{number}{'' if tree.money in '元円' else ' '}{tree.money}"
    if isinstance(tree, TextLiteral):
        return f'"{tree.value}"'
    if isinstance(tree, Name):
        return tree.name
    if isinstance(tree, Negation):
        return f"-{_inside(tree.operand)}"
    if isinstance(tree, Operation):
        return f"{_inside(tree.left)} {tree.operator} {_inside(tree.right)}"
    if isinstance(tree, Call):
        return f"{tree.function}({', '.join(map(spelt, tree.arguments))})"
    return "TRUE" if tree.value else "FALSE"


def _inside(tree: Written) -> str:
    return f"({spelt(tree)})" if isinstance(tree, Operation) else spelt(tree)


def money_written(number: str, currency: str) -> str:
    """An amount as formulas have it: 5000元, 5000 USD."""
    return f"{number}元" if currency == "CNY" else f"{number} {currency}"


def how_many(tree: Written, currency: str, *, counted: bool) -> dict[str, object] | None:
    """Words for a message about the first amount in a formula that is divided by a bare number: how to write how many
    of these amounts there are; `counted`: whole ones. None where nothing is divided so.
    """
    found = _quotient_of(tree, rounded=False)
    if found is None or not currency:
        return None
    top, number, rounded = found
    amount = money_written(number, currency)
    written = f"{top} / {amount}"
    told = f"FLOOR({written})" if counted and not rounded else written
    return {"quotient": f"{top} / {number}", "amount": amount, "written": told}


def _quotient_of(tree: Written, *, rounded: bool) -> tuple[str, str, bool] | None:
    """What is divided, by which number, and whether the quotient is rounded."""
    if isinstance(tree, Operation):
        by = tree.right
        if tree.operator == "/" and isinstance(by, NumberLiteral) and not by.percent and not by.money:
            return _inside(tree.left), f"{trimmed(by.value):f}", rounded
        parts: tuple[Written, ...] = (tree.left, tree.right)
    elif isinstance(tree, Call):
        rounded = rounded or tree.function.upper() in ("FLOOR", "CEILING", "向下取整", "向上取整")
        parts = tree.arguments
    else:
        parts = (tree.operand,) if isinstance(tree, Negation) else ()
    return next((found for part in parts if (found := _quotient_of(part, rounded=rounded))), None)


def written_day(tree: Written) -> str | None:
    """The day that somebody meant who wrote 2026-01-31 or "2026-01-31", as a formula has it."""
    text = ""
    if isinstance(tree, TextLiteral):
        text = tree.value
    elif isinstance(tree, Operation) and tree.operator == "-" and isinstance(tree.left, Operation):
        numbers = (tree.left.left, tree.left.right, tree.right)
        if tree.left.operator == "-" and all(isinstance(one, NumberLiteral) for one in numbers):
            year, month, day = (one.value if isinstance(one, NumberLiteral) else Decimal(0) for one in numbers)
            text = f"{year:f}-{month:02f}-{day:02f}"
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return f"DATE({found.year}, {found.month}, {found.day})"
