"""The demo company's rules: those of the guide, published."""

from datetime import date

from liji.reactions.packs import publish_pack


def fill(day: date) -> None:
    """Publishes the rules that are missing."""
    publish_pack()
