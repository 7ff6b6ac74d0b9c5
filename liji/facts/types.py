"""The fact types that every installation has; an admin adds more, with fields of their own."""

from dataclasses import dataclass
from decimal import Decimal

from liji.facts.models import FactType


@dataclass(frozen=True)
class Field:
    """A field of a fact type; `type` is one of the plan language's: text, number, count, money, rate, date,
    true/false."""

    name: str
    type: str
    zh: str
    en: str
    required: bool = False


CUSTOMER = Field("customer", "text", "客户", "Customer")
PRODUCT = Field("product", "text", "产品", "Product")
NEW_CUSTOMER = Field("new_customer", "true/false", "新客户", "New customer")
QUANTITY = Field("quantity", "number", "数量", "Quantity")
COST = Field("cost", "money", "成本", "Cost")
ORDER = Field("order", "text", "原订单", "Original order", required=True)
COURSE = Field("course", "text", "课程", "Course", required=True)
EXAM = Field("exam", "text", "考试", "Exam", required=True)
SCORE = Field("score", "number", "成绩", "Score", required=True)
HOURS = Field("hours", "number", "时长(小时)", "Hours")
REASON = Field("reason", "text", "原因", "Reason")
STAGE = Field("stage", "text", "阶段", "Stage")
KIND = Field("kind", "text", "奖励类型", "Kind of reward", required=True)
REWARD = Field("reward", "text", "奖励", "Reward")

# code: (zh, en, has an amount, takes something back, fields)
BUILT_IN: dict[str, tuple[str, str, bool, bool, tuple[Field, ...]]] = {
    "order_closed": ("签单", "Order closed", True, False, (CUSTOMER, PRODUCT, NEW_CUSTOMER, QUANTITY, COST)),
    "payment_received": ("回款", "Payment received", True, False, (CUSTOMER, Field("order", "text", "订单", "Order"))),
    "order_returned": ("退货", "Order returned", True, True, (ORDER,)),
    "order_cancelled": ("取消订单", "Order cancelled", False, True, (ORDER,)),
    "follow_up": ("客户跟进", "Follow-up", False, False, (CUSTOMER,)),
    "meeting_attended": ("参加会议", "Meeting attended", False, False, (Field("meeting", "text", "会议", "Meeting"),)),
    "course_completed": ("完成课程", "Course completed", False, False, (COURSE, HOURS)),
    "exam_passed": ("通过考试", "Exam passed", False, False, (EXAM, SCORE)),
    "opportunity_opened": ("商机建立", "Opportunity opened", True, False, (CUSTOMER, STAGE)),
    "opportunity_won": ("赢单", "Opportunity won", True, False, (CUSTOMER,)),
    "reward_chosen": ("选定奖励", "Reward chosen", True, False, (KIND, REWARD)),
    "opportunity_lost": ("丢单", "Opportunity lost", True, False, (CUSTOMER, REASON)),
}


# Sales go back; a payment, an opportunity or a return do not.
TAKES_BACK = {"order_returned": ["order_closed"], "order_cancelled": ["order_closed"]}


def ensure_built_in() -> None:
    """Writes the built-in types into the database; run after each migration."""
    for code, (zh, en, has_amount, reverses, fields) in BUILT_IN.items():
        FactType.objects.update_or_create(
            code=code,
            defaults={
                "zh": zh,
                "en": en,
                "has_amount": has_amount,
                "reverses": reverses,
                "takes_back": TAKES_BACK.get(code, []),
                "fields": [vars(field) for field in fields],
                "built_in": True,
            },
        )


def stored(kind: str, value: object) -> object:
    """A field's value as it is kept in JSON: decimals as text, the rest as it is."""
    return str(value) if isinstance(value, Decimal) else value
