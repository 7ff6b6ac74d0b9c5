"""What is wrong with a value, without the field that it stands in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field

_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")  # no text for the database: NUL, halves of a surrogate pair


@dataclass(frozen=True)
class Wrong:
    """A refused value. `code` is stable; `values` fill in its message and are at most 200 characters each."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)


def wrong(code: str, **values: object) -> Wrong:
    """A Wrong whose values are texts that can be stored and shown."""
    return Wrong(code, {name: _shown(value) for name, value in values.items()})


def _shown(value: object) -> str:
    return _UNKEEPABLE.sub("\ufffd", str(value)[:200])
