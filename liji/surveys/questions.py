"""The questions of a survey as they are kept, what is wrong with them, and whether an answer fits."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import dataclass
from typing import Any

from liji.people.problems import Problem

SCALE, CHOICE, RANKING, TEXT = "scale", "choice", "ranking", "text"
TYPES = (SCALE, CHOICE, RANKING, TEXT)
LEAST, MOST = 1, 100
LONGEST = 2000  # characters of a free text


@dataclass(frozen=True)
class Option:
    """Something that may be chosen."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Question:
    """A question: on a scale of 1 to 100, a choice, a ranking of the kinds of incentive, or a free text."""

    code: str
    type: str
    zh: str
    en: str
    required: bool = True
    options: tuple[Option, ...] = ()


def read(kept: Iterable[Mapping[str, Any]]) -> tuple[Question, ...]:
    """Questions as a survey or a wave keeps them."""
    return tuple(Question(**{**one, "options": tuple(Option(**each) for each in one["options"])}) for one in kept)


def as_kept(questions: Iterable[Question]) -> list[dict[str, Any]]:
    """The way back."""
    return [{**asdict(one), "options": [asdict(each) for each in one.options]} for one in questions]


def problems(questions: Sequence[Question]) -> list[Problem]:
    """What keeps the questions from being asked."""
    found = [] if questions else [Problem("questions", "no_question")]
    found += [Problem("questions", "half_question", {"value": one.zh or one.en}) for one in questions
              if not (one.zh and one.en)]
    found += [Problem("questions", "too_few_options", {"value": one.zh}) for one in questions
              if one.type == CHOICE and len(one.options) < 2]
    found += [Problem("questions", "half_option", {"value": one.zh}) for one in questions
              if any(not (each.zh and each.en) for each in one.options)]
    if sum(one.type == RANKING for one in questions) > 1:
        found.append(Problem("questions", "two_rankings"))
    return found


def fitting(question: Question, value: Any) -> tuple[Any, Problem | None]:
    """The answer as it is kept (None: not answered), and what is wrong with it."""
    if value in (None, "", []):
        return None, Problem(question.code, "unanswered") if question.required else None
    if question.type == SCALE:
        right = isinstance(value, int) and LEAST <= value <= MOST
        return value, None if right else Problem(question.code, "off_the_scale", {"value": str(value)[:20]})
    if question.type == CHOICE:
        known = value in {each.code for each in question.options}
        return value, None if known else Problem(question.code, "no_such_option", {"value": str(value)[:60]})
    if question.type == TEXT:
        text = str(value).strip()
        long = len(text) > LONGEST
        return text or None, Problem(question.code, "too_long", {"limit": str(LONGEST)}) if long else None
    return [[code, strength] for code, strength in value], None  # the preferences' own services judge a ranking
