"""Making and publishing surveys, opening and closing their waves."""

from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import timedelta

from django.db import transaction

from liji.access.models import User
from liji.events.happenings import tell
from liji.people import queries as people
from liji.people.models import Assignment
from liji.people.models import Employee
from liji.people.models import Employment
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.surveys import happenings
from liji.surveys import schedule
from liji.surveys.anonymity import MINIMUM
from liji.surveys.models import Invitation
from liji.surveys.models import Survey
from liji.surveys.models import Wave
from liji.surveys.questions import Question
from liji.surveys.questions import as_kept
from liji.surveys.questions import problems

NEW = timedelta(days=30)  # who has entered longer ago is no new colleague any more


@dataclass(frozen=True)
class Draft:
    """A survey as HR writes it; see `Survey`. `units` are ids."""

    zh: str
    en: str
    questions: Sequence[Question]
    zh_about: str = ""
    en_about: str = ""
    anonymous: bool = False
    starts: date | None = None
    days: int = 14
    every: str = ""
    remind: int = 3
    units: Collection[int] = field(default=())
    entered_since: date | None = None
    entered_until: date | None = None


@transaction.atomic
def save(survey: Survey | None, draft: Draft, *, by: User | None) -> Survey:
    """Makes a survey or changes one; a wave that is open or over stays as it was asked. Raises Refused."""
    made = survey or Survey(made_by=by)
    if found := _problems(made, draft):
        raise Refused(*found)
    for name in ("zh", "en", "zh_about", "en_about", "anonymous", "starts", "days", "every", "remind",
                 "entered_since", "entered_until"):  # fmt: skip
        setattr(made, name, getattr(draft, name))
    made.questions = as_kept(draft.questions)
    made.save()
    made.units.set(draft.units)
    if made.state == Survey.State.PUBLISHED:
        _publishable(made)
    return made


def _problems(survey: Survey, draft: Draft) -> list[Problem]:
    found = problems(draft.questions)
    if survey.kind == Survey.Kind.ENTRY and draft.anonymous:
        found.append(Problem("anonymous", "entry_is_named"))
    if survey.kind != Survey.Kind.ENTRY and schedule.overlaps(draft.every, draft.days):
        found.append(Problem("days", "longer_than_period", {"value": str(draft.days)}))
    if draft.entered_since and draft.entered_until and draft.entered_since > draft.entered_until:
        found.append(Problem("entered_until", "entered_never"))
    return found


@transaction.atomic
def publish(survey: Survey, *, by: User | None) -> None:
    """From its first day on it is asked.

    Raises Refused: "no_start"; "too_few_asked" when it could not stay anonymous.
    """
    _publishable(survey)
    survey.state = Survey.State.PUBLISHED
    survey.save(update_fields=["state"])
    run(people.today())


def _publishable(survey: Survey) -> None:
    if survey.starts is None:
        raise Refused(Problem("starts", "no_start"))
    if survey.anonymous and (asked := len(audience(survey, people.today()))) < MINIMUM:
        raise Refused(Problem("anonymous", "too_few_asked", {"value": str(asked), "least": str(MINIMUM)}))


@transaction.atomic
def end(survey: Survey) -> None:
    """Asks no more: open waves are closed and no further one opens, unless it is published again."""
    survey.state = Survey.State.ENDED
    survey.save(update_fields=["state"])
    for wave in survey.waves.filter(closed=False):
        close(wave)


@transaction.atomic
def close(wave: Wave) -> None:
    """Closes a wave for good: the results of an anonymous one are shown from then on, and never while answers come."""
    kept = Wave.objects.select_for_update().get(pk=wave.pk)
    kept.closed = True
    kept.closes = min(kept.closes or people.today(), people.today())
    kept.save(update_fields=["closed", "closes"])
    kept.invitations.exclude(draft={}).update(draft={})


