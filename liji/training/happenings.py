"""What training tells: a course or an exam was finished, a skill was proved or expires, a course was offered."""

from datetime import datetime
from datetime import time

from liji.events.happenings import Happening
from liji.events.happenings import Kind
from liji.events.happenings import Named
from liji.events.happenings import declare
from liji.people import queries as people
from liji.training.models import Completion
from liji.training.models import Course
from liji.training.models import Offer
from liji.training.models import SkillHeld

_COURSE = (
    Named("course", "text", "课程代码", "Course code"),
    Named("name", "text", "课程名称", "Course name"),
    Named("name_en", "text", "课程英文名", "English course name"),
)
_SKILL = (
    Named("skill", "text", "技能代码", "Skill code"),
    Named("name", "text", "技能名称", "Skill name"),
    Named("name_en", "text", "技能英文名", "English skill name"),
    Named("until", "date", "有效期至", "Valid until"),
)
KINDS = (
    Kind("course_offered", "推荐了课程", "Course offered", (*_COURSE, Named("origin", "text", "来由", "Origin"))),
    Kind("course_finished", "完成课程", "Course finished", (*_COURSE, Named("hours", "number", "时长", "Hours"))),
    Kind("exam_finished", "通过考试", "Exam passed", (*_COURSE, Named("score", "number", "成绩", "Score"))),
    Kind("skill_proved", "获得技能认证", "Skill proved", _SKILL),
    Kind("skill_expiring", "技能认证即将到期", "Skill about to expire", _SKILL),
)
LINK = "/growth/"


def declare_kinds() -> None:
    """Makes them known to whoever writes rules."""
    declare(*KINDS)


def finished(completion: Completion, *, retracted: bool = False) -> Happening:
    """That a course was finished or an exam passed; `retracted`: that the fact no longer says so."""
    course = completion.course
    exam = course.kind == Course.Kind.EXAM
    extra = {"score": completion.score} if exam else {"hours": completion.hours or course.hours}
    return Happening(
        "exam_finished" if exam else "course_finished",
        f"record:{completion.record}",
        completion.employee_id,
        completion.at,
        {**_course(course), **extra},
        LINK,
        retracted,
    )


def proved(held: SkillHeld, *, retracted: bool = False) -> Happening:
    """That a skill was proved."""
    occasion = f"skill:{held.skill.code}:{held.completion.record}"
    return Happening("skill_proved", occasion, held.employee_id, held.completion.at, _skill(held), LINK, retracted)


def expiring(held: SkillHeld) -> Happening:
    """That a skill holds for thirty days at most."""
    occasion = f"expires:{held.skill.code}:{held.until}"
    at = datetime.combine(people.today(), time(9), people.zone())
    return Happening("skill_expiring", occasion, held.employee_id, at, _skill(held), LINK)


def offered(offer: Offer) -> Happening:
    """That a course is offered."""
    values = {**_course(offer.course), "origin": str(offer.origin)}
    return Happening("course_offered", f"offer:{offer.pk}", offer.employee_id, offer.at, values, LINK)


def _course(course: Course) -> dict[str, str]:
    return {"course": course.code, "name": course.zh, "name_en": course.en}


def _skill(held: SkillHeld) -> dict[str, object]:
    return {"skill": held.skill.code, "name": held.skill.zh, "name_en": held.skill.en, "until": held.until}
