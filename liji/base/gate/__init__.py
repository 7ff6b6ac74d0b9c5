"""The entry gate: what a value from outside may look like, the same for every way in.

Pure functions. Each returns the typed value, or a `Wrong` with a stable code and the values of its message; the caller
adds the field in the words of its sender. `docs/entry-rules.md` lists the rules and the ways in.
"""

from liji.base.gate.currencies import currency
from liji.base.gate.days import Limits
from liji.base.gate.days import day
from liji.base.gate.days import local
from liji.base.gate.days import moment
from liji.base.gate.days import month
from liji.base.gate.days import shift
from liji.base.gate.identity import Identity
from liji.base.gate.identity import external_id
from liji.base.gate.identity import identity
from liji.base.gate.numbers import decimal
from liji.base.gate.numbers import version
from liji.base.gate.reversals import Side
from liji.base.gate.reversals import reversal
from liji.base.gate.shares import share
from liji.base.gate.shares import shares
from liji.base.gate.texts import text
from liji.base.gate.wrong import Wrong

__all__ = [
    "Identity",
    "Limits",
    "Side",
    "Wrong",
    "currency",
    "day",
    "decimal",
    "external_id",
    "identity",
    "local",
    "moment",
    "month",
    "reversal",
    "share",
    "shares",
    "shift",
    "text",
    "version",
]
