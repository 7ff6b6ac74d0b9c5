"""What each room brings to the tests that go through the whole product: its addresses, its pages, its data.

A module here is one room. It may have
- `KNOWN`: the addresses of the room, as the walk over all addresses and roles must know them;
- `ids(world)`: parameter → what fills it, made for the walk: everything that there is, and something that there is not;
- `PAGES`: who → [(name of the picture, address, what to click first)];
- `prepare(scene)`: makes what the pages show; returns (what fills the addresses, data that may stand in any language).
"""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType


def rooms() -> Iterator[ModuleType]:
    """Every module of this folder."""
    for found in pkgutil.iter_modules(__path__):
        yield importlib.import_module(f"{__name__}.{found.name}")