def audience(survey: Survey, day: date) -> dict[int, int | None]:
    """Whom a survey asks on a day: employee → the unit of the main assignment. For the form on entry: who is new."""
    since, until = survey.entered_since, survey.entered_until
    if survey.kind == Survey.Kind.ENTRY:
        since = max(filter(None, (since, survey.starts, day - NEW)))
    there = Employment.objects.on(day)
    there = there.filter(days__startswith__gte=since) if since else there
    there = there.filter(days__startswith__lte=until) if until else there
    employees = Employee.objects.filter(pk__in=there.values("employee")).values_list("pk", flat=True)
    rows = Assignment.objects.on(day).filter(main=True, employee__in=employees)
    places = dict(rows.values_list("employee", "unit"))
    if not (chosen := list(survey.units.values_list("pk", flat=True))):
        return {one: places.get(one) for one in employees}
    units = people.units_below(chosen, day, day + timedelta(days=1))
    return {one: places[one] for one in employees if places.get(one) in units}


# What the clock does.


def run(day: date) -> None:
    """Opens and closes the waves that are due, asks new colleagues, reminds. To be called as often as one likes."""
    for survey in Survey.objects.filter(state=Survey.State.PUBLISHED, starts__lte=day):
        with transaction.atomic():
            kept = Survey.objects.select_for_update().get(pk=survey.pk)  # never the same wave twice
            if kept.kind == Survey.Kind.ENTRY:
                _ask_newcomers(kept, day)
            else:
                _open_due(kept, day)
    for wave in Wave.objects.filter(closed=False, closes__lt=day):
        close(wave)
    _tell(day)


def _open_due(survey: Survey, day: date) -> None:
    opens = schedule.latest(survey.starts, survey.every, day)
    if schedule.last_day(opens, survey.days) >= day and not survey.waves.filter(opens__gte=opens).exists():
        open_wave(survey, opens)


@transaction.atomic
def open_wave(survey: Survey, opens: date) -> Wave | None:
    """Asks everybody of the audience on a day; None when they are too few to stay anonymous."""
    asked = audience(survey, opens)
    if survey.anonymous and len(asked) < MINIMUM:
        return None
    last = schedule.last_day(opens, survey.days)
    closes = None if survey.kind == Survey.Kind.ENTRY else last
    wave = _wave(survey, opens, closes)
    ask(wave, asked, due=last)
    return wave


def _wave(survey: Survey, opens: date, closes: date | None) -> Wave:
    return Wave.objects.create(
        survey=survey, anonymous=survey.anonymous, questions=survey.questions, opens=opens, closes=closes
    )


def _ask_newcomers(survey: Survey, day: date) -> None:
    """The form on entry, once in a person's time here; changed questions are asked of those who come after."""
    asked = Invitation.objects.filter(wave__survey=survey, due__gte=day - NEW - timedelta(days=survey.days))
    known = set(asked.values_list("employee", flat=True))
    new = {one: unit for one, unit in audience(survey, day).items() if one not in known}
    if new:
        wave = survey.waves.filter(closed=False).first()
        if wave is None or wave.questions != survey.questions:
            wave = _wave(survey, day, None)
        ask(wave, new, due=schedule.last_day(day, survey.days))


def ask(wave: Wave, asked: dict[int, int | None], *, due: date) -> None:
    """Asks these employees (each with the unit), up to the day `due`; who has been asked in this wave is not again."""
    Invitation.objects.bulk_create(
        [Invitation(wave=wave, employee_id=one, unit_id=unit, due=due) for one, unit in asked.items()],
        ignore_conflicts=True,
    )


def _tell(day: date) -> None:
    """Tells those who are able to sign in that they are asked, and those who are late, once each."""
    open_ones = Invitation.objects.filter(
        answered=False, wave__closed=False, wave__opens__lte=day, due__gte=day, employee__user__is_active=True
    ).select_related("wave__survey")
    with transaction.atomic():
        new = list(open_ones.filter(told=False).select_for_update(of=("self",), skip_locked=True))
        for one in new:
            one.told, one.reminded = True, _reminder(one) <= day  # not twice on the first day
        Invitation.objects.bulk_update(new, ["told", "reminded"])
        tell(happenings.of(happenings.OPENED, one) for one in new)
    with transaction.atomic():
        waiting = open_ones.filter(told=True, reminded=False, wave__survey__remind__gt=0)
        late = [one for one in waiting.select_for_update(of=("self",), skip_locked=True) if _reminder(one) <= day]
        Invitation.objects.filter(pk__in=[one.pk for one in late]).update(reminded=True)
        tell(happenings.of(happenings.DUE, one) for one in late)


def _reminder(invitation: Invitation) -> date:
    return invitation.due - timedelta(days=invitation.wave.survey.remind)
