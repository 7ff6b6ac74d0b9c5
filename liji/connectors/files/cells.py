"""Reading one cell: exact numbers and dates in the format that the mapping names, never a guess.

A cell of a text file is `str`; a cell of a workbook may also be Decimal, date, datetime, bool or CellError.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class CellError:
    """An error value of a workbook's cell, such as #N/A."""

    code: str


Cell = str | Decimal | date | datetime | bool | CellError | None
# Reads a cell into text that liji.facts understands; None says that the cell does not follow the format.
Reader = Callable[[Cell], str | None]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TOKENS = {
    "YYYY": r"(?P<Y>\d{4})",
    "YY": r"(?P<y>\d{2})",
    "MMM": "(?P<b>" + "|".join(_MONTHS) + ")",
    "MM": r"(?P<m>\d{2})",
    "M": r"(?P<m>\d{1,2})",
    "DD": r"(?P<d>\d{2})",
    "D": r"(?P<d>\d{1,2})",
    "HH": r"(?P<H>\d{2})",
    "H": r"(?P<H>\d{1,2})",
    "mm": r"(?P<M>\d{2})",
    "ss": r"(?P<S>\d{2})",
    "fff": r"(?P<f>\d{1,9})",
}
_STRPTIME = {
    "%Y": "YYYY", "%y": "YY", "%b": "MMM", "%m": "MM", "%-m": "M", "%d": "DD", "%-d": "D",
    "%H": "HH", "%M": "mm", "%S": "ss", "%f": "fff",
}  # fmt: skip
_TOKEN = re.compile("|".join(sorted(_TOKENS, key=len, reverse=True)))
ISO = "YYYY-MM-DD"
PLAIN = "1,234.56"
_CACHE_LIMIT = 20_000


def text(cell: Cell) -> str:
    """A cell as text, as a person would read it; the empty string for an empty cell."""
    if type(cell) is str:
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, date):  # datetime is one
        return cell.isoformat()
    return cell.code


# A long number that a spreadsheet shows as 1.91431E+18, and that a program wrote so.
_SCIENTIFIC = re.compile(r"-?\d+(?:[.,]\d+[eE][+-]?|[eE][+-])\d{1,3}", re.ASCII)
_EXACT_DIGITS = 15  # of the numbers of a spreadsheet


def is_rounded(cell: Cell) -> bool:
    """Whether a number that names something was rounded by a spreadsheet: other digits may have stood there."""
    if isinstance(cell, Decimal):
        return abs(cell) >= Decimal(10) ** _EXACT_DIGITS
    return type(cell) is str and _SCIENTIFIC.fullmatch(cell.strip()) is not None


def date_pattern(form: str, *, whole: bool = True) -> re.Pattern[str] | None:
    """The pattern of a date format (`YYYY/MM/DD`, `%d.%m.%Y`, `YYYY年M月D日`); None when it names no full date.

    With `whole` false the day may be left out (`YYYY-MM`): the first of the month is meant.
    """
    for directive, token in _STRPTIME.items():
        form = form.replace(directive, token)
    found, end = "", 0
    for token in _TOKEN.finditer(form):
        found += re.escape(form[end : token.start()]) + _TOKENS[token.group()]
        end = token.end()
    try:
        pattern = re.compile(found + re.escape(form[end:]), re.ASCII)
    except re.error:  # the same part twice
        return None
    groups = set(pattern.groupindex)
    complete = groups & {"Y", "y"} and groups & {"m", "b"} and ("d" in groups or not whole)
    return pattern if complete and "%" not in form else None


def date_reader(form: str) -> Reader:
    """A reader of dates in `form`: ISO text, or None for a cell in any other format."""
    pattern = date_pattern(form, whole=False)
    if pattern is None:
        raise ValueError(f"not a date format: {form}")
    known: dict[str, str | None] = {}

    def read(cell: Cell) -> str | None:
        if type(cell) is not str:
            return cell.isoformat() if isinstance(cell, date) else None
        found = known.get(cell, "")
        if found == "":
            if len(known) >= _CACHE_LIMIT:
                known.clear()
            found = known[cell] = _iso(pattern.fullmatch(cell.strip()))
        return found

    return read


