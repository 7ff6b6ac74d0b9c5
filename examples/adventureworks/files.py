"""Where the AdventureWorks files are, and what they say, read by nothing of Liji: the other side of the account."""

import csv
import os
from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).parent
DEFAULT = HERE.parents[1].parent / "shared" / "data" / "adventureworks"
MAPPINGS = ("people", "targets", "sales")
Key = tuple[str, str]  # employee number, month YYYY-MM


def folder() -> Path | None:
    """The folder with the files, by LIJI_EXAMPLE_DATA or beside the repository; None when it is not there."""
    path = Path(os.environ.get("LIJI_EXAMPLE_DATA", DEFAULT))
    return path if (path / "reseller" / "Sales.csv").exists() else None


def find(data: Path, name: str) -> Path:
    """A file by its name, in `hr` or `reseller`."""
    return next(path for path in (data / "reseller" / name, data / "hr" / name) if path.exists())


@dataclass
class Account:
    """What the files say, per person and month. Amounts in USD."""

    lines: int = 0
    orders: set[str] = field(default_factory=set)
    sales: dict[Key, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    cost: dict[Key, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    targets: dict[Key, Decimal] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        return sum(self.sales.values(), Decimal(0))


def account(data: Path) -> Account:
    """Adds up the order lines and targets of the files."""
    with find(data, "Employee.csv").open(encoding="utf-8", newline="") as file:
        numbers = {row[1]: f"AW-{row[0]}" for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    person = {row["EmployeeKey"]: numbers[row["EmployeeID"]] for row in _rows(data, "Salesperson.csv")}
    found = Account()
    for row in _rows(data, "Sales.csv"):
        year, month, _day = row["OrderDate"].split("/")
        key = person[row["EmployeeKey"]], f"{year}-{month}"
        found.lines += 1
        found.orders.add(row["SalesOrderNumber"])
        found.sales[key] += Decimal(row["Sales"])
        found.cost[key] += Decimal(row["Cost"])
    for row in _rows(data, "Targets.csv"):
        year, month, _day = row["TargetMonth"].split("/")
        found.targets[numbers[row["EmployeeID"]], f"{year}-{month}"] = Decimal(row["TargetAmount"])
    return found


def _rows(data: Path, name: str):
    with find(data, name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="|", quoting=csv.QUOTE_NONE)
