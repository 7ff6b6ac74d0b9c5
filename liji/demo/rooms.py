"""What each further room brings to the demo company. Every filler finds out by itself what is there already."""

from collections.abc import Callable
from datetime import date

from liji.demo import case
from liji.demo import contests
from liji.demo import growth
from liji.demo import performance
from liji.demo import preferences
from liji.demo import reactions
from liji.demo import recognition
from liji.demo import surveys

# Called in this order, each in a transaction of its own, with the company's present day. The rules hear nothing of what
# was made before them; preferences come last, for rules offer courses and tracks to those who have stated one.
FILLERS: tuple[Callable[[date], None], ...] = (
    case.fill,
    performance.fill,
    growth.fill,
    surveys.fill,
    reactions.fill,
    recognition.fill,
    contests.fill,
    preferences.fill,
)
