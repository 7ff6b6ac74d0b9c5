"""Days and months in the addresses of pages: in one form, inside the days that records may carry."""

from datetime import date

from liji.base import gate
from liji.people import queries as people


def day(text: str, limits: gate.Limits | None = None) -> date | None:
    """The day that an address names as `2026-11-23`; None for anything else."""
    found = gate.day(text.strip(), limits or people.day_limits())
    return None if isinstance(found, gate.Wrong) else found


def month(text: str, limits: gate.Limits | None = None) -> date | None:
    """The first day of the month that an address names as `2026-11`; None for anything else."""
    found = gate.month(text.strip(), limits or people.day_limits())
    return None if isinstance(found, gate.Wrong) else found
