"""The surveys that come with the product, as drafts: HR looks them over and publishes them."""

from typing import Any

from liji.surveys.models import Survey
from liji.surveys.questions import RANKING
from liji.surveys.questions import SCALE
from liji.surveys.questions import TEXT
from liji.surveys.questions import Question
from liji.surveys.questions import as_kept

_PREFERENCES = Question("preferences", RANKING, "什么最能激励你?", "What motivates you most?")
BUILT_IN: tuple[dict[str, Any], ...] = (
    {
        "kind": Survey.Kind.ENTRY,
        "zh": "入职表",
        "en": "Onboarding form",
        "zh_about": "告诉我们什么最能激励你, 你的激励方案从今天起随之而定; 以后随时可改。",
        "en_about": "Tell us what motivates you: your scheme follows from today on. You can change it at any time.",
        "days": 14,
        "questions": [
            _PREFERENCES,
            Question("wishes", TEXT, "入职头三个月, 你希望我们怎样支持你?", "How can we help you at first?", False),
        ],
    },
    {
        "kind": Survey.Kind.PREFERENCE,
        "zh": "年度激励偏好问卷",
        "en": "Yearly survey of preferences",
        "zh_about": "一年过去, 看重的可能变了。改了就从今天起生效。",
        "en_about": "What matters may have changed within a year. What you state holds from today.",
        "every": Survey.Every.YEAR,
        "questions": [_PREFERENCES],
    },
    {
        "kind": Survey.Kind.SATISFACTION,
        "zh": "激励满意度调查",
        "en": "Satisfaction with incentives",
        "zh_about": "三个问题, 一分钟。1 分最不满意, 100 分最满意。",
        "en_about": "Three questions, one minute. 1 is not at all satisfied, 100 is fully satisfied.",
        "anonymous": True,
        "every": Survey.Every.QUARTER,
        "questions": [
            Question("transparency", SCALE, "透明度: 我清楚自己的奖金是怎么算出来的",
                     "Transparency: I know how my incentive is worked out"),
            Question("strength", SCALE, "力度: 激励足以让我更努力", "Strength: the incentive is worth an extra effort"),
            Question("timeliness", SCALE, "及时性: 奖励在我做到之后很快到来",
                     "Timeliness: rewards come soon after what I have done"),
            Question("words", TEXT, "还有什么想说的?", "Anything else you would like to say?", False),
        ],
    },
)  # fmt: skip


def ensure_built_in() -> None:
    """Writes those whose kind is missing; run after each migration. What the company has changed stays."""
    for one in BUILT_IN:
        made = {**one, "questions": as_kept(one["questions"])}
        Survey.objects.get_or_create(kind=one["kind"], defaults=made)
