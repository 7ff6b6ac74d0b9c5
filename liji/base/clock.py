"""The clock of the product: the only place where a room reads what time it is.

Tests show another moment to every process at once: with `LIJI_TESTING=1` the file named by `LIJI_CLOCK_FILE` holds one
line "real moment, shown moment, speed" (two ISO moments with their offsets, and how many shown seconds pass in a real
one; 0 is frozen). Without both variables the machine's clock is shown.

The job queue, heartbeats and the expiry of sessions stay on the machine's clock: `machine_moment` says when to run a
job that is due at a shown moment.
"""

import os
import time
from collections.abc import Callable
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import tzinfo
from pathlib import Path
from typing import NamedTuple

FILE = os.environ.get("LIJI_CLOCK_FILE", "") if os.environ.get("LIJI_TESTING") == "1" else ""


class Shown(NamedTuple):
    """At the machine's moment `real` the moment `shown` is shown; `speed` shown seconds pass in a real second."""

    real: datetime
    shown: datetime
    speed: float

    def at(self, real: datetime) -> datetime:
        """What is shown at a moment of the machine, in UTC."""
        return (self.shown + (real - self.real) * self.speed).astimezone(UTC)


_company_zone: Callable[[], tzinfo] = lambda: UTC  # noqa: E731
_read: tuple[tuple[int, int], Shown] | None = None  # the file's time of change and inode, and what it said


def now() -> datetime:
    """The present moment, aware, in UTC."""
    shown = _shown()
    real = datetime.now(UTC)
    return shown.at(real) if shown else real


def today(zone: tzinfo | None = None) -> date:
    """The present day in a time zone; without one, in the company's."""
    return local_day(now(), zone)


def local_day(moment: datetime, zone: tzinfo | None = None) -> date:
    """The day on which `moment` (aware) falls in a time zone; without one, in the company's."""
    return moment.astimezone(zone or _company_zone()).date()


def local(moment: datetime | None = None, zone: tzinfo | None = None) -> datetime:
    """A moment (aware; the present one when none is given) as the clocks of a time zone, or of the company, show it."""
    return (moment or now()).astimezone(zone or _company_zone())


def monotonic() -> float:
    """Seconds on a clock that never goes back, for measuring how long something took; no file moves it."""
    return time.monotonic()


def machine_moment(moment: datetime) -> datetime:
    """The machine's moment at which `moment` will be shown, for the job queue; the same one in production.

    A clock that is frozen never shows a later moment: the answer is then as far from now as the shown one.
    """
    if (shown := _shown()) is None:
        return moment
    real = datetime.now(UTC)
    return real + (moment - shown.at(real)) / (shown.speed or 1)


def shown_moment(machine: datetime) -> datetime:
    """What the clock shows at a moment of the machine, for the times that the job queue gives; in production the same.

    The answer of a clock that is frozen is the one moment that it shows.
    """
    shown = _shown()
    return shown.at(machine) if shown else machine


def use_company_zone(zone: Callable[[], tzinfo]) -> None:
    """Says how the company's time zone is found; the room that knows the company does so when it is loaded."""
    global _company_zone
    _company_zone = zone


def show(moment: datetime, *, speed: float = 1) -> None:
    """Shows `moment` (aware) from now on to every process that reads the file. For tests only.

    Raises RuntimeError where no file is read.
    """
    if not FILE:
        raise RuntimeError("the clock is the machine's: LIJI_TESTING=1 and LIJI_CLOCK_FILE are not set")
    line = f"{datetime.now(UTC).isoformat()}, {moment.isoformat()}, {speed:g}\n"
    fresh = Path(f"{FILE}.{os.getpid()}")
    fresh.write_text(line, encoding="ascii")
    fresh.replace(FILE)


def _shown() -> Shown | None:
    """What the file says; it is read again only when it has changed."""
    global _read
    if not FILE:
        return None
    stat = os.stat(FILE)  # noqa: PTH116 - called at every reading of the clock
    changed = (stat.st_mtime_ns, stat.st_ino)
    if (held := _read) is None or held[0] != changed:
        real, shown, speed = Path(FILE).read_text(encoding="ascii").split(",")
        said = Shown(datetime.fromisoformat(real.strip()), datetime.fromisoformat(shown.strip()), float(speed))
        held = _read = (changed, said)
    return held[1]
