"""The indicators of the performance file: what they are called, what they are, which facts they are made of."""

from collections.abc import Mapping
from dataclasses import dataclass

from liji.events.happenings import Named


@dataclass(frozen=True)
class Indicator:
    """A figure of a person and a month. `type` as in the plan language; `of`: the fact types that make it up."""

    name: str
    type: str
    zh: str
    en: str
    of: tuple[str, ...]
    icon: str

    def named(self, *, suffix: str = "", zh: str = "{}", en: str = "{}", type: str = "") -> Named:
        """The indicator, or what a window makes of it, as conditions name it."""
        return Named(self.name + suffix, type or self.type, zh.format(self.zh), en.format(self.en))


ORDERS = ("order_closed",)
TAKEN_BACK = ("order_returned", "order_cancelled")
DECIDED = ("opportunity_won", "opportunity_lost")

INDICATORS: Mapping[str, Indicator] = {
    each.name: each
    for each in (
        Indicator("sales", "money", "销售额", "Sales", ORDERS + TAKEN_BACK, "coin-yuan"),
        Indicator("contract_amount", "money", "合同金额", "Contract amount", ORDERS, "file-text"),
        Indicator("contracts", "count", "签单数", "Contracts", ORDERS, "signature"),
        Indicator("largest_contract", "money", "最大合同", "Largest contract", ORDERS, "award"),
        Indicator("conversion", "rate", "转化率", "Conversion rate", DECIDED, "filter"),
        Indicator("new_customers", "count", "新客户数", "New customers", ORDERS, "user-plus"),
        Indicator("retention", "rate", "客户保留率", "Retention rate", ORDERS, "heart-handshake"),
        Indicator("follow_ups", "count", "客户跟进次数", "Follow-ups", ("follow_up",), "phone"),
        Indicator("follow_ups_a_week", "number", "每周跟进次数", "Follow-ups a week", ("follow_up",), "calendar-week"),
        Indicator(
            "meeting_participation", "rate", "会议参与率", "Meeting participation", ("meeting_attended",), "users"
        ),
        Indicator("courses", "count", "完成课程数", "Courses completed", ("course_completed",), "book"),
        Indicator("course_completion", "rate", "课程完成率", "Course completion", ("course_completed",), "school"),
        Indicator("exam_score", "number", "考试成绩", "Exam score", ("exam_passed",), "certificate"),
    )
}

# What a window makes of an indicator: suffix → (Chinese, English, type when it is not the indicator's own).
# A window looks at the full months before the present one, as far as the person was employed in them.
WINDOWS: Mapping[str, tuple[str, str, str]] = {
    "_previous": ("上月{}", "{}, previous month", ""),
    "_growth": ("{}环比增长", "{}, growth against the previous month", "rate"),
    "_average_3": ("{}近 3 月平均", "{}, average of 3 months", ""),
    "_average_6": ("{}近 6 月平均", "{}, average of 6 months", ""),
    "_lowest_3": ("{}近 3 月最低", "{}, lowest of 3 months", ""),
    "_lowest_6": ("{}近 6 月最低", "{}, lowest of 6 months", ""),
    "_best_6": ("{}近 6 月最高", "{}, best of 6 months", ""),
}
LOOK_BACK = 6  # months before the present one that the windows look at

TARGET = ("_target", "{}目标", "{}, target")
ATTAINMENT = ("_attainment", "{}达成率", "{}, attainment")

PERSON = (
    Named("sales_today", "money", "今日销售额", "Sales today"),
    Named("contracts_today", "count", "今日签单数", "Contracts today"),
    Named("follow_ups_today", "count", "今日跟进次数", "Follow-ups today"),
    Named("team_size", "count", "直接下属人数", "People who report directly"),
    Named("months_employed", "count", "入职整月数", "Full months employed"),
    Named("position", "text", "岗位", "Position"),
    Named("unit", "text", "组织单元", "Unit"),
    Named("layer", "text", "分层", "Layer"),
)


def catalogue() -> dict[str, Named]:
    """Every name that a value may have: indicators of the month to date, their windows, targets, the person's own."""
    found = [indicator.named() for indicator in INDICATORS.values()]
    for indicator in INDICATORS.values():
        found += [
            indicator.named(suffix=suffix, zh=zh, en=en, type=_kept_type(indicator, suffix, kind))
            for suffix, (zh, en, kind) in WINDOWS.items()
        ]
        found.append(indicator.named(suffix=TARGET[0], zh=TARGET[1], en=TARGET[2]))
        found.append(indicator.named(suffix=ATTAINMENT[0], zh=ATTAINMENT[1], en=ATTAINMENT[2], type="rate"))
    return {each.name: each for each in (*found, *PERSON)}


def _kept_type(indicator: Indicator, suffix: str, kind: str) -> str:
    """The average of counts is a number."""
    return "number" if indicator.type == "count" and suffix.startswith("_average") else kind
