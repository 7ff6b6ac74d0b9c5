"""Parts that rooms add to the performance file: skills, badges, preferences, incentives received.

A room's pages register theirs with `section`; each is a function of the request and the employee that gives HTML, or
nothing when there is nothing to show. Who may see the file has been decided before it is called.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

Part = Callable[[HttpRequest, int], str]


@dataclass(frozen=True)
class Section:
    """A part of the page: `place` orders the parts; `name` is the room's, once each."""

    name: str
    place: int
    part: Part


_sections: dict[str, Section] = {}


def section(name: str, *, place: int) -> Callable[[Part], Part]:
    """Registers a part of the performance file. The same name again replaces it."""

    def register(part: Part) -> Part:
        _sections[name] = Section(name, place, part)
        return part

    return register


def rendered(request: HttpRequest, employee: int) -> list[str]:
    """Every part that has something to show, in order."""
    ordered = sorted(_sections.values(), key=lambda each: each.place)
    return [html for each in ordered if (html := each.part(request, employee))]
