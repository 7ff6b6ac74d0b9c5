"""The badges and the kinds of praise that every installation has."""

from liji.recognition.models import Badge

# code: (zh, en, meaning zh, meaning en, shape, symbol, colour)
BADGES: dict[str, tuple[str, str, str, str, str, str, str]] = {
    "sales_star": (
        "销售明星", "Sales star", "签下一份大合同", "Signed a large contract",
        "burst", "star", "vermilion",
    ),
    "first_order": ("首单", "First order", "成交第一单", "Closed the first order", "medal", "sprout", "leaf"),
    "big_deal": ("大单", "Big deal", "一单超过 50 万", "One order beyond 500,000", "hexagon", "diamond", "sky"),
    "target_reached": (
        "达标", "Target reached", "完成当月目标", "Reached the month's target",
        "medal", "target", "vermilion",
    ),
    "beyond_120": (
        "超额 120%", "Beyond 120%", "达成率超过 120%", "Attainment beyond 120%",
        "shield", "rocket", "plum",
    ),
    "new_customers": (
        "开拓先锋", "New customers", "带来许多新客户", "Brought many new customers",
        "flower", "compass", "teal",
    ),
    "streak": (
        "连续达标", "On a streak", "连续三个月达标", "Three months at the target in a row",
        "burst", "flame", "amber",
    ),
    "learning": (
        "学习勋章", "Learning badge", "完成一门课程", "Finished a course",
        "medal", "book", "sky",
    ),
    "team_spirit": (
        "协作勋章", "Team spirit", "帮助团队一起赢", "Helped the team to win together",
        "flower", "hands", "amber",
    ),
    "mentor": ("好导师", "Mentor", "把经验教给同事", "Passed on what they know", "shield", "lantern", "leaf"),
    "customer_keeper": (
        "客户守护者", "Customer keeper", "老客户留存出色", "Kept customers remarkably well",
        "shield", "heart", "rose",
    ),
    "comeback": (
        "逆袭", "Comeback", "从低谷回到目标之上", "Came back from a low to the target",
        "hexagon", "phoenix", "vermilion",
    ),
    "star_of_month": (
        "月度之星", "Star of the month", "本月按公司规则第一", "First of the month by the company's rule",
        "burst", "crown", "amber",
    ),
    "team_of_month": (
        "月度最佳团队", "Team of the month", "团队共同完成目标", "Reached the target as a team",
        "flower", "mountain", "teal",
    ),
    "contest_winner": ("竞赛优胜", "Contest winner", "赢得一场竞赛", "Won a contest", "hexagon", "cup", "amber"),
}

# code: (zh, en)
KINDS: dict[str, tuple[str, str]] = {
    "result": ("拿下结果", "Results"),
    "customer": ("客户至上", "Customer first"),
    "teamwork": ("团队协作", "Teamwork"),
    "learning": ("学习成长", "Learning"),
    "helping": ("热心助人", "Helping"),
    "courage": ("敢打敢拼", "Courage"),
}

_FIELDS = ("zh", "en", "meaning_zh", "meaning_en", "shape", "symbol", "colour")


def ensure_built_in() -> None:
    """Writes the built-in badges that are missing; what an admin renamed stays."""
    there = set(Badge.objects.filter(built_in=True).values_list("code", flat=True))
    for code in BADGES.keys() - there:
        ensure(code)


def ensure(code: str) -> Badge | None:
    """The badge with this code, written first when it is built in; None when there is none."""
    if found := Badge.objects.filter(code=code).first():
        return found
    if code not in BADGES:
        return None
    defaults = dict(zip(_FIELDS, BADGES[code], strict=True)) | {"built_in": True}
    return Badge.objects.get_or_create(code=code, defaults=defaults)[0]
