"""The demo company's surveys: two waves of satisfaction that are over, one that runs, the form of a new colleague."""

from datetime import date
from datetime import timedelta
from random import Random

from liji.demo.dice import dice
from liji.demo.roster import TEAMS
from liji.people.models import Assignment
from liji.people.models import Employment
from liji.plan.periods import add_months
from liji.surveys import schedule
from liji.surveys import services
from liji.surveys.answers import answer
from liji.surveys.models import Survey
from liji.surveys.models import Wave

# Transparency, strength, timeliness: before people saw their incentive the moment a deal was credited, and since.
FIGURES = ((64, 70, 58), (83, 72, 88))
WORDS = (
    "每一单怎么算的都能看到, 很踏实",
    "希望阶梯再细一点, 20 万到 30 万之间差别不大",
    "当天就看到奖金, 比月底才知道强多了",
    "新人头三个月的目标偏高",
    "想要更多谈判方面的培训",
    "团队奖可以再多一些",
    "跨区的单子怎么分希望写得更清楚",
)


def fill(day: date) -> None:
    """The delivered surveys in use, with what was answered so far."""
    if Wave.objects.exists():
        return
    running = day - timedelta(days=5)
    running = running.replace(day=min(running.day, 28))
    first = add_months(running.replace(day=1), -6).replace(day=running.day)
    survey = _use(Survey.Kind.SATISFACTION, first)
    opens = first
    for place, figures in enumerate(FIGURES):
        wave = services.open_wave(survey, opens)
        _answered(wave, figures, dice("surveys", place), share=0.75)
        services.close(wave)
        opens = schedule.following(first, survey.every, opens)
    _use(Survey.Kind.PREFERENCE, day + timedelta(days=60))
    entry = _use(Survey.Kind.ENTRY, day - timedelta(days=60))
    services.run(day)
    _answered(survey.waves.get(closed=False), FIGURES[-1], dice("surveys", "running"), share=0.3)
    if not entry.waves.exists():
        _newest_colleague(entry, day)


def _use(kind: str, starts: date) -> Survey:
    survey = Survey.objects.get(kind=kind)
    survey.state, survey.starts = Survey.State.PUBLISHED, starts
    survey.save()
    return survey


def _answered(wave: Wave, figures: tuple[int, ...], chance: Random, *, share: float) -> None:
    """So many of those who are asked answer, each around the wave's figures; some write a word.

    Those who have a sign-in are left to answer for themselves.
    """
    words = [*WORDS]
    chance.shuffle(words)
    for invitation in wave.invitations.filter(employee__user=None).order_by("employee__number"):
        if chance.random() < share:
            given: dict[str, object] = {
                code: max(1, min(100, round(chance.gauss(figure, 11))))
                for code, figure in zip(("transparency", "strength", "timeliness"), figures, strict=True)
            }
            if words and chance.random() < 0.3:
                given["words"] = words.pop()
            answer(invitation.pk, given, on=wave.opens)


def _newest_colleague(entry: Survey, day: date) -> None:
    codes = [team.code for team in TEAMS]
    posts = Assignment.objects.on(day).filter(main=True, unit__code__in=codes)
    newest = Employment.objects.on(day).filter(employee__in=posts.values("employee")).order_by("-days__startswith")[0]
    unit = posts.get(employee=newest.employee_id).unit_id
    wave = services.open_wave(entry, day)
    services.ask(wave, {newest.employee_id: unit}, due=schedule.last_day(day, entry.days))
