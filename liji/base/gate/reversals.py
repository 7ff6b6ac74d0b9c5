"""What a return or a cancellation may take back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from liji.base.gate.wrong import Wrong
from liji.base.gate.wrong import wrong

Credited = tuple[int, object, str]  # payee, share, role


@dataclass(frozen=True)
class Side:
    """A reversal as it came, or the original that it names; None for what a reversal does not say.

    `owner` is an employee id, `happened` the company's day of the event, `credited` payees with share and role.
    """

    id: str
    type: str
    currency: str | None
    owner: int | None
    credited: frozenset[Credited] | None
    happened: date
    credit_date: date | None


def reversal(made: Side, original: Side, takes_back: Collection[str]) -> tuple[str, Wrong] | None:
    """The field and the Wrong of a reversal that does not suit its original.

    Currency, payees and split are the original's, its type is one that can be taken back, and neither the event nor
    the credit lies before it. Codes: not_reversible, currency_of_original, payee_of_original, before_original.
    """
    if original.type not in takes_back:
        return "order", wrong("not_reversible", type=made.type, original=original.type)
    if made.currency is not None and made.currency != original.currency:
        return "currency", wrong("currency_of_original", id=original.id, value=original.currency)
    if made.owner is not None and made.owner != original.owner:
        return "employee", wrong("payee_of_original", id=original.id)
    if made.credited is not None and made.credited != original.credited:
        return "credits", wrong("payee_of_original", id=original.id)
    if made.happened < original.happened:
        return "occurred_at", wrong("before_original", value=made.happened, day=original.happened)
    if made.credit_date and original.credit_date and made.credit_date < original.credit_date:
        return "credit_date", wrong("before_original", value=made.credit_date, day=original.credit_date)
    return None
