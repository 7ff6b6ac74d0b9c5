"""What tracks tell: somebody enters one, completes it, and what was decided on the promotion."""


from liji.base import clock
from liji.events.happenings import Happening
from liji.events.happenings import Kind
from liji.events.happenings import Named
from liji.events.happenings import declare
from liji.tracks.models import Membership
from liji.tracks.models import Promotion

_TRACK = (
    Named("track", "text", "通道代码", "Track code"),
    Named("name", "text", "晋升通道", "Track"),
    Named("name_en", "text", "晋升通道英文名", "English track name"),
    Named("position", "text", "目标岗位", "Position"),
)
_DECISION = (
    Named("agreed", "true/false", "是否同意", "Agreed"),
    Named("effective", "date", "生效日", "Effective"),
)
KINDS = (
    Kind("track_entered", "进入晋升通道", "Track entered", _TRACK),
    Kind("track_completed", "晋升条件全部达成", "Track completed", _TRACK),
    Kind("promotion_proposed", "提出晋升", "Promotion proposed", _TRACK),
    Kind("promotion_decided", "晋升已决定", "Promotion decided", (*_TRACK, *_DECISION)),
)


def declare_kinds() -> None:
    """Makes them known to whoever writes rules."""
    declare(*KINDS)


def entered(membership: Membership) -> Happening:
    """That somebody is on a track from now on."""
    return _of("track_entered", membership)


def completed(membership: Membership, *, retracted: bool = False) -> Happening:
    """That every criterion is reached; `retracted`: no longer, since something was taken back."""
    return _of("track_completed", membership, retracted=retracted)


def proposed(promotion: Promotion) -> Happening:
    """That a promotion waits for the manager or HR."""
    return _of("promotion_proposed", promotion.membership, occasion=f"promotion:{promotion.pk}")


def decided(promotion: Promotion) -> Happening:
    """What was decided."""
    values = {"agreed": promotion.state == Promotion.State.AGREED, "effective": promotion.effective}
    return _of("promotion_decided", promotion.membership, occasion=f"promotion:{promotion.pk}", **values)


def _of(kind: str, membership: Membership, *, occasion: str = "", retracted: bool = False, **more) -> Happening:
    track = membership.track
    values = {"track": track.code, "name": track.zh, "name_en": track.en, "position": track.goal.name, **more}
    at, told = clock.now(), occasion or f"track:{membership.pk}"
    return Happening(kind, told, membership.employee_id, at, values, "/growth/", retracted)
