"""Who is credited with a record, besides or instead of its owner: a list from JSON, or a text from a table's cell."""

import re
from decimal import Decimal
from typing import Any
from typing import NamedTuple

from liji.base import gate

MOST = 20
OWNER = "owner"
_ROLE = re.compile(r"[a-z][a-z0-9_]{0,31}")


class Share(NamedTuple):
    """An employee's number, the share of the record with which they are credited (0.6 is 60 %), and their role."""

    employee: str
    share: Decimal
    role: str


def read(value: Any) -> tuple[Share, ...] | None:
    """The shares that a field says, none for an empty one; None when it cannot be understood.

    A list of {"employee", "share", "role"}, or a text like `E001:60%; E002:40%; E003:100%:presales`. Without a share it
    is 100 %, without a role the owner's.
    """
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        value = [_told(part) for part in re.split("[;；]", value) if part.strip()]
    if not isinstance(value, list) or not 0 < len(value) <= MOST:
        return None
    found = [_share(one) for one in value]
    known = tuple(one for one in found if one is not None)
    each = {(one.employee, one.role) for one in known}
    return known if len(known) == len(found) == len(each) else None


def _told(text: str) -> dict[str, str]:
    return dict(zip(("employee", "share", "role"), (part.strip() for part in re.split("[:：]", text)), strict=False))


def _share(told: Any) -> Share | None:
    if type(told) is not dict or not {*told} <= {"employee", "share", "role"}:
        return None
    employee, role = gate.text(told.get("employee", "")), told.get("role") or OWNER
    share = _rate(told.get("share"))
    if not isinstance(employee, str) or not employee or share is None:
        return None
    if not isinstance(role, str) or not _ROLE.fullmatch(role):
        return None
    return Share(employee, share, role)


def _rate(value: Any) -> Decimal | None:
    """A share in the gate's grammar; a whole when nothing is said."""
    found = gate.share("1" if value is None or value == "" else value)
    return None if isinstance(found, gate.Wrong) else found
