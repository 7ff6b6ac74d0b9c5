"""The few pieces of SQL that a compiled plan is made of, as SQLGlot trees: one tree for every database."""

from collections.abc import Callable

from sqlglot import exp

Sql = exp.Expr

HUGE = exp.DataType.build("int128")


def column(name: str, of: str | None = None) -> Sql:
    """A column by its exact name, of one of several relations."""
    table = exp.Identifier(this=of, quoted=False) if of else None
    return exp.Column(this=exp.Identifier(this=name, quoted=True), table=table)


def named(value: Sql, name: str) -> Sql:
    """A selected column: value AS name."""
    return exp.Alias(this=value, alias=exp.Identifier(this=name, quoted=True))


def integer(value: int) -> Sql:
    """A whole number that is calculated with 38 digits."""
    return exp.Cast(this=_literal(value), to=HUGE.copy())


def integer_of(sql: Sql) -> int | None:
    """The number that a literal says; None for anything else."""
    if not isinstance(sql, exp.Cast) or sql.to != HUGE or not is_simple(sql):
        return None
    negative = isinstance(sql.this, exp.Paren)
    digits = sql.this.this.this.name if negative else sql.this.name
    return -int(digits) if negative else int(digits)


def factor(value: int) -> Sql:
    """A whole number beside which a wide one stands already."""
    return _literal(value)


def _literal(value: int) -> Sql:
    number = exp.Literal.number(str(abs(value)))
    return exp.Paren(this=exp.Neg(this=number)) if value < 0 else number


def text(value: str) -> Sql:
    """A text literal."""
    return exp.Literal.string(value)


def day(value: str) -> Sql:
    """A date literal."""
    return exp.Cast(this=exp.Literal.string(value), to=exp.DataType.build("date"))


def truth(value: bool) -> Sql:
    """TRUE or FALSE."""
    return exp.Boolean(this=value)


def joined(texts: list[Sql]) -> Sql:
    """Texts one after another."""
    told: Sql = texts[0].copy()
    for more in texts[1:]:
        told = exp.DPipe(this=told, expression=side(more))
    return told


def written(sql: Sql) -> Sql:
    """A value as text."""
    return exp.Cast(this=sql.copy(), to=exp.DataType.build("text"))


def null() -> Sql:
    """No value."""
    return exp.Null()


def is_simple(sql: Sql) -> bool:
    """Whether writing it twice costs nothing."""
    if isinstance(sql, exp.Cast):
        inner = sql.this.this if isinstance(sql.this, exp.Paren) else sql.this
        return isinstance(inner.this if isinstance(inner, exp.Neg) else inner, exp.Literal)
    return isinstance(sql, exp.Column | exp.Literal | exp.Boolean)


def side(sql: Sql) -> Sql:
    """An expression as an operand, in brackets where it needs them."""
    if isinstance(sql, exp.Binary | exp.Unary | exp.Case) and not isinstance(sql, exp.Paren):
        return exp.Paren(this=sql.copy())
    return sql.copy()


_BINARY: dict[str, type[exp.Binary]] = {
    "+": exp.Add,
    "-": exp.Sub,
    "*": exp.Mul,
    "//": exp.IntDiv,
    "=": exp.EQ,
    "<>": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}


def binary(operator: str, left: Sql, right: Sql) -> Sql:
    """left operator right."""
    made: Sql = _BINARY[operator](this=side(left), expression=side(right))
    return made


def negative(sql: Sql) -> Sql:
    """-x."""
    return exp.Neg(this=side(sql))


def absolute(sql: Sql) -> Sql:
    """|x|."""
    return exp.Abs(this=sql.copy())


def sign(sql: Sql) -> Sql:
    """-1, 0 or 1."""
    return exp.Sign(this=sql.copy())


def case(condition: Sql, yes: Sql, no: Sql | None = None) -> Sql:
    """CASE WHEN condition THEN yes ELSE no END; NULL without `no`."""
    return cases([(condition, yes)], no)


def cases(branches: list[tuple[Sql, Sql]], otherwise: Sql | None) -> Sql:
    """CASE with several branches."""
    ifs = [exp.If(this=condition.copy(), true=value.copy()) for condition, value in branches]
    return exp.Case(ifs=ifs, default=otherwise.copy() if otherwise is not None else None)


def both(conditions: list[Sql]) -> Sql:
    """AND over all; TRUE over none."""
    return _joined(exp.And, conditions) if conditions else truth(True)


def either(conditions: list[Sql]) -> Sql:
    """OR over all; FALSE over none."""
    return _joined(exp.Or, conditions) if conditions else truth(False)


