"""What a kind of incentive brings on the pages of those who prefer it, and the kinds that every company begins with."""

from dataclasses import dataclass

from liji.preferences.models import Kind


@dataclass(frozen=True)
class Element:
    """Something that a scheme shows or opens; `place` is the name of the address where it is found."""

    code: str
    zh: str
    en: str
    place: str


ELEMENTS = {
    element.code: element
    for element in (
        Element("next_band", "下一档佣金与超额奖金的差距", "How far it is to the next band and bonus", "home"),
        Element("contests", "有现金奖的竞赛", "Contests with prizes in money", "wall"),
        Element("courses", "课程推荐", "Courses offered", "growth"),
        Element("learning_badge", "学习勋章", "The learning badge", "wall"),
        Element("criteria", "主管晋升标准与进度", "The criteria for supervisors and the way to them", "growth"),
        Element("team_pool", "团队奖金池", "The team's pool", "home"),
        Element("team_badges", "团队勋章", "Badges of the team", "wall"),
        Element("flexible_hours", "弹性工作安排", "Flexible hours to choose", "my_preferences"),
    )
}

# code: (zh, en, what it means in zh and en, elements). The kinds are the guide's (S8).
BUILT_IN: dict[str, tuple[str, str, str, str, tuple[str, ...]]] = {
    "cash": ("现金", "Cash", "佣金升档、超额奖金、现金竞赛", "Higher bands, bonuses, contests for money",
             ("next_band", "contests")),
    "training": ("培训成长", "Training", "课程、考试、技能认证", "Courses, exams, proved skills",
                 ("courses", "learning_badge")),
    "promotion": ("晋升", "Promotion", "看得见的晋升标准与进度", "Clear criteria and the way to them", ("criteria",)),
    "team": ("团队", "Team", "团队奖金池与协作勋章", "The team's pool, badges for working together",
             ("team_pool", "team_badges")),
    "flexible_hours": ("弹性时间", "Flexible hours", "自选的弹性工作安排", "Hours of one's own choice",
                       ("flexible_hours",)),
}  # fmt: skip


def ensure_built_in() -> None:
    """Writes the kinds that are missing; run after each migration. What the company has changed stays."""
    for place, (code, (zh, en, zh_about, en_about, elements)) in enumerate(BUILT_IN.items()):
        about = {"zh_about": zh_about, "en_about": en_about, "elements": list(elements), "place": place}
        Kind.objects.get_or_create(code=code, defaults={"zh": zh, "en": en, **about})
