"""Keeping the catalogue of badges: new ones, other words and pictures, those that are no longer given."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from liji.access.models import User
from liji.access.services import audit
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.recognition.drawing import draw
from liji.recognition.models import Badge
from liji.recognition.pictures import cleaned
from liji.recognition.told import look_again

RESERVED = {"new", "drawn"}  # addresses of their own


@transaction.atomic
def add_badge(code: str, values: Mapping[str, Any], *, picture: bytes | None, by: User) -> Badge:
    """A further badge. Raises Refused "badge_code_taken", or as `change_badge`."""
    if code in RESERVED or Badge.objects.filter(code=code).exists():
        raise Refused(Problem("code", "badge_code_taken", {"value": code}))
    return change_badge(Badge(code=code), values, picture=picture, by=by)


@transaction.atomic
def change_badge(
    badge: Badge, values: Mapping[str, Any], *, picture: bytes | None, drawn: bool = False, by: User
) -> Badge:
    """Other words, shape, symbol, colour; `picture` is an SVG file, `drawn` goes back to the drawing. Audited.

    Raises Refused on `picture`: "svg_too_large", "no_svg", "svg_forbidden".
    """
    for name, value in values.items():
        setattr(badge, name, value)
    if picture:
        badge.picture = cleaned(picture)
    elif drawn:
        badge.picture = ""
    badge.save()
    audit(by, "badge_saved", detail={"badge": badge.code, "active": badge.active, "uploaded": bool(picture)})
    look_again()
    return badge


def picture_of(badge: Badge) -> str:
    """The badge's picture as SVG."""
    return badge.picture or draw(badge.shape, badge.symbol, badge.colour)
