"""Surveys for HR: the list, one survey with its waves, the editor; publishing, ending, closing."""

from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.http import Http404
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liji.access.guards import needs
from liji.access.models import Role
from liji.access.services import audit
from liji.people import queries as people
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.surveys import queries
from liji.surveys import schedule
from liji.surveys import services
from liji.surveys.models import Survey
from liji.surveys.models import Wave
from liji.surveys.questions import read
from liji.web.pages.filling import done
from liji.web.pages.survey_forms import MOST_LINES
from liji.web.pages.survey_forms import SPARE
from liji.web.pages.survey_forms import TYPE_NAMES
from liji.web.pages.survey_forms import SurveyForm
from liji.web.pages.survey_forms import initial


@needs(Role.HR)
def listed(request: HttpRequest) -> HttpResponse:
    """Every survey: how the newest wave goes, when the next one opens."""
    rows = [(each, _newest(each), _next(each)) for each in queries.surveys()]
    return render(request, "web/surveys/list.html", {"rows": rows})


def _newest(survey: Survey) -> tuple[Wave, queries.Response] | None:
    waves = list(survey.waves.all()[:1])
    return (waves[0], queries.response(waves[0])) if waves else None


def _next(survey: Survey) -> date | None:
    if survey.state != Survey.State.PUBLISHED or survey.kind == Survey.Kind.ENTRY:
        return None
    return schedule.following(survey.starts, survey.every, people.today())


@needs(Role.HR)
def one(request: HttpRequest, survey: int) -> HttpResponse:
    """A survey: what it asks of whom, and its waves."""
    return _one(request, _survey(survey))


def _one(request: HttpRequest, there: Survey, problems: Sequence[Problem] = ()) -> HttpResponse:
    context = {
        "survey": there,
        "questions": read(there.questions),
        "types": TYPE_NAMES,
        "waves": [(wave, queries.response(wave)) for wave in there.waves.all()],
        "next": _next(there),
        "problems": problems,
    }
    return render(request, "web/surveys/survey.html", context, status=400 if problems else 200)


@needs(Role.HR)
def edit(request: HttpRequest, survey: int | None = None) -> HttpResponse:
    """The editor; “another question” draws it anew with everything that was typed."""
    there = _survey(survey) if survey else None
    questions = read(there.questions) if there else ()
    shown = initial(there, questions)
    if "more" in request.POST:
        count = min(_lines(request) + SPARE, MOST_LINES)
        typed = {**request.POST.dict(), "units": request.POST.getlist("units"), "lines": count}
        typed |= {name: name in request.POST for name in _ticks(_lines(request))}
        return _editor(request, there, SurveyForm(initial=typed, survey=there, count=count))
    count = _lines(request) if request.method == "POST" else min(len(questions) + SPARE, MOST_LINES)
    form = SurveyForm(request.POST or None, survey=there, count=count, initial=shown | {"lines": count})
    made: list[Survey] = []
    if done(form, lambda: made.append(services.save(there, form.draft(), by=request.user)), None):
        audit(request, "survey_saved", detail={"survey": made[0].pk})
        messages.success(request, _("Saved. Waves that are open stay as they are."))
        return redirect("survey", made[0].pk)
    return _editor(request, there, form)


def _lines(request: HttpRequest) -> int:
    asked = request.POST.get("lines", "")
    return min(int(asked), MOST_LINES) if asked.isdecimal() and int(asked[:3]) else SPARE


def _ticks(count: int) -> list[str]:
    return ["anonymous", *(f"required-{place}" for place in range(count))]


def _editor(request: HttpRequest, there: Survey | None, form: SurveyForm) -> HttpResponse:
    context = {"survey": there, "form": form}
    return render(request, "web/surveys/edit.html", context, status=400 if form.errors else 200)


@needs(Role.HR)
@require_POST
def publish(request: HttpRequest, survey: int) -> HttpResponse:
    """From its first day on it is asked."""
    there = _survey(survey)
    try:
        services.publish(there, by=request.user)
    except Refused as refused:
        return _one(request, there, refused.problems)
    audit(request, "survey_published", detail={"survey": there.pk})
    messages.success(request, _("Published."))
    return redirect("survey", there.pk)


@needs(Role.HR)
@require_POST
def end(request: HttpRequest, survey: int) -> HttpResponse:
    """It is asked no more."""
    there = _survey(survey)
    services.end(there)
    audit(request, "survey_ended", detail={"survey": there.pk})
    messages.success(request, _("It is not asked any more."))
    return redirect("survey", there.pk)


@needs(Role.HR)
@require_POST
def close(request: HttpRequest, wave: int) -> HttpResponse:
    """Closes a wave before its last day, for good."""
    there = queries.wave(wave)
    if there is None:
        raise Http404
    services.close(there)
    audit(request, "survey_closed", detail={"survey": there.survey_id, "wave": there.pk})
    messages.success(request, _("Closed. No further answer is taken."))
    return redirect("survey_results", there.pk)


def _survey(number: int) -> Survey:
    there = queries.survey(number)
    if there is None:
        raise Http404
    return there
