"""Units and positions as files name them: by code, or by a name that no other has; made only when it was confirmed."""

from collections.abc import Collection
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from liji.base import clock
from liji.base.gate.identity import identity
from liji.people import services
from liji.people.keys import LONGEST
from liji.people.models import Position
from liji.people.models import Unit
from liji.people.models import UnitParent
from liji.people.problems import Problem
from liji.people.problems import Refused


@dataclass(frozen=True)
class Confirmed:
    """The codes of new units and positions that may be made, as keys; None is any."""

    units: Collection[str] | None = frozenset()
    positions: Collection[str] | None = frozenset()

    def unit(self, code: str) -> bool:
        """Whether a unit of this code may be made."""
        return self.units is None or identity(code).key in self.units

    def position(self, code: str) -> bool:
        """Whether a position of this code may be made."""
        return self.positions is None or identity(code).key in self.positions


NOTHING = Confirmed()
EVERYTHING = Confirmed(None, None)


class Missing(NamedTuple):
    """A unit or position that is not there: what it would be called, and below which unit it would stand."""

    code: str
    name: str
    parent: Unit | None = None


class Places:
    """The units and positions that there are, read once; `made` are those that were made on the way."""

    def __init__(self, confirmed: Confirmed) -> None:
        self.confirmed = confirmed
        self.made: list[Unit | Position] = []
        units = {unit.pk: unit for unit in Unit.objects.filter(duplicate_of=None)}
        self._units = _Named(units.values())
        self._positions = _Named(Position.objects.filter(duplicate_of=None))
        self._below: dict[int, _Named] = {}
        for unit, parent in UnitParent.objects.on(clock.today()).values_list("unit", "parent"):
            if unit in units:
                self._below.setdefault(parent, _Named()).add(units[unit])

    def find_unit(self, unit: str, path: tuple[str, ...]) -> Unit | list[Missing]:
        """The unit of a code or name, or of a path of names; or what is missing of it, from the top down."""
        if unit:
            return self._units.find(unit) or [Missing(unit, unit)]
        if found := self._units.of_code("/".join(path)):
            return found
        here: Unit | None = None
        for depth, name in enumerate(path):
            known = (self._below.get(here.pk, _NOTHING) if here else self._units).find(name)
            known = known or self._units.of_code("/".join(path[: depth + 1]))
            if known is None:
                codes = ["/".join(path[: end + 1]) for end in range(depth, len(path))]
                return [Missing(code, name, here) for code, name in zip(codes, path[depth:], strict=True)]
            here = known
        return here

    def find_position(self, text: str) -> Position | Missing:
        """The position of a code or name, or what is missing."""
        return self._positions.find(text) or Missing(text[:LONGEST], text)

    def check(self, unit: str, path: tuple[str, ...], position: str) -> None:
        """Raises Refused when a row names what is not there and may not be made: unknown_unit, unknown_position."""
        found = self.find_unit(unit, path) if unit or path else None
        for missing in found if isinstance(found, list) else ():
            field = "unit" if unit else "unit_path"
            if len(missing.code) > LONGEST:
                raise Refused(Problem(field, "too_long", {"limit": str(LONGEST)}))
            if not self.confirmed.unit(missing.code):
                raise Refused(Problem(field, "unknown_unit", {"value": missing.code[:200]}))
        missing = self.find_position(position) if position else None
        if isinstance(missing, Missing) and not self.confirmed.position(missing.code):
            raise Refused(Problem("position", "unknown_position", {"value": position[:200]}))

    def unit(self, unit: str, path: tuple[str, ...]) -> Unit:
        """The unit, made where it is missing: call `check` first."""
        found = self.find_unit(unit, path)
        if not isinstance(found, list):
            return found
        here = found[0].parent
        for missing in found:
            made = services.unit(missing.code, missing.name, parent=here)
            self.made.append(made)
            self._units.add(made)
            if here is not None:
                self._below.setdefault(here.pk, _Named()).add(made)
            here = made
        return here

    def position(self, text: str) -> Position:
        """The position, made where it is missing: call `check` first."""
        found = self.find_position(text)
        if isinstance(found, Missing):
            found = services.position(found.code, found.name)
            self.made.append(found)
            self._positions.add(found)
        return found


class _Named:
    """Rows by the keys of their codes and of their names."""

    def __init__(self, rows: Iterable[Unit | Position] = ()) -> None:
        self._codes: dict[str, Unit | Position] = {}
        self._names: dict[str, list[Unit | Position]] = {}
        for row in rows:
            self.add(row)

    def add(self, row: Unit | Position) -> None:
        self._codes[row.key] = row
        self._names.setdefault(identity(row.name).key, []).append(row)

    def of_code(self, text: str) -> Unit | Position | None:
        return self._codes.get(identity(text).key)

    def find(self, text: str) -> Unit | Position | None:
        """The row of a code; else the only one of a name."""
        key = identity(text).key
        named = self._names.get(key, [])
        return self._codes.get(key) or (named[0] if len(named) == 1 else None)


_NOTHING = _Named()
