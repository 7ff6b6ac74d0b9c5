"""What each further room brings to the demo company. Every filler finds out by itself what is there already."""

from collections.abc import Callable
from datetime import date

from liji.demo import growth
from liji.demo import performance
from liji.demo import preferences
from liji.demo import reactions
from liji.demo import surveys

# Called in this order, each in a transaction of its own, with the company's present day.
FILLERS: tuple[Callable[[date], None], ...] = (
    preferences.fill,
    performance.fill,
    growth.fill,
    surveys.fill,
    reactions.fill,  # the last: its rules hear nothing of what was made before them
)