def _iso(match: re.Match[str] | None) -> str | None:
    if match is None:
        return None
    part = match.groupdict()
    year = int(part.get("Y") or 2000 + int(part["y"]))
    month = _MONTHS.index(part["b"]) + 1 if part.get("b") else int(part["m"])
    day = int(part.get("d") or 1)
    try:
        if part.get("H") is None:
            return date(year, month, day).isoformat()
        micro = (part.get("f") or "")[:6].ljust(6, "0")
        clock = [int(part.get(name) or 0) for name in "HMS"]
        return datetime(year, month, day, *clock, int(micro)).isoformat()  # noqa: DTZ001 the company's
    except ValueError:
        return None


def ambiguous(form: str, values: list[str]) -> bool:
    """Whether day and month could be exchanged in all of `values`, so that nobody can tell that `form` is right."""
    pattern = date_pattern(form)
    names = [name for name in pattern.groupindex if name in "YymdB"] if pattern else []
    if not values or "m" not in names or names.index("Y" if "Y" in names else "y") == 0:
        return False  # with the year first, nobody writes the day before the month
    matches = [match for value in values if (match := pattern.fullmatch(value.strip()))]
    return bool(matches) and all(int(m["d"]) <= 12 and int(m["m"]) <= 12 for m in matches) and any(
        int(m["d"]) != int(m["m"]) for m in matches
    )


# Spaces that people put between thousands: ordinary, no-break, narrow no-break.
_SPACES = " \u00a0\u202f"
_EXAMPLE = re.compile(
    rf"(?P<before>[^\d]*?)\s*1(?P<group>[,.'{_SPACES}]?)234(?:(?P<point>[.,])56)?\s*(?P<after>[^\d]*)"
)
_SIMPLE = re.compile(r"-?\d{1,24}(?:\.\d+)?", re.ASCII)


def number_pattern(form: str) -> re.Pattern[str] | None:
    """The pattern of a number format given by example (`1,234.56`, `1.234,56 €`); None when it is none."""
    example = _EXAMPLE.fullmatch(form.strip())
    if example is None or (example["group"] and example["group"] == example["point"]):
        return None
    group = f"[{_SPACES}]" if example["group"] and example["group"] in _SPACES else re.escape(example["group"])
    whole = rf"\d{{1,3}}(?:{group}\d{{3}})+|\d+" if example["group"] else r"\d+"
    point = re.escape(example["point"] or ".")
    signs = [re.escape(sign.strip()) for sign in (example["before"], example["after"]) if sign.strip()]
    sign = f"(?:{'|'.join(signs)})?" if signs else ""
    return re.compile(
        rf"(?P<open>\()?(?P<minus>[-−])?{sign}\s*(?P<minus2>[-−])?(?P<whole>{whole})(?:{point}(?P<part>\d+))?\s*{sign}"
        r"(?P<minus3>[-−])?(?(open)\))",
        re.ASCII,
    )


def number_reader(form: str) -> Reader:
    """A reader of numbers in `form`: plain digits with a point, or None for a cell in any other format."""
    pattern = number_pattern(form)
    if pattern is None:
        raise ValueError(f"not a number format: {form}")
    # In the formats that have the point as decimal sign plain digits need no second look.
    simple = _SIMPLE.fullmatch if pattern.fullmatch("1.5") and not pattern.fullmatch("1.234.567") else None

    def read(cell: Cell) -> str | None:
        if type(cell) is not str:
            return format(cell, "f") if isinstance(cell, Decimal) else None
        cell = cell.strip()
        if simple and simple(cell):
            return cell
        match = pattern.fullmatch(cell)
        if match is None:
            return None
        digits = re.sub(r"\D", "", match["whole"]) + (f".{match['part']}" if match["part"] else "")
        minus = [sign for sign in ("open", "minus", "minus2", "minus3") if match[sign]]
        if len(minus) > 1:
            return None
        return f"-{digits}" if minus else digits

    return read
