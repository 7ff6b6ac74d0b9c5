"""What I am asked: open surveys, the form to answer one, and thanks."""

from django.contrib import messages
from django.http import Http404
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from liji.access.guards import signed_in
from liji.people import queries as people
from liji.people.problems import Refused
from liji.preferences import queries as preferences
from liji.surveys import answers
from liji.surveys import queries
from liji.surveys.models import Invitation
from liji.surveys.questions import RANKING
from liji.surveys.questions import read
from liji.web.pages.survey_forms import Answers


@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """The surveys that wait for me, and those behind me."""
    waiting, behind = queries.mine(request.user.employee_id) if request.user.employee_id else ([], [])
    return render(request, "web/surveys/mine.html", {"waiting": waiting, "behind": behind})


@signed_in
def answer(request: HttpRequest, invitation: int) -> HttpResponse:
    """The form; what was wrong stands at its question and everything that was typed stays."""
    own = _own(request, invitation)
    if own.answered or own.wave.closed or own.due < people.today():
        return _too_late(request, own)
    questions = read(own.wave.questions)
    asks_preferences = any(one.type == RANKING for one in questions) and not own.wave.anonymous
    held = preferences.held(own.employee_id, people.today()) if asks_preferences else ()
    form = Answers(request.POST or None, questions=questions, draft=own.draft, held=held)
    if form.is_valid() and _done(request, own, form):
        return redirect("my_surveys") if "draft" in request.POST else redirect("survey_thanks", own.pk)
    context = {"own": own, "form": form, "asks_preferences": asks_preferences}
    return render(request, "web/surveys/answer.html", context, status=400 if form.is_bound else 200)


def _done(request: HttpRequest, own: Invitation, form: Answers) -> bool:
    try:
        if "draft" in request.POST:
            answers.keep_draft(own.pk, form.given())
            messages.success(request, _("Kept. You may go on whenever you like."))
        else:
            answers.answer(own.pk, form.given(), by=request.user)
    except Refused as refused:
        for problem in refused.problems:
            form.refuse(problem.field, f"{problem.message} {problem.mend}")
        return False
    return True


def _too_late(request: HttpRequest, own: Invitation) -> HttpResponse:
    if request.method == "POST":
        text = _("You have answered already; each answer counts once.") if own.answered else _("This survey is over.")
        messages.error(request, text)
    return redirect("survey_thanks", own.pk) if own.answered else redirect("my_surveys")


@signed_in
def thanks(request: HttpRequest, invitation: int) -> HttpResponse:
    """What follows from the answer."""
    own = _own(request, invitation)
    if not own.answered:
        return redirect("survey_answer", own.pk)
    ranks = not own.wave.anonymous and any(one.type == RANKING for one in read(own.wave.questions))
    held = preferences.held(own.employee_id, people.today()) if ranks else []
    return render(request, "web/surveys/thanks.html", {"own": own, "held": held})


def _own(request: HttpRequest, number: int) -> Invitation:
    own = queries.invitation(number, request.user.employee_id)
    if own is None or own.wave.opens > people.today():
        raise Http404
    return own
