"""What surveys tell: somebody is asked, reminded, has answered by name.

Nobody is told of an anonymous answer: its moment, beside who was at work at that moment, would give it away.
"""


from liji.base import clock
from liji.events.happenings import Happening
from liji.events.happenings import Kind
from liji.events.happenings import Named
from liji.surveys.models import Invitation

_SURVEY = (
    Named("name", "text", "问卷", "Survey"),
    Named("name_en", "text", "问卷英文名", "English name of the survey"),
    Named("survey", "text", "问卷类型", "Kind of survey"),
    Named("due", "date", "截止日", "Due date"),
    Named("anonymous", "true/false", "匿名", "Anonymous"),
)
OPENED, DUE, ANSWERED = "survey_opened", "survey_due", "survey_answered"
KINDS = (
    Kind(OPENED, "收到问卷", "Survey to answer", _SURVEY),
    Kind(DUE, "问卷即将截止", "Survey about to close", _SURVEY),
    Kind(ANSWERED, "已填写实名问卷", "Survey answered by name", _SURVEY),
)


def of(kind: str, invitation: Invitation) -> Happening:
    """A happening of somebody who is asked."""
    survey = invitation.wave.survey
    values = {
        "name": survey.zh,
        "name_en": survey.en,
        "survey": str(survey.kind),
        "due": invitation.due,
        "anonymous": invitation.wave.anonymous,
    }
    link = f"/my-surveys/{invitation.pk}/"
    return Happening(kind, f"survey:{invitation.pk}", invitation.employee_id, clock.now(), values, link)