def _joined(kind: type[exp.Connector], conditions: list[Sql]) -> Sql:
    joined: Sql = conditions[0].copy()
    for condition in conditions[1:]:
        more: Sql = kind(this=_bracketed(joined, kind), expression=side(condition))
        joined = more
    return joined


def _bracketed(sql: Sql, kind: type[exp.Connector]) -> Sql:
    return sql if isinstance(sql, kind) else side(sql)


def negated(condition: Sql) -> Sql:
    """NOT x."""
    return exp.Not(this=side(condition))


def is_null(sql: Sql) -> Sql:
    """x IS NULL."""
    return exp.Is(this=side(sql), expression=exp.Null())


def filled(sql: Sql, value: Sql) -> Sql:
    """COALESCE(x, value)."""
    return exp.Coalesce(this=sql.copy(), expressions=[value.copy()])


def extreme(name: str, operands: list[Sql]) -> Sql:
    """LEAST or GREATEST."""
    kind = exp.Least if name == "min" else exp.Greatest
    return kind(this=operands[0].copy(), expressions=[operand.copy() for operand in operands[1:]])


def one_of(sql: Sql, values: list[Sql]) -> Sql:
    """x IN (…)."""
    return exp.In(this=side(sql), expressions=[value.copy() for value in values])


def huge(sql: Sql) -> Sql:
    """x with 38 digits."""
    return sql if isinstance(sql, exp.Cast) and sql.to == HUGE else exp.Cast(this=sql.copy(), to=HUGE.copy())


def stop(code: str, expression: str, told: Sql | None = None) -> Sql:
    """Ends the query with an error that names the payee; evaluated only where a CASE leads to it.

    `told` is the text that had no answer. The error has no type of its own: databases take a calculation with it for
    NULL, so wherever it may be calculated with it is cast (`huge`).
    """
    head = exp.Literal.string(f"liji|{code}|{expression}|")
    message = exp.DPipe(this=head, expression=exp.Cast(this=column("payee"), to=exp.DataType.build("text")))
    message = exp.DPipe(this=message, expression=exp.Literal.string("|"))
    message = exp.DPipe(this=message, expression=exp.Cast(this=column("period"), to=exp.DataType.build("text")))
    if told is not None:
        message = exp.DPipe(this=message, expression=exp.Literal.string("|"))
        message = exp.DPipe(this=message, expression=side(told))
        message = exp.DPipe(this=message, expression=exp.Literal.string("|"))  # Spark writes its own words behind it
    return exp.Anonymous(this="error", expressions=[message])


def rewritten(query: exp.Query, kinds: tuple[type[Sql], ...], write: Callable[[Sql], Sql]) -> Sql:
    """A copy of the query with each node of these kinds written anew, the innermost first."""
    tree: Sql = query.copy()
    for node in reversed(list(tree.find_all(*kinds))):
        node.replace(write(node))
    return tree


# Dates.


def part_of_day(name: str, day: Sql) -> Sql:
    """The year, month or day of a date, as a whole number."""
    kinds: dict[str, type[exp.Func]] = {"year": exp.Year, "month": exp.Month, "day": exp.Day}
    return huge(kinds[name](this=day.copy()))


def days_between(first: Sql, last: Sql) -> Sql:
    """last − first in days."""
    return huge(exp.DateDiff(this=last.copy(), expression=first.copy(), unit=exp.Var(this="DAY")))


def months_between(first: Sql, last: Sql) -> Sql:
    """The whole months from first to last: up to the same day of the month."""

    def months(day: Sql) -> Sql:
        return binary("+", binary("*", exp.Year(this=day.copy()), factor(12)), exp.Month(this=day.copy()))

    short = case(binary("<", exp.Day(this=last.copy()), exp.Day(this=first.copy())), factor(1), factor(0))
    return huge(binary("-", binary("-", months(last), months(first)), short))


def months_later(day: Sql, count: Sql) -> Sql:
    """The day so many months later; the last of the month where that has no such day."""
    later = exp.DateAdd(this=day.copy(), expression=_small(count), unit=exp.Var(this="MONTH"))
    return exp.Cast(this=later, to=exp.DataType.build("date"))


def days_later(day: Sql, count: Sql) -> Sql:
    """The day so many days later."""
    later = exp.DateAdd(this=day.copy(), expression=_small(count), unit=exp.Var(this="DAY"))
    return exp.Cast(this=later, to=exp.DataType.build("date"))


def _small(count: Sql) -> Sql:
    return exp.Cast(this=count.copy(), to=exp.DataType.build("int"))
