"""What this room tells the others."""

from liji.events.happenings import Kind
from liji.events.happenings import Named

CHANGED = "preference_changed"
BEGINS = "scheme_begins"
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
    # When it ends, the same is told as retracted: what rules did because of it is taken back.
    Kind(
        BEGINS,
        "偏好带来的方案内容",
        "Part of the preferred scheme",
        (
            Named("element", "text", "方案内容代码", "Code of the part"),
            Named("called", "text", "方案内容", "Part"),
            Named("called_en", "text", "方案内容英文名", "English name of the part"),
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
