"""Reading notices."""

from liji.access.models import User
from liji.reactions.models import Notice
from liji.reactions.wording import body
from liji.reactions.wording import subject

__all__ = ["body", "notices", "subject", "unread"]


def notices(user: User, *, limit: int = 50) -> list[Notice]:
    """The user's newest notices, newest first."""
    return list(Notice.objects.filter(user=user).order_by("-pk")[:limit])


def unread(user: User) -> int:
    """How many the user has not read."""
    return Notice.objects.filter(user=user, read_at=None).count()
