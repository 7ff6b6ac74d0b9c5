"""What the plan `attainment-margin` must pay, worked out by hand from the files: the oracle of the example."""

from decimal import ROUND_HALF_UP
from decimal import Decimal

from examples.adventureworks.files import Account
from examples.adventureworks.files import Key

CENT = Decimal("0.01")
CAP = Decimal(50_000)
MARGIN = Decimal("0.05")
# below this attainment → the rate; 120 % itself still belongs to the third band
BANDS = ((Decimal("0.8"), "0.01"), (Decimal("1"), "0.02"))


def rate(sales: Decimal, target: Decimal) -> Decimal:
    """The rate by attainment; nothing is divided, so nothing is rounded."""
    for limit, value in BANDS:
        if sales < limit * target:
            return Decimal(value)
    return Decimal("0.03") if sales <= Decimal("1.2") * target else Decimal("0.04")


def expected(account: Account, key: Key) -> tuple[Decimal, Decimal]:
    """Commission and margin bonus of a person in a month; without a target there is no commission."""
    sales, target = account.sales.get(key, Decimal(0)), account.targets.get(key)
    margin = sales - account.cost.get(key, Decimal(0))
    commission = min(_cents(sales * rate(sales, target)), CAP) if target else Decimal(0)
    return commission, _cents(margin * MARGIN)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
