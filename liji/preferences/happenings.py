"""What this room tells the others."""

from liji.events.happenings import Kind
from liji.events.happenings import Named

CHANGED = "preference_changed"
OFFERED = "menu_offered"
CHOSEN = "reward_chosen"

KINDS = (
    Kind(
        CHANGED,
        "激励偏好改变",
        "Preference changed",
        (
            Named("before", "text", "之前的首选", "First choice before"),
            Named("after", "text", "现在的首选", "First choice now"),
        ),
    ),
    Kind(
        OFFERED,
        "可自选的奖励",
        "Reward to choose",
        (Named("menu", "text", "奖励菜单", "Menu"), Named("closes", "date", "截止日", "Closes on")),
    ),
    Kind(
        CHOSEN,
        "已选定奖励",
        "Reward chosen",
        (Named("menu", "text", "奖励菜单", "Menu"), Named("kind", "text", "类型", "Kind")),
    ),
)
